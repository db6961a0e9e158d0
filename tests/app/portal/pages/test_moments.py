"""Times and names as pages show them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone, translation
from django.utils.formats import date_format

from portal.pages import moments, tags
from portal.users.models import User

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_time_has_its_day_also_today() -> None:
    with timezone.override(UTC), time_machine.travel(NOON):
        assert moments.said(NOON) == "2026-11-23 12:00"
        assert moments.said(NOON, seconds=True) == "2026-11-23 12:00:00"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_django_itself_writes_days_and_times_as_pages_do(language: str) -> None:
    with timezone.override(UTC), translation.override(language):
        assert {date_format(NOON, form) for form in ("DATE_FORMAT", "SHORT_DATE_FORMAT")} == {"2026-11-23"}
        assert {date_format(NOON, form) for form in ("DATETIME_FORMAT", "SHORT_DATETIME_FORMAT")} == {moments.said(NOON)}
        assert date_format(NOON, "TIME_FORMAT") == "12:00"


def test_clock_stands_alone_beside_a_time_of_that_day_only() -> None:
    with timezone.override(UTC), time_machine.travel(NOON):
        assert moments.said(NOON + HOUR, beside=NOON) == "13:00"
        assert moments.said(NOON + 12 * HOUR, beside=NOON) == "2026-11-24 00:00"
        assert (moments.soon(NOON + HOUR), moments.soon(NOON + 12 * HOUR)) == ("13:00", "2026-11-24 00:00")


def test_period_has_its_day_once_and_ends_a_line_before_another_day_only() -> None:
    with timezone.override(UTC), translation.override("en"):
        assert tags.dated(NOON, NOON + HOUR) == '<span class="nowrap">2026-11-23 12:00 – 13:00</span>'
        assert tags.dated(NOON, NOON + 12 * HOUR) == (
            '<span class="nowrap">2026-11-23 12:00 – </span><wbr><span class="nowrap">2026-11-24 00:00</span>'
        )
    with timezone.override(UTC), translation.override("ja"):
        assert moments.dated(NOON, NOON + HOUR) == "2026-11-23 12:00〜13:00"


def test_name_ends_a_line_before_a_capital_and_hides_nothing() -> None:
    assert tags.breaking("ProdMemberWorkGroup") == "Prod<wbr>Member<wbr>Work<wbr>Group"
    assert tags.breaking("<b>AWSOps") == "&lt;b&gt;AWSOps"
    assert "<wbr>" not in tags.breaking("Prod\u202eGroup")
    assert "⟦U+202E⟧" in tags.breaking("Prod\u202eGroup")


def test_person_is_called_by_name_and_a_seal_bears_the_family_name() -> None:
    person, nameless = User(username="leader01", name="高橋 直子"), User(username="leader02")
    foreign = User(username="smith", name="Ann Smith")
    with translation.override("en"):
        assert [tags.called(each) for each in (person, nameless, foreign)] == [
            "高橋 直子 (leader01)",
            "leader02",
            "Ann Smith (smith)",
        ]
    with translation.override("ja"):
        assert tags.called(person) == "高橋 直子(leader01)"
    assert [tags.stamped(each) for each in (person, nameless, foreign)] == ["高橋", "leader02", "smith"]
