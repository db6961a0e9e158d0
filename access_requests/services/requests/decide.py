"""Deciding on a request."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects

from access_requests import errors, policy
from access_requests.lifecycle import STANDING, UNDECIDED, RequestAction
from access_requests.messages import Task
from access_requests.models import AccessRequest, ApprovalLevel, Decision, Verdict, WorkGroup
from access_requests.policy import AskedWindow
from access_requests.services.elevations import change_requests, gates, scheduling, target_roles
from access_requests.services.record import bindings, locking, snapshot, transition
from access_requests.services.requests import eligibility, hands, windows
from audits.acts import Act
from portal.outbox import sending as outbox
from portal.users.models import User
from portal.verbs import rejections
from portal.verbs.actor import Actor


def approve(*, request_id: int, comment: str, seen: str | None, actor: Actor, now: datetime) -> AccessRequest:
    """Record one approval; the last one needed fixes the window and sets the elevations going.

    `seen` is the digest of what the approver saw; None stands for what was submitted. Raises a Rejection, among them OwnRequest,
    NotAnApprover, DecideInBrowser, OwnClientDecided, DecisionTooLate, AlreadyDecided, SeenChanged: nothing is written then.
    """
    request, level = _open_to(request_id, actor, now)
    comment = policy.clean_text("comment", comment, required=False)
    _check_levels_stand(request)
    hands.check_own(request, actor)
    # Earlier approvals count only if their approvers saw the same digest.
    _check_seen(request, seen, earlier=request.decisions.values_list("seen", flat=True))
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
    request, _level = _open_to(request_id, actor, now)
    _check_seen(request, seen)


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
    needed = [(level.number, level.approvals) for level in request.policy.levels.all()]
    given = list(request.decisions.filter(verdict=Verdict.APPROVE).values_list("level_number", flat=True))
    return policy.waiting_level(needed, given)


def _refuse(
    request_id: int,
    verdict: Verdict,
    action: RequestAction,
    comment: str,
    seen: str | None,
    actor: Actor,
    now: datetime,
) -> AccessRequest:
    request, level = _open_to(request_id, actor, now)
    comment = policy.clean_text("comment", comment, required=True)
    _check_seen(request, seen)
    decision = _record(request, level, verdict, comment, actor, now)
    transition.apply_to_request(request, action, actor=actor, now=now, data={"decision": _as_data(decision)})
    return request


def _open_to(request_id: int, actor: Actor, now: datetime) -> tuple[AccessRequest, ApprovalLevel]:
    """Return the request, locked, and the level at which this person may decide on it now by this door."""
    request = locking.lock_request(request_id)
    # Read once: checks, digest and trail then speak of the same levels and groups.
    prefetch_related_objects(
        [request],
        "policy__levels__approvers",
        Prefetch("work_groups", WorkGroup.objects.order_by("name").prefetch_related("target_roles__account")),
    )
    _check_person(request, actor)
    if request.decisions.filter(approver=actor.who).exists():
        raise errors.AlreadyDecided
    if request.status not in UNDECIDED:
        raise rejections.TransitionNotAllowed(state=request.status)
    if request.decide_until <= now:
        raise errors.DecisionTooLate
    waits = waiting_level(request)
    level = next((each for each in _levels_of(request, actor.who.pk) if each.number == waits), None)
    if level is None:
        raise errors.NotAnApprover
    _check_door(request, actor)
    return request, level


def _check_person(request: AccessRequest, actor: Actor) -> None:
    if not actor.who.is_active:
        raise rejections.PersonDisabled
    if request.requester_id == actor.who.pk:
        raise errors.OwnRequest
    if not _levels_of(request, actor.who.pk):
        raise errors.NotAnApprover


def _levels_of(request: AccessRequest, person_id: int) -> list[ApprovalLevel]:
    """Return the levels at which the person may decide."""
    return [level for level in request.policy.levels.all() if person_id in {person.pk for person in level.approvers.all()}]


def _check_door(request: AccessRequest, actor: Actor) -> None:
    """A header names a person and does not prove one: so the policy names the doors, and who asked may not carry the answer.

    One program's secret would else be as good as two people. A person's own token is that person's alone, so that requester
    and approver may both use the client that gave them theirs.
    """
    if actor.door not in request.policy.decide_by or (actor.by_service and not _may_be_by_service(request, actor)):
        raise errors.DecideInBrowser(url=f"{settings.PORTAL_URL}/requests/{request.code}/")


def _may_be_by_service(request: AccessRequest, actor: Actor) -> bool:
    if actor.client == request.client and not request.policy.same_client_may_decide:
        return False
    return hands.is_anothers(request, actor)


def _check_seen(request: AccessRequest, seen: str | None, *, earlier: Iterable[str] = ()) -> None:
    target_roles.check_known(request.work_groups.all())
    current = snapshot.current(request)
    if {seen or request.digest, *earlier} == {snapshot.digest(current)}:
        return
    changed = snapshot.changed(snapshot.submitted(request), current)
    raise errors.SeenChanged(changed=", ".join(changed) or "digest", difference=changed)


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
    groups = list(request.work_groups.all())
    _check_requester_still_may(request)
    minutes = request.duration_minutes
    asked = AskedWindow(
        starts_at=request.asked_starts_at,
        ends_at=request.asked_ends_at,
        duration=timedelta(minutes=minutes) if minutes is not None else None,
    )
    window = asked.fixed(now)
    _check_length(request, window)
    windows.check_window_free(person, groups, window, besides=request)
    _check_gates_have_room(person, groups, window, now)
    request.starts_at, request.ends_at = window
    data = {"decision": _as_data(decision)}
    transition.apply_to_request(request, RequestAction.APPROVE, actor=actor, now=now, data=data)
    for elevation in scheduling.elevations_of(request):
        elevation.save(force_insert=True)
        transition.begin_elevation(elevation, actor=actor, now=now)
        if elevation.starts_at <= now:
            outbox.put(Task.GRANT, object_id=elevation.pk, now=now)


def _prolong(request: AccessRequest, decision: Decision, actor: Actor, now: datetime) -> None:
    """The last approval of an extension: the elevation's end moves, without a gap."""
    locking.lock_person(request.requester_id)
    _check_requester_still_may(request)
    if request.extends_id is None or request.asked_ends_at is None:
        raise ValueError(f"{request} extends nothing")
    elevation = locking.lock_elevation(request.extends_id)
    windows.check_still_open(elevation, now=now)
    _check_length(request, (now, request.asked_ends_at))
    if not change_requests.wait_for_portal(request):
        # Gates and fences say the new end from now on, so approvers in AWS must have agreed already.
        raise errors.ChangeNotReady
    windows.check_extension_free(elevation, request.asked_ends_at, besides=request)
    request.starts_at, request.ends_at = elevation.ends_at, request.asked_ends_at
    data = {"decision": _as_data(decision)}
    transition.apply_to_request(request, RequestAction.APPROVE, actor=actor, now=now, data=data)
    before, elevation.ends_at, elevation.ends_by = elevation.ends_at, request.asked_ends_at, request.code
    elevation.save(update_fields=["ends_at", "ends_by"])
    moved = {"from_end": before, "to_end": elevation.ends_at, "by": request.code}
    transition.record(elevation, act=Act.ELEVATION_EXTENDED, actor=actor, now=now, data=moved)
    outbox.put(Task.PROLONG, object_id=elevation.pk, now=now)


