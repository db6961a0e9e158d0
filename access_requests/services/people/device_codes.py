"""Codes by which a program asks a person for a token (RFC 8628): allauth keeps them in the cache until somebody answers."""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.internal.oauthlib import device_codes
from django.core.cache import cache
from django.core.exceptions import ValidationError

from access_requests.models import ApiClient
from access_requests.selectors import clients
from access_requests.services.record.proving import NOTHING_MORE, Wanted
from portal.users.models import User
from portal.verbs.proving import Strength

# As get_adapter().generate_user_code() makes them: BCDF-GHJK.
LETTERS = 8


@dataclass(frozen=True, kw_only=True)
class Given:
    """What the program is told. It shows the user code to the person, and asks with the device code whether they agreed."""

    device_code: str
    user_code: str
    expires_in: int
    interval: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a program asks a person for: from which address and when, as far as that is known, and by what proof of them."""

    user_code: str
    device_code: str
    client: ApiClient
    scopes: Sequence[str]
    address: str
    at: datetime | None
    proof: Wanted


def begin(*, client: ApiClient, scopes: Sequence[str], address: str, now: datetime, proof: Wanted = NOTHING_MORE) -> Given:
    """Give a program its two codes."""
    given = Given(
        device_code=secrets.token_urlsafe(32),
        user_code=get_adapter().generate_user_code(),
        expires_in=app_settings.DEVICE_CODE_EXPIRES_IN,
        interval=app_settings.DEVICE_CODE_INTERVAL,
    )
    kept = {name: getattr(given, name) for name in ("device_code", "user_code", "expires_in", "interval")}
    # allauth hands back what it was given under `device`: where and when it was asked travels there.
    asked = {"address": address, "at": now.isoformat(), "strength": proof.strength, "max_age": proof.seconds}
    device_codes.create(client.oauth_client_id, list(scopes), {**kept, "asked": asked}, resources=None)
    return given


def find(typed: str) -> Asked | None:
    """Return what is asked under a code as a person types it; None if it is unknown, expired or answered."""
    user_code = _as_given(typed)
    try:
        device_code, _client = device_codes.validate_user_code(user_code)
    except ValidationError:
        return None
    kept = cache.get(device_codes.cache_device_code_key(device_code))
    client = clients.personal(kept["client_id"]) if kept is not None else None
    if client is None:
        return None
    asked = kept["device"]["asked"]
    return Asked(
        user_code=user_code,
        device_code=device_code,
        client=client,
        scopes=kept["scope"],
        address=asked["address"],
        at=datetime.fromisoformat(asked["at"]),
        # Of a program that asked before an upgrade, nothing is known.
        proof=Wanted(strength=Strength(asked.get("strength", Strength.LOG_IN)), seconds=asked.get("max_age")),
    )


def answer(asked: Asked, *, person: User, allowed: bool) -> bool:
    """Let the program know at its next question. Return whether it was still waiting."""
    return bool(device_codes.confirm_or_deny_device_code(person, asked.device_code, allowed))


def _as_given(typed: str) -> str:
    """Return the code as it was given: people leave out the dash, use small letters, or those of a Japanese keyboard."""
    letters = re.sub(r"[^A-Z]", "", unicodedata.normalize("NFKC", typed).upper())
    return f"{letters[: LETTERS // 2]}-{letters[LETTERS // 2 :]}"
