"""Secrets that must be known to be used: kept encrypted under a key that is made of SECRET_KEY, which the database has not."""

import base64

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


def sealed(secret: str) -> str:
    return _fernet().encrypt(secret.encode()).decode()


def opened(text: str) -> str:
    """Return the secret. Raises InvalidToken when it was sealed under a SECRET_KEY that settings do not have any more."""
    return _fernet().decrypt(text.encode()).decode()


def _fernet() -> MultiFernet:
    return MultiFernet([_of(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _of(key: str | bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"sekisho webhook secrets").derive(force_bytes(key))
    return Fernet(base64.urlsafe_b64encode(derived))
