"""Periods as auditors name them: fiscal years from any month on, their halves and quarters, and months, each [since, until)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

MONTHS = 12
# Before it there is no trail, and behind it no calendar.
FIRST_YEAR, LAST_YEAR = 2000, 2999
_NAMED = re.compile(r"(?:FY(?P<year>\d{4})(?:-(?P<part>[HQ])(?P<number>[1-4]))?|(?P<of>\d{4})-(?P<month>\d{2}))", re.ASCII)


class Named(StrEnum):
    """By which calendar year a fiscal year is called: the one in which it begins (年度), or the one in which it ends."""

    BEGINS = "begins"
    ENDS = "ends"


class Length(StrEnum):
    YEAR = "year"
    HALF = "half"
    QUARTER = "quarter"
    MONTH = "month"


PARTS = {"": Length.YEAR, "H": Length.HALF, "Q": Length.QUARTER}
LASTS = {Length.YEAR: 12, Length.HALF: 6, Length.QUARTER: 3, Length.MONTH: 1}
LETTERS = {length: letter for letter, length in PARTS.items()}


class NoPeriod(ValueError):
    """The text names no period."""


@dataclass(frozen=True, kw_only=True)
class Fiscal:
    """How a company counts: from which month its years run, how they are called, and in which zone its days begin."""

    first_month: int = 4
    named: Named = Named.BEGINS
    zone: str = "Asia/Tokyo"

    def __post_init__(self) -> None:
        if not 1 <= self.first_month <= MONTHS:
            raise NoPeriod(f"{self.first_month} is no month")


@dataclass(frozen=True, kw_only=True)
class Period:
    """`key` names it for ever: `FY2026`, `FY2026-H1`, `FY2026-Q3`, or the month `2026-11`. `number` is 0 of a year."""

    key: str
    length: Length
    year: int
    number: int
    since: datetime
    until: datetime
    zone: str

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and self.since <= moment < self.until


def named(key: str, fiscal: Fiscal) -> Period:
    """Return the period that a key names. Raises NoPeriod."""
    found = _NAMED.fullmatch(key)
    if found is None:
        raise NoPeriod(f"{key!r} names no period")
    if found["of"]:
        return _month(int(found["of"]), int(found["month"]), fiscal)
    length, number = PARTS[found["part"] or ""], int(found["number"] or 0)
    if length == Length.HALF and number > 2:  # noqa: PLR2004  A year has two halves.
        raise NoPeriod(f"{key!r} names no half")
    return _fiscal(length, int(found["year"]), number, fiscal)


def containing(moment: datetime, length: Length, fiscal: Fiscal) -> Period:
    """Return the period of this length in which a moment lies."""
    local = moment.astimezone(ZoneInfo(fiscal.zone))
    if length == Length.MONTH:
        return _month(local.year, local.month, fiscal)
    since_first = (local.month - fiscal.first_month) % MONTHS
    begun = local.year - (1 if local.month < fiscal.first_month else 0)
    number = 0 if length == Length.YEAR else since_first // LASTS[length] + 1
    return _fiscal(length, begun + _called_later(fiscal), number, fiscal)


def back_from(moment: datetime, length: Length, fiscal: Fiscal) -> Iterator[Period]:
    """Yield the period of a moment, and those before it, the newest first."""
    period = containing(moment, length, fiscal)
    while period.since.year > FIRST_YEAR:
        yield period
        period = containing(datetime.fromtimestamp(period.since.timestamp() - 1, UTC), length, fiscal)


def _fiscal(length: Length, year: int, number: int, fiscal: Fiscal) -> Period:
    first = (year - _called_later(fiscal)) * MONTHS + fiscal.first_month - 1 + max(number - 1, 0) * LASTS[length]
    key = f"FY{year:04}" + (f"-{LETTERS[length]}{number}" if number else "")
    return _made(key, length, year, number, first, fiscal)


def _month(year: int, month: int, fiscal: Fiscal) -> Period:
    if not 1 <= month <= MONTHS:
        raise NoPeriod(f"{month} is no month")
    return _made(f"{year:04}-{month:02}", Length.MONTH, year, month, year * MONTHS + month - 1, fiscal)


def _made(key: str, length: Length, year: int, number: int, first: int, fiscal: Fiscal) -> Period:
    """Return the period that begins with this month, counted from the year 0 on."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoPeriod(f"there is no trail of {year}")
    since, until = _midnight(first, fiscal), _midnight(first + LASTS[length], fiscal)
    return Period(key=key, length=length, year=year, number=number, since=since, until=until, zone=fiscal.zone)


def _midnight(months: int, fiscal: Fiscal) -> datetime:
    """Return when a month's first day begins, in UTC: where a zone's clocks go on, no day has an hour twice then."""
    year, month = divmod(months, MONTHS)
    return datetime(year, month + 1, 1, tzinfo=ZoneInfo(fiscal.zone)).astimezone(UTC)


def _called_later(fiscal: Fiscal) -> int:
    """Return by how much the year of its name is after the one in which it begins."""
    return 1 if fiscal.named == Named.ENDS and fiscal.first_month > 1 else 0
