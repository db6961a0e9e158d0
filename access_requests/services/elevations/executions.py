"""What AWS does by itself, as rows: announced before it is started, kept as it was seen, told in the trail when it changed."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from django.db.models import Q, QuerySet

from access_requests.grants.executions import Execution, Purpose, Said, Step
from access_requests.grants.registry import backend_of
from access_requests.models import AccessRequest, AutomationExecution, Elevation, WorkGroup
from access_requests.services.record import transition
from audits.acts import Act
from portal.verbs.actor import WORKER

# What of an execution has columns of its own.
_COLUMNS = frozenset({"request", "purpose", "number", "id", "status"})


def plan(request: AccessRequest, work_group: WorkGroup, purpose: Purpose) -> None:
    """Write down, in the caller's transaction, what the group's backend has AWS carry out for this purpose, if anything."""
    for executed in backend_of(work_group.backend).executes:
        if executed == purpose:
            announced(request, work_group, purpose)


def announced(
    request: AccessRequest, work_group: WorkGroup, purpose: Purpose, *, follow_at: datetime | None = None
) -> AutomationExecution:
    """Announce an execution, in the caller's transaction, unless one for this purpose is announced already."""
    rows = AutomationExecution.objects.filter(request=request, work_group=work_group)
    row = rows.filter(purpose=purpose).first()
    if row is None:
        row = AutomationExecution.objects.create(
            request=request, work_group=work_group, purpose=purpose, number=rows.count() + 1, follow_at=follow_at
        )
    return row


def of_elevation(elevation: Elevation) -> tuple[Execution, ...]:
    """Return all that are known of the elevation: for its request, and for its extensions."""
    return tuple(map(as_execution, rows_of(elevation)))


def rows_of(elevation: Elevation) -> QuerySet[AutomationExecution]:
    mine = Q(request=elevation.request_id) | Q(request__extends=elevation)
    return AutomationExecution.objects.filter(mine, work_group=elevation.work_group_id).select_related("request").order_by("pk")


def as_execution(row: AutomationExecution) -> Execution:
    shown = row.shown
    return Execution(
        request=row.request.code,
        purpose=Purpose(row.purpose),
        number=row.number,
        id=row.execution_id,
        status=row.status,
        document=shown.get("document", ""),
        message=shown.get("message", ""),
        steps=tuple(_step(step) for step in shown.get("steps", ())),
        ended_at=datetime.fromisoformat(shown["ended_at"]) if shown.get("ended_at") else None,
    )


def keep(work_group: WorkGroup, seen: Iterable[Execution], *, now: datetime) -> list[Execution]:
    """Keep the executions as they were seen, in the caller's transaction; return those that changed."""
    changed = []
    for one in seen:
        request = AccessRequest.objects.get(code=one.request)
        row, _ = AutomationExecution.objects.get_or_create(
            request=request, work_group=work_group, number=one.number, defaults={"purpose": one.purpose}
        )
        if as_execution(row) != one:
            changed.append(one)
        row.execution_id, row.status, row.seen_at = one.id, one.status, now
        row.shown = {name: value for name, value in asdict(one).items() if name not in _COLUMNS}
        row.save(update_fields=["execution_id", "status", "seen_at", "shown"])
    return changed


def tell(subject: AccessRequest | Elevation, changed: Iterable[Execution], *, now: datetime, data: transition.Data) -> None:
    """Append to the trail the executions that changed. The calls that showed the change stand with the first of them."""
    act = Act.REQUEST_EXECUTION_SEEN if isinstance(subject, AccessRequest) else Act.ELEVATION_EXECUTION_SEEN
    for one in changed:
        told = {"execution": asdict(one), **data}
        transition.record(subject, act=act, actor=WORKER, now=now, data=told)
        data = {}


def _step(step: dict[str, object]) -> Step:
    fields = {name: value for name, value in step.items() if name != "said"}
    said = step.get("said") or []
    return Step(**fields, said=tuple(Said(**one) for one in said))  # type: ignore[arg-type, attr-defined]  # As asdict wrote it.
