"""What a change ends: the access of people whom it shuts out, as `people.disable` does then."""

from collections.abc import Sequence
from dataclasses import replace

from access_requests.lifecycle import STANDING
from access_requests.models import Elevation
from access_requests.services.catalogue.comparing import Change
from access_requests.services.catalogue.kinds.person import Person


def with_ends(changes: Sequence[Change]) -> list[Change]:
    """Return the changes, each with the elevations that end by it."""
    return [replace(change, ends=_ends(change)) if _shuts_out(change) else change for change in changes]


def _shuts_out(change: Change) -> bool:
    was_disabled = isinstance(change.before, Person) and change.before.disabled
    return isinstance(change.after, Person) and change.after.disabled and not was_disabled


def _ends(change: Change) -> tuple[str, ...]:
    rows = Elevation.objects.filter(person__username=change.key, status__in=STANDING).select_related("work_group").order_by("pk")
    return tuple(f"{row.code} ({row.work_group.name}, {row.status})" for row in rows)