def _check_requester_still_may(request: AccessRequest) -> None:
    """Raise RequesterMayNot where the requester has lost the right since asking: rights are checked again at every step."""
    groups = list(request.work_groups.all())
    for group in groups:
        # A request from before a stricter policy came must not get round it.
        if group.retired_at is not None or group.policy_id != request.policy_id:
            raise errors.CatalogueChanged(work_group=group.name)
    try:
        eligibility.check_requester(request.requester)
        bindings.check(request.requester, groups)
        eligibility.check_may_request(groups, request.requester)
    except rejections.Rejection as rejection:
        names = ", ".join(group.name for group in groups)
        raise errors.RequesterMayNot(person=request.requester.username, work_group=names) from rejection


def _check_gates_have_room(person: User, groups: Sequence[WorkGroup], window: windows.Window, now: datetime) -> None:
    """Raise RoleFull for a window that begins now; for a later one nobody knows yet who will be in then."""
    if window[0] <= now:
        for group in groups:
            gates.check_room(group, user_name=bindings.needed(person, group).user_name, until=window[1], now=now)


def _check_length(request: AccessRequest, window: windows.Window) -> None:
    """Raise CatalogueChanged for more than the policy's longest time, which may be shorter than it was when this was asked."""
    if window[1] - window[0] > windows.limits_of(request.policy).longest:
        raise _changed(request)


def _check_levels_stand(request: AccessRequest) -> None:
    """Raise CatalogueChanged when levels changed places under the approvals given: one level's yes would pass for another's.

    The approval of a person who is an approver no longer still counts.
    """
    for decision in request.decisions.filter(verdict=Verdict.APPROVE):
        theirs = {level.number for level in _levels_of(request, decision.approver_id)}
        if theirs and decision.level_number not in theirs:
            raise _changed(request)


def _changed(request: AccessRequest) -> errors.CatalogueChanged:
    return errors.CatalogueChanged(work_group=", ".join(group.name for group in request.work_groups.all()))
