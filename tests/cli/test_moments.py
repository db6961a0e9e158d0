"""Durations and times as people type them."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from portal.cli import moments
from portal.cli.exits import Unusable


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Put this machine anywhere: zone.setenv("TZ", …); time.tzset()."""
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


def _in(zone: pytest.MonkeyPatch, name: str) -> None:
    zone.setenv("TZ", name)
    time.tzset()


def test_duration_is_read_by_the_grammar_of_chat() -> None:
    assert moments.minutes(" 1h 30m ") == 90


@pytest.mark.parametrize("typed", ["", "0h", "90", "1h 2h"])
def test_what_is_no_duration_is_refused(typed: str) -> None:
    with pytest.raises(Unusable, match="no length of time"):
        moments.minutes(typed)


def test_hour_is_the_next_one_of_this_machine(zone: pytest.MonkeyPatch) -> None:
    _in(zone, "Asia/Tokyo")
    afternoon = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)  # 14:00 in Tokyo.
    assert moments.sent(moments.moment("18:00", now=afternoon)) == "2026-11-25T09:00:00Z"
    assert moments.sent(moments.moment("9:30", now=afternoon)) == "2026-11-26T00:30:00Z"
    assert moments.sent(moments.moment("14:00", now=afternoon)) == "2026-11-26T05:00:00Z"


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("2026-11-26 09:00", "2026-11-26T00:00:00Z"),
        ("2026-11-26T09:00", "2026-11-26T00:00:00Z"),
        ("2026-11-26T09:00:30", "2026-11-26T00:00:30Z"),
        ("2026-11-26T09:00Z", "2026-11-26T09:00:00Z"),
        ("2026-11-26t09:00z", "2026-11-26T09:00:00Z"),
        ("2026-11-26 09:00+01:00", "2026-11-26T08:00:00Z"),
    ],
)
def test_day_and_hour_are_of_this_machine_unless_a_zone_is_named(zone: pytest.MonkeyPatch, typed: str, sent: str) -> None:
    _in(zone, "Asia/Tokyo")
    assert moments.sent(moments.moment(typed, now=datetime(2026, 11, 25, tzinfo=UTC))) == sent


@pytest.mark.parametrize(
    "typed", ["", "tomorrow", "25:00", "12:60", "2026-13-01 09:00", "2026-11-26", "26.11.2026 09:00", "9999-12-31 23:59-23:59"]
)
def test_what_is_no_time_is_refused(typed: str) -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    with pytest.raises(Unusable, match="no time"):
        moments.sent(moments.moment(typed, now=now))


@pytest.mark.parametrize(("typed", "why"), [("2026-03-29 02:30", "is skipped"), ("2026-10-25 02:30", "comes twice")])
def test_hour_that_the_clocks_skip_or_repeat_is_refused(zone: pytest.MonkeyPatch, typed: str, why: str) -> None:
    _in(zone, "Europe/Berlin")
    with pytest.raises(Unusable, match=why):
        moments.moment(typed, now=datetime(2026, 1, 1, tzinfo=UTC))


def test_times_are_shown_with_their_zone(zone: pytest.MonkeyPatch) -> None:
    _in(zone, "Asia/Tokyo")
    assert moments.shown("2026-11-26T00:00:00Z") == "2026-11-26 09:00 JST"
    assert moments.shown(None) == ""


def test_column_names_the_zone_once_and_today_is_the_hour_alone(zone: pytest.MonkeyPatch) -> None:
    _in(zone, "Europe/Berlin")
    now = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    assert moments.zone(now) == "CEST"
    assert moments.brief("2026-10-24T20:05:59Z", now=now) == "22:05"
    assert moments.brief("2026-10-24T22:05:00Z", now=now) == "2026-10-25 00:05"
    assert moments.brief("2026-10-25T12:00:00Z", now=now) == "2026-10-25 13:00 CET"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (5400, "1 h 30 min"), (86_400, "1 d"), (90_060, "1 d 1 h 1 min")],
)
def test_lengths_are_said_in_units(seconds: int, said: str) -> None:
    assert moments.length(seconds) == said
