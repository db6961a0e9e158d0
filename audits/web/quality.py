"""How approvers decide, for auditors and administrators: a picture of some weeks, with its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from audits import approver_quality
from audits.approver_quality import Measured
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest
from portal.verbs import phrases

PERIODS = (8, 13, 26, 52)
MINUTE = timedelta(minutes=1)
NARROWEST = 0.5


@dataclass(frozen=True, kw_only=True)
class Row:
    """A week in words, and as a bar: places are per cent of the longest time of the picture."""

    measured: Measured
    week: str
    median: str
    p90: str
    median_at: str
    p90_at: str
    label: str


@require_safe
@for_readers
def approver_quality_page(request: PageRequest) -> HttpResponse:
    now = timezone.now()
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked in map(str, PERIODS) else PERIODS[0]
    quality = approver_quality.of(_begin(now, weeks), now)
    context = {
        "title": _("How approvers decide"),
        "periods": [(each, _weeks(each), each == weeks) for each in PERIODS],
        "whole": _row(quality.whole, longest=None),
        "rows": _rows(quality.weeks),
        "pairs": quality.pairs,
    }
    return render(request, "audits/approver_quality.html", context)


def _begin(now: datetime, weeks: int) -> datetime:
    """Return the Monday, in the portal's zone, on which so many weeks began of which this is the last."""
    zone = ZoneInfo(settings.DEFAULT_PERSON_TIME_ZONE)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday(), weeks=weeks - 1)
    return datetime.combine(monday, time(), zone)


def _weeks(number: int) -> str:
    return ngettext("%(n)s week", "%(n)s weeks", number) % {"n": number}


def _rows(weeks: Sequence[Measured]) -> list[Row]:
    longest = max((week.p90 for week in weeks if week.p90 is not None), default=None)
    return [_row(week, longest=longest) for week in weeks]


def _row(measured: Measured, *, longest: timedelta | None) -> Row:
    median, p90 = _said(measured.median), _said(measured.p90)
    week = date_format(measured.since, "SHORT_DATE_FORMAT")
    words = {"week": week, "median": median, "p90": p90, "n": measured.decisions}
    label = _("%(week)s: half of them within %(median)s, nine of ten within %(p90)s; decisions: %(n)s") % words
    return Row(
        measured=measured,
        week=week,
        median=median,
        p90=p90,
        median_at=_place(measured.median, longest),
        p90_at=_place(measured.p90, longest),
        label=label,
    )


def _place(time_taken: timedelta | None, longest: timedelta | None) -> str:
    if time_taken is None or not longest:
        return "0"
    return f"{max(100 * time_taken / longest, NARROWEST):.1f}"


def _said(time_taken: timedelta | None) -> str:
    if time_taken is None:
        return "–"
    seconds = round(time_taken.total_seconds())
    if time_taken < MINUTE:
        return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
    return phrases.duration(round(time_taken / MINUTE))
