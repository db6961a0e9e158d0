"""Reading the trail."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import Max, QuerySet

from audits.acts import Act
from audits.models import FARTHEST, TrailEntry

# What an entry is about that says that others came late.
LATE_SUBJECT = "trail"


def of_subjects(subjects: Collection[str], *, acts: Collection[str]) -> Mapping[str, list[TrailEntry]]:
    """Return subject -> its entries of these acts, oldest first; nothing for a subject that has none. One query."""
    found: dict[str, list[TrailEntry]] = defaultdict(list)
    for entry in TrailEntry.objects.filter(subject__in=subjects, act__in=acts).order_by("id"):
        found[entry.subject].append(entry)
    return found


def numbered() -> QuerySet[TrailEntry]:
    """Return the entries whose ids were given, and not made up: the newest of these is the newest there is."""
    return TrailEntry.objects.filter(pk__lt=FARTHEST)


def after(entry_id: int) -> QuerySet[TrailEntry]:
    """Return what came after this entry, oldest first."""
    return numbered().filter(pk__gt=entry_id).order_by("pk")


def last_id() -> int:
    """Return the id of the newest entry, or 0. Whatever lies below it is there as well."""
    newest: int | None = numbered().aggregate(newest=Max("pk"))["newest"]
    return newest or 0


def late_since(moment: datetime) -> TrailEntry | None:
    """Return the last entry after this moment that says that others were recorded late."""
    said = numbered().filter(subject=LATE_SUBJECT, act=Act.TRAIL_RECORDED_LATE, recorded_at__gte=moment)
    return said.order_by("-pk").first()
