"""Findings are told once: to administrators and auditors in Slack, and to webhooks that name the act."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pytest_django import Settings

from access_requests.models import Delivery
from access_requests.services.notices import findings, sending, telling
from access_requests.services.notices.webhooks import keeping
from access_requests.services.notices.webhooks.keeping import Wishes
from audits.acts import Act
from audits.findings import due, handling, raising
from audits.kinds import FindingKind
from audits.models import Finding
from portal.users.models import User
from portal.verbs.run import run
from tests.stand_ins.slack import texts
from tests.stand_ins.slack_server import TOKEN, SlackServer, slack_server
from tests.worlds.cast import Cast, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings: Settings) -> Iterator[SlackServer]:
    with slack_server() as made:
        settings.SLACK_API_URL, settings.SLACK_BOT_TOKEN = made.url, TOKEN
        yield made


def found(now: datetime, number: int = 0) -> Finding:
    key = {"elevation": f"E-{number:08}"}
    return run(lambda: raising.raise_finding(kind=FindingKind.END_OVERDUE, key=key, evidence=[], now=now))


def told(act: Act, now: datetime) -> dict[str, Delivery]:
    telling.tell(now=now)
    return {delivery.target: delivery for delivery in Delivery.objects.filter(act=act)}


def webhook(cast: Cast, now: datetime, *acts: Act) -> None:
    wishes = Wishes(name="ops", url="http://127.0.0.1:9/hook", language="en", acts=list(acts))
    run(lambda: keeping.add(wishes=wishes, actor=actor_of(cast.admin01), now=now))


def in_english(person: User) -> None:
    person.language = "en"
    person.save()


def test_all_that_was_opened_is_told_in_one_message_with_the_first_by_name(
    cast: Cast, server: SlackServer, now: datetime
) -> None:
    webhook(cast, now, Act.FINDINGS_TOLD)
    in_english(cast.admin01)
    first, *_others = [found(now, number) for number in range(findings.MOST + 2)]
    due.sweep(now=now)
    deliveries = told(Act.FINDINGS_TOLD, now)
    readers = {f"person:{username}" for username in ("admin01", "auditor01")}
    assert readers < set(deliveries)
    (hook,) = [delivery for target, delivery in deliveries.items() if target not in readers]
    assert hook.body["data"]["findings"]["count"] == findings.MOST + 2
    assert hook.body["data"]["findings"]["found"][0]["id"] == first.code
    assert "2 more findings are on the page. http://testserver/audit/findings/" in hook.body["data"]["text"]
    sending.deliver(deliveries["person:admin01"].pk, now=now)
    (said,) = server.told("chat.postMessage")
    assert said["text"] == "Audit: 12 findings were opened"
    assert first.code in str(texts(said["blocks"]))


def test_acceptance_is_told_with_who_asks_and_without_their_reason(cast: Cast, server: SlackServer, now: datetime) -> None:
    webhook(cast, now, Act.FINDING_ACCEPTANCE_ASKED)
    in_english(cast.auditor01)
    finding, actor = found(now), actor_of(cast.admin01)
    until = now.date() + timedelta(days=9)
    run(lambda: handling.ask_acceptance(code=finding.code, until=until, reason="a secret", actor=actor, now=now))
    deliveries = told(Act.FINDING_ACCEPTANCE_ASKED, now)
    (hook,) = [delivery for target, delivery in deliveries.items() if not target.startswith("person:")]
    assert hook.body["data"]["findings"]["by"] == "admin01"
    assert f"/audit/findings/{finding.code}/" in hook.body["data"]["text"]
    assert "a secret" not in str(hook.body)
    sending.deliver(deliveries["person:auditor01"].pk, now=now)
    (said,) = server.told("chat.postMessage")
    assert said["text"].startswith(f"admin01 asks another administrator to accept {finding.code} until {until}")


def test_webhook_that_names_no_act_is_told_of_no_finding(cast: Cast, now: datetime) -> None:
    webhook(cast, now)
    found(now)
    due.sweep(now=now)
    assert told(Act.FINDINGS_TOLD, now) == {}
