"""Undoing drift in AWS. Whatever is written about a person is written under that person's lease.

A drift is called undone only by a later look at AWS that does not show it any more.
"""

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from django.db import transaction
from django.utils import timezone

from access_requests.actor import WORKER
from access_requests.grants import directory
from access_requests.grants.calls import Call, Caller, is_missing
from access_requests.grants.contract import Grant, Role
from access_requests.grants.errors import BackendBusy, BackendError, BackendRefused
from access_requests.grants.registry import backend
from access_requests.judgement import NO_GATE_ROLE
from access_requests.lifecycle import IN_AWS, STANDING, DriftAction, DriftStatus, ElevationStatus
from access_requests.models import (
    DRIFT_OF_ANOTHER_USER,
    DRIFT_OF_ELEVATION,
    Drift,
    DriftAnswer,
    DriftKind,
    Elevation,
    IamUserBinding,
    TargetRole,
    WorkGroup,
)
from access_requests.services import aws_step, fences, gates, lease, provision, stop, transition
from access_requests.services.reconcile import policies, recording
from access_requests.services.reconcile.looking import Alive, free_caller
from access_requests.services.run import run
from portal.iam.session_gate import SESSION_GATE_NAME

logger = logging.getLogger(__name__)
BUSY = "person_busy"
STILL_A_MEMBER = "still_a_member"
Write = Callable[[Caller], bool]


def undoable(drift: Drift) -> bool:
    """Whether the portal knows how it was before and may write it.

    Never what only denies: whoever revokes the sessions of a role in an incident does it so. Nor what a group's members also
    switch by: without it they could not.
    """
    if drift.kind in DRIFT_OF_ELEVATION:
        return drift.elevation_id is not None
    if drift.kind == DriftKind.ROLE_POLICY and policies.only_denies(drift.detail.get("document") or {}):
        return False
    if drift.kind == DriftKind.GROUP_POLICY and drift.detail.get("also_switches"):
        return False
    return drift.kind in UNDOS


def stop_other_users(rows: Iterable[Drift]) -> None:
    """End the access of each IAM user that was renamed, made again or deleted, once AWS says so of that user, too."""
    aws = free_caller("")
    users = [row.name for row in rows if row.kind in DRIFT_OF_ANOTHER_USER and _is_another(row, aws)]
    for pk in Elevation.objects.filter(iam_user_id__in=users, status__in=STANDING).order_by("pk").values_list("pk", flat=True):
        run(partial(_stop, pk))


def ask_where_so_configured(rows: Iterable[Drift]) -> None:
    """Have undone what work groups say is to be undone."""
    for row in rows:
        wanted = row.work_group is not None and row.work_group.drift == DriftAnswer.UNDO
        if row.status == DriftStatus.OPEN and wanted and undoable(row):
            run(partial(_ask, row.pk))


def undo(rows: Iterable[Drift], alive: Alive) -> None:
    """Write each as it is to be. What AWS refuses is told on its row and tried again by the next comparison."""
    # Members first: a TTL tag goes only after the membership. What belongs to one elevation is written in one go.
    restored: set[int | None] = set()
    for row in sorted(rows, key=lambda row: row.kind != DriftKind.UNEXPLAINED_MEMBER):
        if row.kind in DRIFT_OF_ELEVATION:
            if row.elevation_id in restored:
                continue
            restored.add(row.elevation_id)
        alive()
        _undo(row)


def _is_another(row: Drift, aws: Caller) -> bool:
    """Whether the user of that name is not the one that was bound. Until AWS answers nobody's access is ended by it."""
    try:
        user = directory.user_named(aws, row.thing)
    except BackendError as error:
        logger.warning("drift %s cannot be confirmed: %s", row.code, error)
        return False
    return user is None or user.user_id != row.name


def _stop(elevation_id: int) -> None:
    elevation = transition.lock_elevation(elevation_id)
    if elevation.status in STANDING:
        stop.end_now(elevation, reason=provision.IAM_USER_CHANGED, actor=WORKER, now=timezone.now())


def _ask(drift_id: int) -> None:
    drift = recording.lock(drift_id)
    if drift.status == DriftStatus.OPEN:
        drift.undo_asked_by = WORKER.name
        recording.apply(drift, DriftAction.ASK_UNDO, actor=WORKER, now=timezone.now())


def _undo(drift: Drift) -> None:
    calls: list[Call] = []
    problem, is_written = "", False
    try:
        is_written = UNDOS[DriftKind(drift.kind)](drift, calls)
    except BackendError as error:
        problem = error.problem
        logger.warning("drift %s cannot be undone: %s", drift.code, error)
    if problem or is_written:
        run(partial(_tell_attempt, drift.pk, problem, calls))


def _tell_attempt(drift_id: int, problem: str, calls: list[Call]) -> None:
    drift = recording.lock(drift_id)
    drift.problem = problem
    drift.save(update_fields=["problem"])
    act = "drift.undo_attempt_failed" if problem else "drift.undo_written"
    recording.tell(drift, act, actor=WORKER, now=timezone.now(), data={"calls": aws_step.calls_as_data(calls)})


# Of people


def _take_member_out(drift: Drift, calls: list[Call]) -> bool:
    """Fence to now where the portal may, membership out, read back, tag off: unless access was given meanwhile."""

    def write(aws: Caller) -> bool:
        if _is_explained(drift):
            return False
        grant, person = _grant(drift, drift.name, drift.thing), _binding(drift)
        if person is not None:
            try:
                fences.put_all(person.person, grant, aws, now=aws.clock())
            except BackendRefused as error:
                # Without the boundary the portal may not. The membership goes all the same.
                logger.info("no fence for %s: %s", drift.name, error)
        backend(_work_group(drift).backend).take(grant, aws)
        return True

    return _about_person(drift, write, calls)


