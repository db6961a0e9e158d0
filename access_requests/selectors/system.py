"""How the portal itself does, from what its processes left in the database: nobody is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Min, Q

from access_requests.lifecycle import IN_AWS, ElevationStatus
from access_requests.models import BackendHealth, Elevation, Reconciliation
from access_requests.selectors import notices
from access_requests.selectors.notices import Backlog
from portal.outbox.models import Message

# After so many periods without a check nobody knows how things are.
PERIODS_TILL_STALE = 3


@dataclass(frozen=True, kw_only=True)
class System:
    """`worked_at`: when a worker last left something. `messages` and `notices` wait to be sent; `ends` are due in AWS."""

    worked_at: datetime | None
    messages: Backlog
    notices: Backlog
    ends: Backlog
    backends: Sequence[BackendHealth]
    now: datetime

    @property
    def is_standing_still(self) -> bool:
        return self.worked_at is None or is_stale(self.worked_at, now=self.now)


def is_stale(checked_at: datetime, *, now: datetime) -> bool:
    """Whether what workers found then is too old to be believed."""
    return checked_at < now - timedelta(seconds=PERIODS_TILL_STALE * settings.HEALTH_SECONDS)


def now_is(now: datetime) -> System:
    """Return how it does, in five queries."""
    backends = list(BackendHealth.objects.order_by("alias"))
    compared: datetime | None = Reconciliation.objects.aggregate(last=Max("ended_at"))["last"]
    seen = [backend.checked_at for backend in backends] + ([compared] if compared else [])
    return System(
        worked_at=max(seen, default=None),
        messages=Backlog(**Message.objects.filter(due_at__lte=now).aggregate(count=Count("pk"), oldest_at=Min("due_at"))),
        notices=notices.backlog(),
        ends=_ends_due(now),
        backends=backends,
        now=now,
    )


def _ends_due(now: datetime) -> Backlog:
    """Return how many ends are due and not yet read back, and since when the oldest of them is."""
    over = Q(ends_at__lte=now) | Q(status=ElevationStatus.REVOKING)
    due = Elevation.objects.filter(over, status__in=IN_AWS)
    return Backlog(**due.aggregate(count=Count("pk"), oldest_at=Min("ends_at")))
