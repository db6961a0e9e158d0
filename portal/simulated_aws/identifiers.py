"""Unique ids as IAM makes them: a prefix for the kind of thing, then seventeen letters and digits."""

import base64
import hashlib
import secrets

USER = "AIDA"
GROUP = "AGPA"
ROLE = "AROA"
_LENGTH = 17


def random_id(prefix: str) -> str:
    """Return an id that nothing had before: what is made again under an old name gets a new one."""
    return prefix + base64.b32encode(secrets.token_bytes(_LENGTH)).decode()[:_LENGTH]


def temporary_key_id() -> str:
    return "ASIA" + base64.b32encode(secrets.token_bytes(10)).decode()


def stable_id(prefix: str, account_id: str, name: str) -> str:
    """Return the id of a thing in a declared world: the same each time the world is built."""
    digest = hashlib.sha256(f"{prefix}/{account_id}/{name}".encode()).digest()
    return prefix + base64.b32encode(digest).decode()[:_LENGTH]
