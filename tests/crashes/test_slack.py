"""A real worker before a Slack that takes calls and does not answer, or is not there."""

import json
from collections.abc import Iterator, Mapping

import pytest
from django.utils import timezone

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Delivery, DeliveryStatus, SlackCard
from tests.crashes.stage import Stage
from tests.crashes.test_notices import NOTICES, swept
from tests.stand_ins.slack_server import TOKEN, SlackServer, slack_server
from tests.worker import Start

CHANNEL = "C0APPROVALS"


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with slack_server() as made:
        yield made


def told_by(stage: Stage, slack: SlackServer) -> Mapping[str, str]:
    """Have the policy name a channel; return the environment of a worker that tells it."""
    stage.cast.one_lead.slack_channel = CHANNEL
    stage.cast.one_lead.save()
    return {**stage.crew.environment, "TEST_SLACK_BOT_TOKEN": TOKEN, "SLACK_API_URL": slack.url}


def in_channel(slack: SlackServer) -> list[str]:
    return [json.dumps(call.data, ensure_ascii=False) for call in slack.calls if call.data.get("channel") == CHANNEL]


def is_settled() -> bool:
    return Delivery.objects.exists() and not Delivery.objects.filter(status=DeliveryStatus.WAITING).exists()


def test_slack_that_does_not_answer_holds_up_neither_a_grant_nor_an_end(
    stage: Stage, slack: SlackServer, start_worker: Start
) -> None:
    environment = told_by(stage, slack)
    slack.open.clear()
    start_worker(environment, queues=NOTICES)
    elevation = stage.approved()
    swept(stage, lambda: in_channel(slack))
    stage.mended(elevation, ElevationStatus.ACTIVE)
    stage.assert_in(elevation)
    type(elevation).objects.filter(pk=elevation.pk).update(ends_at=timezone.now())
    stage.mended(elevation, ElevationStatus.ENDED)
    stage.assert_out(elevation)
    assert not Delivery.objects.filter(status=DeliveryStatus.DELIVERED).exists()
    slack.open.set()
    swept(stage, lambda: Delivery.objects.filter(act="elevation.ended").exists() and is_settled())
    assert set(Delivery.objects.values_list("status", flat=True)) == {DeliveryStatus.DELIVERED}
    assert elevation.code in in_channel(slack)[-1]
    assert "終了(AWS で確認済み)" in in_channel(slack)[-1]


def test_cards_are_one_message_each_however_fast_things_go(stage: Stage, slack: SlackServer, start_worker: Start) -> None:
    start_worker(told_by(stage, slack), queues=NOTICES)
    elevation = stage.approved()
    stage.mended(elevation, ElevationStatus.ACTIVE)
    swept(stage, lambda: Delivery.objects.filter(act="elevation.active").exists() and is_settled())
    assert len(slack.told("chat.postMessage")) == SlackCard.objects.count()
    for card in SlackCard.objects.all():
        latest = [call.data for call in slack.calls if call.data.get("channel") in (card.channel, card.recipient)][-1]
        assert elevation.code in json.dumps(latest)
        assert "有効" in json.dumps(latest, ensure_ascii=False)
