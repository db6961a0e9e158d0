"""What is to be told, as rows: what is due, what is sent once more, and what is forgotten."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings

from access_requests.messages import Task
from access_requests.models import Delivery
from portal.outbox import sending as outbox

BATCH = 500


def due(*, now: datetime) -> Iterator[tuple[str, int]]:
    """Yield (task, id) of what is to be sent, or was being sent by somebody who is gone."""
    waiting = Delivery.objects.filter(try_again_at__lte=now).order_by("try_again_at")
    yield from ((Task.SEND_NOTICE, pk) for pk in waiting.values_list("pk", flat=True)[:BATCH])


def deliver_again(delivery: Delivery, *, now: datetime) -> Delivery:
    """Have the same contents sent to the same recipient once more, as a delivery of its own. In the caller's transaction."""
    again = Delivery.objects.create(
        channel=delivery.channel,
        target=delivery.target,
        entry_id=delivery.entry_id,
        act=delivery.act,
        subject=delivery.subject,
        body=delivery.body,
        redelivers=delivery,
        try_again_at=now,
        created_at=now,
    )
    outbox.nudge(Task.SEND_NOTICE, again.pk)
    return again


def forget_old(*, now: datetime) -> None:
    """Delete the log of what was settled long ago. The trail keeps what happened; this only tells who was told."""
    old = Delivery.objects.filter(settled_at__lt=now - timedelta(days=settings.DELIVERIES_KEPT_DAYS))
    if old.exists():
        old.delete()
