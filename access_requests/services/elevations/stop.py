"""Ending access before its time."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings

from access_requests import errors
from access_requests.lifecycle import STANDING, UNSETTLED, ElevationAction, ElevationStatus
from access_requests.messages import Task
from access_requests.models import ApprovalLevel, Elevation
from access_requests.policy import texts
from access_requests.policy.proofs import Guarded
from access_requests.services.record import locking, proving, transition
from portal.outbox import sending as outbox
from portal.users.models import User
from portal.verbs.actor import Actor, Door


def return_early(*, elevation_id: int, actor: Actor, now: datetime) -> Elevation:
    """Give one's own access back. Raises NotYours, TransitionNotAllowed."""
    elevation = locking.lock_elevation(elevation_id)
    if elevation.person_id != actor.who.pk:
        raise errors.NotYours
    end_now(elevation, reason="returned", actor=actor, now=now)
    return elevation


def stop(*, elevation_id: int, comment: str, actor: Actor, now: datetime) -> Elevation:
    """End somebody's access: the red button of the work group's approvers and of administrators.

    Raises MayNotStop, DecideInBrowser, FactorMissing, StepUpNeeded, Missing without a reason, TransitionNotAllowed.
    """
    elevation = locking.lock_elevation(elevation_id)
    check_may_stop(elevation, actor, now=now)
    comment = texts.clean("comment", comment, required=True)
    end_now(elevation, reason="stopped", actor=actor, now=now, comment=comment)
    return elevation


def may_stop(elevation: Elevation, person: User) -> bool:
    return bool(stoppable([elevation], person))


def stoppable(elevations: Iterable[Elevation], person: User) -> list[Elevation]:
    """Return those that the person may stop, in one query; whether there is something left to stop, their states say."""
    if not person.is_active:
        return []
    if person.is_administrator:
        return list(elevations)
    policies = set(ApprovalLevel.objects.filter(approvers=person).values_list("policy", flat=True))
    return [elevation for elevation in elevations if elevation.work_group.policy_id in policies]


def check_may_stop(elevation: Elevation, actor: Actor, *, now: datetime) -> None:
    if not may_stop(elevation, actor.who):
        raise errors.MayNotStop
    # The browser is open for it whatever the policy says: whoever may end somebody's access can.
    if actor.door != Door.BROWSER and actor.door not in elevation.work_group.policy.decide_by:
        raise errors.DecideInBrowser(url=f"{settings.PORTAL_URL}/elevations/{elevation.code}/")
    proving.check(actor, Guarded.STOP, now=now)


def stop_all_of(*, person: User, reason: str, actor: Actor, now: datetime) -> None:
    """End all current and coming access of a person who may no longer have any."""
    ids = Elevation.objects.filter(person=person, status__in=UNSETTLED).order_by("pk").values_list("pk", flat=True)
    # All locks before the first entry of the trail, whose writer nobody else may wait for with a lock in hand.
    elevations = [locking.lock_elevation(elevation_id) for elevation_id in list(ids)]
    for elevation in elevations:
        if elevation.status in STANDING:
            end_now(elevation, reason=reason, actor=actor, now=now)


def end_now(elevation: Elevation, *, reason: str, actor: Actor, now: datetime, comment: str = "") -> None:
    """Cancel what has not begun; have a worker take out of AWS what may be there. Raises TransitionNotAllowed."""
    elevation.stopped_at, elevation.stop_reason = now, reason
    data = {"reason": reason, "comment": comment}
    if elevation.status == ElevationStatus.SCHEDULED:
        transition.apply_to_elevation(elevation, ElevationAction.CANCEL, actor=actor, now=now, data=data)
        return
    transition.apply_to_elevation(elevation, ElevationAction.START_REVOKE, actor=actor, now=now, data=data)
    outbox.put(Task.END, object_id=elevation.pk, now=now)
