"""Deciding on a request."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Prefetch, prefetch_related_objects

from access_requests import errors, policy
from access_requests.lifecycle import STANDING, UNDECIDED, RequestAction
from access_requests.messages import Task
from access_requests.models import AccessRequest, ApprovalLevel, Decision, Verdict, WorkGroup
from access_requests.policy import texts
from access_requests.services.elevations import scheduling
from access_requests.services.record import locking, snapshot, transition
from access_requests.services.requests import situations, windows
from audits.acts import Act
from portal.outbox import sending as outbox
from portal.verbs.actor import Actor
from portal.verbs.rejections import Rejection


def approve(*, request_id: int, comment: str, seen: str | None, actor: Actor, now: datetime) -> AccessRequest:
    """Record one approval; the last one needed fixes the window and sets the elevations going.

    `seen` is the digest of what the approver saw; None stands for what was submitted. Raises a Rejection, among them OwnRequest,
    NotAnApprover, DecideInBrowser, OwnClientDecided, DecisionTooLate, AlreadyDecided, SeenChanged, StepUpNeeded, FactorMissing:
    nothing is written then.
    """
    request, level = _open_to(request_id, actor, is_approval=True, seen=seen, now=now)
    comment = texts.clean("comment", comment, required=False)
    decision = _record(request, level, Verdict.APPROVE, comment, actor, now)
    if waiting_level(request) is not None:
        data = {"decision": _as_data(decision)}
        transition.record(request, act=Act.REQUEST_APPROVAL_GIVEN, actor=actor, now=now, data=data)
        return request
    if request.extends is None:
        _start(request, decision, actor, now)
    else:
        _prolong(request, decision, actor, now)
    return request


def reject(*, request_id: int, comment: str, seen: str | None, actor: Actor, now: datetime) -> AccessRequest:
    """Say no, with a reason. One rejection ends the request. Raises as approve does, and Missing without a reason."""
    return _refuse(request_id, Verdict.REJECT, RequestAction.REJECT, comment, seen, actor, now)


def send_back(*, request_id: int, comment: str, seen: str | None, actor: Actor, now: datetime) -> AccessRequest:
    """Ask for another version (差し戻し), with a reason. Ends this request. Raises as reject does."""
    return _refuse(request_id, Verdict.SEND_BACK, RequestAction.SEND_BACK, comment, seen, actor, now)


def check_may_decide(*, request_id: int, seen: str | None, actor: Actor, now: datetime) -> None:
    """Raise what a decision of this person by this door would be refused with now. Nothing is written."""
    _open_to(request_id, actor, is_approval=False, seen=seen, now=now)


def refusal(request: AccessRequest, *, seen: str | None, actor: Actor, now: datetime) -> Rejection | None:
    """Return what a rejection by this person by this door would be refused with, so that pages offer what would be taken.

    Nothing is locked; the request is as selectors.requests.in_full loads it.
    """
    return policy.refusal(situations.deciding(request, actor, is_approval=False, seen=seen, now=now))


def withdraw(*, request_id: int, actor: Actor, now: datetime) -> AccessRequest:
    """Take one's own request back before it is decided. Raises NotYours, TransitionNotAllowed."""
    request = locking.lock_request(request_id)
    if request.requester_id != actor.who.pk:
        raise errors.NotYours
    transition.apply_to_request(request, RequestAction.WITHDRAW, actor=actor, now=now)
    return request


def lapse(*, request_id: int, actor: Actor, now: datetime) -> None:
    """End a request whose deadline has passed, or whose elevation is over; one decided meanwhile is left as it is."""
    request = locking.lock_request(request_id)
    nothing_to_extend = request.extends is not None and request.extends.status not in STANDING
    if request.status in UNDECIDED and (request.decide_until <= now or nothing_to_extend):
        transition.apply_to_request(request, RequestAction.LAPSE, actor=actor, now=now)


def waiting_level(request: AccessRequest) -> int | None:
    """Return the number of the level that waits for an approval, or None when all have theirs."""
    return situations.level_of(request.policy.levels.all(), request.decisions.all())


