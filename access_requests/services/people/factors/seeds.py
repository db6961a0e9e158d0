"""What codes are made from, as the database keeps it: sealed, and for its holder alone.

Whoever writes rows can copy a seal, from their own factor into somebody else's. So each says whose it is, where only a key tells.
"""

from allauth.mfa.utils import decrypt, encrypt
from cryptography.fernet import InvalidToken

from portal.users.models import User


def sealed(seed: str, *, person: User) -> str:
    return str(encrypt(f"{person.pk} {seed}"))


def opened(text: str, *, person: User) -> str:
    """Return the seed. Raises InvalidToken where it was sealed by a key that is not there any more, in clear, or for another."""
    holder, _, seed = str(decrypt(text)).partition(" ")
    if holder != str(person.pk):
        raise InvalidToken
    return seed
