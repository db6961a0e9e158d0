"""Secrets that must be known to be used: kept encrypted under a key that the database has not."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def sealed(secret: str, *, keys: Sequence[str | bytes], purpose: str) -> str:
    """Return the secret encrypted under the first key. What is sealed for one purpose is not opened for another."""
    return _fernet(keys, purpose).encrypt(secret.encode()).decode()


def opened(text: str, *, keys: Sequence[str | bytes], purpose: str) -> str:
    """Return the secret. Raises cryptography's InvalidToken where none of the keys sealed it."""
    return _fernet(keys, purpose).decrypt(text.encode()).decode()


def _fernet(keys: Sequence[str | bytes], purpose: str) -> MultiFernet:
    return MultiFernet([_of(key, purpose) for key in keys])


def _of(key: str | bytes, purpose: str) -> Fernet:
    given = key.encode() if isinstance(key, str) else key
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(given)
    return Fernet(base64.urlsafe_b64encode(derived))
