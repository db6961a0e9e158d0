"""Working days, and when a day is due."""

from datetime import date

import pytest

from audits.inspections import calendar
from audits.inspections.calendar import Calendar, UnknownCountry, UnknownYear

JAPAN = Calendar(country="JP", days_off=frozenset({date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 2)}))


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 11, 20), True),
        (date(2026, 11, 21), False),  # A Saturday.
        (date(2026, 11, 23), False),  # 勤労感謝の日
        (date(2026, 5, 6), False),  # A substitute holiday.
        (date(2026, 12, 29), True),  # The year's end is no public holiday,
        (date(2026, 12, 31), False),  # but the company's day off.
        (date(2027, 1, 1), False),
    ],
)
def test_working_days_are_weekdays_without_holidays_and_days_off(day: date, *, is_working: bool) -> None:
    assert JAPAN.is_working(day) == is_working


def test_year_end_is_a_working_day_unless_the_company_says_otherwise() -> None:
    assert Calendar(country="JP").is_working(date(2026, 12, 31))


def test_holiday_has_its_name_in_the_readers_language() -> None:
    assert JAPAN.holiday(date(2026, 11, 23), "ja") == "勤労感謝の日"
    assert JAPAN.holiday(date(2026, 11, 23), "en_US") == "Labor Thanksgiving Day"
    assert JAPAN.holiday(date(2026, 11, 24)) == ""


def test_day_is_due_after_so_many_working_days() -> None:
    assert JAPAN.after(date(2026, 11, 20), 2) == date(2026, 11, 25)
    # 30 and 31 December and 2 January are the company's, 1 January is everybody's, 3 January a Sunday.
    assert JAPAN.after(date(2026, 12, 29), 1) == date(2027, 1, 4)


@pytest.mark.parametrize("country", ["XX", "JPN", "", "jp"])
def test_unknown_country_is_refused(country: str) -> None:
    with pytest.raises(UnknownCountry):
        calendar.check(country, [2026])


@pytest.mark.parametrize("year", [1948, 2100, 9999])
def test_unknown_year_is_refused_and_not_empty(year: int) -> None:
    with pytest.raises(UnknownYear):
        calendar.check("JP", [2026, year])
    with pytest.raises(UnknownYear):
        JAPAN.is_working(date(year, 6, 15))