def _refuse(
    request_id: int,
    verdict: Verdict,
    action: RequestAction,
    comment: str,
    seen: str | None,
    actor: Actor,
    now: datetime,
) -> AccessRequest:
    request, level = _open_to(request_id, actor, is_approval=False, seen=seen, now=now)
    comment = texts.clean("comment", comment, required=True)
    decision = _record(request, level, verdict, comment, actor, now)
    transition.apply_to_request(request, action, actor=actor, now=now, data={"decision": _as_data(decision)})
    return request


def _open_to(
    request_id: int, actor: Actor, *, is_approval: bool, seen: str | None, now: datetime
) -> tuple[AccessRequest, ApprovalLevel]:
    """Return the request, locked, and the level at which this person may decide on it now by this door."""
    request = locking.lock_request(request_id)
    # Read once: rules, digest and trail then speak of the same levels and groups.
    prefetch_related_objects(
        [request],
        "policy__levels__approvers",
        Prefetch("work_groups", WorkGroup.objects.order_by("name").prefetch_related("target_roles__account")),
    )
    situation = situations.deciding(request, actor, is_approval=is_approval, seen=seen, now=now)
    policy.check(situation)
    return request, next(level for level in request.policy.levels.all() if level.number == situation.request.level)


def _record(
    request: AccessRequest, level: ApprovalLevel, verdict: Verdict, comment: str, actor: Actor, now: datetime
) -> Decision:
    return Decision.objects.create(
        request=request,
        requester_id=request.requester_id,
        approver=actor.who,
        level=level,
        level_number=level.number,
        verdict=verdict,
        comment=comment,
        proof=dict(actor.proof),
        door=actor.door,
        client=actor.client,
        seen=snapshot.digest(snapshot.current(request)),
        decided_at=now,
    )


def _as_data(decision: Decision) -> Mapping[str, object]:
    return {
        "approver": decision.approver.username,
        "verdict": decision.verdict,
        "level": decision.level_number,
        "comment": decision.comment,
        "proof": decision.proof,
        "door": decision.door,
        "client": decision.client,
        "seen": decision.seen,
    }


def _start(request: AccessRequest, decision: Decision, actor: Actor, now: datetime) -> None:
    """The last approval of a request: its window is fixed, and there is an elevation for each of its work groups."""
    person = locking.lock_person(request.requester_id)
    window = windows.asked_window(request).fixed(now)
    policy.check(situations.starting(request, person, window, now=now))
    request.starts_at, request.ends_at = window
    elevations = scheduling.elevations_of(request)
    data = {"decision": _as_data(decision), "elevations": [elevation.code for elevation in elevations]}
    transition.apply_to_request(request, RequestAction.APPROVE, actor=actor, now=now, data=data)
    for elevation in elevations:
        elevation.save(force_insert=True)
        transition.begin_elevation(elevation, actor=actor, now=now)
        if elevation.starts_at <= now:
            outbox.put(Task.GRANT, object_id=elevation.pk, now=now)


def _prolong(request: AccessRequest, decision: Decision, actor: Actor, now: datetime) -> None:
    """The last approval of an extension: the elevation's end moves, without a gap."""
    person = locking.lock_person(request.requester_id)
    if request.extends_id is None or request.asked_ends_at is None:
        raise ValueError(f"{request} extends nothing")
    elevation = locking.lock_elevation(request.extends_id)
    policy.check(situations.prolonging(request, person, elevation, request.asked_ends_at, now=now))
    request.starts_at, request.ends_at = elevation.ends_at, request.asked_ends_at
    data = {"decision": _as_data(decision), "elevations": [elevation.code]}
    transition.apply_to_request(request, RequestAction.APPROVE, actor=actor, now=now, data=data)
    before, elevation.ends_at, elevation.ends_by = elevation.ends_at, request.asked_ends_at, request.code
    elevation.save(update_fields=["ends_at", "ends_by"])
    moved = {"from_end": before, "to_end": elevation.ends_at, "by": request.code}
    transition.record(elevation, act=Act.ELEVATION_EXTENDED, actor=actor, now=now, data=moved)
    outbox.put(Task.PROLONG, object_id=elevation.pk, now=now)
