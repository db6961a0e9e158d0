"""The addresses of a log-in by OpenID Connect: to the provider, back from it, and its word that somebody logged out there."""

import hashlib
from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from portal.accounts import answers, sessions
from portal.accounts.configured import named
from portal.accounts.oidc import tokens
from portal.accounts.oidc.provider import Checked, Provided
from portal.accounts.purposes import Purpose
from portal.accounts.refusals import AnswerRefused
from portal.providers.provider import OidcProvider
from portal.verbs.rejections import Rejection


def begin(request: HttpRequest, configured: OidcProvider, purpose: Purpose) -> HttpResponse:
    """Send the browser to the provider."""
    try:
        return Provided(request, configured).begin(request, purpose)
    except Rejection as refusal:
        return answers.refused(request, configured, refusal, purpose)


class Callback(OAuth2CallbackView):  # type: ignore[misc]  # allauth ships no types.
    """allauth's, which lets the adapter see the state under which all began."""

    adapter: Checked

    def _get_state(self, request: HttpRequest, provider: Provided) -> tuple[Mapping[str, Any] | None, HttpResponse | None]:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state or {}
        return state, response


@login_not_required
@never_cache
@require_GET
def callback(request: HttpRequest, provider: str) -> HttpResponse:
    """Take the browser back. Whatever is refused is said on a page that leads on."""
    configured = _configured(provider)
    adapter = Provided(request, configured).get_oauth2_adapter(request)
    try:
        if request.GET.get("iss", configured.issuer) != configured.issuer:
            raise AnswerRefused(provider=configured.name, what="iss of the answer")
        response: HttpResponse = Callback.adapter_view(adapter)(request)
    except Rejection as refusal:
        return answers.refused(request, configured, refusal, adapter.state.get("process"))
    return response


@csrf_exempt
@never_cache
@require_POST
def log_out(request: HttpRequest, provider: str) -> JsonResponse:
    """End the sessions of which the provider says that they are over: OpenID Connect Back-Channel Logout 1.0."""
    configured = _configured(provider)
    try:
        claims = tokens.logout_token(request.POST.get("logout_token", ""), configured)
        used = hashlib.sha256(claims["jti"].encode()).hexdigest()
        if not cache.add(f"logout:{provider}:{used}", 1, timeout=2 * tokens.LOGOUT_SECONDS):
            raise AnswerRefused(provider=configured.name, what="jti")
    except Rejection as refusal:
        what = str(refusal.data.get("what", refusal.code))
        return JsonResponse({"error": "invalid_request", "error_description": what}, status=400)
    sessions.end(configured, sid=claims.get("sid", ""), subject=claims.get("sub", ""), now=timezone.now())
    return JsonResponse({})


def _configured(key: str) -> OidcProvider:
    found = named(key)
    if not isinstance(found, OidcProvider):
        raise Http404
    return found
