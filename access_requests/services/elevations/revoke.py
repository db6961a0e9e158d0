"""Taking a person out of a work group again, and tidying up after it."""

import logging
import uuid
from dataclasses import replace
from datetime import datetime

from django.db import DatabaseError, transaction
from django.utils import timezone

from access_requests.grants.contract import Grant
from access_requests.grants.executions import Purpose, StepClient
from access_requests.grants.registry import backend_of
from access_requests.lifecycle import INSIDE, ElevationAction, ElevationStatus
from access_requests.models import Elevation
from access_requests.services.elevations import aws_step, evaluating, executions, fences, gates, lease, open_sessions, spool
from access_requests.services.elevations.aws_step import Data, NotRecorded, Outcome
from access_requests.services.record import transition
from audits.acts import Act
from portal.aws.calls import is_missing
from portal.aws.errors import BackendBusy, BackendError, BackendRefused, LeaseLost, UnderWay
from portal.verbs.actor import WORKER

logger = logging.getLogger(__name__)
STILL_SHOWN = "still_shown"
LEAVE_UNREAD = "leave_unread"


def end(elevation_id: int) -> None:
    """Do or go on with the end of an elevation, if it is due.

    An end that is due goes ahead in AWS even when the database does not take the trail's entry: it is kept on disk then.
    """
    try:
        aws_step.take_step(Ends(), elevation_id)
    except NotRecorded as step:
        logger.critical("the end of %s cannot be recorded", step.code, exc_info=True)
        spool.keep(step.code, now=timezone.now(), data=step.data)
    except DatabaseError:
        logger.critical("the end of elevation %s cannot be recorded", elevation_id, exc_info=True)
        _end_unrecorded(elevation_id)


def tidy(elevation_id: int) -> None:
    """Take the entry fence away, once nobody who could still write the membership is running."""
    aws_step.take_step(Tidies(), elevation_id)


class Ends:
    name = "end"
    failed = Act.ELEVATION_END_ATTEMPT_FAILED

    def mark(self, elevation: Elevation, *, now: datetime) -> bool:
        spool.record(elevation, now=now)
        if elevation.status in INSIDE and elevation.ends_at <= now:
            elevation.stopped_at, elevation.stop_reason = now, "expired"
            data = {"reason": elevation.stop_reason}
            transition.apply_to_elevation(elevation, ElevationAction.START_REVOKE, actor=WORKER, now=now, data=data)
        if elevation.status != ElevationStatus.REVOKING:
            return False
        executions.plan(elevation.request, elevation.work_group, Purpose.REMOVE)
        return True

    def act(self, elevation: Elevation, grant: Grant, aws: StepClient) -> Outcome:
        return _take_out(elevation, grant, aws)

    def settle(self, elevation: Elevation, outcome: Outcome, *, data: Data, now: datetime) -> None:
        spool.record(elevation, now=now)
        if not _is_gone(outcome):
            aws_step.try_again(elevation, STILL_SHOWN, data=data, step=self, now=now)
            return
        elevation.ended_at, elevation.fence_due_at = now, now + lease.length()
        evaluating.ask(elevation, now=now)
        transition.apply_to_elevation(elevation, ElevationAction.CONFIRM_REVOKE, actor=WORKER, now=now, data=data)

    def fail(self, elevation: Elevation, error: BackendError, *, data: Data, now: datetime) -> None:
        if isinstance(error, UnderWay):
            aws_step.look_again(elevation, now=now)
            return
        # Whatever AWS says, an end never gives up.
        aws_step.try_again(elevation, error.cause, data=data, step=self, now=now)


class Tidies:
    name = "tidying"
    failed = Act.ELEVATION_TIDYING_ATTEMPT_FAILED

    def mark(self, elevation: Elevation, *, now: datetime) -> bool:
        due = elevation.fence_due_at is not None and elevation.fence_due_at <= now
        return due and elevation.status == ElevationStatus.ENDED

    def act(self, elevation: Elevation, grant: Grant, aws: StepClient) -> Outcome:
        backend = backend_of(elevation.work_group.backend)
        name = backend.current_name(grant, aws)
        grant = replace(grant, user_name=name or grant.user_name)
        if not aws_step.is_another_in_aws(elevation):
            # A call that hung may have put the person back after the end was read back; then only the fence refuses the switch.
            backend.take(grant, aws)
        gate, _ = _shut(elevation, aws)
        if name is not None:
            fences.remove_unneeded(elevation.person, grant, backend.fenced(grant), aws)
        seen = replace(backend.look(grant, aws), session_gate=gate)
        return Outcome(ends_at=grant.ends_at, seen=seen, presence=seen.presence(ttl="", fences={}))

    def settle(self, elevation: Elevation, outcome: Outcome, *, data: Data, now: datetime) -> None:  # noqa: ARG002  The step's signature.
        if aws_step.is_another_in_aws(elevation):
            # What AWS shows now belongs to the next elevation; this one keeps what was read back at its own end.
            elevation.refresh_from_db(fields=["seen", "seen_at"])
        elevation.fence_due_at, elevation.attempts, elevation.problem = None, 0, ""
        elevation.save()
        transition.record(elevation, act=_tidied(elevation), actor=WORKER, now=now, data=data)

    def fail(self, elevation: Elevation, error: BackendError, *, data: Data, now: datetime) -> None:
        if isinstance(error, UnderWay):
            aws_step.look_again(elevation, now=now)
        else:
            aws_step.try_again(elevation, error.cause, data=data, step=self, now=now)
        elevation.fence_due_at, elevation.try_again_at = elevation.try_again_at, None
        elevation.save(update_fields=["fence_due_at", "try_again_at"])


