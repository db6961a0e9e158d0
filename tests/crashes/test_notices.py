"""Notices wait for nobody and nobody waits for them: a real worker before a receiver that is away, slow, or answers too late."""

import json
import time
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone

from access_requests.lifecycle import ElevationStatus
from access_requests.messages import Task
from access_requests.models import Delivery, DeliveryStatus, WebhookEndpoint
from access_requests.services.notices.webhooks import keeping
from access_requests.services.notices.webhooks.keeping import Wishes
from portal.verbs.run import run
from tests.crashes.stage import Stage
from tests.stand_ins.webhook_receivers import Receiver, receiving
from tests.waiting import until
from tests.worker import Start
from tests.worlds.cast import actor_of

SWEEP = Task.SWEEP_NOTICES
NOTICES = "notices"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def told(stage: Stage, url: str) -> WebhookEndpoint:
    """Have a webhook there."""
    wishes, actor = Wishes(name="chat", url=url, language="en"), actor_of(stage.cast.admin01)
    return run(lambda: keeping.add(wishes=wishes, actor=actor, now=timezone.now()))[0]


def swept(stage: Stage, condition: Callable[[], object]) -> None:
    """Sweep notices until it holds, with their patience run out each time."""

    def sweep() -> bool:
        Delivery.objects.filter(status=DeliveryStatus.WAITING, attempts__gt=0).exclude(answer="").update(
            try_again_at=timezone.now()
        )
        stage.broker.send(SWEEP)
        time.sleep(0.2)
        return bool(condition())

    until(lambda: condition() or sweep())


def all_delivered() -> bool:
    return not Delivery.objects.exclude(status=DeliveryStatus.DELIVERED).exists()


def test_receiver_that_does_not_answer_holds_up_neither_a_grant_nor_an_end(
    stage: Stage, receiver: Receiver, start_worker: Start
) -> None:
    told(stage, receiver.url)
    receiver.open.clear()
    start_worker(stage.crew.environment, queues=NOTICES)
    elevation = stage.approved()
    swept(stage, lambda: receiver.asked >= 3)  # The worker of notices is busy with waiting.
    stage.mended(elevation, ElevationStatus.ACTIVE)
    stage.assert_in(elevation)
    type(elevation).objects.filter(pk=elevation.pk).update(ends_at=timezone.now())
    stage.mended(elevation, ElevationStatus.ENDED)
    stage.assert_out(elevation)
    assert not Delivery.objects.filter(status=DeliveryStatus.DELIVERED).exists()
    receiver.open.set()
    swept(stage, lambda: "elevation.ended" in set(Delivery.objects.values_list("act", flat=True)) and all_delivered())
    types = {json.loads(got.body)["type"] for got in receiver.got}
    assert {"request.submitted", "request.approved", "elevation.active", "elevation.ended"} <= types


def test_receiver_that_is_away_gets_everything_once_it_is_back(stage: Stage, start_worker: Start) -> None:
    with receiving() as gone:
        endpoint = told(stage, gone.url)
    worker = start_worker(stage.crew.environment, queues=NOTICES)
    stage.approved()
    swept(stage, lambda: Delivery.objects.filter(answer="not_reached").count() >= 3)
    assert worker.is_running
    with receiving() as back:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(url=back.url)
        swept(stage, all_delivered)
        assert {json.loads(got.body)["type"] for got in back.got} == {
            "request.submitted",
            "request.approved",
            "elevation.scheduled",
        }


def test_worker_killed_while_it_sends_has_its_notices_sent_by_the_next(
    stage: Stage, receiver: Receiver, start_worker: Start
) -> None:
    told(stage, receiver.url)
    receiver.open.clear()
    worker = start_worker(stage.crew.environment, queues=NOTICES)
    stage.approved()
    swept(stage, lambda: receiver.asked >= 3)
    worker.kill()
    receiver.open.set()
    until(lambda: len(receiver.got) >= 3)  # They have arrived, and nobody is left to write that down.
    assert not Delivery.objects.filter(status=DeliveryStatus.DELIVERED).exists()
    start_worker(stage.crew.environment, queues=NOTICES)
    # As if two minutes had passed, after which whoever was sending counts as dead.
    Delivery.objects.filter(status=DeliveryStatus.WAITING).update(try_again_at=timezone.now())
    swept(stage, all_delivered)
    ids = [got.headers["webhook-id"] for got in receiver.got]
    assert len(set(ids)) == 3
    assert all(ids.count(each) >= 2 for each in ids)
    assert {each.headers["webhook-id"]: each.body for each in receiver.got} == {
        each.headers["webhook-id"]: each.body for each in receiver.got[:3]
    }
