"""Elevations. Who is in which group until when is for everybody; the rest is for those who may see the request."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import DateTimeField, Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce

from access_requests.lifecycle import STANDING, UNSETTLED, ElevationStatus
from access_requests.models import NOT_GRANTED, Decision, Elevation, Verdict
from access_requests.selectors import requests
from portal.users.models import User


def in_full(elevations: QuerySet[Elevation]) -> QuerySet[Elevation]:
    """Return them with all that a list or a page shows, in a constant number of queries."""
    approvals = Decision.objects.filter(verdict=Verdict.APPROVE).select_related("approver").order_by("decided_at")
    rows = elevations.select_related("person", "work_group__policy", "request__requester")
    return rows.prefetch_related("work_group__target_roles__account", Prefetch("request__decisions", approvals))


def with_leave(elevations: QuerySet[Elevation]) -> QuerySet[Elevation]:
    """Return them with what a row of the list of accesses shows, in two queries."""
    approvals = Decision.objects.filter(verdict=Verdict.APPROVE).select_related("approver").order_by("decided_at")
    rows = elevations.select_related("person", "work_group", "request")
    return rows.prefetch_related(Prefetch("request__decisions", approvals))


def having(elevations: QuerySet[Elevation], words: str, person: User) -> QuerySet[Elevation]:
    """Narrow them to those with the words in what the person sees of them: reason and ticket are not for everybody."""
    names = Q(person__username__icontains=words) | Q(person__name__icontains=words) | Q(work_group__name__icontains=words)
    told = Q(request__reason__icontains=words) | Q(request__change_ticket__icontains=words)
    readable = Q(request__in=requests.visible_to(person).values("pk"))
    return elevations.filter(names | Q(code__iexact=words) | (told & readable))


def between(elevations: QuerySet[Elevation], since: datetime, until: datetime) -> QuerySet[Elevation]:
    """Narrow them to those whose time, as it was or is to be, touches the period; what never began was at no time."""
    over = Coalesce("ended_at", "ends_at", output_field=DateTimeField())
    rows = elevations.exclude(NOT_GRANTED).exclude(status=ElevationStatus.CANCELLED).annotate(over=over)
    return rows.filter(starts_at__lt=until, over__gt=since)


def readable(elevations: Sequence[Elevation], person: User) -> set[int]:
    """Return the keys of those of which the person may see the reason and the ticket. One query."""
    asked = {row.request_id for row in elevations}
    seen = set(requests.visible_to(person).filter(pk__in=asked).values_list("pk", flat=True))
    return {row.pk for row in elevations if row.request_id in seen}


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
