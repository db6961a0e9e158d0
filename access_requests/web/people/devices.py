"""Allowing a program to act for oneself: the page to which a device code leads. For everybody who is logged in.

allauth has one of its own, which is open to forged posts from other sites; it is not reachable.
"""

from collections.abc import Callable
from functools import partial

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access_requests import wording
from access_requests.services.people import device_codes, personal_tokens
from access_requests.services.people.client_errors import CodeUnusable
from access_requests.services.people.device_codes import Asked
from access_requests.web.people.forms import DeviceCodeForm
from portal.pages.actor import actor_of, carry_out
from portal.pages.page import PageRequest
from portal.verbs import phrases
from portal.verbs.rejections import Rejection

UNUSABLE = 422
TOO_MANY = 429


@require_http_methods(["GET", "HEAD", "POST"])
def device(request: PageRequest) -> HttpResponse:
    """Take the code, show what asks for what, and take the answer."""
    given = request.POST if request.method == "POST" else request.GET
    if "code" not in given:
        return _form(request, DeviceCodeForm())
    form = DeviceCodeForm(given)
    if not form.is_valid():
        return _form(request, form, status=UNUSABLE)
    usage = ratelimit.consume(request, app="allauth.idp.oidc", action="device_user_code", limit_get=True)
    if usage is None:
        form.add_error("code", _("Too many wrong codes. Wait a minute."))
        return _form(request, form, status=TOO_MANY)
    asked = device_codes.find(form.cleaned_data["code"])
    if asked is None:
        return _refused(request, form, CodeUnusable(field="code"))
    usage.rollback()  # Only wrong codes are counted: whoever guesses waits, and nobody else.
    return _answered(request, form, asked)


def _answered(request: PageRequest, form: DeviceCodeForm, asked: Asked) -> HttpResponse:
    act = ACTS.get(request.POST.get("answer", ""))
    if act is None:
        scopes = [wording.scope(word) for word in asked.scopes]
        context = {"asked": asked, "scopes": scopes, "lasts": phrases.every(settings.PERSONAL_TOKEN_EXPIRES_IN)}
        return render(request, "access_requests/people/device_allow.html", context)
    verb, said = act
    try:
        carry_out(request, partial(verb, asked=asked, actor=actor_of(request), now=timezone.now()))
    except Rejection as rejection:
        return _refused(request, form, rejection)
    messages.success(request, said() % {"client": asked.client.oauth_client.name})
    return redirect("tokens")


def _refused(request: PageRequest, form: DeviceCodeForm, rejection: Rejection) -> HttpResponse:
    form.refuse(rejection)
    return _form(request, form, status=rejection.status)


def _form(request: PageRequest, form: DeviceCodeForm, *, status: int = 200) -> HttpResponse:
    return render(request, "access_requests/people/device.html", {"form": form}, status=status)


ACTS: dict[str, tuple[Callable[..., object], Callable[[], str]]] = {
    "allow": (
        personal_tokens.allow,
        lambda: _("%(client)s may act for you now. Go back to where the code came from: it goes on by itself."),
    ),
    "deny": (personal_tokens.deny, lambda: _("You refused %(client)s. It got nothing.")),
}
