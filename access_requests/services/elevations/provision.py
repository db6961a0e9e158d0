"""Putting a person into a work group, and writing a later end."""

from dataclasses import replace
from datetime import datetime

from access_requests.grants.contract import Grant, GranteeLost, Presence
from access_requests.grants.executions import GIVING, REFUSED, Purpose, StepClient
from access_requests.grants.registry import backend_of
from access_requests.lifecycle import ElevationAction, ElevationStatus, RequestStatus
from access_requests.messages import Task
from access_requests.models import AutomationExecution, Elevation
from access_requests.services.elevations import (
    afterwards,
    aws_step,
    evaluating,
    executions,
    fences,
    gates,
    rights,
    stop,
    target_roles,
)
from access_requests.services.elevations.aws_step import Data, Outcome
from access_requests.services.record import transition
from audits.acts import Act
from portal.aws.errors import BackendError, BackendRefused, UnderWay
from portal.outbox import sending as outbox
from portal.verbs.actor import WORKER

NOT_SHOWN_YET = "not_shown_yet"


def grant(elevation_id: int) -> None:
    """Do or go on with the grant of an elevation, if its time has come."""
    aws_step.take_step(Grants(), elevation_id)


def prolong(elevation_id: int) -> None:
    """Write the end that an extension moved into AWS."""
    aws_step.take_step(Prolongs(), elevation_id)


class Grants:
    name = "grant"
    failed = Act.ELEVATION_GRANT_ATTEMPT_FAILED

    def mark(self, elevation: Elevation, *, now: datetime) -> bool:
        if elevation.status not in (ElevationStatus.SCHEDULED, ElevationStatus.GRANTING) or elevation.starts_at > now:
            return False
        if _ended_for_lack_of_right(elevation, now):
            return False
        if elevation.status == ElevationStatus.SCHEDULED:
            if aws_step.is_another_in_aws(elevation) or gates.is_ending(elevation):
                return False  # The grant waits until the earlier one has ended.
            elevation.granting_at = now
            executions.plan(elevation.request, elevation.work_group, Purpose.GRANT)
            transition.apply_to_elevation(elevation, ElevationAction.START_GRANT, actor=WORKER, now=now)
        return True

    def act(self, elevation: Elevation, grant: Grant, aws: StepClient) -> Outcome:
        evaluating.before_grant(elevation, aws)
        return _write(elevation, grant, aws)

    def settle(self, elevation: Elevation, outcome: Outcome, *, data: Data, now: datetime) -> None:
        if elevation.status != ElevationStatus.GRANTING:
            _leave_to_the_end(elevation, data, now)
        elif outcome.presence != Presence.PRESENT:
            aws_step.try_again(elevation, NOT_SHOWN_YET, data=data, step=self, now=now)
        else:
            evaluating.record_afterwards(elevation, outcome.afterwards, now=now)
            elevation.granted_at, elevation.written_ends_at = now, outcome.ends_at
            evaluating.ask(elevation, now=now)
            transition.apply_to_elevation(elevation, ElevationAction.CONFIRM_GRANT, actor=WORKER, now=now, data=data)

    def fail(self, elevation: Elevation, error: BackendError, *, data: Data, now: datetime) -> None:
        if elevation.status != ElevationStatus.GRANTING:
            _leave_to_the_end(elevation, data, now)
        elif isinstance(error, BackendRefused):
            # AWS refused: repeating the grant is useless until an administrator acts. What was written of it is taken out.
            aws_step.try_again(elevation, error.cause, data=data, step=self, now=now)
            stop.end_now(elevation, reason="grant_refused", actor=WORKER, now=now, comment=error.cause)
        elif isinstance(error, UnderWay):
            aws_step.look_again(elevation, now=now)
        else:
            aws_step.try_again(elevation, error.cause, data=data, step=self, now=now)


