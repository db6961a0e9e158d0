"""Several words as one list, with the comma of the reader's language."""

from collections.abc import Iterable

from django.utils.translation import pgettext


def comma() -> str:
    """Return what stands between two items: ", " in English, "、" in Japanese."""
    return pgettext("between items of a list", ", ")


def listed(words: Iterable[object]) -> str:
    """Return "leader01, leader02" in the active language."""
    return comma().join(map(str, words))
