"""Second factors as allauth asks for them: its secrets are sealed before the database sees them."""

from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal import sealed_texts
from portal.users.models import User

PURPOSE = "sekisho second factors"


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types.
    """Knows the portal by its configured address, whatever host a call names."""

    def encrypt(self, text: str) -> str:
        return sealed_texts.sealed(text, keys=_keys(), purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret. Raises InvalidToken where it was sealed by a key that is not there any more, or in clear."""
        return sealed_texts.opened(encrypted_text, keys=_keys(), purpose=PURPOSE)

    def get_totp_label(self, user: User) -> str:
        """Return the username: the same person may have accounts at several portals, and addresses change."""
        return f"{user.username}@{urlsplit(settings.PORTAL_URL).netloc}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.PORTAL_URL).hostname or "", "name": settings.MFA_TOTP_ISSUER}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: the verbs' entries in the trail are told by the portal's own notices."""


def _keys() -> list[str]:
    if not settings.FACTOR_KEYS:
        raise ImproperlyConfigured("This process has no FACTOR_KEY: name it in SIGNS_WITH, and give it.")
    return list(settings.FACTOR_KEYS)
