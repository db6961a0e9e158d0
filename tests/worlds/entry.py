"""Entries of the trail, for tests to which it matters that there is one and not what it says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from access_requests.lifecycle import ElevationAction
from audits import personal
from audits.acts import Act
from audits.models import TrailEntry

SUBJECT = "person:somebody"
DATA: dict[str, Any] = {"door": "command", "proof": {}, "before": None, "after": None}
ENTRY: dict[str, Any] = {"act": Act.PERSON_PASSWORD_SET, "actor": "somebody", "subject": SUBJECT, "data": DATA}


def data_of(action: ElevationAction, now: datetime) -> Mapping[str, Any]:
    """Return what a step adds to the entry of this change of an elevation: what was read back, or why it ends."""
    if action == ElevationAction.START_GRANT:
        return {}
    if action in (ElevationAction.START_REVOKE, ElevationAction.CANCEL):
        return {"reason": "returned"}
    seen: dict[str, Any] = {"membership": True, "ttl": None, "entry_fence": {}, "session_gate": None, "at": now, "group_id": ""}
    return {"calls": [], "seen": seen}


def of_another_release(entry: TrailEntry, *, version: int, act: str = "", **said: Any) -> TrailEntry:
    """Return one like `entry` as a process of another release wrote it, whose acts and shapes are others."""
    data = {name: value for name, value in {**entry.data, **said}.items() if value is not None}
    like = {"at": entry.at, "actor": entry.actor, "subject": entry.subject, "act": act or entry.act, "data": data}
    return TrailEntry.objects.create(schema_version=version, **like)


def shown_entry(**lookups: Any) -> TrailEntry:
    """Return the one entry that there is of this, with personal texts as pages have them."""
    (entry,) = personal.shown(TrailEntry.objects.filter(**lookups))
    return entry
