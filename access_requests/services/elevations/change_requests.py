"""Change requests in AWS before their grant begins: begun with the request here, followed, and ended with it.

What somebody does to one in AWS's console is seen here within a sweep: a rejection or a cancellation ends the request too, an
approval ahead of the portal's is told and gives nothing.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from access_requests.grants.contract import Grant
from access_requests.grants.executions import MOST_FAILURES, REFUSED, TIMED_OUT, Execution, Purpose, StepClient
from access_requests.grants.registry import AnyBackend, backend_of
from access_requests.lifecycle import UNDECIDED, ElevationStatus, RequestAction, RequestStatus
from access_requests.messages import Task
from access_requests.models import AccessRequest, AutomationExecution, Elevation, WorkGroup
from access_requests.services.elevations import aws_step, change_details, executions, lease, stop
from access_requests.services.record import locking, transition
from audits.acts import Act
from portal.aws.errors import BackendError
from portal.aws.sessions import jump_iam
from portal.outbox import sending as outbox
from portal.verbs.actor import WORKER
from portal.verbs.rejections import Rejection

logger = logging.getLogger(__name__)
RETRY_LONGEST = timedelta(seconds=60)
MOST_A_SWEEP = 20
# A request that ended here while AWS still waits for somebody.
OF_REJECTION = frozenset({RequestStatus.REJECTED, RequestStatus.SENT_BACK})


def begin(request: AccessRequest, work_groups: Iterable[WorkGroup], *, now: datetime) -> None:
    """Have a change request made for each group that is granted through one, after the caller's transaction."""
    purpose = Purpose.GRANT if request.extends is None else Purpose.PROLONG
    for group in _announced(work_groups):
        row = executions.announced(request, group, purpose, follow_at=now)
        outbox.put(Task.FOLLOW_CHANGE, object_id=row.pk, now=now)


def wait_for_portal(request: AccessRequest) -> bool:
    """Whether each change request of the request, if it has any, was last seen to wait for the portal and for nobody else."""
    rows = {row.work_group_id: row for row in AutomationExecution.objects.filter(request=request).order_by("number")}
    announced = _announced(request.work_groups.all())
    return all(group.pk in rows and executions.as_execution(rows[group.pk]).waits_for_portal for group in announced)


def _announced(work_groups: Iterable[WorkGroup]) -> list[WorkGroup]:
    """Return the groups of which something in AWS begins with the request."""
    return [group for group in work_groups if backend_of(group.backend).announces]


def due(*, now: datetime) -> Iterable[tuple[str, int]]:
    rows = AutomationExecution.objects.filter(follow_at__lte=now).order_by("follow_at")
    # The most change requests that one sweep asks AWS about; those looked at longest ago come first.
    yield from ((Task.FOLLOW_CHANGE, pk) for pk in rows.values_list("pk", flat=True)[:MOST_A_SWEEP])


def follow(row_id: int) -> None:
    """Start, look at or end the change request, as the request here stands now. Raises nothing: the sweep tries again."""
    row = _claim(row_id)
    if row is None:
        return
    aws = StepClient.without_lease(jump_iam())
    problem = ""
    try:
        _act(row, aws)
    except BackendError as error:
        problem = error.cause
        logger.warning("the change request of %s: %s", row, error)
    except Rejection as refusal:
        problem = refusal.code  # For example, the requester is no longer bound to an IAM user.
    with transaction.atomic(durable=True):
        _settle(row, aws, problem, now=timezone.now())


def _claim(row_id: int) -> AutomationExecution | None:
    """Take the row for as long as its calls can last. Compare and set: of two workers that try at once, one gets it."""
    now = timezone.now()
    if not AutomationExecution.objects.filter(pk=row_id, follow_at__lte=now).update(follow_at=now + 4 * lease.length()):
        return None
    return AutomationExecution.objects.select_related("request__requester", "work_group").get(pk=row_id)


def _act(row: AutomationExecution, aws: StepClient) -> None:
    execution, backend = executions.as_execution(row), backend_of(row.work_group.backend)
    if execution.is_over or _is_others_business(row):
        return
    if _may_go_on(row):
        backend.look_at(execution, aws) if execution.id else backend.announce(_grant(row), execution, aws)
    elif execution.id:
        _end(row, execution, backend, aws)


def _grant(row: AutomationExecution) -> Grant:
    return aws_step.grant_of_request(row.request, row.work_group)


def _may_go_on(row: AutomationExecution) -> bool:
    """Whether the change request is still to be waited for."""
    if row.request.status in UNDECIDED:
        return True
    elevation = _elevation(row)
    return row.request.status == RequestStatus.APPROVED and (
        elevation is not None and elevation.status == ElevationStatus.SCHEDULED
    )


