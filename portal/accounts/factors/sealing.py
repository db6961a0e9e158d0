"""Under which keys secrets of second factors are sealed."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal import sealed_texts

# Of what lies in the database.
KEPT = "sekisho second factors"


def sealed(secret: str, *, purpose: str = KEPT) -> str:
    return sealed_texts.sealed(secret, keys=_keys(), purpose=purpose)


def opened(text: str, *, purpose: str = KEPT) -> str:
    """Return the secret. Raises InvalidToken where it was sealed by a key that is not there any more, or in clear."""
    return sealed_texts.opened(text, keys=_keys(), purpose=purpose)


def _keys() -> list[str]:
    if not settings.FACTOR_KEYS:
        raise ImproperlyConfigured("This process has no FACTOR_KEY: name it in SIGNS_WITH, and give it.")
    return list(settings.FACTOR_KEYS)
