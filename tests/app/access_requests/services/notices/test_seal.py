"""How the seal is reaches administrators and auditors in Slack, and the webhooks that ask for it."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.translation import override
from pytest_django import Settings

from access_requests.models import Delivery, WebhookEndpoint
from access_requests.services.notices import delivering, seal, sending, telling
from access_requests.services.notices.webhooks import keeping
from access_requests.services.notices.webhooks.keeping import Wishes
from audits.acts import Act
from audits.models import Sealer, SealState
from audits.sealing import watching
from portal.verbs.run import run
from tests.stand_ins.slack import texts
from tests.stand_ins.slack_server import TOKEN, SlackServer, slack_server
from tests.worlds.cast import Cast, actor_of
from tests.worlds.sealed import Trail

REFUSED = "The guard refuses the sealing process. Entries wait until an administrator gives it its rights."


@pytest.fixture
def server(settings: Settings) -> Iterator[SlackServer]:
    with slack_server() as made:
        settings.SLACK_API_URL, settings.SLACK_BOT_TOKEN = made.url, TOKEN
        yield made


@pytest.fixture
def readers(cast: Cast) -> Cast:
    for person in (cast.admin01, cast.auditor01):
        person.language = "en"
        person.save()
    return cast


def stop() -> None:
    Sealer.objects.update_or_create(pk=1, defaults={"state": SealState.GUARD_REFUSED, "detail": "s3://heads: AccessDenied"})


def told(now: datetime) -> None:
    telling.tell(now=now)
    for _task, pk in list(delivering.due(now=now)):
        sending.deliver(pk, now=now)


def test_administrators_and_auditors_are_told_in_slack_in_their_words(
    sealed_trail: Trail, readers: Cast, server: SlackServer
) -> None:
    stop()
    watching.watch(now=timezone.now())
    told(timezone.now())
    said = {call["channel"]: "\n".join(texts(call["blocks"])) for call in server.told("chat.postMessage")}
    assert set(said) == {"U0ADMIN01", "U0AUDITOR01"}
    assert f"The audit trail is not sealed any more. {REFUSED}" in said["U0ADMIN01"]
    assert "http://testserver/audit/seal/" in said["U0ADMIN01"]


def test_who_reads_not_everything_any_more_is_told_nothing(sealed_trail: Trail, readers: Cast, server: SlackServer) -> None:
    stop()
    watching.watch(now=timezone.now())
    telling.tell(now=timezone.now())
    readers.auditor01.is_auditor = False
    readers.auditor01.save()
    told(timezone.now())
    assert [call["channel"] for call in server.told("chat.postMessage")] == ["U0ADMIN01"]


def test_webhooks_that_name_it_are_told_and_no_others(sealed_trail: Trail, readers: Cast) -> None:
    for name, acts in (("ops", [Act.SEAL_STOPPED]), ("everything", []), ("other", [Act.REQUEST_SUBMITTED])):
        wishes = Wishes(name=name, url="http://127.0.0.1:9/hook", language="en", acts=acts, work_groups=[])
        run(lambda wishes=wishes: keeping.add(wishes=wishes, actor=actor_of(readers.admin01), now=timezone.now()))  # type: ignore[misc]
    stop()
    watching.watch(now=timezone.now())
    telling.tell(now=timezone.now())
    (row,) = Delivery.objects.filter(channel="webhook")
    assert row.target == WebhookEndpoint.objects.get(name="ops").code
    assert row.body["data"] == {
        "seal": {"state": "guard_refused", "url": "http://testserver/audit/seal/"},
        "text": f"The audit trail is not sealed any more. {REFUSED} http://testserver/audit/seal/",
    }


def test_time_is_the_readers_and_a_state_of_another_release_is_shown_as_it_is() -> None:
    data = {"state": "unheard_of", "waiting": 2, "waiting_since": "2026-11-23T05:00:00Z"}
    says = seal.said(Act.SEAL_OVERDUE, data, zone=ZoneInfo("Asia/Tokyo"))
    assert "2026-11-23 14:00 JST" in says
    assert "unheard_of" in says
    with override("en"):
        assert "process is dead" in seal.said(Act.SEAL_OVERDUE, {**data, "state": ""}, zone=ZoneInfo("UTC"))
