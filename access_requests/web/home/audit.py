"""What an auditor is told first: today's access, what changed today, the trail, the last comparison with AWS."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from access_requests.models import Elevation, Reconciliation
from access_requests.selectors import drift
from audits import selectors
from audits.models import TrailEntry


@dataclass(frozen=True, kw_only=True)
class Today:
    """`people` were let in by `grants`. `changed` counts what the trail has of today beside requests and access."""

    grants: int
    people: int
    changed: int
    last: TrailEntry | None
    comparison: Reconciliation | None
    drifts: int


def today(now: datetime) -> Today:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    granted = Elevation.objects.filter(granted_at__gte=midnight)
    others = (
        selectors.numbered().filter(at__gte=midnight).exclude(act__startswith="request.").exclude(act__startswith="elevation.")
    )
    return Today(
        grants=granted.count(),
        people=granted.values("person").distinct().count(),
        changed=others.count(),
        last=selectors.numbered().order_by("-pk").first(),
        comparison=drift.latest(),
        drifts=drift.still_open().count(),
    )
