"""A policy that somebody pastes, held against the checks of files: with the line of each remark."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from audits.web.check_words import WORDS
from portal.iam.checks.checking import Options, remarks
from portal.iam.checks.railing import Wanted
from portal.iam.checks.remarks import Grade, Remark
from portal.iam.written.files import policies_of
from portal.iam.written.reading import Unreadable
from portal.pages.fields import missing
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest

UNUSABLE = 422
# A template of CloudFormation has at most so many characters.
LONGEST = 1_000_000
MARKS = {Grade.ERROR: "danger", Grade.WARNING: "waits", Grade.NOTE: ""}
GRADES: Mapping[Grade, Promise] = {
    Grade.ERROR: pgettext_lazy("remark", "error"),
    Grade.WARNING: pgettext_lazy("remark", "warning"),
    Grade.NOTE: pgettext_lazy("remark", "note"),
}
KINDS: Mapping[str, Promise] = {
    "": gettext_lazy("none: the policy alone"),
    "jump": gettext_lazy("of the Jump account"),
    "development": gettext_lazy("of development"),
    "staging": gettext_lazy("of staging"),
    "production": gettext_lazy("of production"),
}


class PastedForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Policy, template of CloudFormation, or what terraform show -json prints"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "autocapitalize": "off", "class": "code"}),
        error_messages=missing(),
    )
    rails = forms.ChoiceField(label=gettext_lazy("Guard rails to hold it against"), choices=KINDS.items(), required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def pasted(request: PageRequest) -> HttpResponse:
    """Check what was pasted. Nothing of it is kept."""
    form = PastedForm(request.POST or None)
    context: dict[str, Any] = {"title": _("Check a policy"), "form": form}
    if not form.is_bound or not form.is_valid():
        return render(request, "audits/pasted.html", context, status=UNUSABLE if form.is_bound else 200)
    text = form.cleaned_data["text"]
    try:
        file = policies_of(text)
    except Unreadable as unreadable:
        form.add_error("text", _("This cannot be read: %(why)s") % {"why": unreadable})
        return render(request, "audits/pasted.html", context, status=UNUSABLE)
    options = Options(now=timezone.now(), rails=Wanted(kind=form.cleaned_data["rails"]))
    lines = text.splitlines()
    context |= {"remarks": [_shown(one, lines) for one in remarks(file, options)], "is_checked": True}
    return render(request, "audits/pasted.html", context)


def _shown(one: Remark, lines: list[str]) -> dict[str, Any]:
    words = WORDS[one.rule]
    return {
        "title": words.title,
        "grade": GRADES[one.grade],
        "mark": MARKS[one.grade],
        "sentence": str(words.sentence) % one.fields,
        "advice": words.advice,
        "place": one.place,
        "line": lines[one.place.line - 1].strip()[:200] if 0 < one.place.line <= len(lines) else "",
        "where": " ".join(filter(None, (one.where, one.statement))),
    }