def _is_others_business(row: AutomationExecution) -> bool:
    """Whether a grant, an extension or an end follows the change request from now on, under the person's lease."""
    elevation = _elevation(row)
    begun = elevation is not None and elevation.status not in (ElevationStatus.SCHEDULED, ElevationStatus.CANCELLED)
    return row.request.status == RequestStatus.APPROVED and begun


def _end(row: AutomationExecution, execution: Execution, backend: AnyBackend, aws: StepClient) -> None:
    if row.request.status in OF_REJECTION:
        seen = backend.look_at(execution, aws)
        if seen.waits_for_portal:
            backend.reject(seen, change_details.decisions(row.request), aws)
            return
    backend.cancel(execution, aws)


def _elevation(row: AutomationExecution) -> Elevation | None:
    """Return what the change request gives or prolongs, once there is one."""
    if row.request.extends_id is not None:
        return row.request.extends
    return row.request.elevations.filter(work_group=row.work_group_id).first()


def _settle(claimed: AutomationExecution, aws: StepClient, problem: str, *, now: datetime) -> None:
    request = locking.lock_request(claimed.request_id)
    row = AutomationExecution.objects.select_related("work_group").get(pk=claimed.pk)
    row.request = request
    # All locks before the first entry of the trail, whose writer nobody else may wait for with a lock in hand.
    elevation = _elevation(row)
    elevation = locking.lock_elevation(elevation.pk) if elevation is not None else None
    # Another worker, such as the grant's, has looked since: its reading is newer than this one.
    seen_here = aws.executions.values() if row.seen_at == claimed.seen_at else ()
    changed = executions.keep(row.work_group, seen_here, now=now)
    calls = {"calls": aws_step.calls_as_data(aws.calls)}
    executions.tell(request, changed, now=now, data=calls)
    row.refresh_from_db(fields=["execution_id", "status", "seen_at", "shown"])
    if problem and problem != row.problem:
        told = {"problem": problem, "work_group": row.work_group.name, **calls}
        transition.record(request, act=Act.REQUEST_CHANGE_ATTEMPT_FAILED, actor=WORKER, now=now, data=told)
    row.attempts, row.problem = (row.attempts + 1, problem) if problem else (0, "")
    seen = executions.as_execution(row)
    _end_with_it(row, elevation, seen, now=now)
    if seen.has_failed and row.purpose == Purpose.PROLONG and request.status in UNDECIDED:
        _begin_another(row, now=now)
    needs_no_look = seen.is_over or _is_others_business(row) or not (_may_go_on(row) or seen.id)
    row.follow_at = None if needs_no_look else now + _pause(row.attempts)
    row.save(update_fields=["attempts", "problem", "follow_at"])


def _begin_another(row: AutomationExecution, *, now: datetime) -> None:
    """Have another change request made for an extension still to be decided on, say when somebody in AWS approved ahead."""
    if row.number < MOST_FAILURES:
        again = {"request": row.request, "work_group": row.work_group, "purpose": row.purpose, "number": row.number + 1}
        AutomationExecution.objects.get_or_create(**again, defaults={"follow_at": now})


def _pause(attempts: int) -> timedelta:
    between: timedelta = timedelta(seconds=settings.SWEEP_SECONDS) * 2 ** min(attempts, 10)
    return min(between, RETRY_LONGEST)


def _end_with_it(row: AutomationExecution, elevation: Elevation | None, seen: Execution, *, now: datetime) -> None:
    """End the request here, because somebody ended its change request in AWS or nobody there decided in time."""
    reason = REFUSED.get(seen.status) if seen.is_over else None
    if reason is None:
        return
    request = row.request
    if request.status in UNDECIDED:
        action = RequestAction.LAPSE if seen.status == TIMED_OUT else RequestAction.REJECT
        data = {"in_aws": {"execution_id": seen.id, "status": seen.status, "reason": reason, "by": by_whom(seen)}}
        transition.apply_to_request(request, action, actor=WORKER, now=now, data=data)
        return
    # Access that begins later than AWS waits has another change request made when it does.
    is_awaited = elevation is not None and elevation.status == ElevationStatus.SCHEDULED and request.extends_id is None
    if elevation is not None and is_awaited and seen.status != TIMED_OUT:
        stop.end_now(elevation, reason=reason, actor=WORKER, now=now, comment=by_whom(seen))


def by_whom(seen: Execution) -> str:
    """Return who said no in AWS, and why; nothing where AWS does not say."""
    said: Sequence[str] = [
        f"{one.approver}: {one.comment}" if one.comment else one.approver
        for step in seen.steps
        for one in step.said
        if one.decision == "Reject"
    ]
    return "; ".join(said)
