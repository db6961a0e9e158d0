"""Making seen what a text hides: directions turned round, letters of no width, letters that pass for others."""

import re
import unicodedata

# Letters and symbols, says Unicode, which look like nothing at all.
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# Cc, Cf: controls and format characters, such as U+202E and U+200B. Zl, Zp: separators that break a line unseen. Co: private.
HIDING = frozenset({"Cc", "Cf", "Zl", "Zp", "Co", "Cs"})
HARMLESS = frozenset("\n\t")
JOINER = "\u200d"
WORD = re.compile(r"\w+")
LATIN = re.compile(r"[A-Za-z]")
LOOK_ALIKE = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")  # Greek and Cyrillic.
SUSPECT = re.compile(f"[{''.join(sorted(BLANK))}]|{LOOK_ALIKE.pattern}")


def named(text: str) -> str:
    """Return the text with ⟦U+202E⟧ in the place of what hides, and behind a Greek or Cyrillic letter in a Latin word."""
    return "".join(name(sign) if mark else sign for sign, mark in signs(text))


def hides_nothing(text: str) -> bool:
    """Whether there is nothing to name. Most texts are so, and lists have many."""
    return text.isprintable() and not SUSPECT.search(text)


def signs(text: str) -> list[tuple[str, bool]]:
    """Return each character, and whether it is to be named; a look-alike stays and is followed by its name."""
    found: list[tuple[str, bool]] = []
    alike = _look_alikes(text)
    for place, sign in enumerate(text):
        hides = sign in BLANK or (unicodedata.category(sign) in HIDING and sign not in HARMLESS)
        found.append((sign, hides and not _joins_emoji(text, place)))
        if place in alike:
            found.append((sign, True))
    return found


def _look_alikes(text: str) -> set[int]:
    """Return the places of Greek and Cyrillic letters in words that have Latin ones too."""
    if text.isascii():
        return set()
    mixed = (word for word in WORD.finditer(text) if LATIN.search(word[0]))
    return {word.start() + letter.start() for word in mixed for letter in LOOK_ALIKE.finditer(word[0])}


def _joins_emoji(text: str, place: int) -> bool:
    """Whether this is the joiner inside one emoji made of several."""
    around = text[place - 1 : place] + text[place + 1 : place + 2]
    parts = {unicodedata.category(sign) for sign in around}
    return text[place] == JOINER and len(around) > 1 and parts <= {"So", "Sk", "Mn"} and "So" in parts


def name(sign: str) -> str:
    return f"⟦U+{ord(sign):04X}⟧"
