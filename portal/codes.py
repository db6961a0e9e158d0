"""Short public codes, so that no key of the database is ever shown, guessed or counted."""

import secrets

# Crockford's base 32: nothing in it is taken for something else when read aloud at night.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8


def new(kind: str) -> str:
    """Return a code of a kind, such as `R`."""
    return f"{kind}-{''.join(secrets.choice(ALPHABET) for _ in range(LENGTH))}"
