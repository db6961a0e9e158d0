"""Asking for more time."""

from datetime import datetime

from access_requests import errors, policy
from access_requests.grants.registry import backend_of
from access_requests.lifecycle import ElevationStatus
from access_requests.models import AccessRequest
from access_requests.services.record import bindings, locking
from access_requests.services.requests import eligibility, quota, windows, writing
from portal.verbs import rejections
from portal.verbs.actor import Actor


def extend(
    *, elevation_id: int, ends_at: datetime, reason: str, change_ticket: str = "", actor: Actor, now: datetime
) -> AccessRequest:
    """Ask for more time: a new request that names the elevation; its approval moves that end.

    Raises a Rejection, among them ElevationOver, NotYours and TooManyPending: nothing is written then.
    """
    person = locking.lock_person(actor.who.pk)
    eligibility.check_requester(person)
    quota.check(person, now=now)
    elevation = locking.lock_elevation(elevation_id)
    if elevation.person_id != person.pk:
        raise errors.NotYours
    windows.check_still_open(elevation, now=now)
    if backend_of(elevation.work_group.backend).announces and elevation.status != ElevationStatus.ACTIVE:
        # A change request begun now would differ from the one by which the access is given.
        raise errors.NotInProductionYet
    group, new_end = elevation.work_group, windows.in_utc("ends_at", ends_at)
    bindings.check(person, [group])
    eligibility.check_may_request([group], person)
    rule = group.policy
    if new_end is None:
        raise rejections.Missing(field="ends_at")
    policy.check_extension(old_end=elevation.ends_at, new_end=new_end, limits=windows.limits_of(rule), now=now)
    windows.check_extension_free(elevation, new_end)
    asked = elevation.request
    request = AccessRequest(
        requester=person,
        policy=rule,
        extends=elevation,
        reason=policy.clean_text("reason", reason, required=True),
        change_ticket=policy.clean_text("change_ticket", change_ticket or asked.change_ticket, required=True),
        impact=asked.impact,
        plan=asked.plan,
        way_back=asked.way_back,
        asked_starts_at=elevation.ends_at,
        asked_ends_at=new_end,
        **writing.submission(actor, now),
        decide_until=min(now + windows.limits_of(rule).decision, elevation.ends_at),
    )
    return writing.write(request, [group], actor=actor, now=now)
