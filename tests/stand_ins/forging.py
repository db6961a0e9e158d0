"""Rows as somebody writes them who has a database role of the portal's, and none of its verbs."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from access_requests.models import AccessRequest, Decision, Elevation
from access_requests.services.record import bindings, snapshot, transition
from audits.models import TrailEntry
from portal.users.models import User
from tests.worlds.cast import actor_of

HALF_AN_HOUR = timedelta(minutes=30)


def forged_elevation(
    request: AccessRequest, *, now: datetime, lasts: timedelta = HALF_AN_HOUR, status: str = "scheduled"
) -> Elevation:
    """INSERT an elevation of the request, for its requester."""
    work_group = request.work_groups.get()
    given = {"granting_at": now, "granted_at": now, "written_ends_at": now + lasts} if status == "active" else {}
    return Elevation.objects.create(
        request=request,
        person=request.requester,
        work_group=work_group,
        **bindings.columns(request.requester, work_group),
        starts_at=now,
        ends_at=now + lasts,
        ends_by=request.code,
        status=status,
        **given,
    )


def forged_approval(request: AccessRequest, approver: User, *, now: datetime, lasts: timedelta = HALF_AN_HOUR) -> Decision:
    """UPDATE the request as approved, and INSERT a decision that says so."""
    request.status, request.settled_at, request.starts_at, request.ends_at = "approved", now, now, now + lasts
    request.save(update_fields=["status", "settled_at", "starts_at", "ends_at"])
    return Decision.objects.create(
        request=request,
        requester=request.requester,
        approver=approver,
        level_number=1,
        verdict="approve",
        proof={},
        door="browser",
        seen=request.digest,
        decided_at=now,
    )


def forged_entries(
    elevation: Elevation, decision: Decision, *, now: datetime, policy: Mapping[str, Any] | None = None, **also: object
) -> list[TrailEntry]:
    """Return the trail entries that would belong to it, which are for the caller to INSERT.

    `policy` changes what they say of it; `also` is said of the decision beside the rest.
    """
    request, actor = elevation.request, actor_of(decision.approver)
    said = {"approver": decision.approver.username, "verdict": "approve", "level": 1, "seen": decision.seen, "door": "browser"}
    whole = {**transition._request(request), "policy": {**snapshot.policy(request.policy), **(policy or {})}}
    entries = {
        ("request.approved", request.code): {"request": whole, "decision": {**said, **also}},
        ("elevation.scheduled", elevation.code): dict(transition._elevation(elevation)),
    }
    return [TrailEntry(at=now, act=act, actor=actor.name, subject=subject, data=data) for (act, subject), data in entries.items()]
