"""The fences, rendered whole from the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from access_requests.grants import entry_fence
from access_requests.grants.contract import Grant, GrantedRole
from access_requests.lifecycle import IN_AWS, INSIDE
from access_requests.models import Elevation
from access_requests.services.elevations import leave
from portal.aws.calls import AwsClient
from portal.iam.fences import iso
from portal.users.models import User


@dataclass(frozen=True, kw_only=True)
class Open:
    """Until when a fence permits the switch, and by which elevation's window; no elevation where it permits none."""

    until: datetime
    window: str = ""


def inside(person: User, *, now: datetime) -> frozenset[int]:
    """Return which of the person's elevations have begun, are not over, and have leave."""
    rows = Elevation.objects.filter(person=person, status__in=INSIDE, ends_at__gt=now)
    return frozenset(row.pk for row in leave.founded(rows))


def open_until(person: User, role: GrantedRole, *, inside: Collection[int], now: datetime) -> Open:
    """Return until when the person may switch to the role: the latest end of those that are `inside`; now if there is none.

    A window that has not begun does not count: the fence would stay open between this end and that beginning.
    """
    latest = _reaching(person, role).filter(pk__in=inside).order_by("-ends_at").first()
    return Open(until=now) if latest is None else Open(until=latest.ends_at, window=latest.window)


def put_all(person: User, grant: Grant, roles: Sequence[GrantedRole], aws: AwsClient, *, now: datetime) -> dict[str, str]:
    """Write the person's entry fence for each of these roles; return role name -> time as written. Raises BackendError.

    A role of which nobody knows yet which one it is has none: nothing is given there, and an end goes on without.
    """
    known = [role for role in roles if role.arn is not None]
    written, standing = {}, inside(person, now=now) if known else ()
    for role in known:
        open_ = open_until(person, role, inside=standing, now=now)
        entry_fence.put(aws, user_name=grant.user_name, role=role, until=open_.until, window=open_.window)
        written[role.name] = iso(open_.until)
    return written


def remove_unneeded(person: User, grant: Grant, roles: Sequence[GrantedRole], aws: AwsClient) -> None:
    """Take away the fences that no elevation of the person stands behind any more. Raises BackendError."""
    for role in roles:
        if not is_needed(person, role):
            entry_fence.remove(aws, user_name=grant.user_name, role=role)


def is_needed(person: User, role: GrantedRole) -> bool:
    """Whether an elevation of the person that is in AWS, or may be, stands behind the fence of the role."""
    return _reaching(person, role).filter(status__in=IN_AWS).exists()


def _reaching(person: User, role: GrantedRole) -> QuerySet[Elevation]:
    return Elevation.objects.filter(person=person, work_group__target_roles=role.pk)
