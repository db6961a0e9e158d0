"""What somebody could do at an instant; from the trail alone."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from audits import past
from audits.acts import reasons
from audits.past import Question, Then
from audits.web.forms import WITHIN
from portal.pages.fields import missing
from portal.pages.guards import for_readers
from portal.pages.local_times import MINUTE, LocalTimeField
from portal.pages.page import PageRequest

UNUSABLE = 422


class PastForm(forms.Form):
    person = forms.CharField(label=_("Person"), max_length=150, error_messages=missing())
    at = LocalTimeField(label=_("At"), validators=WITHIN, error_messages=missing())
    question = forms.ChoiceField(label=_("Question"), choices=Question.choices)


@require_safe
@for_readers
def could_do(request: PageRequest) -> HttpResponse:
    now = timezone.now()
    # A link may name the person alone: it is about now, then.
    form = PastForm({**_initial(now), **request.GET.dict()}) if request.GET else PastForm(initial=_initial(now))
    context: dict[str, Any] = {"form": form}
    if not form.is_valid():
        return render(request, "audits/could_do.html", context, status=UNUSABLE if form.is_bound else 200)
    asked = form.cleaned_data
    found = past.then(person=asked["person"], at=asked["at"], question=Question(asked["question"]))
    return render(request, "audits/could_do.html", context | asked | {"then": found, "drift": _drift(found)})


def _initial(now: datetime) -> dict[str, str]:
    return {"person": "", "at": timezone.localtime(now).strftime(MINUTE), "question": Question.WAS.value}


def _drift(found: Then) -> list[tuple[str, str]]:
    return [(code, reasons.differs(each["kind"], thing=each["thing"], name=each["name"])) for code, each in found.drift]
