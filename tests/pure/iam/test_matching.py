"""Patterns with wildcards, against the plainest way to match them; and patterns that would keep a backtracking matcher busy."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from portal.iam.matching import SEGMENTS, arn_pattern, wildcard_pattern
from portal.iam.variables import Text, Wild

PARTS = st.lists(
    st.one_of(st.sampled_from([Wild("*"), Wild("?")]), st.text("ab:", min_size=1, max_size=3).map(Text)), min_size=1, max_size=8
).map(tuple)
TEXT = st.text("ab:", max_size=12)


def matches(parts: Sequence[Text | Wild], text: str, *, within: int = 0) -> bool:
    """Whether the text fits; a wildcard before the last of so many segments takes no colon."""
    if not parts:
        return not text
    first, rest = parts[0], parts[1:]
    if isinstance(first, Text):
        after = max(0, within - first.text.count(":"))
        return text.startswith(first.text) and matches(rest, text.removeprefix(first.text), within=after)
    takes = range(len(text) + 1) if first.character == "*" else [1] if text else []
    return any(matches(rest, text[n:], within=within) for n in takes if not (within > 1 and ":" in text[:n]))


@given(PARTS, TEXT)
def test_strings_match_as_the_plainest_matcher_says(parts: tuple[Text | Wild, ...], text: str) -> None:
    assert bool(wildcard_pattern(parts).fullmatch(text)) == matches(parts, text)


@given(PARTS, TEXT)
def test_whole_arns_match_as_the_plainest_matcher_says(parts: tuple[Text | Wild, ...], text: str) -> None:
    colons = sum(part.text.count(":") for part in parts if isinstance(part, Text))
    missing = SEGMENTS - 1 - colons
    completed = [*parts, *[part for _ in range(missing) for part in (Text(":"), Wild("*"))]]
    assert bool(arn_pattern(parts).fullmatch(text)) == matches(completed, text, within=SEGMENTS)


def test_pattern_of_many_stars_is_told_at_once_not_to_match() -> None:
    many = tuple(part for _ in range(30) for part in (Wild("*"), Text("a")))
    assert not wildcard_pattern((*many, Wild("*"), Text("!"))).fullmatch("a" * 2_000)
    assert not arn_pattern((Text("arn:aws:s3:::"), *many, Wild("*"), Text("!"))).fullmatch("arn:aws:s3:::" + "a" * 2_000)
