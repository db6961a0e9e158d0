"""Messages that leave after the commit."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from access_requests.messages import Task
from portal.outbox.models import Message
from portal.outbox.sending import put as put_message
from portal.outbox.sending import send_due

SECOND = timedelta(seconds=1)
TASK = Task.GRANT


class Broker:
    """What a broker does with a message, without one: it takes it or is down."""

    def __init__(self) -> None:
        self.down = False
        self.asked = 0
        self.taken: list[tuple[str, int]] = []

    def send_task(self, name: str, args: list[Any], **_options: Any) -> None:
        self.asked += 1
        if self.down:
            raise OperationalError("connection refused")
        self.taken.append((name, args[0]))


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    stand_in = Broker()
    monkeypatch.setattr(current_app, "send_task", stand_in.send_task)
    return stand_in


def put(object_id: int, *, now: datetime) -> None:
    with transaction.atomic():
        put_message(TASK, object_id=object_id, now=now)


@pytest.mark.django_db(transaction=True)
def test_message_leaves_with_the_commit_and_not_before(broker: Broker, now: datetime) -> None:
    with transaction.atomic():
        put_message(TASK, object_id=7, now=now)
        assert not broker.taken
    assert broker.taken == [(TASK, 7)]
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_message_of_a_change_that_was_rolled_back_never_leaves(broker: Broker, now: datetime) -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        put_message(TASK, object_id=7, now=now)
        raise ZeroDivisionError
    assert send_due(now=now) == 0
    assert not broker.taken


@pytest.mark.django_db(transaction=True)
def test_change_commits_though_the_broker_is_down_and_its_message_leaves_later(broker: Broker, now: datetime) -> None:
    broker.down = True
    put(7, now=now)
    assert send_due(now=now) == 0
    assert Message.objects.get().attempts == 1
    broker.down = False
    assert send_due(now=now + SECOND) == 0
    assert send_due(now=now + timedelta(minutes=5)) == 1
    assert broker.taken == [(TASK, 7)]
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_broker_that_is_down_is_asked_once_a_round(broker: Broker, now: datetime) -> None:
    broker.down = True
    for object_id in range(10):
        put_message(TASK, object_id=object_id, now=now)
    send_due(now=now)
    assert broker.asked == 1
    broker.down = False
    assert send_due(now=now) == 9


@pytest.mark.django_db
def test_message_is_never_put_off_for_longer_than_five_minutes(broker: Broker, now: datetime) -> None:
    broker.down = True
    put_message(TASK, object_id=7, now=now)
    for _ in range(20):
        send_due(now=now)
        due = Message.objects.get().due_at
        assert now < due <= now + timedelta(minutes=5)
        now = due


@pytest.mark.django_db
def test_messages_leave_in_the_order_in_which_they_were_due(broker: Broker, now: datetime) -> None:
    for object_id, seconds in ((1, 3), (2, 1), (3, 2)):
        put_message(TASK, object_id=object_id, now=now + seconds * SECOND)
    send_due(now=now + timedelta(seconds=3))
    assert [object_id for _, object_id in broker.taken] == [2, 3, 1]
