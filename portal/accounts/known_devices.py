"""Browsers in which somebody has logged in before, by a signed cookie that names them: strangers' failures do not hold these up.

The cookie lets nobody in, and says nothing of who the person is but to the portal. Usernames never change, so that digests of
them stay good; a browser that several people share knows each of them.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

SALT = "portal.accounts.known_devices"
KEPT = timedelta(days=180)
MOST_PEOPLE = 10


def of(request: HttpRequest, name: str) -> str:
    """Return the number of the device, if the person of this name has logged in with it; else nothing."""
    known = _read(request)
    return str(known["device"]) if _digest(name) in known["people"] else ""


def remember(request: HttpRequest, response: HttpResponseBase, name: str) -> None:
    """Have the browser keep that the person has logged in with it."""
    known, mine = _read(request), _digest(name)
    people = [mine, *(each for each in known["people"] if each != mine)][:MOST_PEOPLE]
    value = signing.dumps({"device": known["device"] or secrets.token_urlsafe(16), "people": people}, salt=SALT, compress=True)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        value,
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> dict[str, Any]:
    try:
        kept = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=KEPT)
        return {"device": kept["device"], "people": kept["people"]}
    except (signing.BadSignature, ValueError, KeyError, TypeError):
        return {"device": "", "people": []}


def _digest(name: str) -> str:
    return salted_hmac(SALT, name.casefold(), algorithm="sha256").hexdigest()[:32]
