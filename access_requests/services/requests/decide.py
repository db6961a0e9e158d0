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
from access_requests.services.record import locking, signed_entries, snapshot, transition
from access_requests.services.requests import signing, situations, windows
from access_requests.services.requests.signing import Offer, Signed
from audits.acts import Act
from portal.outbox import sending as outbox
from portal.verbs.actor import Actor
from portal.verbs.rejections import Rejection, StepUpNeeded

# What a signature makes good.
PROVEN_BY_SIGNING = (errors.PasskeyNeeded, StepUpNeeded)


def approve(
    *, request_id: int, comment: str, seen: str | None, signed: Signed | None = None, actor: Actor, now: datetime
) -> AccessRequest:
    """Record one approval; the last one needed fixes the window and sets the elevations going.

    `seen` is the digest of what the approver saw; None stands for what was submitted. `signed`: by a passkey of theirs. Raises a
    Rejection, among them OwnRequest, NotAnApprover, DecideInBrowser, OwnClientDecided, DecisionTooLate, AlreadyDecided,
    SeenChanged, SignatureRefused, PasskeyNeeded, StepUpNeeded, FactorMissing: nothing is written then.
    """
    actor = signing.prover(signed, actor=actor, now=now) if signed else actor
    request, level = _open_to(request_id, Verdict.APPROVE, seen, signed, actor, now)
    comment = texts.clean("comment", comment, required=False)
    decision = _record(request, level, Verdict.APPROVE, comment, signed, actor, now)
    if waiting_level(request) is not None:
        data = {"decision": _as_data(decision, signed)}
        transition.record(request, act=Act.REQUEST_APPROVAL_GIVEN, actor=actor, now=now, data=data)
        return request
    if request.extends is None:
        _start(request, _as_data(decision, signed), actor, now)
    else:
        _prolong(request, _as_data(decision, signed), actor, now)
    return request


def reject(
    *, request_id: int, comment: str, seen: str | None, signed: Signed | None = None, actor: Actor, now: datetime
) -> AccessRequest:
    """Say no, with a reason. One rejection ends the request. Raises as approve does, and Missing without a reason."""
    return _refuse(request_id, Verdict.REJECT, RequestAction.REJECT, comment, seen, signed, actor, now)


def send_back(
    *, request_id: int, comment: str, seen: str | None, signed: Signed | None = None, actor: Actor, now: datetime
) -> AccessRequest:
    """Ask for another version (差し戻し), with a reason. Ends this request. Raises as reject does."""
    return _refuse(request_id, Verdict.SEND_BACK, RequestAction.SEND_BACK, comment, seen, signed, actor, now)


def check_may_decide(*, request_id: int, seen: str | None, actor: Actor, now: datetime) -> None:
    """Raise what a decision of this person by this door would be refused with now. Nothing is written."""
    _open_to(request_id, Verdict.REJECT, seen, None, actor, now)


def refusal(
    request: AccessRequest, *, verdict: Verdict = Verdict.REJECT, seen: str | None, actor: Actor, now: datetime
) -> Rejection | None:
    """Return what a decision by this person by this door would be refused with, so that pages offer what would be taken.

    Nothing is locked; the request is as selectors.requests.in_full loads it.
    """
    return policy.refusal(situations.deciding(request, actor, verdict, seen=seen, now=now))


def to_be_signed(
    request: AccessRequest, verdict: Verdict, *, comment: str, seen: str | None, actor: Actor, now: datetime
) -> Offer:
    """Return what the person's passkey signs for this decision. Raises PasskeyMissing, and what it would be refused with, signed.

    Nothing is locked, and nothing is written; the request is as selectors.requests.in_full loads it.
    """
    refused = refusal(request, verdict=verdict, seen=seen, actor=actor, now=now)
    if refused is not None and not isinstance(refused, PROVEN_BY_SIGNING):
        raise refused
    return signing.offered(request, verdict, comment=comment, actor=actor, now=now)


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
    signed: Signed | None,
    actor: Actor,
    now: datetime,
) -> AccessRequest:
    actor = signing.prover(signed, actor=actor, now=now) if signed else actor
    request, level = _open_to(request_id, verdict, seen, signed, actor, now)
    comment = texts.clean("comment", comment, required=True, missing=errors.ReasonMissing)
    decision = _record(request, level, verdict, comment, signed, actor, now)
    data = {"decision": _as_data(decision, signed)}
    transition.apply_to_request(request, action, actor=actor, now=now, data=data)
    return request


