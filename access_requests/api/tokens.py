"""Where programs get their tokens and give them back: allauth's OAuth 2 server, of which only this is reachable.

A service gets one for its secret (client credentials); a script of a person's own asks for a code, which the person allows on
a page of the portal, and then for the token (device code, RFC 8628).
"""

import logging
import math
from collections.abc import Callable
from functools import partial

from allauth.idp.oidc import views
from allauth.idp.oidc.internal.oauthlib.device_codes import poll_device_code
from allauth.idp.oidc.models import Client
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from oauthlib.oauth2.rfc6749.errors import OAuth2Error  # type: ignore[import-untyped]  # No types are shipped.

from access_requests.selectors import clients
from access_requests.selectors import personal_tokens as selectors
from access_requests.services.people import device_codes, personal_tokens
from access_requests.services.people.credentials import OwnToken, Terms
from access_requests.services.record.proving import Wanted
from portal.addresses import address_of
from portal.rest.limits import count, seconds_to_wait
from portal.verbs.actor import Actor, Door
from portal.verbs.proving import BY_ACR, Strength
from portal.verbs.rejections import Rejection
from portal.verbs.run import run

logger = logging.getLogger(__name__)
WRONG_SECRETS_PER_MINUTE = 20
DEVICE_CODES_PER_MINUTE = 30
UNAUTHENTICATED = 401
# Digits of a number of seconds: more than two years.
LONGEST_AGE = 8


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """Give a token for a secret or for a device code. Whoever guesses secrets waits: each guess costs a slow hash."""
    guesser = f"secrets-from:{address_of(request)}"
    if count(guesser, 0) >= WRONG_SECRETS_PER_MINUTE:
        return _too_many()
    by_device_code = request.POST.get("grant_type") == Client.GrantType.DEVICE_CODE
    response = _answer(_collected if by_device_code else views.token, request)
    if response.status_code == UNAUTHENTICATED:  # What OAuth 2 says of a client that is not known by its secret.
        count(guesser, 1)
    return response


@csrf_exempt
@require_POST
def device_code(request: HttpRequest) -> HttpResponse:
    """Give a program a code that a person may allow in the browser."""
    if count(f"device-codes-from:{address_of(request)}", 1) > DEVICE_CODES_PER_MINUTE:
        return _too_many()
    return _answer(_begun, request)


@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """End a token; a person's own by the verb that records it."""
    return _answer(_revoked, request)


def _begun(request: HttpRequest) -> HttpResponse:
    client = clients.personal(request.POST.get("client_id", ""))
    if client is None:
        return _refused("invalid_client", status=UNAUTHENTICATED)
    known = client.oauth_client
    scopes = request.POST.get("scope", "").split() or known.get_default_scopes()
    if not scopes or not set(scopes) <= set(known.get_scopes()):
        return _refused("invalid_scope", status=400)
    proof = _wanted(request)
    if proof is None:
        return _refused("unmet_authentication_requirements", status=400)
    address = str(address_of(request) or "")
    given = device_codes.begin(client=client, scopes=scopes, address=address, proof=proof, now=timezone.now())
    page = settings.PORTAL_URL + reverse("device")
    return _private(
        {
            "device_code": given.device_code,
            "user_code": given.user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?code={given.user_code}",
            "expires_in": given.expires_in,
            "interval": given.interval,
        }
    )


def _wanted(request: HttpRequest) -> Wanted | None:
    """Return how the person is to prove themselves (RFC 9470), the first of what is asked for that there is; None where none is.

    Raises ValueError for an age that is none.
    """
    asked, age = request.POST.get("acr_values", "").split(), request.POST.get("max_age")
    known = [BY_ACR[name] for name in asked if name in BY_ACR]
    if asked and not known:
        return None
    if age is not None and not (age.isascii() and age.isdecimal() and len(age) <= LONGEST_AGE):
        raise ValueError("max_age is no number of seconds")
    return Wanted(strength=known[0] if known else Strength.LOG_IN, seconds=int(age) if age is not None else None)


def _collected(request: HttpRequest) -> HttpResponse:
    """Answer a program that asks whether the person has agreed. allauth says how often it may ask, and what it waits for."""
    try:
        poll_device_code(request)
    except OAuth2Error as error:
        return _refused(error.error, status=error.status_code)
    address, now = str(address_of(request) or ""), timezone.now()
    asked = partial(personal_tokens.collect, device_code=request.POST["device_code"], address=address, now=now)
    try:
        collected = run(asked)
    except Rejection:
        return _refused("access_denied", status=400)
    return _private(
        {
            "access_token": collected.value,
            "token_type": "Bearer",
            "expires_in": collected.expires_in,
            "scope": " ".join(collected.scopes),
        }
    )


def _revoked(request: HttpRequest) -> HttpResponse:
    rows = selectors.by_value(request.POST.get("token", ""))
    row = rows.first()
    if row is None:
        response: HttpResponse = views.revoke(request)
        return response
    if request.POST.get("client_id") != row.client.oauth_client_id:
        return _refused("invalid_client", status=UNAUTHENTICATED)
    carried = OwnToken(token_id=row.token_id or 0, client=Terms.of(row.client))
    actor = Actor(person=row.person, door=Door.CLIENT, client=row.client.key, credential=carried)
    run(partial(personal_tokens.revoke, rows=rows, actor=actor, now=timezone.now()))
    return HttpResponse()


def _answer(view: Callable[[HttpRequest], HttpResponse], request: HttpRequest) -> HttpResponse:
    """Answer with a view; unreadable input escapes allauth's, and the database, as an exception."""
    try:
        return view(request)
    except (ValueError, ValidationError, DataError) as error:
        logger.warning("Unreadable OAuth 2 call: %s", error)
        return _refused("invalid_request", status=400)


def _private(answer: dict[str, object]) -> HttpResponse:
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def _too_many() -> HttpResponse:
    return _refused("slow_down", status=429, headers={"Retry-After": str(math.ceil(seconds_to_wait()))})


def _refused(error: str, *, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse({"error": error}, status=status, headers=headers)
