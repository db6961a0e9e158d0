"""Undoing drift in AWS. Whatever is written about a person is written under that person's lease.

A drift is called undone only by a later look at AWS that does not show it any more.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from django.utils import timezone

from access_requests.grants.contract import IAM_USER_CHANGED
from access_requests.lifecycle import STANDING, DriftAction, DriftStatus
from access_requests.models import (
    DRIFT_OF_ANOTHER_USER,
    DRIFT_OF_ELEVATION,
    Drift,
    DriftAnswer,
    DriftKind,
    Elevation,
)
from access_requests.models.catalogue import RESERVED
from access_requests.services.drift import policies, recording, undo_people, undo_policies
from access_requests.services.drift.looking import Alive, client_of
from access_requests.services.elevations import aws_step, stop
from access_requests.services.record import locking
from audits.acts import Act
from portal.aws import directory
from portal.aws.calls import AwsClient, Call
from portal.aws.errors import BackendError, BackendRefused
from portal.verbs.actor import WORKER
from portal.verbs.run import run

logger = logging.getLogger(__name__)
NOT_UNDOABLE = "not_undoable"


def undoable(drift: Drift) -> bool:
    """Whether the portal knows how it was before and may write it.

    Never what only denies: whoever revokes the sessions of a role in an incident does it so. Nor what a group's members also
    switch by: without it they could not.
    """
    if drift.kind in DRIFT_OF_ELEVATION:
        return drift.elevation_id is not None
    if drift.kind == DriftKind.ROLE_POLICY and policies.only_denies(drift.detail.get("document") or {}):
        return False
    if drift.kind == DriftKind.ROLE_POLICY and drift.thing.startswith(RESERVED):
        return False  # IAM lets nobody but Identity Center write there.
    if drift.kind == DriftKind.GROUP_POLICY and drift.detail.get("also_switches"):
        return False
    return drift.kind in UNDOS


def stop_other_users(rows: Iterable[Drift]) -> None:
    """End the access of each IAM user that was renamed, made again or deleted, once AWS says so of that user, too."""
    aws = client_of("")
    users = [row.name for row in rows if row.kind in DRIFT_OF_ANOTHER_USER and _is_another(row, aws)]
    for pk in Elevation.objects.filter(iam_user_id__in=users, status__in=STANDING).order_by("pk").values_list("pk", flat=True):
        run(partial(_stop, pk))


def ask_where_so_configured(rows: Iterable[Drift]) -> None:
    """Mark the open drift of those work groups to be undone that the catalogue says so of."""
    for row in rows:
        wanted = row.work_group is not None and row.work_group.drift == DriftAnswer.UNDO
        if row.status == DriftStatus.OPEN and wanted and undoable(row):
            run(partial(_ask, row.pk))


def undo(rows: Iterable[Drift], alive: Alive) -> None:
    """Write each as it is to be. What AWS refuses is told on its row and tried again by the next comparison."""
    # Members first: a TTL tag goes only after the membership. All drift of one elevation is written by one step.
    restored: set[int | None] = set()
    for row in sorted(rows, key=lambda row: row.kind != DriftKind.UNEXPLAINED_MEMBER):
        if row.kind in DRIFT_OF_ELEVATION:
            if row.elevation_id in restored:
                continue
            restored.add(row.elevation_id)
        alive()
        _undo(row)


def _is_another(row: Drift, aws: AwsClient) -> bool:
    """Whether the user of that name is not the one that was bound. Until AWS answers nobody's access is ended by it."""
    try:
        user = directory.user_named(aws, row.thing)
    except BackendError as error:
        logger.warning("drift %s cannot be confirmed: %s", row.code, error)
        return False
    return user is None or user.user_id != row.name


def _stop(elevation_id: int) -> None:
    elevation = locking.lock_elevation(elevation_id)
    if elevation.status in STANDING:
        stop.end_now(elevation, reason=IAM_USER_CHANGED, actor=WORKER, now=timezone.now())


def _ask(drift_id: int) -> None:
    drift = recording.lock(drift_id)
    if drift.status == DriftStatus.OPEN:
        drift.undo_asked_by = WORKER.name
        recording.apply(drift, DriftAction.ASK_UNDO, actor=WORKER, now=timezone.now())


def _undo(drift: Drift) -> None:
    calls: list[Call] = []
    problem, is_written = "", False
    try:
        is_written = _write(drift, calls)
    except BackendError as error:
        problem = error.cause
        logger.warning("drift %s cannot be undone: %s", drift.code, error)
    except Exception as error:
        # An error about one drift stops none of the others.
        problem = type(error).__name__
        logger.exception("drift %s cannot be undone", drift.code)
    if problem or is_written:
        run(partial(_tell_attempt, drift.pk, problem, calls))


def _write(drift: Drift, calls: list[Call]) -> bool:
    if not undoable(drift):
        raise BackendRefused(NOT_UNDOABLE)  # The drift has changed since somebody asked for its undoing.
    return UNDOS[DriftKind(drift.kind)](drift, calls)


def _tell_attempt(drift_id: int, problem: str, calls: list[Call]) -> None:
    drift = recording.lock(drift_id)
    drift.problem = problem
    drift.save(update_fields=["problem"])
    act = Act.DRIFT_UNDO_ATTEMPT_FAILED if problem else Act.DRIFT_UNDO_WRITTEN
    recording.tell(drift, act, actor=WORKER, now=timezone.now(), data={"calls": aws_step.calls_as_data(calls)})


UNDOS: Mapping[DriftKind, Callable[[Drift, list[Call]], bool]] = {
    DriftKind.UNEXPLAINED_MEMBER: undo_people.take_member_out,
    DriftKind.TAG_UNEXPLAINED: undo_people.untag,
    **dict.fromkeys(DRIFT_OF_ELEVATION, undo_people.restore),
    DriftKind.GATE_MISSING: undo_policies.write_gate,
    DriftKind.GATE_EDITED: undo_policies.write_gate,
    DriftKind.GROUP_POLICY: undo_policies.take_off_group,
    DriftKind.ROLE_POLICY: undo_policies.take_off_role,
}
