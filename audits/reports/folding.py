"""A work report as its entries tell it, from the trail alone."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from audits.acts import Act
from audits.models import ReportStatus, TrailEntry, WorkReport
from portal.storable import AsTyped

ENDS = (Act.ELEVATION_ENDED, Act.ELEVATION_CANCELLED)
ACTS = (Act.WORK_REPORT_WRITTEN, Act.WORK_REPORT_ASKED_BACK, Act.WORK_REPORT_CONFIRMED)
# What each entry of a report says, and what its row has.
TEXTS = ("status", "done", "deviation", "client", "answered_by", "answer")
TIMES = ("written_at", "answered_at")
OF_ACCESS = ("elevation", "request", "person", "work_group")
BATCH = 500


def begun(entry: TrailEntry) -> dict[str, Any] | None:
    """Return the columns of what the end of an access has its person report; None where that is nothing."""
    said = json.loads(json.dumps(entry.data, cls=AsTyped))
    owed, elevation = said.get("report"), said["elevation"]
    if owed is None:
        return None
    return {
        "elevation": entry.subject,
        **{name: elevation[name] for name in ("request", "person", "work_group")},
        "status": ReportStatus.OWED,
        "granted_at": _moment(elevation["granted_at"]),
        "over_at": entry.at,
        **{name: owed[name] for name in ("days", "overdue_blocks", "approvers", "last_level", "plan", "roles")},
        "due_on": date.fromisoformat(owed["due_on"]),
        "entry_id": entry.pk,
    }


def moved(entry: TrailEntry) -> dict[str, Any]:
    """Return the columns that an entry of a report says."""
    said = json.loads(json.dumps(entry.data, cls=AsTyped))["report"]
    return {
        **{name: said[name] for name in TEXTS},
        **{name: _moment(said[name]) for name in TIMES},
        "is_unused": said["is_unused"],
        "due_on": date.fromisoformat(said["due_on"]),
        "entry_id": entry.pk,
    }


def answerers(state: Mapping[str, Any]) -> set[str]:
    """Return who may confirm it, or ask it back."""
    return {*state["approvers"], *state["last_level"]} - {state["person"]}


def faults() -> Iterator[dict[str, str]]:
    """Yield where rows beside the trail are not what it tells, or where it tells of reports that have no row."""
    after = 0
    while rows := list(WorkReport.objects.filter(pk__gt=after).order_by("pk").prefetch_related("answerers")[:BATCH]):
        after = rows[-1].pk
        told = _told([row.elevation for row in rows])
        yield from (_fault(row.elevation, what) for row in rows if (what := _wrong(row, told.get(row.elevation))))
    known = WorkReport.objects.values("elevation")
    owed = TrailEntry.objects.filter(act__in=ENDS, data__report__isnull=False).exclude(subject__in=known)
    for entry in owed.order_by("pk").iterator():
        if entry.data["report"] is not None:
            yield _fault(entry.subject, "it is missing: nobody is asked for it")


def _fault(code: str, what: str) -> dict[str, str]:
    return {"place": f"work report of {code}", "what": what}


def _told(codes: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return what the trail tells of each: the end, and the last that was said since. One query."""
    told: dict[str, dict[str, Any]] = {}
    for entry in TrailEntry.objects.filter(subject__in=codes, act__in=(*ENDS, *ACTS)).order_by("pk"):
        state = begun(entry) if entry.act in ENDS else moved(entry)
        if state is not None and (entry.act in ENDS or entry.subject in told):
            told.setdefault(entry.subject, {}).update(state)
    return told


def _wrong(row: WorkReport, state: Mapping[str, Any] | None) -> str:
    """Return what is wrong with a row, in words; nothing where it is what the trail tells."""
    if state is None:
        return "the trail does not tell of it"
    if any(getattr(row, name) != value for name, value in state.items()):
        return "it is not as the trail tells it"
    if {one.username for one in row.answerers.all()} != answerers(state):
        return "others may answer it than the trail tells"
    return ""


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
