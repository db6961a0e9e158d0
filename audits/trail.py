"""Writing the trail: the one function through which every entry goes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from django.db import connection

from audits.acts import Act
from audits.merkle import values
from audits.models import Late, TrailEntry
from portal.storable import storable
from portal.verbs.actor import Actor


def record(
    *,
    now: datetime,
    act: Act,
    actor: str,
    subject: str,
    data: Mapping[str, object],
    on_behalf_of: str = "",
    late: Late | Literal[""] = "",
) -> TrailEntry:
    """Append one entry in the caller's transaction. `now` is when it happened; the database adds when it was recorded.

    The order of commits is the order of ids: on PostgreSQL a trigger holds an advisory lock from the INSERT until the commit, so
    call this late in a transaction; SQLite has one writer anyway. Raises ValueError for an act that there is not, and
    DatabaseError when it cannot be written: the change that it records must then not happen either. The database refuses a
    service's entry whose two times lie more than five minutes apart, unless `late` says why it was recorded only now.
    Raises NotCanonical for what no leaf of the sealed log can hold.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A trail entry is written in the transaction of the change that it records.")
    said = {"act": Act(act), "actor": actor, "on_behalf_of": on_behalf_of, "subject": subject, "data": storable(data)}
    values.check(said)
    return TrailEntry.objects.create(at=now, late=late, **said)


def record_act(
    *,
    now: datetime,
    act: Act,
    actor: Actor,
    subject: str,
    data: Mapping[str, object],
    late: Late | Literal[""] = "",
) -> TrailEntry:
    """Append what somebody did, as `record` does, with the door that they came by and how they proved who they are."""
    whole = {"door": actor.door, "proof": dict(actor.proof), **data}
    return record(now=now, act=act, actor=actor.name, on_behalf_of=actor.on_behalf_of, subject=subject, data=whole, late=late)