class Prolongs:
    name = "extension"
    failed = Act.ELEVATION_EXTENSION_ATTEMPT_FAILED

    def mark(self, elevation: Elevation, *, now: datetime) -> bool:
        behind = elevation.written_ends_at != elevation.ends_at
        if elevation.status != ElevationStatus.ACTIVE or not behind or elevation.ends_at <= now:
            return False
        if _ended_for_lack_of_right(elevation, now):
            return False
        extension = elevation.extensions.filter(code=elevation.ends_by).first()
        if extension is not None:
            executions.plan(extension, elevation.work_group, Purpose.PROLONG)
        return True

    def act(self, elevation: Elevation, grant: Grant, aws: StepClient) -> Outcome:
        return _write(elevation, grant, aws)

    def settle(self, elevation: Elevation, outcome: Outcome, *, data: Data, now: datetime) -> None:
        if elevation.status != ElevationStatus.ACTIVE:
            _leave_to_the_end(elevation, data, now)
        elif outcome.presence != Presence.PRESENT:
            aws_step.try_again(elevation, NOT_SHOWN_YET, data=data, step=self, now=now)
        else:
            evaluating.record_afterwards(elevation, outcome.afterwards, now=now)
            elevation.written_ends_at = outcome.ends_at
            evaluating.ask(elevation, now=now)
            elevation.attempts, elevation.try_again_at, elevation.problem = 0, None, ""
            elevation.save()
            transition.record(elevation, act=Act.ELEVATION_EXTENSION_WRITTEN, actor=WORKER, now=now, data=data)

    def fail(self, elevation: Elevation, error: BackendError, *, data: Data, now: datetime) -> None:
        if elevation.status != ElevationStatus.ACTIVE:
            _leave_to_the_end(elevation, data, now)
            return
        if isinstance(error, UnderWay):
            aws_step.look_again(elevation, now=now)
            return
        aws_step.try_again(elevation, error.cause, data=data, step=self, now=now)
        if isinstance(error, GranteeLost) or error.problem == afterwards.NOT_DENIED:
            # The bound user is gone, and another user may have the name by now; or AWS would still permit calls after the end.
            stop.end_now(elevation, reason=error.problem, actor=WORKER, now=now)
        elif error.problem in REFUSED.values():
            _refused(elevation, error, now)


def _refused(elevation: Elevation, error: BackendError, now: datetime) -> None:
    """Somebody rejected it in AWS. A rejected extension leaves the end as it was before; a rejected access ends now."""
    if elevation.ends_by == elevation.request.code:
        stop.end_now(elevation, reason=error.problem, actor=WORKER, now=now)
        return
    standing = elevation.extensions.filter(status=RequestStatus.APPROVED, ends_at__lt=elevation.ends_at)
    refused = AutomationExecution.objects.filter(status__in=REFUSED, work_group=elevation.work_group).values("request")
    fixed_by = standing.exclude(pk__in=refused).order_by("ends_at").last() or elevation.request
    if fixed_by.ends_at is None:
        raise ValueError(f"{fixed_by} was approved without an end")
    moved = {"from_end": elevation.ends_at, "to_end": fixed_by.ends_at, "by": elevation.ends_by, "problem": error.problem}
    elevation.ends_at, elevation.ends_by, elevation.written_ends_at = fixed_by.ends_at, fixed_by.code, None
    elevation.attempts, elevation.try_again_at = 0, None
    elevation.save()
    transition.record(elevation, act=Act.ELEVATION_EXTENSION_REFUSED, actor=WORKER, now=now, data=moved)


def _write(elevation: Elevation, grant: Grant, aws: StepClient) -> Outcome:
    """Gate and fence first, and proof that they deny, so that AWS itself ends what is given next."""
    roles = target_roles.confirm(elevation.work_group, grant.roles, aws)
    backend = backend_of(elevation.work_group.backend)
    grant = backend.follow(grant, GIVING, aws)
    grantee = backend.confirm(grant, aws)
    grant = replace(grant, user_name=grantee.name)
    gate = gates.write(elevation, aws)
    written = fences.put_all(elevation.person, grant, backend.fenced(grant), aws, now=aws.clock())
    evaluation = afterwards.check(elevation, grant, grantee, written, aws)
    backend.give(grant, aws)
    seen = replace(backend.look(grant, aws), session_gate=gate)
    presence = seen.presence(ttl=backend.ttl(grant.ends_at), fences=written)
    return Outcome(ends_at=grant.ends_at, seen=seen, presence=presence, afterwards=evaluation, roles=roles)


def _ended_for_lack_of_right(elevation: Elevation, now: datetime) -> bool:
    """End what must not go on; return whether it was so. Rights are checked again at the moment of every step."""
    reason = rights.why_not(elevation, now=now)
    if reason:
        stop.end_now(elevation, reason=reason, actor=WORKER, now=now)
    return bool(reason)


def _leave_to_the_end(elevation: Elevation, data: Data, now: datetime) -> None:
    """Somebody ended the elevation while AWS was being called: record the calls, and have them undone without delay."""
    transition.record(elevation, act=Act.ELEVATION_OVERTAKEN, actor=WORKER, now=now, data=data)
    outbox.put(Task.END, object_id=elevation.pk, now=now)
