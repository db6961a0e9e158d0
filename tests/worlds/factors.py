"""People's second factors: rows as the portal writes them."""

import secrets
from typing import Any

from allauth.mfa.models import Authenticator

from portal.users.models import Factor, FactorKind, User
from tests.worlds.cast import READ_AT

TYPES = {
    FactorKind.TOTP: Authenticator.Type.TOTP,
    FactorKind.PASSKEY: Authenticator.Type.WEBAUTHN,
    FactorKind.RECOVERY: Authenticator.Type.RECOVERY_CODES,
}


def factor(person: User, kind: str = FactorKind.PASSKEY, **fields: Any) -> Factor:
    """Give the person a factor that nobody enrolled: rows alone, by which nobody logs in and rules see a factor."""
    authenticator = Authenticator.objects.create(user=person, type=TYPES[FactorKind(kind)], data={})
    if kind == FactorKind.PASSKEY:
        fields = {"credential_id": secrets.token_urlsafe(16), "public_key": secrets.token_urlsafe(16), **fields}
    given: dict[str, Any] = {"name": "", "added_at": READ_AT, **fields}
    return Factor.objects.create(person=person, kind=kind, authenticator=authenticator, **given)
