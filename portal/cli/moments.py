"""Durations and times: as people type them, and as they are shown back, with their zone.

What is typed without a zone is in the person's, as the portal told it at the log-in, else in this machine's. An hour that a
change to or from summer time skips or repeats is refused.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portal import typed_words
from portal.cli.exits import Unusable
from portal.cli.words import said, to_say

CLOCK = re.compile(r"(\d{1,2}):(\d\d)", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)
MINUTE = timedelta(minutes=1)


_zone: ContextVar[tzinfo | None] = ContextVar("zone", default=None)


@contextmanager
def shown_in(name: str) -> Iterator[None]:
    """Read and show times in the zone of this name; in this machine's where there is none, or it is not known here."""
    try:
        found = ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        found = None
    before = _zone.set(found)
    try:
        yield
    finally:
        _zone.reset(before)


def minutes(text: str) -> int:
    """Return the whole minutes of 2h, 90m, 1h30m, 1d. Raises Unusable."""
    found = typed_words.minutes(text)
    if found is None:
        why = said("%(typed)r is no length of time. Type 2h, 90m, 1h30m or 1d.", typed=text)
        raise Unusable(why, code="duration_unusable")
    return found


def moment(text: str, *, now: datetime) -> datetime:
    """Return the time, aware, of 18:00 (the next one), 2026-11-26 09:00, or ISO 8601 with a zone. Raises Unusable."""
    typed = typed_words.plain(text.strip())
    if clock := CLOCK.fullmatch(typed):
        return _next(int(clock[1]), int(clock[2]), typed, now=now)
    if not MOMENT.fullmatch(typed.upper()):
        raise _unusable(text)
    try:
        found = datetime.fromisoformat(typed.upper())
        return (found if found.tzinfo else _here(found, typed)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _unusable(text) from error


def sent(value: datetime) -> str:
    """Return the time as the API takes it."""
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def parsed(text: str) -> datetime:
    """Return a time as the API gave it."""
    return datetime.fromisoformat(text)


def shown(text: str | None) -> str:
    """Return a time of the API in the person's zone, which is named."""
    return local(parsed(text)) if text else ""


def local(value: datetime) -> str:
    here = value.astimezone(_zone.get())
    seconds = ":%S" if here.second else ""
    return here.strftime(f"%Y-%m-%d %H:%M{seconds} %Z").strip()


def exact(text: str) -> str:
    """Return a time of the API to the second, for a column that names its zone."""
    return f"{parsed(text).astimezone(_zone.get()):%Y-%m-%d %H:%M:%S}"


def zone(now: datetime) -> str:
    """Return the name of the person's zone, for the head of a column."""
    return now.astimezone(_zone.get()).strftime("%Z")


def brief(text: str, *, now: datetime) -> str:
    """Return a time of the API for a column that names its zone: today's without its day, and summer's in winter with its own."""
    here = parsed(text).astimezone(_zone.get())
    day = "" if here.date() == now.astimezone(_zone.get()).date() else "%Y-%m-%d "
    return here.strftime(f"{day}%H:%M{'' if zone(here) == zone(now) else ' %Z'}")


def length(seconds: float) -> str:
    """Return 1 h 30 min; under a minute, seconds."""
    whole = max(0, int(seconds))
    if whole < MINUTE.total_seconds():
        return said("%(count)s s", count=whole)
    days, rest = divmod(whole // 60, 24 * 60)
    hours, mins = divmod(rest, 60)
    parts = ((days, to_say("%(count)s d")), (hours, to_say("%(count)s h")), (mins, to_say("%(count)s min")))
    return " ".join(said(unit, count=count) for count, unit in parts if count)


def _next(hour: int, minute: int, typed: str, *, now: datetime) -> datetime:
    today = now.astimezone(_zone.get()).replace(tzinfo=None)
    try:
        found = datetime.combine(today.date(), time(hour, minute))
    except ValueError as error:
        raise _unusable(typed) from error
    return _here(found if found > today else found + timedelta(days=1), typed)


def _here(naive: datetime, typed: str) -> datetime:
    """Return the time in the person's zone. Raises Unusable where there is none of it, or two."""
    early, late = _there(naive), _there(naive.replace(fold=1))
    if early.utcoffset() == late.utcoffset():
        return early
    typed_as = {"typed": typed, "example": sent(early)}
    exists = early.astimezone(UTC).astimezone(_zone.get()).replace(tzinfo=None) == naive
    why = (
        said("%(typed)s comes twice here, by a change of the clocks. Type it with its zone: %(example)s.", **typed_as)
        if exists
        else said("%(typed)s is skipped here, by a change of the clocks. Type it with its zone: %(example)s.", **typed_as)
    )
    raise Unusable(why, code="ambiguous_time")


def _there(naive: datetime) -> datetime:
    zone_of_person = _zone.get()
    return naive.replace(tzinfo=zone_of_person) if zone_of_person else naive.astimezone()


def _unusable(text: str) -> Unusable:
    why = said("%(typed)r is no time. Type 18:00, 2026-11-26 09:00, or 2026-11-26T00:00:00Z.", typed=text)
    return Unusable(why, code="time_unusable")
