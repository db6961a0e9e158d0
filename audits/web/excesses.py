"""What is too much: in all accounts, and one with its statement, the way, and the policy that mends it."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audits.acts import excesses
from audits.models import Excess, Finding
from audits.permissions import companies
from audits.web import excess_words
from portal.iam.auditing import causes, mending
from portal.iam.statements import body_of
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest
from portal.pages.paging import page_of

ELEMENTS = (
    *("Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource"),
    *("NotResource", "Condition"),
)
FIELDS = ("rule", "account", "who", "policy", "statement", "what", "start", "hidden_by")


class ExcessFilter(forms.Form):
    account = forms.CharField(label=gettext_lazy("Account"), required=False, max_length=64)
    rule = forms.ChoiceField(label=gettext_lazy("What it is"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rules = [(rule, said.name) for rule, said in excesses.RULES.items()]
        self.fields["rule"].choices = [("", _("everything")), *rules]  # type: ignore[attr-defined]  # a choice field


@require_safe
@for_readers
def excess_list(request: PageRequest) -> HttpResponse:
    form = ExcessFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    rows = Excess.objects.all()
    if asked.get("account"):
        rows = rows.filter(key=asked["account"]) | rows.filter(account=asked["account"])
    if asked.get("rule"):
        rows = rows.filter(rule=asked["rule"])
    page = page_of(rows, order=("account", "rule", "code"), among=Excess.objects.all(), query=request.GET)
    shown = [(row, excesses.named(row.rule), "" if excesses.is_untidy(row.rule) else "danger") for row in page.rows]
    context = {"title": _("Too much"), "form": form, "page": page, "rows": shown}
    return render(request, "audits/excess_list.html", context)


@require_safe
@for_readers
def excess_page(request: PageRequest, code: str) -> HttpResponse:
    row = get_object_or_404(Excess, code=code)
    company = companies.company(at=timezone.now())
    one = causes.Excess(**{name: getattr(row, name) for name in FIELDS})
    policy = mending.policy_of(company, row.account, row.who, row.policy)
    mended = mending.mended(company, one)
    context = {
        "title": excesses.named(row.rule),
        "row": row,
        "advice": excesses.RULES[row.rule].advice if row.rule in excesses.RULES else "",
        "body": _text(body_of(policy, row.statement)) if policy else "",
        "way": excess_words.way(row.path),
        "start": excess_words.short(row.start),
        "mended": _text(mended),
        "is_to_go": policy is not None and bool(row.statement) and mended is None,
        "finding": Finding.objects.filter(code=row.code).first(),
    }
    return render(request, "audits/excess.html", context)


@require_safe
@for_readers
def statement_page(request: PageRequest, code: str) -> HttpResponse:
    """Show a statement that an answer names, as the last look read it, and the policy around it."""
    who, name, label = (request.GET.get(key, "") for key in ("who", "policy", "statement"))
    policy = mending.policy_of(companies.company(at=timezone.now()), code, who, name)
    if policy is None:
        raise Http404
    body = body_of(policy, label)
    context = {
        "title": f"{name} {label}".strip(),
        "account": code,
        "who": who,
        "body": _text(body),
        "policy": _text(policy.document),
    }
    return render(request, "audits/statement.html", context)


def _text(document: object) -> str:
    return json.dumps(_ordered(document), indent=2, ensure_ascii=False) if document else ""


def _ordered(value: object) -> object:
    """Return a policy with its elements in the order in which people write them: what is kept has them by the alphabet."""
    if isinstance(value, Mapping):
        keys = [*(key for key in ELEMENTS if key in value), *(key for key in value if key not in ELEMENTS)]
        return {key: _ordered(value[key]) for key in keys}
    return [_ordered(one) for one in value] if isinstance(value, list) else value