def _untag(drift: Drift, calls: list[Call]) -> bool:
    def write(aws: Caller) -> bool:
        if _is_explained(drift):
            return False
        group = _work_group(drift)
        if backend(group.backend).look(_grant(drift, drift.thing, group.name), aws).membership:
            raise BackendBusy(STILL_A_MEMBER)
        _done(aws, "untag_user", UserName=drift.thing, TagKeys=[drift.name])
        return True

    return _about_person(drift, write, calls)


def _restore(drift: Drift, calls: list[Call]) -> bool:  # noqa: ARG001  The elevation's own entries name the calls.
    """Have the elevation's gate, fence, tag and membership written as an extension has, by the same step."""
    with transaction.atomic(durable=True):
        elevation = transition.lock_elevation(drift.elevation_id or 0)
        if elevation.status != ElevationStatus.ACTIVE:
            return False
        # Not known to be written: whoever dies on the way leaves it to the sweep.
        elevation.written_ends_at = elevation.try_again_at = None
        elevation.save(update_fields=["written_ends_at", "try_again_at"])
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    if elevation.status == ElevationStatus.ACTIVE and elevation.written_ends_at is None:
        raise BackendBusy(elevation.problem or BUSY)
    return True


def _about_person(drift: Drift, write: Write, calls: list[Call]) -> bool:
    """Write under the lease of the person whose IAM user it is; nobody else writes about a user who is nobody's."""
    binding = _binding(drift)
    if binding is None:
        return _through(free_caller(""), write, calls)
    holder = uuid.uuid4().hex
    with transaction.atomic(durable=True):
        if not lease.take(binding.person_id, holder=holder, now=timezone.now()):
            raise BackendBusy(BUSY)
    try:
        return _through(aws_step.caller_for(binding.person_id, holder), write, calls)
    finally:
        lease.release(binding.person_id, holder=holder, now=timezone.now())


def _through(aws: Caller, write: Write, calls: list[Call]) -> bool:
    aws.calls = calls
    return write(aws)


def _binding(drift: Drift) -> IamUserBinding | None:
    return IamUserBinding.objects.select_related("person").filter(user_id=drift.detail.get("user_id", "")).first()


def _is_explained(drift: Drift) -> bool:
    """Whether an elevation explains it by now; none can begin while the person's lease is held."""
    mine = Elevation.objects.filter(iam_user_id=drift.detail.get("user_id", ""), work_group=drift.work_group_id)
    return mine.filter(status__in=IN_AWS).exists()


def _grant(drift: Drift, user_name: str, group: str) -> Grant:
    roles = _work_group(drift).target_roles.select_related("account").order_by("name")
    return Grant(
        elevation="",
        user_name=user_name,
        user_id=str(drift.detail.get("user_id", "")),
        group=group,
        roles=tuple(Role(name=role.name, arn=role.arn) for role in roles),
        ends_at=timezone.now(),
    )


def _work_group(drift: Drift) -> WorkGroup:
    if drift.work_group is None:
        raise BackendRefused("no_work_group")
    return drift.work_group


# Of groups and roles


def _write_gate(drift: Drift, calls: list[Call]) -> bool:
    gates.rewrite(_role(drift), calls)
    return True


def _take_off_group(drift: Drift, calls: list[Call]) -> bool:
    return _take_off(free_caller(""), "group", drift, calls)


def _take_off_role(drift: Drift, calls: list[Call]) -> bool:
    if drift.name == SESSION_GATE_NAME:
        raise BackendRefused("session_gate")
    return _take_off(free_caller(_role(drift).account.gate_role_arn), "role", drift, calls)


def _take_off(aws: Caller, what: str, drift: Drift, calls: list[Call]) -> bool:
    """Delete an inline policy, detach a managed one. The document stays in the drift's detail."""
    aws.calls = calls
    who = {f"{what.title()}Name": drift.thing}
    if drift.name.startswith("arn:"):
        _done(aws, f"detach_{what}_policy", **who, PolicyArn=drift.name)
    else:
        _done(aws, f"delete_{what}_policy", **who, PolicyName=drift.name)
    return True


def _role(drift: Drift) -> TargetRole:
    rows = TargetRole.objects.select_related("account").exclude(account__gate_role="")
    role = rows.filter(account__key=drift.account, name=drift.thing).first()
    if role is None:
        raise BackendRefused(NO_GATE_ROLE)
    return role


def _done(aws: Caller, method: str, **params: object) -> None:
    """Make a call whose work may be done already."""
    try:
        aws.call(method, **params)
    except BackendRefused as error:
        if not is_missing(error):
            raise


# Each writes and returns whether there was still something to write.
UNDOS: Mapping[DriftKind, Callable[[Drift, list[Call]], bool]] = {
    DriftKind.UNEXPLAINED_MEMBER: _take_member_out,
    DriftKind.TAG_UNEXPLAINED: _untag,
    **dict.fromkeys(DRIFT_OF_ELEVATION, _restore),
    DriftKind.GATE_MISSING: _write_gate,
    DriftKind.GATE_EDITED: _write_gate,
    DriftKind.GROUP_POLICY: _take_off_group,
    DriftKind.ROLE_POLICY: _take_off_role,
}
