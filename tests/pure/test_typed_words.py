"""Times, work groups and codes as people type them, on either door."""

import pytest

from portal import typed_words

TIMES = {
    "2h": 120,
    "2H": 120,
    "90m": 90,
    "1h30m": 90,
    "1h 30m": 90,
    "1 h 30 min": 90,
    "45min": 45,
    "2 hours": 120,
    "1 hour 30 minutes": 90,
    "1d": 1440,
    "1d2h": 1560,
    "0h45m": 45,
    "`2h`": 120,
    "*1h* 30m": 90,
    "\uff11\uff48\u3000\uff13\uff10\uff4d": 90,
    "1時間30分": 90,
    "\uff12時間": 120,
    "30分": 30,
    "1日": 1440,
}
NO_TIMES = (
    *("", "0", "0h", "0m", "90", "1.5h", "-1h", "\u22121h", "h", "m", "1h;", "NaN", "1e3m", "1m1h", "1h1h", "30m 1h", "1h 2h"),
    *("99999999999m", "\u0661h", "٣٠m", "2h CHG-1", "CHG-2h", "1ヶ月"),
)


@pytest.mark.parametrize(("typed", "minutes"), TIMES.items())
def test_time_is_read_as_people_write_it(typed: str, minutes: int) -> None:
    assert typed_words.minutes(typed) == minutes


@pytest.mark.parametrize("typed", NO_TIMES)
def test_what_is_no_time_is_none(typed: str) -> None:
    assert typed_words.minutes(typed) is None


@pytest.mark.parametrize("length", [1, 59, 60, 61, 90, 1440, 1441, 1500, 1590])
def test_time_that_is_said_back_is_the_same_time(length: int) -> None:
    assert typed_words.minutes(typed_words.duration(length)) == length


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("1h 30m CHG-1 why", (90, 2)),
        ("1 hour 30 minutes CHG-1", (90, 4)),
        ("1h 2h CHG-1", (60, 1)),
        ("30m 1h", (30, 1)),
        ("1h 30 CHG-1", (60, 1)),
        ("CHG-1 2h", None),
        ("", None),
    ],
)
def test_line_begins_with_the_longest_time_that_it_can(line: str, found: tuple[int, int] | None) -> None:
    assert typed_words.leading_duration(line.split()) == found


@pytest.mark.parametrize(
    "typed",
    [
        "R-7K3M9QX2",
        "r-7k3m9qx2",
        "`R-7K3M9QX2`",
        "*R-7K3M9QX2*",
        "_`R-7K3M9QX2`_",
        "「R-7K3M9QX2」",
        "R\u20117K3M9QX2",
        "R\u22127K3M9QX2",
        "R\u20137K3M9QX2",
        "R\u30fc7K3M9QX2",
        "\uff32\uff0d\uff17\uff2b\uff13\uff2d\uff19\uff31\uff38\uff12",
        "\u200bR-7K3M9QX2\ufeff",
        "R-7K3M9QX2.",
        "`R-7K3M9QX2`,",
        "R-7K3M9QX2。",
    ],
)
def test_code_is_known_however_it_was_pasted(typed: str) -> None:
    assert typed_words.code(typed) == "R-7K3M9QX2"


def test_sign_that_no_code_has_is_the_one_that_it_looks_like() -> None:
    assert typed_words.code("E-OIL00000") == "E-01100000"


@pytest.mark.parametrize("typed", ["", "R-", "R-7K3M9QX", "R-7K3M9QX22", "D-7K3M9QX2", "R7K3M9QX2", "R-7K3M9QX2x", "R-7K3M 9QX2"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert typed_words.code(typed) is None


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["A,B"], ["A", "B"]),
        (["A,", "B"], ["A", "B"]),
        (["A、`B`", "C"], ["A", "B", "C"]),
        (["Prod\u2011Member"], ["Prod-Member"]),
        (["\uff21"], ["A"]),
        ([","], []),
    ],
)
def test_names_are_parted_by_commas_or_spaces(words: list[str], names: list[str]) -> None:
    assert typed_words.groups(words) == names


def test_mark_is_around_a_word_and_not_within_it() -> None:
    assert [typed_words.plain(word) for word in ("snake_case", "`a`b", "``", "*", "_x_")] == [
        "snake_case",
        "`a`b",
        "``",
        "*",
        "x",
    ]
    assert typed_words.is_marked("`30`")
    assert not typed_words.is_marked("snake_case")
