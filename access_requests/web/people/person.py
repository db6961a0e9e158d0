"""A person: what they are and whence, who they are elsewhere, what they have now; and what administrators do about it.

Administrators and auditors read; each act is asked for once more, with what it ends.
"""

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.selectors import people as selectors
from access_requests.services.people import administering, roles
from access_requests.services.people import sessions as verbs
from access_requests.services.people.factors import resetting
from access_requests.web.catalogue import lines
from portal.pages.actor import actor_of, carry_out
from portal.pages.guards import for_administrators, for_readers
from portal.pages.page import PageRequest
from portal.users.models import User
from portal.verbs import phrases
from portal.verbs.rejections import Rejection

GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
@for_readers
def person(request: PageRequest, username: str) -> HttpResponse:
    return _show(request, _find(username))


@require_http_methods(GET_OR_POST)
@for_administrators
def person_disable(request: PageRequest, username: str) -> HttpResponse:
    """Say what ends, then end it."""
    item = _find(username)
    if request.method != "POST":
        return _confirm_disabling(request, item) if item.is_active else redirect("person", username)
    is_oneself = item.pk == request.user.pk
    disable = partial(administering.disable, person=item, actor=actor_of(request), now=timezone.now())
    try:
        carry_out(request, disable, ends_own_rights=is_oneself)
    except Rejection as refusal:
        return _show(request, _find(username), refusal=refusal)
    if is_oneself:
        logout(request)
        return redirect("account_login")
    messages.success(
        request, _("%(who)s is disabled. Whatever they had has ended, or is being ended in AWS now.") % {"who": username}
    )
    return redirect("person", username)


@require_http_methods(GET_OR_POST)
@for_administrators
def person_enable(request: PageRequest, username: str) -> HttpResponse:
    item = _find(username)
    if request.method != "POST":
        context = {"item": item}
        return redirect("person", username) if item.is_active else render(request, _template("enable"), context)
    try:
        carry_out(request, partial(administering.enable, person=item, actor=actor_of(request), now=timezone.now()))
    except Rejection as refusal:
        return _show(request, _find(username), refusal=refusal)
    messages.success(request, _("%(who)s may log in again.") % {"who": username})
    return redirect("person", username)


@require_http_methods(GET_OR_POST)
@for_administrators
def person_sessions_end(request: PageRequest, username: str) -> HttpResponse:
    """End one log-in of theirs, where its number is given, or all."""
    item, number = _find(username), request.POST.get("number", "")
    if request.method != "POST":
        context = {"item": item, "has": selectors.has(item, now=timezone.now())}
        return render(request, _template("sessions_end"), context)
    if number and not number.isdecimal():
        raise Http404
    rows = verbs.of(item).filter(pk=number) if number else verbs.of(item)
    is_here = rows.filter(session_key=request.session.session_key).exists()
    end = partial(administering.end_sessions, person=item, rows=rows, actor=actor_of(request), now=timezone.now())
    count = carry_out(request, end, ends_own_rights=is_here)
    if is_here:
        logout(request)
        return redirect("account_login")
    said = ngettext("%(n)s session of %(who)s has ended.", "%(n)s sessions of %(who)s have ended.", count)
    messages.success(request, said % {"n": count, "who": username})
    return redirect("person", username)


def _find(username: str) -> User:
    return get_object_or_404(selectors.in_full(User.objects.all()), username=username)


def _show(request: PageRequest, item: User, *, refusal: Rejection | None = None) -> HttpResponse:
    """Show a person as they are now, with why the last act was refused."""
    context: dict[str, Any] = {
        "item": item,
        "has": selectors.has(item, now=timezone.now()),
        "roles": roles.sources(item),
        "seats": selectors.seats(item),
        "may_ask_for": selectors.may_ask_for(item),
        "clients": selectors.owned_clients(item),
        "drift": selectors.drift_of(item),
        "factors": item.factors.order_by("pk"),
        "reset": resetting.waiting(item, now=timezone.now()),
        "links": item.linked_identities.order_by("provider", "external_id"),
        "refusal": phrases.sentence(refusal) if refusal is not None else "",
    }
    return render(request, _template(), context, status=refusal.status if refusal is not None else 200)


def _confirm_disabling(request: PageRequest, item: User) -> HttpResponse:
    context = {
        "item": item,
        "has": selectors.has(item, now=timezone.now()),
        "left_without": selectors.left_without(item),
        "clients": selectors.owned_clients(item),
        "is_last_administrator": administering.is_last_administrator(item),
        "lines": lines.disable_person(item.username),
        "check": lines.CHECK,
        "load": lines.LOAD,
    }
    return render(request, _template("disable"), context)


def _template(act: str = "") -> str:
    return f"access_requests/people/person{f'_{act}' if act else ''}.html"
