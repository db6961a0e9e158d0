"""What a leaf can hold: values that JSON spells in one way only, for every reader."""

from collections.abc import Mapping
from typing import Any

# What a number of JSON says exactly to every reader lies below it.
FIRST_UNSAFE = 2**53


class NotCanonical(ValueError):
    """It holds what has no single spelling: a number with a fraction, one of 2^53 or more, or half of a surrogate pair."""


def check(value: Any) -> bool:
    """Raise NotCanonical for what no leaf can hold; what is no JSON at all is left to who encodes it.

    Returns whether all names are ASCII: only then do Python and RFC 8785 sort them alike.
    """
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, Mapping):
        # Each of them is checked, whatever the first says.
        said = [_is_plain(name) & check(each) for name, each in value.items()]
        return all(said)
    elif isinstance(value, list | tuple):
        said = [check(each) for each in value]
        return all(said)
    elif isinstance(value, float):
        raise NotCanonical("a number may have a fraction; say it in words or in a smaller unit")
    elif isinstance(value, int) and abs(value) >= FIRST_UNSAFE:
        raise NotCanonical("a number is 2^53 or more; say it as text")
    return True


def in_words(value: Any) -> Any:
    """Return the value with each number that no leaf can hold as its text: for documents of others, which may have any."""
    if isinstance(value, Mapping):
        return {name: in_words(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [in_words(each) for each in value]
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= FIRST_UNSAFE):
        return str(value)
    return value


def _is_plain(name: Any) -> bool:
    if not isinstance(name, str):
        raise NotCanonical(f"{name!r} is no name of JSON")
    _check_text(name)
    return name.isascii()


def _check_text(text: str) -> None:
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise NotCanonical("a text holds half of a surrogate pair")
