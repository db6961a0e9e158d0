"""Reading the trail."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Max, QuerySet

from audits.models import FARTHEST, TrailEntry


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
