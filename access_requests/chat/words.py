"""A line that somebody typed, taken apart. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from access_requests.chat.refusals import CodeUnreadable, DurationUnreadable, WordsMissing

DURATION = re.compile(r"(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?", re.ASCII)
CODE = re.compile(r"[RE]-[0-9A-Z]{8}", re.ASCII)
REQUEST, ELEVATION = "R-", "E-"


@dataclass(frozen=True)
class Line:
    """The command's word, and what was typed behind it, as people typed it."""

    verb: str
    rest: str

    @classmethod
    def of(cls, text: str) -> "Line":
        verb, rest = (*unescaped(text).split(maxsplit=1), "", "")[:2]
        return cls(verb.lower().replace("_", "-") or "help", rest.strip())

    def split(self, needed: int, *, most: int | None = None) -> list[str]:
        """Return the words, the last of which is all the rest of the line; empty ones where less is said than could be.

        Raises WordsMissing where less is said than must be.
        """
        most = most or needed
        parts = self.rest.split(maxsplit=most - 1)
        if len(parts) < needed:
            raise WordsMissing(field="text")
        return [*parts, *[""] * (most - len(parts))]


def unescaped(text: str) -> str:
    """Return what was typed: Slack sends &, < and > as entities, and nothing else."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def minutes(word: str) -> int:
    """Return the minutes of 30m, 2h or 1h30m, in letters of any width. Raises DurationUnreadable."""
    found = DURATION.fullmatch(unicodedata.normalize("NFKC", word).lower())
    hours, rest = (int(part or 0) for part in found.groups()) if found else (0, 0)
    if hours * 60 + rest == 0:
        raise DurationUnreadable(field="duration_minutes", word=word)
    return hours * 60 + rest


def code(word: str) -> str:
    """Return the number of a request or of an access, in capital letters. Raises CodeUnreadable."""
    found = unicodedata.normalize("NFKC", word).upper()
    if not CODE.fullmatch(found):
        raise CodeUnreadable(field="code", word=word)
    return found


def groups(word: str) -> list[str]:
    return [name for name in word.split(",") if name]
