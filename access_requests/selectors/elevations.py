"""Elevations. Who is in which group until when is for everybody; the rest is for those who may see the request."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from access_requests.lifecycle import STANDING, UNSETTLED
from access_requests.models import Decision, Elevation, Verdict
from access_requests.selectors import requests
from portal.users.models import User


def in_full(elevations: QuerySet[Elevation]) -> QuerySet[Elevation]:
    """Return them with all that a list or a page shows, in a constant number of queries."""
    approvals = Decision.objects.filter(verdict=Verdict.APPROVE).select_related("approver").order_by("decided_at")
    rows = elevations.select_related("person", "work_group__policy", "request__requester")
    return rows.prefetch_related("work_group__target_roles__account", Prefetch("request__decisions", approvals))


def in_brief(elevations: QuerySet[Elevation]) -> QuerySet[Elevation]:
    """Return them with what a row of a list shows, in one query."""
    return elevations.select_related("person", "work_group")


def current() -> QuerySet[Elevation]:
    """Return what something is still to happen to, the soonest end first. For everybody."""
    return Elevation.objects.filter(status__in=UNSETTLED).order_by("ends_at", "id")


def everything() -> QuerySet[Elevation]:
    """Return those that are over too, newest first. For everybody."""
    return Elevation.objects.order_by("-id")


def in_production(person: User) -> QuerySet[Elevation]:
    """Return what the person has, is being given or taken, or will have."""
    return current().filter(person=person)


def stopped_since(person: User, since: datetime) -> QuerySet[Elevation]:
    """Return what somebody stopped of the person's since then, the latest first, but for groups by which they are in again."""
    again = Elevation.objects.filter(person=person, work_group=OuterRef("work_group"), granted_at__gt=OuterRef("stopped_at"))
    stopped = Elevation.objects.filter(~Exists(again), person=person, stop_reason="stopped", stopped_at__gte=since)
    return stopped.select_related("work_group", "request").order_by("-stopped_at", "-id")


def visible_in_full(elevation: Elevation, person: User) -> bool:
    """Whether the person may see the reason, the ticket and what AWS showed."""
    return requests.visible_to(person).filter(pk=elevation.request_id).exists()


def seconds_left(elevation: Elevation, *, now: datetime) -> int:
    """Return how long the access still lasts; 0 once it is being ended, and before it begins the whole window."""
    if elevation.status not in STANDING:
        return 0
    return max(0, int((elevation.ends_at - max(now, elevation.starts_at)).total_seconds()))
