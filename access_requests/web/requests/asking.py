"""Asking for access. For everybody who is logged in; what one may ask for is the catalogue's to say."""

from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access_requests.lifecycle import RequestStatus
from access_requests.models import AccessRequest, Decision, Verdict
from access_requests.selectors import abilities, catalogue, switching
from access_requests.services.requests.submit import submit
from access_requests.web.requests import outlook
from access_requests.web.requests.ask_form import AT, FOR, NOW, TEXTS, UNTIL, RequestForm
from portal.pages.actor import actor_of, carry_out
from portal.pages.page import PageRequest, with_headers_of
from portal.users.models import User
from portal.verbs.rejections import Rejection

UNUSABLE = 422
OUTLOOK = "access_requests/requests/_outlook.html"


@require_http_methods(["GET", "HEAD", "POST"])
def request_new(request: PageRequest) -> HttpResponse:
    """The form; for htmx, what would become of the groups and times that are typed so far."""
    now = timezone.now()
    groups = list(abilities.with_groups(catalogue.requestable_by(request.user)))
    form_of = partial(RequestForm, groups=groups, used=catalogue.used_last(request.user), now=now)
    if request.method == "POST":
        return _submitted(request, form_of(request.POST), now=now)
    if request.htmx:
        seen = outlook.of(form_of(request.GET), request.user, now=now)
        return render(request, OUTLOOK, {"outlook": seen})
    return _form(request, form_of(initial=_initial(request)), now=now)


def _submitted(request: PageRequest, form: RequestForm, *, now: datetime) -> HttpResponse:
    """Submit what was typed, or show it again with what is wrong."""
    if not form.is_valid():
        return _form(request, form, now=now, status=UNUSABLE)
    ask, actor = form.ask(), actor_of(request)
    try:
        made = carry_out(request, lambda: submit(ask=ask, actor=actor, now=now))
    except Rejection as rejection:
        form.refuse(rejection)
        return with_headers_of(rejection, _form(request, form, now=now, status=rejection.status))
    messages.success(request, _("You asked for access. The request has the ID %(code)s.") % {"code": made.code})
    return redirect("request", made.code)


def _form(request: PageRequest, form: RequestForm, *, now: datetime, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "sent_back": _sent_back(request.user, form["revises"].value()),
        # What is refused stands above the form then.
        "outlook": outlook.of(form, request.user, now=now) if status == HTTPStatus.OK else None,
        "mfa": switching.mfa_of(request.user),
    }
    return render(request, "access_requests/requests/request_new.html", context, status=status)


def _sent_back(person: User, code: str | None) -> Decision | None:
    """Return why the request that is being revised was sent back."""
    if not code:
        return None
    decisions = Decision.objects.filter(request__code=code, request__requester=person, verdict=Verdict.SEND_BACK)
    return decisions.select_related("approver", "request").first()


def _initial(request: PageRequest) -> dict[str, Any]:
    """Return the contents of an own earlier request, where one is named: to ask again, or to revise what was sent back."""
    code = request.GET.get("revises") or request.GET.get("like")
    if not code:
        groups = request.GET.getlist("work_group")
        return {"work_groups": groups} if groups else {}
    model = AccessRequest.objects.filter(code=code, requester=request.user, extends=None).first()
    if model is None or ("revises" in request.GET and model.status != RequestStatus.SENT_BACK):
        raise Http404
    return {**_contents(model), "revises": model.code if "revises" in request.GET else ""}


def _contents(model: AccessRequest) -> dict[str, Any]:
    """Return what was asked for, but for times that have passed."""
    now = timezone.now()
    starts_at = model.asked_starts_at if model.asked_starts_at and model.asked_starts_at > now else None
    ends_at = model.asked_ends_at if model.asked_ends_at and model.asked_ends_at > now else None
    contents = {field: getattr(model, field) for field in TEXTS}
    contents |= {"start": AT, "starts_at": starts_at} if starts_at else {"start": NOW}
    contents |= {"finish": UNTIL, "ends_at": ends_at} if ends_at else {"finish": FOR}
    if model.duration_minutes is not None:
        contents["duration_minutes"] = model.duration_minutes
    return contents | {"work_groups": [group.name for group in model.work_groups.all()]}
