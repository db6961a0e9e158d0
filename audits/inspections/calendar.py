"""Working days: weekdays without public holidays and without the company's own days off."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

import holidays
from holidays.constants import PUBLIC

DAY = timedelta(days=1)
# No country has so many public holidays and weekends at a stretch.
AT_A_STRETCH = 30


class UnknownCountry(ValueError):
    """Nobody knows the public holidays of a country of this code."""


class UnknownYear(ValueError):
    """The public holidays of the year are not known: an empty year would make working days of them."""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """`country`: its ISO 3166 code. `days_off` are the company's own, such as those around the new year."""

    country: str
    days_off: Collection[date] = field(default=frozenset())

    def is_working(self, day: date) -> bool:
        """Raises UnknownCountry, UnknownYear."""
        return not (self.is_weekend(day) or day in self.days_off or self.holiday(day))

    def is_weekend(self, day: date) -> bool:
        return day.weekday() in _of(self.country, day.year).weekend

    def holiday(self, day: date, language: str = "") -> str:
        """Return the public holiday's name, in the language where it is known in it; empty for a day that is none."""
        return _of(self.country, day.year, language).get(day) or ""

    def after(self, day: date, working_days: int) -> date:
        """Return the last of so many working days after the day."""
        left, found = working_days, day
        for _each in range(working_days * 7 + len(self.days_off) + AT_A_STRETCH):
            found += DAY
            left -= self.is_working(found)
            if not left:
                return found
        raise ValueError(f"there are not {working_days} working days after {day}")


def check(country: str, years: Collection[int]) -> None:
    """Raise UnknownCountry, UnknownYear unless public holidays of all these years are known."""
    for year in years:
        _of(country, year)


@cache
def _of(country: str, year: int, language: str = "") -> holidays.HolidayBase:
    if country not in holidays.list_supported_countries(include_aliases=False):
        raise UnknownCountry(country)
    known = holidays.country_holidays(country, years=year, language=language or None, categories=(PUBLIC,))
    if not known.start_year <= year <= known.end_year:
        raise UnknownYear(year)
    return known
