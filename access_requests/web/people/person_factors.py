"""Resetting somebody's second factors: proposed by one administrator, done by another. For administrators."""

from collections.abc import Callable, Mapping
from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from access_requests.services.people.factors import resetting
from portal.pages.actor import actor_of, carry_out
from portal.pages.forms import VerbForm
from portal.pages.guards import for_administrators
from portal.pages.page import PageRequest
from portal.users.models import User
from portal.verbs import phrases
from portal.verbs.rejections import Rejection

LONGEST_REASON = 500
ANSWERS: Mapping[str, tuple[Callable[..., object], Promise]] = {
    "reset": (resetting.reset, _("Their second factors are taken, and their log-ins have ended.")),
    "drop": (resetting.drop, _("The proposal is dropped.")),
}


class ProposalForm(VerbForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        help_text=_("How you know that it is them who ask, such as by a call to a number that you know."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def person_factors(request: PageRequest, username: str) -> HttpResponse:
    person = get_object_or_404(User, username=username)
    answer = ANSWERS.get(request.POST.get("answer", ""))
    form = ProposalForm(request.POST if request.method == "POST" and answer is None else None)
    if request.method != "POST":
        return _show(request, person, form)
    if answer is not None:
        verb, said = answer
        act: Callable[..., object] = partial(verb, person=person)
    elif form.is_valid():
        act = partial(resetting.propose, person=person, reason=form.cleaned_data["reason"])
        said = _("Proposed. Another administrator has to do it within a day.")
    else:
        return _show(request, person, form, status=422)
    try:
        carry_out(request, partial(act, actor=actor_of(request), now=timezone.now()))
    except Rejection as refusal:
        return _show(request, person, ProposalForm(), refusal=refusal, status=refusal.status)
    messages.success(request, str(said))
    return redirect("person", username)


def _show(
    request: PageRequest, person: User, form: ProposalForm, *, refusal: Rejection | None = None, status: int = 200
) -> HttpResponse:
    reset = resetting.waiting(person, now=timezone.now())
    context = {
        "item": person,
        "form": form,
        "factors": person.factors.order_by("pk"),
        "reset": reset,
        "is_own_proposal": reset is not None and reset.proposed_by == request.user.username,
        "refusal": phrases.sentence(refusal) if refusal is not None else "",
    }
    return render(request, "access_requests/people/person_factors.html", context, status=status)
