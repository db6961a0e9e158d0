"""The addresses of a log-in by SAML: to the provider, back from it in two steps, and what its administrators need to know.

A response comes by a form of the provider's page, and with that a browser sends no cookie of the session. So the first step keeps
what was verified, for a minute and under a cookie of its own, and the second, which has the session, asks whether it was asked
for.

The libraries for XML are loaded by the first log-in: a portal without SAML neither carries them nor stops where they do not fit.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from allauth.socialaccount.helpers import complete_social_login
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from portal.accounts import answers
from portal.accounts.configured import named
from portal.accounts.purposes import Purpose
from portal.accounts.refusals import AnswerRefused, LogInNotBegun
from portal.accounts.saml.provider import Provided
from portal.providers.provider import SamlProvider
from portal.verbs.rejections import Rejection

if TYPE_CHECKING:
    from portal.accounts.saml.responses import Said

COOKIE, KEPT_SECONDS = "saml", 60
# Longer than any difference of clocks that is accepted.
REMEMBERED_AFTER = timedelta(minutes=5)


def begin(request: HttpRequest, configured: SamlProvider, purpose: Purpose) -> HttpResponse:
    """Send the browser to the provider."""
    from portal.accounts.saml import toolkit  # noqa: PLC0415  By the first log-in.

    address, asked = toolkit.asking(configured)
    return Provided(request, configured).begin(request, purpose, address=address, asked=asked)


@csrf_exempt
@login_not_required
@never_cache
@require_POST
def assertion(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a response. Its signature stands for the token of a form; whom it lets in is for the next step to say."""
    from portal.accounts.saml import responses  # noqa: PLC0415  By the first log-in.

    configured = _configured(provider)
    try:
        said = responses.read(request.POST.get("SAMLResponse", ""), configured, now=timezone.now())
        _check_began_where_it_may(said, configured)
        _check_once(said, configured)
    except Rejection as refusal:
        return answers.refused(request, configured, refusal, None)
    return _kept(request, configured, said)


@login_not_required
@never_cache
@require_GET
def finish(request: HttpRequest, provider: str) -> HttpResponse:
    """Let in whom the response names, if this browser asked for it. Whatever is refused is said on a page that leads on."""
    configured = _configured(provider)
    provided, state = Provided(request, configured), {}
    try:
        said = _taken(request)
        state = _begun(request, provided, said)
        response: HttpResponse = complete_social_login(request, provided.login(said, state))
    except Rejection as refusal:
        response = answers.refused(request, configured, refusal, state.get("process"))
    response.delete_cookie(COOKIE, path=request.path)
    return response


@login_not_required
@require_safe
def metadata(request: HttpRequest, provider: str) -> HttpResponse:  # noqa: ARG001  Django names the first.
    """Return what the provider's administrators give it about the portal. There is nothing secret in it."""
    from portal.accounts.saml import toolkit  # noqa: PLC0415  By the first log-in.

    return HttpResponse(toolkit.metadata(_configured(provider)), content_type="application/samlmetadata+xml")


def _check_began_where_it_may(said: "Said", configured: SamlProvider) -> None:
    if not said.in_response_to and not configured.idp_initiated:
        raise AnswerRefused(provider=configured.name, what="InResponseTo")


def _check_once(said: "Said", configured: SamlProvider) -> None:
    """Raise AnswerRefused for an assertion that came before, to whichever process of the web."""
    left = said.until + REMEMBERED_AFTER - timezone.now()
    name = hashlib.sha256(said.assertion.encode()).hexdigest()
    if not cache.add(f"saml:{configured.key}:{name}", 1, timeout=int(left.total_seconds())):
        raise AnswerRefused(provider=configured.name, what="ID")


def _kept(request: HttpRequest, configured: SamlProvider, said: "Said") -> HttpResponse:
    """Send the browser on to the second step. Sessions are signed, so that nobody who writes in the database says who came."""
    store = type(request.session)()
    store["said"] = {
        "provider": configured.key,
        "subject": said.subject,
        "session": said.session,
        "in_response_to": said.in_response_to,
        "authenticated_at": said.authenticated_at.isoformat(timespec="seconds"),
        "context": said.context,
        "attributes": {name: list(values) for name, values in said.attributes.items()},
        "next": _within(request.POST.get("RelayState", "")),
    }
    store.set_expiry(KEPT_SECONDS)
    store.save()
    address = reverse("provider-finish", args=[configured.key])
    response = redirect(address)
    response.set_cookie(
        COOKIE,
        store.session_key or "",
        max_age=KEPT_SECONDS,
        path=address,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _taken(request: HttpRequest) -> Mapping[str, Any]:
    """Return what the first step kept, once. Raises LogInNotBegun."""
    store = type(request.session)(request.COOKIES.get(COOKIE, ""))
    said: Mapping[str, Any] | None = store.get("said")
    if not said:
        raise LogInNotBegun
    store.delete()
    return said


def _begun(request: HttpRequest, provided: Provided, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what this browser asked for under this id, once. Raises LogInNotBegun."""
    if said["provider"] != provided.configured.key:
        raise LogInNotBegun
    if not said["in_response_to"]:
        return {"process": Purpose.LOGIN, "next": said["next"]}
    try:
        state: dict[str, Any] = provided.unstash_redirect_state(request, said["in_response_to"])
    except PermissionDenied as error:
        raise LogInNotBegun from error
    return state


def _within(address: str) -> str:
    """Return the page of the portal that the provider names, for a log-in that began there; none for any other address."""
    is_ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_ours else ""


def _configured(key: str) -> SamlProvider:
    found = named(key)
    if not isinstance(found, SamlProvider):
        raise Http404
    return found
