"""Reading the trail."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from audits.models import TrailEntry


def of_subjects(subjects: Collection[str], *, acts: Collection[str]) -> Mapping[str, list[TrailEntry]]:
    """Return subject -> its entries of these acts, oldest first; nothing for a subject that has none. One query."""
    found: dict[str, list[TrailEntry]] = defaultdict(list)
    for entry in TrailEntry.objects.filter(subject__in=subjects, act__in=acts).order_by("id"):
        found[entry.subject].append(entry)
    return found
