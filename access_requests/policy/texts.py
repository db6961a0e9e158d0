"""Cleaning the texts that people type. A text that cannot be used is no matter of rights: these are no rules."""

import unicodedata

from access_requests.details import DETAILS
from portal.pages.unseen import BLANK
from portal.verbs import rejections

LIMITS = {
    "reason": 2000,
    "change_ticket": 100,
    "comment": 2000,
    "name": 100,
    "done": 4000,
    "deviation": 2000,
    **{each.name: each.limit for each in DETAILS},
}
ONE_LINE = frozenset({"change_ticket", "name"})


def clean(field: str, value: str, *, required: bool, missing: type[rejections.Missing] = rejections.Missing) -> str:
    """Return the text without space around it. Raises `missing`, TooLong, ControlCharacters."""
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if required and not any(_is_seen(sign) for sign in value):
        raise missing(field=field)
    limit = LIMITS[field]
    if len(value) > limit:
        raise rejections.TooLong(field=field, limit=limit, length=len(value))
    allowed = "" if field in ONE_LINE else "\n\t"
    if any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in allowed for sign in value):
        raise rejections.ControlCharacters(field=field)
    return value


def _is_seen(sign: str) -> bool:
    """Whether a character shows by itself: a letter, number, punctuation or symbol, no space and nothing of zero width."""
    return unicodedata.category(sign)[0] in "LNPS" and sign not in BLANK
