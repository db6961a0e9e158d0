"""What an end of access has its person report: kept in the very transaction of the end."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from audits.models import TrailEntry, WorkReport, WorkReportAnswerer
from audits.reports import folding


def keep(entry: TrailEntry) -> WorkReport | None:
    """Keep what the entry of an end has somebody report; nothing where that is nothing."""
    state = folding.begun(entry)
    if state is None:
        return None
    report = WorkReport.objects.create(**state)
    WorkReportAnswerer.objects.bulk_create(
        WorkReportAnswerer(report=report, username=username) for username in sorted(folding.answerers(state))
    )
    return report


def due_on(days: int, *, now: datetime) -> date:
    """Return the last day, in the portal's zone, of so many from now on."""
    return today(now) + timedelta(days=days)


def today(now: datetime) -> date:
    return now.astimezone(ZoneInfo(settings.DEFAULT_PERSON_TIME_ZONE)).date()
