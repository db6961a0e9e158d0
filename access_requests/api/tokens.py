"""Where a program gets its token and gives it back: allauth's OAuth 2 server, of which only this is reachable."""

import logging
import math
from collections.abc import Callable

from allauth.idp.oidc import views
from django.core.exceptions import ValidationError
from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from access_requests.api.auth import address_of
from access_requests.api.limits import count, seconds_to_wait

logger = logging.getLogger(__name__)
WRONG_SECRETS_PER_MINUTE = 20


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """Give a token for a secret. Whoever guesses secrets waits: each guess costs a slow hash."""
    guesser = f"secrets-from:{address_of(request)}"
    if count(guesser, 0) >= WRONG_SECRETS_PER_MINUTE:
        return _refused("slow_down", status=429, headers={"Retry-After": str(math.ceil(seconds_to_wait()))})
    response = _answer(views.token, request)
    if response.status_code == 401:  # noqa: PLR2004  What OAuth 2 says of a client that is not known by its secret.
        count(guesser, 1)
    return response


@csrf_exempt
def revoke(request: HttpRequest) -> HttpResponse:
    return _answer(views.revoke, request)


def _answer(view: Callable[[HttpRequest], HttpResponse], request: HttpRequest) -> HttpResponse:
    """Answer with allauth's view, which lets unreadable input escape as an exception."""
    try:
        return view(request)
    except (ValueError, ValidationError, DataError) as error:
        logger.warning("Unreadable OAuth 2 call: %s", error)
        return _refused("invalid_request", status=400)


def _refused(error: str, *, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    return JsonResponse({"error": error}, status=status, headers=headers)
