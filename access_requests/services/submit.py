"""Asking for access."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MINYEAR, UTC, datetime, timedelta

from access_requests import errors, policy
from access_requests.lifecycle import RequestStatus
from access_requests.models import (
    AccessRequest,
    ApprovalPolicy,
    Elevation,
    RequestedGroup,
    WorkGroup,
)
from access_requests.policy import AskedWindow, Limits
from access_requests.selectors import catalogue
from access_requests.services import bindings, change_requests, quota, snapshot, target_roles, transition, windows
from portal.users.models import User
from portal.verbs import rejections
from portal.verbs.actor import Actor

# Longer than any policy may be; keeps absurd numbers away from the arithmetic of times, and leaves their refusal to the policy.
MOST_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is asked for, as it came in by any door. Times are aware; `revises` is the code of the request that was sent back."""

    work_groups: Sequence[str]
    reason: str
    change_ticket: str
    impact: str = ""
    plan: str = ""
    way_back: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    duration_minutes: int | None = None
    revises: str | None = None


def submit(*, ask: Ask, actor: Actor, now: datetime) -> AccessRequest:
    """Submit a request for the acting person. Raises a Rejection: nothing is written then."""
    person = windows.lock_person(actor.who.pk)
    check_requester(person)
    quota.check(person, now=now)
    groups = requestable_groups(ask.work_groups, person)
    bindings.check(person, groups)
    rule = groups[0].policy
    window = asked_window(ask)
    policy.check_window(window, limits_of(rule), now=now)
    request = AccessRequest(
        requester=person,
        policy=rule,
        revises=_revised(ask.revises, person),
        **_texts(ask),
        **_columns(window),
        **submission(actor, now),
        decide_until=policy.decision_deadline(window, limits_of(rule), now=now),
    )
    windows.check_free(person, groups, window, now=now)
    return write(request, groups, actor=actor, now=now)


def check_requester(person: User) -> None:
    """Raise unless the person is enabled."""
    if not person.is_active:
        raise rejections.PersonDisabled


def requestable_groups(names: Sequence[str], person: User) -> list[WorkGroup]:
    """Return the work groups of these names, in the order of their names. Raises what is wrong with them."""
    if not names or len(set(names)) != len(names):
        raise errors.NoWorkGroup(field="work_groups")
    # What cannot be printed PostgreSQL may refuse even to look for, such as NUL.
    rows = WorkGroup.objects.filter(name__in=filter(str.isprintable, names), retired_at=None).select_related("policy")
    rows = rows.prefetch_related("target_roles__account", "policy__levels__approvers")
    groups = {group.name: group for group in rows.order_by("name")}
    for name in names:
        if name not in groups:
            raise errors.UnknownWorkGroup(field="work_groups", work_group=name)
    check_may_request(list(groups.values()), person)
    if len({group.policy_id for group in groups.values()}) > 1:
        raise errors.MixedPolicies(field="work_groups")
    return list(groups.values())


def check_may_request(groups: Sequence[WorkGroup], person: User) -> None:
    """Raise MayNotRequest for the first of the groups that is not open to the person."""
    theirs = catalogue.requestable_by(person).filter(pk__in=[group.pk for group in groups])
    allowed = set(theirs.values_list("pk", flat=True))
    for group in groups:
        if group.pk not in allowed:
            raise errors.MayNotRequest(work_group=group.name)


def check_approvable(rule: ApprovalPolicy, requester: User) -> None:
    """Raise TooFewApprovers when the policy cannot be satisfied without the requester."""
    levels = [
        (level.number, level.approvals, {who.pk for who in level.approvers.all() if who.is_active} - {requester.pk})
        for level in rule.levels.all()
    ]
    level = policy.level_without_enough(levels)
    if level is not None:
        raise errors.TooFewApprovers(level=level)


def limits_of(rule: ApprovalPolicy) -> Limits:
    return Limits(
        shortest=timedelta(minutes=rule.shortest_minutes),
        longest=timedelta(minutes=rule.longest_minutes),
        decision=timedelta(minutes=rule.decision_minutes),
    )


def asked_window(ask: Ask) -> AskedWindow:
    minutes = ask.duration_minutes
    if minutes is not None:
        minutes = max(0, min(minutes, MOST_MINUTES))
    return AskedWindow(
        starts_at=in_utc("starts_at", ask.starts_at),
        ends_at=in_utc("ends_at", ask.ends_at),
        duration=timedelta(minutes=minutes) if minutes is not None else None,
    )


def in_utc(field: str, moment: datetime | None) -> datetime | None:
    """Return the moment in UTC to the whole second, which is what AWS compares.

    Raises NaiveTime; InThePast or TooFarAhead where UTC has no year for it.
    """
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise rejections.NaiveTime(field=field)
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        if moment.year == MINYEAR:
            raise errors.InThePast(field=field) from error
        raise errors.TooFarAhead(field=field, days=policy.FARTHEST_AHEAD.days) from error


def write(request: AccessRequest, groups: Sequence[WorkGroup], *, actor: Actor, now: datetime) -> AccessRequest:
    """Write a checked request with its groups and its trail entry."""
    check_approvable(request.policy, request.requester)
    target_roles.check_known(groups)
    taken = snapshot.take(request, groups)
    request.snapshot, request.digest = snapshot.kept(taken), snapshot.digest(taken)
    request.save(force_insert=True)
    waits = request.asked_starts_at is None and request.extends is None
    RequestedGroup.objects.bulk_create(
        RequestedGroup(request=request, work_group=group, requester=request.requester, waits_to_start_now=waits)
        for group in groups
    )
    transition.begin_request(request, actor=actor, now=now)
    change_requests.begin(request, groups, now=now)
    return request


def _texts(ask: Ask) -> dict[str, str]:
    return {
        "reason": policy.clean_text("reason", ask.reason, required=True),
        "change_ticket": policy.clean_text("change_ticket", ask.change_ticket, required=True),
        "impact": policy.clean_text("impact", ask.impact, required=False),
        "plan": policy.clean_text("plan", ask.plan, required=False),
        "way_back": policy.clean_text("way_back", ask.way_back, required=False),
    }


def _columns(window: AskedWindow) -> dict[str, object]:
    minutes = int(window.duration / timedelta(minutes=1)) if window.duration is not None else None
    return {"asked_starts_at": window.starts_at, "asked_ends_at": window.ends_at, "duration_minutes": minutes}


def submission(actor: Actor, now: datetime) -> dict[str, object]:
    return {"door": actor.door, "client": actor.client, "submitted_at": now}


def _revised(code: str | None, person: User) -> AccessRequest | None:
    """Return the person's own request that was sent back and is asked for anew."""
    if not code:
        return None
    sent_back = AccessRequest.objects.filter(requester=person, status=RequestStatus.SENT_BACK)
    revised = sent_back.filter(code=code).first() if code.isprintable() else None
    if revised is None:
        raise rejections.NotFound
    return revised


def elevations_of(request: AccessRequest) -> list[Elevation]:
    """Return the elevations that an approval makes, unsaved: one a work group, for the user in AWS that is bound now."""
    if request.starts_at is None or request.ends_at is None:
        raise ValueError(f"{request} has no window yet")
    return [
        Elevation(
            request=request,
            person=request.requester,
            work_group=group,
            **bindings.columns(request.requester, group),
            starts_at=request.starts_at,
            ends_at=request.ends_at,
            ends_by=request.code,
        )
        for group in request.work_groups.all()
    ]
