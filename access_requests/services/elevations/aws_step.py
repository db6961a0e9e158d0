"""One step in AWS: lease and mark in a transaction, call with no lock held, settle from what was read back in another."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import DatabaseError, transaction
from django.utils import timezone

from access_requests.grants.contract import Change, Facts, Grant, GrantedRole, NothingKnown, Presence, Seen
from access_requests.grants.executions import Execution, StepClient
from access_requests.grants.registry import backend_of
from access_requests.lifecycle import IN_AWS
from access_requests.models import AccessRequest, Elevation, WorkGroup
from access_requests.services.elevations import change_details, executions, lease
from access_requests.services.record import bindings, locking, transition
from audits.acts import Act
from portal.aws.calls import Call
from portal.aws.errors import BackendError, LeaseLost, UnderWay
from portal.aws.sessions import jump_iam
from portal.verbs.actor import WORKER

Data = Mapping[str, object]
logger = logging.getLogger(__name__)
RETRY_FIRST = timedelta(seconds=2)
RETRY_LONGEST = timedelta(seconds=60)
# How soon the portal looks again at an execution that runs in AWS; one that waits for people is asked about less often.
LOOK_AGAIN, LOOK_AGAIN_AT_PEOPLE = timedelta(seconds=2), timedelta(seconds=15)
# After so many failures in a row the elevation's page calls an administrator, and the log says so as an error.
CALL_A_HUMAN = 5


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a step did: the end that it wrote, what it read back, and how far the two agree; what of open sessions it ended.

    Of a step that gives: `afterwards` is what was evaluated for the second after the end, `roles` which ones in AWS it gave.
    """

    ends_at: datetime
    seen: Seen
    presence: Presence
    open_sessions: Sequence[Data] = ()
    afterwards: Data = field(default_factory=dict)
    roles: Sequence[Data] = ()


class NotRecorded(Exception):
    """AWS was called, and the database did not take the result: `data`, about the elevation with this code."""

    def __init__(self, code: str, data: Data) -> None:
        self.code = code
        self.data = data
        super().__init__(code)


class Step(Protocol):
    """What differs between a grant, an extension, an end and the tidying after it."""

    name: str
    # The trail's act for a failed attempt that will be repeated.
    failed: Act

    def mark(self, elevation: Elevation, *, now: datetime) -> bool:
        """In transaction 1, the row locked: whether there is something to do, with the state marked accordingly."""

    def act(self, elevation: Elevation, grant: Grant, aws: StepClient) -> Outcome:
        """Call AWS, no lock held. Raises BackendError."""

    def settle(self, elevation: Elevation, outcome: Outcome, *, data: Data, now: datetime) -> None:
        """In transaction 2, the row locked again: write what was read back."""

    def fail(self, elevation: Elevation, error: BackendError, *, data: Data, now: datetime) -> None:
        """In transaction 2 after an error."""


def take_step(step: Step, elevation_id: int) -> None:
    """Do one step, as far as it goes. May be called twice, late, at once, and die anywhere: the next call goes on.

    Raises NotRecorded when only its last transaction failed, DatabaseError for one before.
    """
    holder = uuid.uuid4().hex
    elevation = _begin(step, elevation_id, holder)
    if elevation is None:
        return
    aws = client_for(elevation.person_id, holder)
    outcome: Outcome | BackendError
    try:
        outcome = step.act(elevation, grant_of(elevation), aws)
    except LeaseLost:
        logger.warning("%s of %s: the lease ran out", step.name, elevation.code)
        return
    except BackendError as error:
        outcome = error
    data = {"calls": calls_as_data(aws.calls), **_as_data(outcome)}
    try:
        _settle(step, elevation, outcome, data, holder, list(aws.executions.values()))
    except DatabaseError as error:
        raise NotRecorded(elevation.code, data) from error


def client_for(person_id: int, holder: str) -> StepClient:
    """Return a client of the Jump account whose every call first renews the person's lease."""
    return StepClient(client=jump_iam(), before_each=lambda: lease.renew(person_id, holder=holder), clock=timezone.now)


def grant_of(elevation: Elevation) -> Grant:
    """Return what the elevation is to be in AWS."""
    fixed_by = _fixed_by(elevation)
    user_name, user_id = bindings.user_of(elevation)
    grant = Grant(
        elevation=elevation.code,
        user_name=user_name,
        user_id=user_id,
        group=elevation.work_group.name,
        roles=roles_of(elevation.work_group),
        ends_at=elevation.ends_at,
        request=fixed_by.code,
    )
    return made_for(elevation.work_group, grant, _OfElevation(elevation=elevation, fixed_by=fixed_by))


def grant_of_request(request: AccessRequest, work_group: WorkGroup) -> Grant:
    """Return what a request is to become, before anybody has decided: nothing is given by it yet."""
    binding = bindings.needed(request.requester, work_group)
    grant = Grant(
        elevation="",
        user_name=binding.user_name,
        user_id=binding.user_id,
        group=work_group.name,
        roles=roles_of(work_group),
        ends_at=request.decide_until,
        request=request.code,
    )
    return made_for(work_group, grant, _OfRequest(began_by=request.code, request=request, work_group=work_group))


def made_for(work_group: WorkGroup, grant: Grant, facts: Facts) -> Grant:
    """Return the grant as the group's backend takes it."""
    made: Grant = backend_of(work_group.backend).of(grant, facts)
    return made


