"""Entries of the trail that were recorded late and do not say why: having administrators and auditors told of them.

Who writes the trail writes at once, and PostgreSQL refuses a service anything else. What comes late all the same was written by
the database's owner, or a clock is wrong. All that is found at once becomes one entry, which notices follow.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from access_requests.messages import Task
from access_requests.models import NoticeCursor
from audits import selectors, trail
from audits.acts import Act
from audits.models import TrailEntry
from portal.outbox import sending as outbox

# Of the two along the trail; the other is that of what is told (`telling`).
CURSOR = 2
BATCH, MOST = 1000, 20
ACTOR = "sekisho:notices"


def look(*, now: datetime) -> int:
    """Record what came late since the last look; return how much. Looks from now on, where nobody has looked before."""
    last = selectors.last_id()
    if NoticeCursor.objects.filter(pk=CURSOR, entry_id=last).exists():
        return 0  # On SQLite a transaction is the write lock: none is opened for nothing.
    with transaction.atomic():
        cursor = _cursor(last)
        if cursor is None:
            return 0  # Somebody else is looking.
        entries = list(selectors.after(min(cursor.entry_id, last))[:BATCH])
        late = [entry for entry in entries if entry.is_recorded_late and entry.act != Act.TRAIL_RECORDED_LATE]
        cursor.entry_id = entries[-1].pk if entries else last
        cursor.save()
        if late:
            _append(late, now)
    return len(late)


def _cursor(last: int) -> NoticeCursor | None:
    """Return the cursor, locked; None while somebody else holds it. What was there before there was one is not looked at."""
    NoticeCursor.objects.get_or_create(pk=CURSOR, defaults={"entry_id": last})
    rows = NoticeCursor.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    return rows.filter(pk=CURSOR).first()


def _append(late: Sequence[TrailEntry], now: datetime) -> None:
    data = {"count": len(late), "entries": [_named(entry) for entry in late[:MOST]]}
    trail.record(now=now, act=Act.TRAIL_RECORDED_LATE, actor=ACTOR, subject=selectors.LATE_SUBJECT, data=data)
    outbox.nudge(Task.TELL)


def _named(entry: TrailEntry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in ("at", "recorded_at", "act", "subject")} | {"id": entry.pk}
