"""What the command line says, in the person's language. The sources have it in English, ja.json beside this in Japanese.

JSON, which is read as it lies: gettext's catalogues have to be compiled first, and what pip installs is not.
LC_ALL and LC_MESSAGES go before what the person chose at the portal, and that before LANG, which most machines come with.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

JAPANESE, ENGLISH = "ja", "en"
CATALOGUE = Path(__file__).with_name("ja.json")
_person: ContextVar[str] = ContextVar("language", default="")


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Say everything in the language that the person has chosen; empty where they chose none, or nobody knows."""
    before = _person.set(language)
    try:
        yield
    finally:
        _person.reset(before)


def language() -> str:
    """Return the language to speak, of those that the portal speaks."""
    told = (os.environ.get("LC_ALL"), os.environ.get("LC_MESSAGES"), _person.get(), os.environ.get("LANG"))
    return JAPANESE if next((name for name in told if name), "").lower().startswith(JAPANESE) else ENGLISH


def said(sentence: str, **values: object) -> str:
    """Return the sentence in the language of the person, with the values in it."""
    found = _japanese().get(sentence, sentence) if language() == JAPANESE else sentence
    return found % values if values else found


def counted(number: int, one: str, many: str) -> str:
    """Return the sentence for a number, which is %(number)s in it. In Japanese it is that of many."""
    return said(one if number == 1 and language() == ENGLISH else many, number=number)


def to_say(sentence: str) -> str:
    """Mark a sentence that is said elsewhere, so that it gets its Japanese."""
    return sentence


def listed(words: Iterable[str]) -> str:
    """Return the words as one list, with the comma of the language."""
    return ("、" if language() == JAPANESE else ", ").join(words)


@cache
def _japanese() -> Mapping[str, str]:
    found: dict[str, str] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return found
