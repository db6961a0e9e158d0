"""Who may do what: everybody who may do something to a thing, and all that one IAM user gets into."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audits.acts import excesses
from audits.models import Excess
from audits.permissions import companies
from audits.web import excess_words
from audits.web.excess_words import ShownAnswer
from portal.iam.auditing.answering import Asked, Asker, Told, When, of_everybody, roles_that_may
from portal.iam.auditing.identities import at_rest
from portal.iam.evaluation import Decision
from portal.pages.fields import missing
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest

UNUSABLE = 422
ACTION = RegexValidator(r"^[A-Za-z0-9-]+:[A-Za-z0-9]+$", gettext_lazy("One action, such as s3:GetObject."))
THING = RegexValidator(r"^(\*|arn:[a-z-]+:[^:]+:[^:]*:[^:]*:[^*?]+)$", gettext_lazy("One resource by its ARN, or *."))
# Of so many answers more would be read by nobody: the question can name somebody.
MOST = 200


class QuestionForm(forms.Form):
    action = forms.CharField(label=gettext_lazy("Action"), max_length=128, validators=[ACTION], error_messages=missing())
    resource = forms.CharField(label=gettext_lazy("Resource"), max_length=2048, validators=[THING], error_messages=missing())
    who = forms.CharField(label=gettext_lazy("IAM user"), max_length=64, required=False)
    every = forms.BooleanField(label=gettext_lazy("show who may not, too"), required=False)


@dataclass(frozen=True, kw_only=True)
class ShownTold:
    told: Told
    answer: ShownAnswer
    by: Sequence[tuple[str, str]]
    account: str


@require_safe
@for_readers
def question(request: PageRequest) -> HttpResponse:
    form = QuestionForm(request.GET or None)
    context: dict[str, Any] = {"title": _("Who may do what"), "form": form}
    if not form.is_bound or not form.is_valid():
        return render(request, "audits/question.html", context, status=UNUSABLE if form.is_bound else 200)
    said = form.cleaned_data
    now = timezone.now()
    company, asked = companies.company(at=now), Asked(action=said["action"], resource=said["resource"])
    every = of_everybody(company, asked, companies.asking(at=now))
    named = [told for told in every if not said["who"] or told.name.lower() == said["who"].lower()]
    left = [told for told in named if said["every"] or told.is_open or told.answer.decision is Decision.UNKNOWN]
    roles = [] if said["who"] else [(role, excess_words.answer(one)) for role, one in roles_that_may(company, asked)]
    context |= {
        "asked": asked,
        "told": _shown(left[:MOST]),
        "number": sum(told.is_open for told in named),
        "left_out": max(len(left) - MOST, 0),
        "roles": roles[:MOST],
        "read": bool(company.sites),
        "is_nobody": bool(said["who"]) and not named,
    }
    return render(request, "audits/question.html", context)


@require_safe
@for_readers
def principal(request: PageRequest, code: str, name: str) -> HttpResponse:
    """Show what an IAM user gets into now, and during an access by each work group; and what is too much of theirs."""
    now = timezone.now()
    company = companies.company(at=now)
    site = company.sites.get(code)
    user = site.account.user(name) if site else None
    if site is None or user is None:
        raise Http404
    form = QuestionForm(request.GET if "action" in request.GET else None, initial={"who": user.name})
    asked = _asked(form)
    person, groups = at_rest(company, site, user), companies.asking(at=now).get(user.name, ())
    told = list(Asker(company=company, asked=asked or ANYTHING).of_person(person, groups))
    carriers = [f"user {user.name}", *(f"group {group}" for group in person.groups)]
    context = {
        "title": user.name,
        "site": site,
        "user": user,
        "form": form,
        "asked": asked,
        "standing": person.groups,
        "boundary": (user.boundary or "").rpartition("/")[2],
        "at_rest": _shown(one for one in told if one.when is When.AT_REST and (asked or one.role)),
        "during": _shown(one for one in told if one.when is When.DURING),
        "excess": [(row, excesses.named(row.rule)) for row in Excess.objects.filter(account=code, who__in=carriers)],
    }
    return render(request, "audits/principal.html", context, status=UNUSABLE if form.is_bound and not asked else 200)


# Of no service: what the page shows without a question are the roles, and not the answer.
ANYTHING = Asked(action="sekisho:Anything", resource="*")


def _asked(form: QuestionForm) -> Asked | None:
    if not form.is_bound or not form.is_valid():
        return None
    return Asked(action=form.cleaned_data["action"], resource=form.cleaned_data["resource"])


def _shown(several: Iterable[Told]) -> list[ShownTold]:
    return [
        ShownTold(
            told=told,
            answer=excess_words.answer(told.answer, is_shut=told.is_shut),
            by=[(excess_words.short(step.to), f"{step.policy} {step.statement}") for step in told.path],
            account=told.who.split(":")[4],
        )
        for told in several
    ]