def _tidied(elevation: Elevation) -> Act:
    """Return how the trail calls the tidying."""
    fenced = backend_of(elevation.work_group.backend).fenced(aws_step.grant_of(elevation))
    if not fenced:
        return Act.ELEVATION_LOOKED_AFTER
    # Still as it was when the calls were made: no grant to this person begins while this worker holds the lease.
    stays = any(fences.is_needed(elevation.person, role) for role in fenced)
    return Act.ELEVATION_FENCE_LEFT if stays else Act.ELEVATION_FENCE_REMOVED


def _take_out(elevation: Elevation, grant: Grant, aws: StepClient) -> Outcome:
    """Fence to now and name out of the gate, membership out, read back, untag; then look at all of it once more."""
    backend = backend_of(elevation.work_group.backend)
    # While a removal runs in AWS, fence and gate were written before it began: the worker only has to wait.
    grant = backend.follow(grant, [Purpose.REMOVE], aws)
    name = backend.current_name(grant, aws)
    grant = replace(grant, user_name=name or grant.user_name)
    if name is not None:
        _fence_to_now(elevation, grant, aws)
    gate, trouble = _shut(elevation, aws)
    try:
        backend.take(grant, aws)
    except UnderWay:
        # A gate that could not be written counts as a failure of the step, so that the next pass writes it again.
        raise trouble or UnderWay from None
    sessions = open_sessions.end_of(elevation, aws)
    if trouble is not None and _lets_in(gate, now=aws.clock()):
        # With the gate open, live sessions would go on. The membership is gone, but the end stays open until the gate is shut.
        raise trouble
    seen = replace(backend.look(grant, aws), session_gate=gate)
    return Outcome(ends_at=grant.ends_at, seen=seen, presence=seen.presence(ttl="", fences={}), open_sessions=sessions)


def _shut(elevation: Elevation, aws: StepClient) -> tuple[gates.Open | None, BackendError | None]:
    """Take the name out of the gates; return what they say of the person, as written or as read last, and what went wrong."""
    try:
        return gates.write(elevation, aws), None
    except LeaseLost:
        raise
    except BackendError as error:
        logger.warning("the session gate at the end of %s: %s", elevation.code, error)
        # No session of a role that is gone may do anything.
        return gates.as_read(elevation), None if is_missing(error) else error
    except DatabaseError as error:
        # For example the trail cannot be read, by which the gate's other lines are judged. The membership goes all the same.
        logger.exception("the session gate at the end of %s", elevation.code)
        return gates.as_read(elevation), BackendBusy(LEAVE_UNREAD, str(error))


def _lets_in(gate: gates.Open | None, *, now: datetime) -> bool:
    """Whether a gate lets the person act after now; one whose time is over shuts by itself."""
    return any(until is not None and datetime.fromisoformat(until) > now for until in (gate or {}).values())


def _fence_to_now(elevation: Elevation, grant: Grant, aws: StepClient) -> None:
    try:
        fenced = backend_of(elevation.work_group.backend).fenced(grant)
        fences.put_all(elevation.person, grant, fenced, aws, now=aws.clock())
    except BackendRefused as error:
        # For example the user has no room for another policy: repeating does not help. The membership goes all the same.
        logger.warning("no fence at the end of %s: %s", elevation.code, error)
    except DatabaseError:
        logger.exception("no fence at the end of %s", elevation.code)


def _is_gone(outcome: Outcome) -> bool:
    return not outcome.seen.membership and outcome.seen.ttl is None


def _end_unrecorded(elevation_id: int) -> None:
    """Take an overdue elevation out of AWS while the database is away: its calls are kept on disk until they can be recorded."""
    now, holder = timezone.now(), uuid.uuid4().hex
    elevation = Elevation.objects.select_related("person", "work_group", "request").get(pk=elevation_id)
    overdue = elevation.status in INSIDE and elevation.ends_at <= now
    if not (overdue or elevation.status == ElevationStatus.REVOKING) or spool.says_ended(elevation.code):
        return
    with transaction.atomic(durable=True):
        if not lease.take(elevation.person_id, holder=holder, now=now):
            return
    aws = aws_step.client_for(elevation.person_id, holder)
    try:
        outcome = _take_out(elevation, aws_step.grant_of(elevation), aws)
        result = spool.ENDED if _is_gone(outcome) else STILL_SHOWN
    except BackendError as error:
        result = error.problem
    spool.keep(elevation.code, now=now, data={"outcome": result, "calls": aws_step.calls_as_data(aws.calls)})
    lease.release(elevation.person_id, holder=holder, now=timezone.now())
