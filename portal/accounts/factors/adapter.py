"""Second factors as allauth asks for them: its secrets are sealed before the database sees them."""

from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from portal.accounts.factors import sealing
from portal.users.models import User


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types.
    """Knows the portal by its configured address, whatever host a call names."""

    def encrypt(self, text: str) -> str:
        return sealing.sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        return sealing.opened(encrypted_text)

    def get_totp_label(self, user: User) -> str:
        """Return the username: the same person may have accounts at several portals, and addresses change."""
        return f"{user.username}@{urlsplit(settings.PORTAL_URL).netloc}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.PORTAL_URL).hostname or "", "name": settings.MFA_TOTP_ISSUER}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: the verbs' entries in the trail are told by the portal's own notices."""
