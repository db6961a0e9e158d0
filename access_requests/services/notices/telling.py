"""From the trail to deliveries: each entry once, in the order in which it happened."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import OperationalError, connection, transaction

from access_requests.messages import Task
from access_requests.models import Delivery, NoticeCursor
from access_requests.services.notices import registry
from access_requests.services.notices.contract import Channel, Wanted
from audits import selectors
from audits.acts import TOLD, TOLD_TO_PERSON
from audits.models import TrailEntry
from portal.outbox import sending as outbox

logger = logging.getLogger(__name__)
BATCH = 200
# Of the two along the trail; the other is that of what was recorded late (`lateness`).
CURSOR = 1


def tell(*, now: datetime) -> int:
    """Make a delivery for whoever wants to know of what is new in the trail; return how many.

    The commit order of the trail is the order of its ids: whatever is below the latest entry that is seen is there as well.
    """
    if not _is_due():
        return 0  # On SQLite a transaction is the write lock: none is opened for nothing.
    with transaction.atomic():
        cursor = _cursor()
        if cursor is None:
            return 0  # Somebody else is telling.
        entries = list(selectors.after(cursor.entry_id)[:BATCH])
        if not entries:
            _keep_within_the_trail(cursor)
            return 0
        made = Delivery.objects.bulk_create(_deliveries(entries, now))
        cursor.entry_id = entries[-1].pk
        cursor.save()
        for delivery in made:
            outbox.nudge(Task.SEND_NOTICE, delivery.pk)
        if len(entries) == BATCH:
            outbox.nudge(Task.TELL)
    return len(made)


def _is_due() -> bool:
    """Whether the cursor does not stand at the end of the trail."""
    told = NoticeCursor.objects.filter(pk=CURSOR).values_list("entry_id", flat=True).first() or 0
    return selectors.last_id() != told


def _cursor() -> NoticeCursor | None:
    """Return the cursor, locked; None while somebody else holds it. The migration that made the table made the row."""
    rows = NoticeCursor.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    found = rows.filter(pk=CURSOR).first()
    if found is None and not NoticeCursor.objects.filter(pk=CURSOR).exists():
        return NoticeCursor.objects.create(pk=CURSOR)
    return found


def _keep_within_the_trail(cursor: NoticeCursor) -> None:
    """Take the cursor back to the end of the trail, if it stands beyond it: it would wait for an entry that never comes.

    A row with a made-up id took it there, before the database gave ids.
    """
    last = selectors.last_id()
    if cursor.entry_id > last:
        logger.critical("notices stood beyond the end of the trail, at %s; they go on after %s", cursor.entry_id, last)
        cursor.entry_id = last
        cursor.save()


def _deliveries(entries: Sequence[TrailEntry], now: datetime) -> Iterator[Delivery]:
    for entry in entries:
        if entry.act not in TOLD | TOLD_TO_PERSON:
            continue
        for channel in registry.CHANNELS:
            for wanted in _wanted(channel, entry, now):
                yield Delivery(
                    channel=channel.key,
                    target=wanted.target,
                    entry_id=entry.pk,
                    act=entry.act,
                    subject=entry.subject,
                    body=dict(wanted.body),
                    try_again_at=now,
                    created_at=now,
                )


def _wanted(channel: Channel, entry: TrailEntry, now: datetime) -> list[Wanted]:
    """Return who is to be told by a channel. An entry that it cannot read is passed over, and silences none behind it."""
    try:
        with transaction.atomic():
            return list(channel.wants(entry, now=now))
    except OperationalError:
        raise  # The database is away: all of it is told later.
    except Exception:
        logger.exception("channel %s cannot read the trail entry %s, which is not told there", channel.key, entry.pk)
        return []
