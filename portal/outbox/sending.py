"""Putting messages into the outbox, and getting them out of it."""

import logging
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile

from celery import current_app
from django.db import connection, transaction
from kombu.exceptions import OperationalError

from portal.outbox.models import Message

logger = logging.getLogger(__name__)
RETRY_FIRST = timedelta(seconds=5)
RETRY_LONGEST = timedelta(minutes=5)
BATCH = 200


def put(task: str, *, object_id: int, now: datetime) -> None:
    """Write a message in the caller's transaction, and send it as soon as that commits.

    Losing that first try costs only speed: send_due finds the row.
    """
    message = Message.objects.create(task=task, object_id=object_id, due_at=now)
    transaction.on_commit(lambda: _send_now(message), robust=True)


def nudge(task: str, *arguments: int) -> None:
    """Send a message once the caller's transaction commits, for work whose own rows promise it: nothing is kept of it."""
    transaction.on_commit(lambda: _publish(task, *arguments), robust=True)


def send_due(*, now: datetime) -> int:
    """Send what is waiting; return how many the broker took. Two senders at once take different rows on PostgreSQL."""
    if not Message.objects.filter(due_at__lte=now).exists():
        return 0  # On SQLite a transaction is the write lock: none is opened for nothing.
    with transaction.atomic():
        due = Message.objects.filter(due_at__lte=now).order_by("due_at")
        messages = list(due.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)[:BATCH])
        # A broker that does not take one is not asked to take the rest: each try may cost a time-out, with the rows locked.
        sent = [message.pk for message in takewhile(partial(_send, now=now), messages)]
        Message.objects.filter(pk__in=sent).delete()
    return len(sent)


def _send_now(message: Message) -> None:
    if _publish(message.task, message.object_id):
        Message.objects.filter(pk=message.pk).delete()


def _send(message: Message, *, now: datetime) -> bool:
    if _publish(message.task, message.object_id):
        return True
    message.attempts += 1
    message.due_at = now + min(RETRY_FIRST * 2 ** min(message.attempts, 10), RETRY_LONGEST)
    message.save(update_fields=["attempts", "due_at"])
    return False


def _publish(task: str, *arguments: int) -> bool:
    try:
        current_app.send_task(task, args=arguments)
    except (OperationalError, OSError) as error:
        logger.warning("broker not reached, %s%s waits for a sweep: %s", task, arguments, error)
        return False
    return True
