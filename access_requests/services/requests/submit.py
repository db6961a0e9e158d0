"""Asking for access."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from access_requests import errors, policy
from access_requests.lifecycle import RequestStatus
from access_requests.models import (
    AccessRequest,
    WorkGroup,
)
from access_requests.policy import AskedWindow
from access_requests.services.record import bindings, locking
from access_requests.services.requests import eligibility, quota, windows, writing
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
    person = locking.lock_person(actor.who.pk)
    eligibility.check_requester(person)
    quota.check(person, now=now)
    groups = requestable_groups(ask.work_groups, person)
    bindings.check(person, groups)
    rule = groups[0].policy
    window = asked_window(ask)
    policy.check_window(window, windows.limits_of(rule), now=now)
    request = AccessRequest(
        requester=person,
        policy=rule,
        revises=_revised(ask.revises, person),
        **_texts(ask),
        **_columns(window),
        **writing.submission(actor, now),
        decide_until=policy.decision_deadline(window, windows.limits_of(rule), now=now),
    )
    windows.check_free(person, groups, window, now=now)
    return writing.write(request, groups, actor=actor, now=now)


def requestable_groups(names: Sequence[str], person: User) -> list[WorkGroup]:
    """Return the work groups of these names, in the order of their names. Raises what is wrong with them."""
    if not names or len(set(names)) != len(names):
        raise errors.NoWorkGroup(field="work_groups")
    # PostgreSQL refuses to look for a name with NUL in it.
    rows = WorkGroup.objects.filter(name__in=filter(str.isprintable, names), retired_at=None).select_related("policy")
    rows = rows.prefetch_related("target_roles__account", "policy__levels__approvers")
    groups = {group.name: group for group in rows.order_by("name")}
    for name in names:
        if name not in groups:
            raise errors.UnknownWorkGroup(field="work_groups", work_group=name)
    eligibility.check_may_request(list(groups.values()), person)
    if len({group.policy_id for group in groups.values()}) > 1:
        raise errors.MixedPolicies(field="work_groups")
    return list(groups.values())


def asked_window(ask: Ask) -> AskedWindow:
    minutes = ask.duration_minutes
    if minutes is not None:
        minutes = max(0, min(minutes, MOST_MINUTES))
    return AskedWindow(
        starts_at=windows.in_utc("starts_at", ask.starts_at),
        ends_at=windows.in_utc("ends_at", ask.ends_at),
        duration=timedelta(minutes=minutes) if minutes is not None else None,
    )


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


def _revised(code: str | None, person: User) -> AccessRequest | None:
    """Return the person's own request that was sent back and that this one asks for anew."""
    if not code:
        return None
    sent_back = AccessRequest.objects.filter(requester=person, status=RequestStatus.SENT_BACK)
    revised = sent_back.filter(code=code).first() if code.isprintable() else None
    if revised is None:
        raise rejections.NotFound
    return revised
