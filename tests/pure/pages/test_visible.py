"""What a text hides is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.pages.unseen import named
from portal.pages.visible import visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, 日本語、改行\nと\tタブ", "plain text, 日本語、改行\nと\tタブ"),
        ("a\u202eb", "a⟦U+202E⟧b"),
        ("zero\u200bwidth", "zero⟦U+200B⟧width"),
        ("soft\u00adhyphen", "soft⟦U+00AD⟧hyphen"),
        ("\ufeffmark", "⟦U+FEFF⟧mark"),
        ("line\u2028break", "line⟦U+2028⟧break"),
        ("bell\x07", "bell⟦U+0007⟧"),
        ("filler\u3164", "filler⟦U+3164⟧"),
        ("\u0430dmin", "\u0430⟦U+0430⟧dmin"),
        ("администратор", "администратор"),
        ("Ω and ω are Greek", "Ω and ω are Greek"),
        ("👩\u200d💻 works", "👩\u200d💻 works"),
        ("a\u200db", "a⟦U+200D⟧b"),
    ],
)
def test_hidden_signs_are_named_and_honest_ones_are_left(text: str, shown: str) -> None:
    assert named(text) == shown


def test_html_is_escaped_and_only_the_names_are_marked() -> None:
    assert visible("<b>\u202e & 'x'") == "&lt;b&gt;<mark>⟦U+202E⟧</mark> &amp; &#x27;x&#x27;"


@given(st.text())
def test_nothing_that_turns_the_direction_round_is_ever_left(text: str) -> None:
    assert not {"\u202a", "\u202b", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u200b"} & set(named(text))
    assert "<" not in visible(text).replace("<mark>", "").replace("</mark>", "")
