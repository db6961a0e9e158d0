"""Short public codes, so that no key of the database is ever shown, guessed or counted."""

import secrets
import uuid

# Crockford's base 32: nothing in it is taken for something else when read aloud at night.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


def request_code() -> str:
    return f"R-{_random()}"


def elevation_code() -> str:
    return f"E-{_random()}"


def drift_code() -> str:
    return f"D-{_random()}"


def token_code() -> str:
    return f"T-{_random()}"


def delivery_code() -> str:
    return f"N-{_random()}"


def webhook_code() -> str:
    return f"W-{_random()}"


def resource_id() -> str:
    """Return what a directory calls a person or group of its own by; programs read it, nobody aloud."""
    return str(uuid.uuid4())


def _random() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
