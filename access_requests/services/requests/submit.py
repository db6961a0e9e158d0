"""Asking for access."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from access_requests import details, errors, policy
from access_requests.lifecycle import RequestStatus
from access_requests.models import AccessRequest, WorkGroup
from access_requests.policy import texts
from access_requests.policy.windows import AskedWindow, Limits, decision_deadline
from access_requests.services.record import locking
from access_requests.services.requests import situations, windows, writing
from portal.users.models import User
from portal.verbs import rejections
from portal.verbs.actor import Actor

# Longer than any policy may be; keeps absurd numbers away from the arithmetic of times, and leaves their refusal to the policy.
MOST_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is asked for, as it came in by any door. Times are aware; `revises` is the code of the request that was sent back.

    `details` is name -> text of what access_requests.details names; a name that is left out is an empty text.
    """

    work_groups: Sequence[str]
    reason: str
    change_ticket: str
    details: Mapping[str, str] = field(default_factory=dict)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    duration_minutes: int | None = None
    revises: str | None = None


def submit(*, ask: Ask, actor: Actor, now: datetime) -> AccessRequest:
    """Submit a request for the acting person. Raises a Rejection: nothing is written then."""
    person = locking.lock_person(actor.who.pk)
    groups, window = asked_groups(ask.work_groups), asked_window(ask)
    policy.check(situations.asking(person, groups, window, now=now))
    rule = groups[0].policy
    request = AccessRequest(
        requester=person,
        policy=rule,
        revises=_revised(ask.revises, person),
        **_texts(ask),
        **_columns(window),
        **writing.submission(actor, now),
        decide_until=decision_deadline(window, Limits.of(rule), now=now),
    )
    return writing.write(request, groups, actor=actor, now=now)


def asked_groups(names: Sequence[str]) -> list[WorkGroup]:
    """Return the work groups of these names, in the order of their names.

    Raises NoWorkGroup, UnknownWorkGroup, MixedPolicies.
    """
    if not names or len(set(names)) != len(names):
        raise errors.NoWorkGroup(field="work_groups")
    # PostgreSQL refuses to look for a name with NUL in it.
    rows = WorkGroup.objects.filter(name__in=filter(str.isprintable, names), retired_at=None).select_related("policy")
    rows = rows.prefetch_related("target_roles__account", "policy__levels__approvers")
    groups = {group.name: group for group in rows.order_by("name")}
    for name in names:
        if name not in groups:
            raise errors.UnknownWorkGroup(field="work_groups", work_group=name)
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
        "reason": texts.clean("reason", ask.reason, required=True),
        "change_ticket": texts.clean("change_ticket", ask.change_ticket, required=True),
        **{name: texts.clean(name, ask.details.get(name, ""), required=False) for name in details.NAMES},
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
