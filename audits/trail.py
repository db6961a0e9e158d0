"""Writing the trail: the one function through which every entry goes."""

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from audits.models import TrailEntry
from audits.storable import storable

# Any constant will do, as long as nothing else in this database locks by it.
LOCK = 0x5E_C1_5B_0


def record(
    *, now: datetime, act: str, actor: str, subject: str, data: Mapping[str, object], on_behalf_of: str = ""
) -> TrailEntry:
    """Append one entry in the caller's transaction.

    The order of commits is the order of ids: on PostgreSQL whoever writes holds an advisory lock until the commit, so call this
    late in a transaction; SQLite has one writer anyway. Raises DatabaseError when it cannot be written: the change that
    it records must then not happen either.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A trail entry is written in the transaction of the change that it records.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # The ORM cannot say this.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    said = {"act": act, "actor": actor, "on_behalf_of": on_behalf_of, "subject": subject, "data": storable(data)}
    return TrailEntry.objects.create(at=now, **said)
