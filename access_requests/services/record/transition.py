"""The only writer of a status. Each change is checked against lifecycle's table and recorded in the same transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from access_requests.lifecycle import (
    ELEVATION_TRANSITIONS,
    REQUEST_TRANSITIONS,
    UNDECIDED,
    ElevationAction,
    ElevationStatus,
    RequestAction,
    RequestStatus,
)
from access_requests.messages import Task
from access_requests.models import AccessRequest, Elevation
from access_requests.services.record import owed_reports, snapshot
from access_requests.services.record.states import OF_ELEVATION, OF_REQUEST
from audits import trail
from audits.acts import Act
from audits.models import Late, TrailEntry
from audits.reports import owing
from portal.outbox import sending as outbox
from portal.verbs.actor import Actor
from portal.verbs.rejections import TransitionNotAllowed

Data = Mapping[str, object]
# Its person may owe a report of it from then on.
OVER = frozenset({ElevationStatus.ENDED, ElevationStatus.CANCELLED})


def begin_request(request: AccessRequest, *, actor: Actor, now: datetime) -> None:
    """Record that a request was submitted, with its texts; its row and its groups are written already.

    No other entry of it repeats them: the digest, which each has, says that they are the same.
    """
    whole = {**_request(request), **snapshot.texts(request)}
    record(request, act=Act.REQUEST_SUBMITTED, actor=actor, now=now, data={"to": request.status, "request": whole})


def apply_to_request(
    request: AccessRequest, action: RequestAction, *, actor: Actor, now: datetime, data: Data | None = None
) -> None:
    """Change a locked request's status. Raises TransitionNotAllowed."""
    before = RequestStatus(request.status)
    after = REQUEST_TRANSITIONS.get((before, action))
    if after is None:
        raise TransitionNotAllowed(state=before)
    request.status = after
    if after not in UNDECIDED:
        request.settled_at = now
        request.requested_groups.filter(waits_to_start_now=True).update(waits_to_start_now=False)
    request.save(update_fields=["status", "settled_at", "starts_at", "ends_at"])
    changes = {"from": before, "to": after, **(data or {})}
    record(request, act=OF_REQUEST[after], actor=actor, now=now, data=changes)


def begin_elevation(elevation: Elevation, *, actor: Actor, now: datetime) -> None:
    """Record that an approval made an elevation; its row is written already."""
    record(elevation, act=Act.ELEVATION_SCHEDULED, actor=actor, now=now, data={"to": elevation.status})


def apply_to_elevation(
    elevation: Elevation, action: ElevationAction, *, actor: Actor, now: datetime, data: Data | None = None
) -> None:
    """Change a locked elevation's status, with whatever else of its fields the caller has set. Raises TransitionNotAllowed."""
    before = ElevationStatus(elevation.status)
    after = ELEVATION_TRANSITIONS.get((before, action))
    if after is None:
        raise TransitionNotAllowed(state=before)
    elevation.status = after
    if after == ElevationStatus.REVOKING:
        elevation.problem_at_end = elevation.problem
    elevation.attempts, elevation.try_again_at, elevation.problem = 0, None, ""
    elevation.save()
    whole = {"from": before, "to": after, **(data or {})}
    if after in OVER:
        whole["report"] = owed_reports.of(elevation, now=now)
    entry = record(elevation, act=OF_ELEVATION[after], actor=actor, now=now, data=whole)
    if after in OVER:
        owing.keep(entry)


def record(
    subject: AccessRequest | Elevation,
    *,
    act: Act,
    actor: Actor,
    now: datetime,
    data: Data | None = None,
    late: Late | Literal[""] = "",
) -> TrailEntry:
    """Append to the trail what happened to a request or an elevation, with all that rebuilding its state needs."""
    whole = {"request": _request(subject)} if isinstance(subject, AccessRequest) else _elevation(subject)
    entry = trail.record_act(now=now, late=late, act=act, actor=actor, subject=subject.code, data={**whole, **(data or {})})
    if act.is_news:
        outbox.nudge(Task.TELL)
    return entry


def _request(request: AccessRequest) -> Data:
    """Return it without its long texts."""
    return {
        "code": request.code,
        "status": request.status,
        "policy": snapshot.policy(request.policy),
        "digest": request.digest,
        "submitted_at": request.submitted_at,
        "decide_until": request.decide_until,
        "settled_at": request.settled_at,
        "starts_at": request.starts_at,
        "ends_at": request.ends_at,
        "revises": request.revises.code if request.revises else None,
        **_asked(request),
    }


def _asked(request: AccessRequest) -> Data:
    """Return what was asked for; the asked window by names of its own, beside the one that approval fixes."""
    asked = snapshot.kept(request.snapshot)["asked"].items()
    return {f"asked_{name}" if name in ("starts_at", "ends_at") else name: value for name, value in asked}


def _elevation(elevation: Elevation) -> Data:
    return {
        "elevation": {
            "code": elevation.code,
            "request": elevation.request.code,
            "status": elevation.status,
            "person": elevation.person.username,
            "work_group": elevation.work_group.name,
            "backend": elevation.work_group.backend,
            "iam_user_name": elevation.iam_user_name,
            "iam_user_id": elevation.iam_user_id,
            "identity_center_user_name": elevation.identity_center_user_name,
            "identity_center_user_id": elevation.identity_center_user_id,
            "starts_at": elevation.starts_at,
            "ends_at": elevation.ends_at,
            "ends_by": elevation.ends_by,
            "granting_at": elevation.granting_at,
            "granted_at": elevation.granted_at,
            "stopped_at": elevation.stopped_at,
            "stop_reason": elevation.stop_reason,
            "ended_at": elevation.ended_at,
        }
    }
