"""Gathering what rules read when somebody asks, decides, and gives the last approval: the caller holds the locks."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings

from access_requests.grants.registry import backend_of
from access_requests.lifecycle import UNDECIDED, ElevationStatus
from access_requests.models import AccessRequest, ApprovalLevel, ApprovalPolicy, Decision, Elevation, Verdict, WorkGroup
from access_requests.policy.facts import (
    Approver,
    Decidable,
    Extended,
    FullRole,
    Length,
    Passage,
    Quota,
    Seat,
    Sight,
    Submissions,
)
from access_requests.policy.levels import waiting_level
from access_requests.policy.proofs import Guarded
from access_requests.policy.reports import OverdueReport
from access_requests.policy.signatures import BY_PASSKEY
from access_requests.policy.situations import Asking, Deciding, ProlongAsking, Prolonging, Starting
from access_requests.policy.windows import AskedWindow, Limits
from access_requests.services.elevations import change_requests, gates, target_roles
from access_requests.services.record import bindings, proving, rights, snapshot
from access_requests.services.requests import hands, signing, windows
from access_requests.services.requests.signing import Signed
from audits.reports import listing
from portal.users.models import User
from portal.verbs.actor import Actor, Door


def asking(person: User, groups: Sequence[WorkGroup], window: AskedWindow, *, now: datetime) -> Asking:
    rule, fixed = groups[0].policy, window.fixed(now)
    return Asking(
        now=now,
        requester=rights.requester(person),
        work_groups=rights.work_groups(groups, person, policy_id=rule.pk),
        submissions=_submissions(person),
        overdue_reports=_overdue_reports(person, now),
        window=window,
        limits=Limits.of(rule),
        length=Length(time=fixed[1] - fixed[0], field=window.end_field),
        pending=windows.waiting_to_start_now(person, groups) if window.starts_at is None else None,
        overlaps=windows.overlapping(person, groups, fixed),
        seats=_seats(rule, person),
        unread_roles=target_roles.unread(groups),
    )


def deciding(
    request: AccessRequest, actor: Actor, verdict: Verdict, *, seen: str | None, signed: Signed | None = None, now: datetime
) -> Deciding:
    """`seen` is the digest of what the approver saw; None stands for what was submitted. `signed`: by a passkey of theirs.

    The request is as selectors.requests.in_full loads it: then a person in the browser costs no query.
    """
    is_approval = verdict == Verdict.APPROVE
    decisions, groups = list(request.decisions.all()), list(request.work_groups.all())
    levels = list(request.policy.levels.all())
    theirs = {level.number for level in levels if _is_of(level, actor.who.pk)}
    return Deciding(
        now=now,
        is_approval=is_approval,
        approver=Approver(
            is_active=actor.who.is_active,
            is_requester=request.requester_id == actor.who.pk,
            has_decided=any(decision.approver_id == actor.who.pk for decision in decisions),
            levels=frozenset(theirs),
            carried_by=hands.carried_by(decisions, actor) if is_approval else "",
        ),
        request=Decidable(status=request.status, decide_until=request.decide_until, level=level_of(levels, decisions)),
        group_names=tuple(group.name for group in groups),
        levels_moved=any(_has_moved(decision, levels) for decision in decisions if decision.verdict == Verdict.APPROVE),
        passage=_passage(request, actor, is_signed=signed is not None),
        unread_roles=target_roles.unread(groups),
        sight=_sight(request, seen, decisions if is_approval else ()),
        signature=signing.looked_at(request, signed, verdict, actor=actor, now=now) if signed else None,
        proof=proving.proof(actor, Guarded.DECISION),
    )


def starting(request: AccessRequest, person: User, window: windows.Window, *, now: datetime) -> Starting:
    groups = list(request.work_groups.all())
    return Starting(
        now=now,
        requester=rights.requester(person),
        work_groups=rights.work_groups(groups, person, policy_id=request.policy_id),
        limits=Limits.of(request.policy),
        length=Length(time=window[1] - window[0], field="ends_at"),
        overlaps=windows.overlapping(person, groups, window, besides=request),
        full_role=_full_role(person, groups, window, now),
    )


def prolong_asking(person: User, elevation: Elevation, new_end: datetime, *, actor: Actor, now: datetime) -> ProlongAsking:
    group, rule = elevation.work_group, elevation.work_group.policy
    return ProlongAsking(
        now=now,
        requester=rights.requester(person),
        work_groups=rights.work_groups([group], person, policy_id=rule.pk),
        submissions=_submissions(person),
        extended=_extended(elevation, person, now),
        ends_at=new_end,
        limits=Limits.of(rule),
        length=Length(time=new_end - now, field="ends_at"),
        pending=windows.waiting_extension(elevation),
        overlaps=windows.overlapping_extension(elevation, new_end),
        seats=_seats(rule, person),
        unread_roles=target_roles.unread([group]),
        proof=proving.proof(actor, Guarded.EXTENSION),
    )


def prolonging(request: AccessRequest, person: User, elevation: Elevation, new_end: datetime, *, now: datetime) -> Prolonging:
    return Prolonging(
        now=now,
        requester=rights.requester(person),
        work_groups=rights.work_groups(list(request.work_groups.all()), person, policy_id=request.policy_id),
        extended=_extended(elevation, person, now),
        change_waits_for_portal=change_requests.wait_for_portal(request),
        limits=Limits.of(request.policy),
        length=Length(time=new_end - now, field="ends_at"),
        pending=windows.waiting_extension(elevation, besides=request),
        overlaps=windows.overlapping_extension(elevation, new_end, besides=request),
    )


def level_of(levels: Iterable[ApprovalLevel], decisions: Iterable[Decision]) -> int | None:
    """Return the number of the level that waits for an approval, or None when all have theirs."""
    given = [decision.level_number for decision in decisions if decision.verdict == Verdict.APPROVE]
    return waiting_level([(level.number, level.approvals) for level in levels], given)


def _submissions(person: User) -> Submissions:
    """Counted are the rows of a person who is locked: nothing that is lost when Redis is away, or shared out among processes."""
    allowed = Quota(pending=settings.PERSON_PENDING_REQUESTS, hourly=settings.PERSON_REQUESTS_PER_HOUR)
    submitted = AccessRequest.objects.filter(requester=person)
    # The newest first, by the index request_of_person: however many there are, so many rows are read.
    last = submitted.order_by("-pk").values_list("submitted_at", flat=True)[allowed.hourly - 1 : allowed.hourly]
    pending = submitted.filter(status__in=UNDECIDED).count()
    return Submissions(allowed=allowed, pending=pending, hour_began_at=last.first())


def _overdue_reports(person: User, now: datetime) -> tuple[OverdueReport, ...]:
    late = listing.refusing(person, now=now)
    return tuple(
        OverdueReport(code=code, due_on=due, url=f"{settings.PORTAL_URL}/elevations/{code}/report/") for code, due in late
    )


def _seats(rule: ApprovalPolicy, requester: User) -> tuple[Seat, ...]:
    return tuple(
        Seat(
            level=level.number,
            approvals=level.approvals,
            people=frozenset(person.pk for person in level.approvers.all() if person.is_active) - {requester.pk},
        )
        for level in rule.levels.all()
    )


def _extended(elevation: Elevation, person: User, now: datetime) -> Extended:
    # Where a change request announces access, that of an extension would be another than that by which access is given.
    announced = backend_of(elevation.work_group.backend).announces
    return Extended(
        status=elevation.status,
        is_own=elevation.person_id == person.pk,
        is_open=windows.is_open(elevation, now=now),
        ends_at=elevation.ends_at,
        waits_for_start=announced and elevation.status != ElevationStatus.ACTIVE,
    )


def _is_of(level: ApprovalLevel, person_id: int) -> bool:
    return any(person.pk == person_id for person in level.approvers.all())


def _has_moved(decision: Decision, levels: Iterable[ApprovalLevel]) -> bool:
    """Whether the approver is one of other levels now. A yes of somebody who is of none any more stays."""
    theirs = {level.number for level in levels if _is_of(level, decision.approver_id)}
    return bool(theirs) and decision.level_number not in theirs


def _passage(request: AccessRequest, actor: Actor, *, is_signed: bool) -> Passage:
    """A person's own token is that person's alone, so requester and approver may both use the client that gave them theirs."""
    ways = request.policy.decide_by
    may_sign = actor.door == Door.BROWSER and BY_PASSKEY in ways
    is_open = actor.door in ways and (not actor.by_service or _may_be_by_service(request, actor))
    return Passage(
        is_open=may_sign if is_signed else is_open,
        may_sign=may_sign,
        url=f"{settings.PORTAL_URL}/requests/{request.code}/",
    )


def _may_be_by_service(request: AccessRequest, actor: Actor) -> bool:
    if actor.client == request.client and not request.policy.same_client_may_decide:
        return False
    return hands.is_anothers(request, actor)


def _sight(request: AccessRequest, seen: str | None, earlier: Iterable[Decision]) -> Sight:
    """Those who said yes before must have said it to the same thing."""
    current = snapshot.current(request)
    holds = {seen or request.digest, *(decision.seen for decision in earlier)} == {snapshot.digest(current)}
    return Sight(holds=holds, changed={} if holds else snapshot.changed(snapshot.submitted(request), current))


def _full_role(person: User, groups: Sequence[WorkGroup], window: windows.Window, now: datetime) -> FullRole | None:
    """Return a gate without room for what begins now; who will be in when a later window begins, nobody knows yet."""
    if window[0] > now:
        return None
    for group in groups:
        binding = bindings.of(person, backend_of(group.backend).principal)
        full = binding and gates.full_role(group, user_name=binding.user_name, until=window[1], now=now)
        if full:
            return full
    return None
