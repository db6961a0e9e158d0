"""Unique ids as IAM makes them: a prefix for the kind of thing, then seventeen letters and digits."""

import base64
import hashlib
import secrets

USER = "AIDA"
GROUP = "AGPA"
ROLE = "AROA"
_LENGTH = 17


_given: set[str] = set()


def new_id(prefix: str, account_id: str, name: str) -> str:
    """Return the id of what is made now: what is made again under an old name gets one that nothing had before.

    What is the first of its name has the same id in each world, so that a company deployed anew is the same to who remembers it.
    """
    stable = stable_id(prefix, account_id, name)
    if stable in _given:
        return random_id(prefix)
    _given.add(stable)
    return stable


def forget_all() -> None:
    _given.clear()


def random_id(prefix: str) -> str:
    return prefix + base64.b32encode(secrets.token_bytes(_LENGTH)).decode()[:_LENGTH]


def temporary_key_id() -> str:
    return "ASIA" + base64.b32encode(secrets.token_bytes(10)).decode()


def stable_id(prefix: str, account_id: str, name: str) -> str:
    """Return the id of a thing in a declared world: the same each time the world is built."""
    digest = hashlib.sha256(f"{prefix}/{account_id}/{name}".encode()).digest()
    return prefix + base64.b32encode(digest).decode()[:_LENGTH]
