"""Sending what is to be told: tried again with growing patience, given up in the end, and written down either way."""

import logging
from datetime import datetime, timedelta

from django.db.models import F

from access_requests.models import Delivery, DeliveryStatus
from access_requests.services.notices import registry
from access_requests.services.notices.contract import Later, Undeliverable

logger = logging.getLogger(__name__)
# After the first attempt, after the second, ...: some three days in all.
PATIENCE = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600)
)
# Longer than any channel's calls for one delivery: whoever has it this long is dead, and it is sent again.
LOST_AFTER = timedelta(minutes=2)
ANSWER_LENGTH = 300


def deliver(delivery_id: int, *, now: datetime) -> None:
    """Send one delivery, unless somebody else is at it or it is not due."""
    # Compare and set: of two workers with the same message one gets nothing.
    mine = Delivery.objects.filter(pk=delivery_id, status=DeliveryStatus.WAITING, try_again_at__lte=now)
    if mine.update(try_again_at=now + LOST_AFTER, attempts=F("attempts") + 1):
        _attempt(Delivery.objects.get(pk=delivery_id), now)


def _attempt(delivery: Delivery, now: datetime) -> None:
    try:
        answer = registry.channel(delivery.channel).send(delivery, now=now)
    except Undeliverable as error:
        _settle(delivery, DeliveryStatus.GIVEN_UP, str(error), now)
    except Later as error:
        _put_off(delivery, error, now)
    except Exception as error:
        # A channel met what it does not know of: it is as patient with that, and gives up in the end.
        logger.exception("notice %s broke", delivery)
        _put_off(delivery, Later(type(error).__name__), now)
    else:
        _settle(delivery, DeliveryStatus.DELIVERED, answer, now)


def _put_off(delivery: Delivery, error: Later, now: datetime) -> None:
    if delivery.attempts > len(PATIENCE):
        _settle(delivery, DeliveryStatus.GIVEN_UP, str(error), now)
        return
    wait = max(PATIENCE[delivery.attempts - 1], error.after or timedelta())
    logger.warning("notice %s was not taken, next try in %s: %s", delivery, wait, error)
    _write(delivery, answer=str(error), try_again_at=now + wait)


def _settle(delivery: Delivery, status: DeliveryStatus, answer: str, now: datetime) -> None:
    if status == DeliveryStatus.GIVEN_UP:
        logger.error("notice %s is given up: %s", delivery, answer)
    _write(delivery, answer=answer, status=status, try_again_at=None, settled_at=now)


def _write(delivery: Delivery, *, answer: str, **fields: object) -> None:
    """Write what came of an attempt, unless it took so long that another one was begun meanwhile."""
    mine = Delivery.objects.filter(pk=delivery.pk, attempts=delivery.attempts, status=DeliveryStatus.WAITING)
    mine.update(answer=answer[:ANSWER_LENGTH], **fields)
