"""Times and durations as a page says them, in the viewer's zone."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext


def said(moment: datetime, *, seconds: bool = False) -> str:
    """Return 18:04 for today, else the day before it; with seconds where they count."""
    local = timezone.localtime(moment)
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    if local.date() == timezone.localdate():
        return clock
    day = date_format(local, "MONTH_DAY_FORMAT") if local.year == timezone.localdate().year else f"{local:%Y-%m-%d}"
    return f"{day} {clock}"


def span(start: datetime, end: datetime) -> str:
    """Return 18:04 – 20:04, the day said once where both are on it."""
    same_day = timezone.localtime(start).date() == timezone.localtime(end).date()
    return f"{said(start)}{sign()}{timezone.localtime(end):%H:%M}" if same_day else f"{said(start)}{sign()}{said(end)}"


def dated(start: datetime, end: datetime | None = None) -> str:
    """Return 2026-11-23 18:04 – 20:04, with its day whenever it is read; without an end the start alone."""
    return sign().join(ends(start, end))


def ends(start: datetime, end: datetime | None = None) -> list[str]:
    """Return the one or two times of `dated`; the second has its day where that is another."""
    since, until = timezone.localtime(start), timezone.localtime(end) if end is not None else None
    first = f"{since:%Y-%m-%d %H:%M}"
    if until is None:
        return [first]
    return [first, f"{until:%H:%M}" if since.date() == until.date() else f"{until:%Y-%m-%d %H:%M}"]


def sign() -> str:
    """Return what stands between the two ends of a period."""
    return pgettext("between the ends of a period", " – ")


def midnight(day: date) -> datetime:
    """Return the beginning of a day in the viewer's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))


def clock(seconds: int) -> str:
    """Return 1:42:08, as the countdown shows it."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
