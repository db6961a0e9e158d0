"""Times, work groups and codes as people type them: one grammar for the command line and for chat. Pure.

People type on Japanese keyboards, paste from chat and mail, and mark what they mean. Width, dashes and marks around a word are
folded away; whatever then reads two ways is for the caller to ask back.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

MINUTES_OF_HOUR, MINUTES_OF_DAY = 60, 24 * 60
DURATION = re.compile(
    r"(?:([0-9]{1,3})(?:d|days?|日))?(?:([0-9]{1,4})(?:h|hrs?|hours?|時間))?(?:([0-9]{1,5})(?:m|mins?|minutes?|分))?", re.ASCII
)
# "1 day 2 hours 30 minutes".
MOST_WORDS_OF_DURATION = 6
CODE = re.compile(r"[RE]-[0-9A-Z]{8}", re.ASCII)
# What is read for one of a code's signs, which are those of Crockford's base 32.
TAKEN_FOR = str.maketrans("OIL", "011")
# What chats and mail programs make of a dash, after NFKC.
DASHES = re.compile("[\N{HYPHEN}-\N{HORIZONTAL BAR}\N{MINUS SIGN}]")
# A Japanese keyboard writes it where others write a dash. In a name it is a letter.
LONG_VOWEL = "\N{KATAKANA-HIRAGANA PROLONGED SOUND MARK}"
UNSEEN = re.compile("[\N{ZERO WIDTH SPACE}-\N{RIGHT-TO-LEFT MARK}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\N{SOFT HYPHEN}]")
# What people put around a word to mark it: code, bold, italic, struck out, quoted.
MARKS = ("`", "*", "_", "~", '"', "'", "“”", "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}", "「」", "『』")
ENDINGS = ".,:;!?、。"
SEPARATORS = re.compile("[,、]")


def plain(word: str) -> str:
    """Return the word as it was meant: narrow letters, plain dashes, without the marks around it."""
    found = UNSEEN.sub("", DASHES.sub("-", unicodedata.normalize("NFKC", word)))
    while (inner := _unmarked(found)) != found:
        found = inner
    return found


def is_marked(word: str) -> bool:
    """Whether somebody marked the word, and so means it as it stands."""
    found = UNSEEN.sub("", unicodedata.normalize("NFKC", word))
    return _unmarked(found) != found


def minutes(text: str) -> int | None:
    """Return the minutes of 2h, 90m, 1h 30m, 1d, 2 hours, １時間３０分; None for what is no duration, and for none at all."""
    found = DURATION.fullmatch("".join(plain(word) for word in plain(text).split()).lower())
    if found is None:
        return None
    days, hours, rest = (int(part or 0) for part in found.groups())
    return days * MINUTES_OF_DAY + hours * MINUTES_OF_HOUR + rest or None


def leading_duration(words: Sequence[str]) -> tuple[int, int] | None:
    """Return the minutes with which the words begin, and how many words say it; None if they begin with something else."""
    for count in range(min(MOST_WORDS_OF_DURATION, len(words)), 0, -1):
        if (found := minutes(" ".join(words[:count]))) is not None:
            return found, count
    return None


def duration(length: int) -> str:
    """Return so many minutes as people type them: 1d2h30m."""
    days, rest = divmod(length, MINUTES_OF_DAY)
    hours, mins = divmod(rest, MINUTES_OF_HOUR)
    return "".join(f"{number}{unit}" for number, unit in ((days, "d"), (hours, "h"), (mins, "m")) if number)


def code(word: str) -> str | None:
    """Return the code of a request (R-…) or an access (E-…) in capital letters; None for anything else."""
    found = plain(plain(word).rstrip(ENDINGS)).upper().replace(LONG_VOWEL, "-").translate(TAKEN_FOR)
    return found if CODE.fullmatch(found) else None


def groups(words: Iterable[str]) -> list[str]:
    """Return the names of work groups, which people part by commas, by spaces, or both."""
    return [name for word in words for part in SEPARATORS.split(word) if (name := plain(part))]


def _unmarked(word: str) -> str:
    for mark in MARKS:
        left, right = mark[0], mark[-1]
        if len(word) > 2 and word[0] == left and word[-1] == right:  # noqa: PLR2004  Both marks, and something between them.
            return word[1:-1]
    return word