@dataclass(frozen=True, kw_only=True)
class _OfElevation:
    """What the portal has written down beside the grant of an elevation: grants.contract.Facts."""

    elevation: Elevation
    fixed_by: AccessRequest

    @property
    def began_by(self) -> str:
        return self.elevation.request.code

    @property
    def attempts(self) -> int:
        return self.elevation.attempts

    @property
    def stopped_at(self) -> datetime | None:
        return self.elevation.stopped_at

    @property
    def seen(self) -> Mapping[str, Any]:
        return self.elevation.seen or {}

    def executions(self) -> tuple[Execution, ...]:
        return executions.of_elevation(self.elevation)

    def change(self) -> Change:
        return change_details.of(self.fixed_by, self.elevation.work_group)


@dataclass(frozen=True, kw_only=True)
class _OfRequest(NothingKnown):
    request: AccessRequest
    work_group: WorkGroup

    def change(self) -> Change:
        return change_details.of(self.request, self.work_group)


def roles_of(work_group: WorkGroup) -> tuple[GrantedRole, ...]:
    return tuple(GrantedRole(pk=role.pk, name=role.name, arn=role.arn) for role in work_group.target_roles.order_by("name"))


def _fixed_by(elevation: Elevation) -> AccessRequest:
    """Return the request whose approval fixed the end; rows from before that was written down have their own.

    A forged row may name none: its end is to be done all the same.
    """
    if elevation.ends_by in ("", elevation.request.code):
        return elevation.request
    return AccessRequest.objects.filter(code=elevation.ends_by).first() or elevation.request


def is_another_in_aws(elevation: Elevation) -> bool:
    """Whether another elevation of this person and work group is in AWS, or may be."""
    same = Elevation.objects.filter(person=elevation.person_id, work_group=elevation.work_group_id, status__in=IN_AWS)
    return same.exclude(pk=elevation.pk).exists()


def try_again(elevation: Elevation, problem: str, *, data: Data, step: Step, now: datetime) -> None:
    """Leave the state as it is, for another attempt after a while."""
    elevation.attempts += 1
    elevation.problem = problem
    elevation.try_again_at = now + min(RETRY_FIRST * 2 ** min(elevation.attempts - 1, 10), RETRY_LONGEST)
    elevation.save(update_fields=["attempts", "problem", "try_again_at", "seen", "seen_at"])
    level = logging.ERROR if elevation.attempts >= CALL_A_HUMAN else logging.WARNING
    logger.log(level, "%s of %s, attempt %s: %s", step.name, elevation.code, elevation.attempts, problem)
    attempt = {"problem": problem, "attempt": elevation.attempts, "try_again_at": elevation.try_again_at, **data}
    transition.record(elevation, act=step.failed, actor=WORKER, now=now, data=attempt)


def look_again(elevation: Elevation, *, now: datetime) -> None:
    """Leave the state as it is while an execution runs in AWS: nothing has failed. One that waits for people is asked later."""
    waits = any(execution.waits_for_people for execution in executions.of_elevation(elevation))
    elevation.try_again_at = now + (LOOK_AGAIN_AT_PEOPLE if waits else LOOK_AGAIN)
    elevation.save(update_fields=["try_again_at"])


def calls_as_data(calls: Sequence[Call]) -> list[dict[str, object]]:
    return [asdict(call) for call in calls]


def _begin(step: Step, elevation_id: int, holder: str) -> Elevation | None:
    """Transaction 1. When `mark` finds nothing to do in AWS, what it wrote stays (a cancellation); the lease is given back."""
    with transaction.atomic(durable=True):
        now = timezone.now()
        elevation = locking.lock_elevation(elevation_id)
        if not lease.take(elevation.person_id, holder=holder, now=now):
            return None
        if step.mark(elevation, now=now):
            return elevation
        lease.release(elevation.person_id, holder=holder, now=now)
        return None


def _settle(
    step: Step,
    before: Elevation,
    outcome: Outcome | BackendError,
    data: Data,
    holder: str,
    seen: Sequence[Execution],
) -> None:
    """Transaction 2. A worker that lost the lease writes nothing: the worker that holds it now has read AWS later."""
    with transaction.atomic(durable=True):
        now = timezone.now()
        elevation = locking.lock_elevation(before.pk)
        if not lease.release(elevation.person_id, holder=holder, now=now):
            logger.warning("%s of %s: the lease ran out before it was settled", step.name, elevation.code)
            return
        changed = executions.keep(elevation.work_group, seen, now=now)
        executions.tell(elevation, changed, now=now, data={"calls": data["calls"]} if isinstance(outcome, UnderWay) else {})
        if isinstance(outcome, BackendError):
            step.fail(elevation, outcome, data=data, now=now)
        else:
            elevation.seen, elevation.seen_at = asdict(outcome.seen), outcome.seen.at
            step.settle(elevation, outcome, data=data, now=now)


def _as_data(outcome: Outcome | BackendError) -> Data:
    if isinstance(outcome, BackendError):
        return {"detail": outcome.detail}
    sessions = {"open_sessions": list(outcome.open_sessions)} if outcome.open_sessions else {}
    roles = {"roles": list(outcome.roles)} if outcome.roles else {}
    return {"seen": asdict(outcome.seen), **sessions, **roles}
