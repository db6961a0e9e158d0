"""What administrators do with an API client in one step, each asked for once more: another secret, revoking, bringing back."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access_requests.models import KeptIn
from access_requests.services.people import clients
from access_requests.web.people.client_showing import ShownClient
from access_requests.web.people.clients import GET_OR_POST, find, once, show
from portal.pages.actor import actor_of, carry_out
from portal.pages.guards import for_administrators
from portal.pages.page import PageRequest
from portal.verbs.rejections import Rejection


@require_http_methods(GET_OR_POST)
@for_administrators
def client_rotate(request: PageRequest, key: str) -> HttpResponse:
    """Another secret. Where the client has none, or it is not to be changed here, the client itself is shown."""
    client = find(key)
    if request.method != "POST":
        if client.is_personal or client.kept_in == KeptIn.FILE or client.retired_at is not None:
            return redirect("client", key)
        return _confirm(request, key, "rotate")
    rotate = partial(clients.rotate_secret, client=client, seen=request.POST.get("seen", ""))
    try:
        made = carry_out(request, partial(rotate, actor=actor_of(request), now=timezone.now()))
    except Rejection as rejection:
        return show(request, key, refusal=rejection)
    return once(request, made, _("%(key)s has another secret. Its tokens have ended.") % {"key": key})


@require_http_methods(GET_OR_POST)
@for_administrators
def client_revoke(request: PageRequest, key: str) -> HttpResponse:
    client = find(key)
    if request.method != "POST":
        return _confirm(request, key, "revoke") if client.retired_at is None else redirect("client", key)
    try:
        carry_out(request, partial(clients.revoke, client=client, actor=actor_of(request), now=timezone.now()))
    except Rejection as rejection:
        return show(request, key, refusal=rejection)
    messages.success(request, _("You revoked %(key)s. It is refused from now on, and its tokens have ended.") % {"key": key})
    return redirect("client", key)


@require_http_methods(GET_OR_POST)
@for_administrators
def client_restore(request: PageRequest, key: str) -> HttpResponse:
    client = find(key)
    if request.method != "POST":
        return _confirm(request, key, "restore") if client.retired_at is not None else redirect("client", key)
    try:
        made = carry_out(request, partial(clients.bring_back, client=client, actor=actor_of(request), now=timezone.now()))
    except Rejection as rejection:
        return show(request, key, refusal=rejection)
    return once(request, made, _("You brought %(key)s back.") % {"key": key})


def _confirm(request: PageRequest, key: str, act: str) -> HttpResponse:
    item = ShownClient(row=find(key))
    return render(request, f"access_requests/people/client_{act}.html", {"item": item, "seen": clients.mark(item.row)})
