"""More time as both sides see it: the end as it is, the new end, and how long it is in all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from access_requests.models import AccessRequest, Elevation

MINUTE = timedelta(minutes=1)
USUAL = (15, 30, 60)


@dataclass(frozen=True, kw_only=True)
class MoreTime:
    """`added` and `total` are minutes."""

    elevation: Elevation
    old_end: datetime
    new_end: datetime

    @property
    def added(self) -> int:
        return round((self.new_end - self.old_end) / MINUTE)

    @property
    def total(self) -> int:
        return round((self.new_end - self.elevation.starts_at) / MINUTE)

    @property
    def first_reason(self) -> str:
        return self.elevation.request.reason


def of_request(request: AccessRequest) -> MoreTime | None:
    """Return what a request for more time asks for; None of any other. It comes with its elevation, and that with its request."""
    if request.extends is None or request.asked_starts_at is None or request.asked_ends_at is None:
        return None
    return MoreTime(elevation=request.extends, old_end=request.asked_starts_at, new_end=request.asked_ends_at)


def usual(elevation: Elevation, *, now: datetime) -> Iterator[MoreTime]:
    """Yield what is usually asked for, as far as the policy allows it now."""
    latest = now + timedelta(minutes=elevation.work_group.policy.longest_minutes)
    for minutes in USUAL:
        new_end = elevation.ends_at + timedelta(minutes=minutes)
        if new_end <= latest:
            yield MoreTime(elevation=elevation, old_end=elevation.ends_at, new_end=new_end)
