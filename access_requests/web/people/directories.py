"""Directories that provision people here, and the tokens that they carry. Administrators keep these, auditors read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.models import ScimToken
from access_requests.selectors import scim
from access_requests.services.people import scim_tokens
from portal.pages.actor import actor_of, carry_out, carry_out_or_error_page
from portal.pages.guards import for_administrators, for_readers
from portal.pages.page import PageRequest
from portal.providers.provider import Provider
from portal.verbs import phrases
from portal.verbs.rejections import Rejection

GET_OR_POST = ["GET", "HEAD", "POST"]
MOST_REVOKED = 20


@dataclass(frozen=True, kw_only=True)
class ShownDirectory:
    """`revoked` are the tokens revoked last."""

    provider: Provider
    people: int
    groups: int
    good: Sequence[ScimToken]
    revoked: Sequence[ScimToken]


@require_safe
@for_readers
def directory_list(request: PageRequest) -> HttpResponse:
    return _show(request)


@require_http_methods(GET_OR_POST)
@for_administrators
def directory_token_new(request: PageRequest, provider: str) -> HttpResponse:
    """One more token, shown in the answer itself: it is stored nowhere."""
    found = next((one for one in _provisioning() if one.key == provider), None)
    if found is None:
        raise Http404
    if request.method != "POST":
        return render(request, "access_requests/people/directory_token_new.html", {"provider": found})
    make = partial(scim_tokens.make, provider=found, actor=actor_of(request), now=timezone.now())
    made = carry_out_or_error_page(request, make)
    context = {"provider": found, "token": made.token, "secret": made.secret, "address": _address()}
    return render(request, "access_requests/people/directory_token.html", context)


@require_http_methods(GET_OR_POST)
@for_administrators
def directory_token_revoke(request: PageRequest, code: str) -> HttpResponse:
    token = ScimToken.objects.filter(code=code).first()
    if token is None:
        raise Http404
    if request.method != "POST":
        if token.revoked_at is not None:
            return redirect("directories")
        others = ScimToken.objects.filter(provider=token.provider, revoked_at=None).exclude(pk=token.pk).count()
        return render(request, "access_requests/people/directory_token_revoke.html", {"token": token, "others": others})
    try:
        carry_out(request, partial(scim_tokens.revoke, token=token, actor=actor_of(request), now=timezone.now()))
    except Rejection as rejection:
        return _show(request, refusal=rejection)
    messages.success(request, _("You revoked %(code)s. It opens nothing any more.") % {"code": code})
    return redirect("directories")


def _show(request: PageRequest, *, refusal: Rejection | None = None) -> HttpResponse:
    tokens = ScimToken.objects.order_by("-pk")
    counted = scim.counted()
    shown = [
        ShownDirectory(
            provider=provider,
            people=counted[0].get(provider.key, 0),
            groups=counted[1].get(provider.key, 0),
            good=[token for token in tokens if token.provider == provider.key and token.revoked_at is None],
            revoked=[token for token in tokens if token.provider == provider.key and token.revoked_at is not None][:MOST_REVOKED],
        )
        for provider in _provisioning()
    ]
    said = phrases.sentence(refusal) if refusal is not None else ""
    status = refusal.status if refusal is not None else 200
    context = {"shown": shown, "address": _address(), "refusal": said}
    return render(request, "access_requests/people/directories.html", context, status=status)


def _provisioning() -> Sequence[Provider]:
    return [provider for provider in settings.LOGIN_PROVIDERS if provider.scim is not None]


def _address() -> str:
    return f"{settings.PORTAL_URL}/scim/v2"
