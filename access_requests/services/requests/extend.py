"""Asking for more time."""

from datetime import datetime

from access_requests import details, policy
from access_requests.models import AccessRequest
from access_requests.policy import texts
from access_requests.policy.windows import Limits
from access_requests.services.record import locking
from access_requests.services.requests import situations, windows, writing
from portal.verbs import rejections
from portal.verbs.actor import Actor


def extend(
    *, elevation_id: int, ends_at: datetime, reason: str, change_ticket: str = "", actor: Actor, now: datetime
) -> AccessRequest:
    """Ask for more time: a new request that names the elevation; its approval moves that end.

    Raises a Rejection, among them ElevationOver, NotYours, TooManyPending and StepUpNeeded: nothing is written then.
    """
    person = locking.lock_person(actor.who.pk)
    elevation = locking.lock_elevation(elevation_id)
    new_end = windows.in_utc("ends_at", ends_at)
    if new_end is None:
        raise rejections.Missing(field="ends_at")
    policy.check(situations.prolong_asking(person, elevation, new_end, actor=actor, now=now))
    group, rule = elevation.work_group, elevation.work_group.policy
    asked = elevation.request
    request = AccessRequest(
        requester=person,
        policy=rule,
        extends=elevation,
        reason=texts.clean("reason", reason, required=True),
        change_ticket=texts.clean("change_ticket", change_ticket or asked.change_ticket, required=True),
        **details.of(asked),
        asked_starts_at=elevation.ends_at,
        asked_ends_at=new_end,
        **writing.submission(actor, now),
        decide_until=min(now + Limits.of(rule).decision, elevation.ends_at),
    )
    return writing.write(request, [group], actor=actor, now=now)
