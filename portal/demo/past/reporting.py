"""What the company's people say after their accesses, and who confirms it."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils import timezone

from access_requests.models import Elevation
from access_requests.services.elevations import reporting
from audits.models import ReportStatus, WorkReport
from audits.reported import UNWRITTEN
from portal.demo.past import people
from portal.verbs.run import act_as


def report(elevation: Elevation, *, who: str, done: str, deviation: str = "") -> None:
    """Have somebody say what they did; of what was never given, that it was not used."""
    row = WorkReport.objects.get(elevation=elevation.code)
    if row.granted_at is None:
        done = deviation = ""
    verb = partial(reporting.report, elevation=elevation, done=done, deviation=deviation, is_unused=row.granted_at is None)
    _do(verb, who)


def confirm(elevation: Elevation, *, who: str, comment: str = "") -> None:
    _do(partial(reporting.confirm, elevation=elevation, comment=comment, seen=None), who)


def ask_back(elevation: Elevation, *, who: str, comment: str) -> None:
    _do(partial(reporting.ask_back, elevation=elevation, comment=comment, seen=None), who)


def everybody(*, done: str) -> None:
    """Have everybody who owes a report write it, and who approved confirm what waits."""
    for elevation, row in _of(UNWRITTEN):
        report(elevation, who=row.person, done=done)
    for elevation, row in _of((ReportStatus.WRITTEN,)):
        confirm(elevation, who=next(name for name in (*row.approvers, *row.last_level) if name != row.person))


def _of(states: Sequence[str]) -> list[tuple[Elevation, WorkReport]]:
    rows = {row.elevation: row for row in WorkReport.objects.filter(status__in=states)}
    return [(elevation, rows[elevation.code]) for elevation in Elevation.objects.filter(code__in=rows).order_by("pk")]


def _do(verb: Any, who: str) -> None:
    actor = people.acting(who, "browser")
    act_as(actor, lambda: verb(actor=actor, now=timezone.now()))
