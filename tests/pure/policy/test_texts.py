"""Texts as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access_requests.policy import texts
from portal.verbs import rejections


def test_text_is_kept_as_typed_but_for_space_around_it() -> None:
    assert texts.clean("reason", "  直す 🔧\r\n<b>'x'</b>, y\t\n", required=True) == "直す 🔧\n<b>'x'</b>, y"


@pytest.mark.parametrize("empty", ["", " \n\t ", "\u200b", "\u202e \u2066\ufeff", "\u3000", "\u3164\u2800\u034f"])
def test_text_that_shows_nothing_is_missing(empty: str) -> None:
    with pytest.raises(rejections.Missing):
        texts.clean("reason", empty, required=True)


def test_optional_text_may_be_empty() -> None:
    assert texts.clean("impact", " ", required=False) == ""


def test_text_over_the_limit_is_refused_and_its_length_told() -> None:
    assert len(texts.clean("reason", "あ" * 2000, required=True)) == 2000
    with pytest.raises(rejections.TooLong) as refused:
        texts.clean("reason", "あ" * 2001, required=True)
    assert refused.value.data == {"field": "reason", "limit": 2000, "length": 2001}


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\x07", "\x85", "\x7f", "\ud800"])
def test_control_characters_are_refused(sign: str) -> None:
    with pytest.raises(rejections.ControlCharacters):
        texts.clean("reason", f"a{sign}b", required=True)


@pytest.mark.parametrize("sign", ["\n", "\t", "\r"])
def test_ticket_is_one_line(sign: str) -> None:
    with pytest.raises(rejections.ControlCharacters):
        texts.clean("change_ticket", f"CHG{sign}1", required=True)


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    try:
        once = texts.clean("reason", text, required=True)
    except rejections.Unusable:
        return
    assert texts.clean("reason", once, required=True) == once
