"""Times and durations as a page says them, in the viewer's zone."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import pgettext


def said(moment: datetime, *, seconds: bool = False, beside: datetime | None = None) -> str:
    """Return 2026-11-23 18:04; with seconds where they count. What is printed or cut out as evidence has no "today".

    18:04 alone stands `beside` another time of that day: below its date, or with a countdown, which is about now.
    """
    local = timezone.localtime(moment)
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    is_beside = beside is not None and timezone.localtime(beside).date() == local.date()
    return clock if is_beside else f"{local:%Y-%m-%d} {clock}"


def soon(moment: datetime, *, seconds: bool = False) -> str:
    """Return a time that one watches come: the clock alone today."""
    return said(moment, seconds=seconds, beside=timezone.now())


def dated(start: datetime, end: datetime | None = None) -> str:
    """Return 2026-11-23 18:04 – 20:04, with its day whenever it is read; without an end the start alone."""
    return sign().join(ends(start, end))


def ends(start: datetime, end: datetime | None = None) -> list[str]:
    """Return the one or two times of `dated`; the second has its day where that is another."""
    return [said(start)] if end is None else [said(start), said(end, beside=start)]


def sign() -> str:
    """Return what stands between the two ends of a period."""
    return pgettext("between the ends of a period", " – ")


def midnight(day: date) -> datetime:
    """Return the beginning of a day in the viewer's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def clock(seconds: int) -> str:
    """Return 1:42:08, as the countdown shows it."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