def _open_to(
    request_id: int, verdict: Verdict, seen: str | None, signed: Signed | None, actor: Actor, now: datetime
) -> tuple[AccessRequest, ApprovalLevel]:
    """Return the request, locked, and the level at which this person may decide on it now by this door."""
    request = locking.lock_request(request_id)
    # Read once: rules, digest and trail then speak of the same levels and groups.
    prefetch_related_objects(
        [request],
        "policy__levels__approvers",
        Prefetch("work_groups", WorkGroup.objects.order_by("name").prefetch_related("target_roles__account")),
    )
    situation = situations.deciding(request, actor, verdict, seen=seen, signed=signed, now=now)
    policy.check(situation)
    if signed and situation.signature:
        signing.counted(signed, situation.signature.said, actor=actor, now=now)
    return request, next(level for level in request.policy.levels.all() if level.number == situation.request.level)


def _record(
    request: AccessRequest,
    level: ApprovalLevel,
    verdict: Verdict,
    comment: str,
    signed: Signed | None,
    actor: Actor,
    now: datetime,
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
        nonce=signed.document.nonce if signed else None,
        decided_at=now,
    )


def _as_data(decision: Decision, signed: Signed | None) -> Mapping[str, object]:
    assertion = {"assertion": signed_entries.as_data(signed.assertion, signed.document)} if signed else {}
    return {
        "approver": decision.approver.username,
        "verdict": decision.verdict,
        "level": decision.level_number,
        "comment": decision.comment,
        "proof": decision.proof,
        "door": decision.door,
        "client": decision.client,
        "seen": decision.seen,
        **assertion,
    }


def _start(request: AccessRequest, decision: Mapping[str, object], actor: Actor, now: datetime) -> None:
    """The last approval of a request: its window is fixed, and there is an elevation for each of its work groups."""
    person = locking.lock_person(request.requester_id)
    window = windows.asked_window(request).fixed(now)
    policy.check(situations.starting(request, person, window, now=now))
    request.starts_at, request.ends_at = window
    elevations = scheduling.elevations_of(request)
    data = {"decision": decision, "elevations": [elevation.code for elevation in elevations]}
    transition.apply_to_request(request, RequestAction.APPROVE, actor=actor, now=now, data=data)
    for elevation in elevations:
        elevation.save(force_insert=True)
        transition.begin_elevation(elevation, actor=actor, now=now)
        if elevation.starts_at <= now:
            outbox.put(Task.GRANT, object_id=elevation.pk, now=now)


def _prolong(request: AccessRequest, decision: Mapping[str, object], actor: Actor, now: datetime) -> None:
    """The last approval of an extension: the elevation's end moves, without a gap."""
    person = locking.lock_person(request.requester_id)
    if request.extends_id is None or request.asked_ends_at is None:
        raise ValueError(f"{request} extends nothing")
    elevation = locking.lock_elevation(request.extends_id)
    policy.check(situations.prolonging(request, person, elevation, request.asked_ends_at, now=now))
    request.starts_at, request.ends_at = elevation.ends_at, request.asked_ends_at
    data = {"decision": decision, "elevations": [elevation.code]}
    transition.apply_to_request(request, RequestAction.APPROVE, actor=actor, now=now, data=data)
    before, elevation.ends_at, elevation.ends_by = elevation.ends_at, request.asked_ends_at, request.code
    elevation.save(update_fields=["ends_at", "ends_by"])
    moved = {"from_end": before, "to_end": elevation.ends_at, "by": request.code}
    transition.record(elevation, act=Act.ELEVATION_EXTENDED, actor=actor, now=now, data=moved)
    outbox.put(Task.PROLONG, object_id=elevation.pk, now=now)
