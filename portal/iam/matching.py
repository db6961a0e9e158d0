"""Texts against patterns: wildcards in strings, and ARNs segment by segment."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from portal.iam.variables import Plain, Text, Variable, Wild

SEGMENTS = 6
ANYTHING = {"*": ".*", "?": "."}
WITHIN_SEGMENT = {"*": "[^:]*", "?": "[^:]"}
STARS = frozenset({ANYTHING["*"], WITHIN_SEGMENT["*"]})


def written(parts: Plain) -> str:
    """Return the text with wildcards taken for the characters that they are."""
    return "".join(part.text if isinstance(part, Text) else part.character for part in parts)


@lru_cache(maxsize=8192)
def wildcard_pattern(parts: Plain) -> re.Pattern[str]:
    return _pattern([re.escape(part.text) if isinstance(part, Text) else ANYTHING[part.character] for part in parts])


@lru_cache(maxsize=8192)
def arn_pattern(parts: Plain) -> re.Pattern[str]:
    """Return the pattern of an ARN: a wildcard stays in its segment, but for the last, which may hold colons of its own.

    An ARN with fewer segments is completed with wildcards, as AWS does in identity policies.
    """
    sources, colons = [], 0
    for part in parts:
        if isinstance(part, Wild):
            sources.append((WITHIN_SEGMENT if colons < SEGMENTS - 1 else ANYTHING)[part.character])
        else:
            sources.append(re.escape(part.text))
            colons += part.text.count(":")
    sources += [":", WITHIN_SEGMENT["*"]] * (SEGMENTS - 2 - colons) + [":", ANYTHING["*"]] * (colons < SEGMENTS - 1)
    return _pattern(sources)


def _pattern(sources: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern that no text and no policy makes slow.

    Between two stars the first place that fits is as good as any other, so nothing ever goes back to look for another one.
    """
    stars = [at for at, source in enumerate(sources) if source in STARS]
    pattern = "".join(sources[: stars[0]] if stars else sources)
    for star, end in pairwise([*stars, len(sources)]):
        chunk = "".join(sources[star + 1 : end])
        pattern += f"{sources[star]}{chunk}" if star == stars[-1] else f"(?>{sources[star]}?{chunk})"
    return re.compile(pattern, re.DOTALL)


def segments(parts: tuple[Text | Wild | Variable, ...]) -> int:
    """Return how many segments of an ARN are written out."""
    return 1 + sum(part.text.count(":") for part in parts if isinstance(part, Text))


def names_segment_by_variable(parts: tuple[Text | Wild | Variable, ...]) -> bool:
    """Return whether a variable stands before the fifth colon, where AWS takes none."""
    before = tuple(parts[: next((at for at, part in enumerate(parts) if isinstance(part, Variable)), len(parts))])
    return len(before) < len(parts) and segments(before) < SEGMENTS
