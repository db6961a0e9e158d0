"""What went wrong with access, for those who can do something about it: its approvers, and who reads everything."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from access_requests.lifecycle import IN_AWS, ElevationStatus
from access_requests.models import NOT_GRANTED, Elevation, WorkGroup
from portal.users.models import User

LATELY = timedelta(hours=24)
# A worker takes an end up within seconds.
SLOW = timedelta(minutes=5)


def not_granted_to(person: User, *, now: datetime) -> QuerySet[Elevation]:
    """Return what was approved for the person of late and not granted, the latest first."""
    return _not_granted(now).filter(person=person)


def not_granted_to_others(person: User, *, now: datetime) -> QuerySet[Elevation]:
    """Return the same of others, as far as it is this person's to see."""
    return _not_granted(now).filter(_theirs(person)).exclude(person=person)


def stuck(person: User, *, now: datetime) -> QuerySet[Elevation]:
    """Return access with which AWS does not do what it is asked for, the longest overdue first; an end that nobody does too."""
    overdue = Q(status=ElevationStatus.REVOKING, stopped_at__lt=now - SLOW)
    rows = Elevation.objects.filter(~Q(problem="") | overdue, _theirs(person), status__in=IN_AWS)
    return _in_brief(rows).order_by("ends_at", "id")


def _not_granted(now: datetime) -> QuerySet[Elevation]:
    """Return what was not granted of late, but for what the person was given since, by another request."""
    since = Elevation.objects.filter(
        person=OuterRef("person"), work_group=OuterRef("work_group"), granted_at__gt=OuterRef("stopped_at")
    )
    rows = Elevation.objects.filter(NOT_GRANTED, ~Exists(since), stopped_at__gt=now - LATELY)
    return _in_brief(rows).order_by("-stopped_at", "-id")


def _theirs(person: User) -> Q:
    if person.reads_everything:
        return Q()
    return Q(work_group__in=WorkGroup.objects.filter(policy__levels__approvers=person))


def _in_brief(rows: QuerySet[Elevation]) -> QuerySet[Elevation]:
    return rows.select_related("person", "work_group__policy", "request")
