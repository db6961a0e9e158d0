"""What somebody could do at an instant; from the trail alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from audits import could_do as answers
from audits.acts import reasons, terms
from audits.could_do import Question, Then
from audits.web.accesses import role_of
from audits.web.forms import WITHIN
from portal.pages.fields import missing
from portal.pages.guards import for_readers
from portal.pages.local_times import MINUTE, LocalTimeField
from portal.pages.page import PageRequest

UNUSABLE = 422
STATES: Mapping[str, Promise] = {
    "granting": _("granting"),
    "active": pgettext_lazy("elevation", "active"),
    "revoking": _("revoking"),
}


class CouldDoForm(forms.Form):
    person = forms.CharField(label=_("Person"), max_length=150, error_messages=missing())
    at = LocalTimeField(label=_("At"), validators=WITHIN, error_messages=missing())
    question = forms.ChoiceField(label=_("Question"), choices=Question.choices)


@require_safe
@for_readers
def could_do(request: PageRequest) -> HttpResponse:
    now = timezone.now()
    # A link may name the person alone: it is about now, then.
    form = CouldDoForm({**_initial(now), **request.GET.dict()}) if request.GET else CouldDoForm(initial=_initial(now))
    context: dict[str, Any] = {"form": form}
    if not form.is_valid():
        return render(request, "audits/could_do.html", context, status=UNUSABLE if form.is_bound else 200)
    asked = form.cleaned_data
    found = answers.then(person=asked["person"], at=asked["at"], question=Question(asked["question"]))
    return render(request, "audits/could_do.html", context | asked | {"then": found} | _in_words(found))


def _initial(now: datetime) -> dict[str, str]:
    """Return the form of now: the minute that follows, before which all has happened that there is."""
    at = timezone.localtime(now + timedelta(minutes=1)).strftime(MINUTE)
    return {"person": "", "at": at, "question": Question.WAS.value}


def _in_words(found: Then) -> dict[str, Any]:
    rights = found.rights
    return {
        "roles": [(terms.ROLES.get(role, role), [terms.source(each) for each in who]) for role, who in rights.roles.items()],
        "standing": [(access.group, [role_of(role) for role in access.roles]) for access in rights.standing],
        "elevations": [
            {
                "access": access,
                "roles": [role_of(role) for role in access.roles],
                "state": STATES.get(access.state, access.state),
                "until": datetime.fromisoformat(access.until),
            }
            for access in rights.elevations
        ],
        "tokens": [(token, datetime.fromisoformat(token.until) if token.until else None) for token in rights.tokens],
        "drift": [(code, reasons.differs(each["kind"], thing=each["thing"], name=each["name"])) for code, each in found.drift],
    }
