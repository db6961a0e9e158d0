"""Secrets of webhooks, which have to be read again to sign: sealed under a key that is made of SECRET_KEY."""

from django.conf import settings

from portal import sealed_texts

PURPOSE = "sekisho webhook secrets"


def sealed(secret: str) -> str:
    return sealed_texts.sealed(secret, keys=_keys(), purpose=PURPOSE)


def opened(text: str) -> str:
    """Return the secret. Raises InvalidToken when it was sealed under a SECRET_KEY that settings do not have any more."""
    return sealed_texts.opened(text, keys=_keys(), purpose=PURPOSE)


def _keys() -> list[str | bytes]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
