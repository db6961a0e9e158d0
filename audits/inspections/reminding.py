"""On the day on which a part is due, inspectors who may sign what waits of it are reminded, once."""

from datetime import datetime
from functools import partial

from django.db.models import Count, Q

from audits import trail
from audits.acts import Act
from audits.inspections import folding, plan
from audits.models import Inspection, TrailEntry
from portal.verbs.actor import WORKER
from portal.verbs.run import run

BATCH = 200


def remind(*, now: datetime) -> int:
    """Append that it is due today, for whoever tells of it; return of how many parts. One query where nothing is due."""
    waiting = Count("rows", filter=Q(rows__signed_at__isnull=True))
    due = Inspection.objects.filter(due_on=plan.day_of(now), signed_at__isnull=True).annotate(waiting=waiting)
    parts = {f"{folding.PREFIX}{part.code}": part for part in due.filter(waiting__gt=0).order_by("day", "part")[:BATCH]}
    if not parts:
        return 0
    told = set(TrailEntry.objects.filter(subject__in=parts, act=Act.INSPECTION_REMINDED).values_list("subject", flat=True))
    for subject in parts.keys() - told:
        run(partial(_append, subject, parts[subject], now))
    return len(parts.keys() - told)


def _append(subject: str, part: Inspection, now: datetime) -> None:
    said = {"day": str(part.day), "part": part.part, "due_on": str(part.due_on), "waiting": part.waiting}  # type: ignore[attr-defined]
    trail.record_act(now=now, act=Act.INSPECTION_REMINDED, actor=WORKER, subject=subject, data=said)
