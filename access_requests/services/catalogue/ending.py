"""What a change ends: the access of people whom it shuts out, as `people.disable` does then."""

from collections.abc import Sequence
from dataclasses import replace

from access_requests.lifecycle import STANDING
from access_requests.models import Elevation
from access_requests.services.catalogue.comparing import Change
from access_requests.services.catalogue.state import Kind


def with_ends(changes: Sequence[Change]) -> list[Change]:
    """Return the changes, each with the elevations that end by it."""
    return [replace(change, ends=_ends(change)) if _shuts_out(change) else change for change in changes]


def _shuts_out(change: Change) -> bool:
    before, after = change.before or {}, change.after or {}
    return change.kind == Kind.PERSON and bool(after.get("disabled")) and not before.get("disabled")


def _ends(change: Change) -> tuple[str, ...]:
    rows = Elevation.objects.filter(person__username=change.key, status__in=STANDING).select_related("work_group").order_by("pk")
    return tuple(f"{row.code} ({row.work_group.name}, {row.status})" for row in rows)
