"""The lease: one writer about one person in AWS at a time."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from access_requests.models import PersonLease
from portal.aws.errors import LeaseLost
from portal.aws.sessions import longest_call

# Beyond the time-outs: for a pause between the renewal and the call.
MARGIN = timedelta(seconds=5)


def length() -> timedelta:
    """Return how long a lease lasts from its last renewal: longer than the one call that it is renewed for, in any account."""
    return longest_call(in_target=True) + MARGIN


def take(person_id: int, *, holder: str, now: datetime) -> bool:
    """Take the person's lease unless somebody has it. Compare and set: of two who try at once, one gets it."""
    PersonLease.objects.get_or_create(person_id=person_id, defaults={"until": now})
    free = PersonLease.objects.filter(person_id=person_id, until__lte=now)
    return bool(free.update(holder=holder, until=now + length()))


def renew(person_id: int, *, holder: str) -> None:
    """Make the lease last for one more call. Raises LeaseLost when it ran out: another may have it by now."""
    now = timezone.now()
    if not _held(person_id, holder, now).update(until=now + length()):
        raise LeaseLost


def release(person_id: int, *, holder: str, now: datetime) -> bool:
    """Give the lease back; return whether it was still held until now."""
    return bool(_held(person_id, holder, now).update(holder="", until=now))


def _held(person_id: int, holder: str, now: datetime) -> QuerySet[PersonLease]:
    return PersonLease.objects.filter(person_id=person_id, holder=holder, until__gt=now)
