"""What was recorded late and does not say why is found once, and administrators and auditors are told of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access_requests.models import Delivery
from access_requests.services.notices import lateness, sending, telling
from access_requests.services.notices.webhooks import keeping
from access_requests.services.notices.webhooks.keeping import Wishes
from audits.acts import Act
from audits.database_rights import Service
from audits.models import Late, TrailEntry
from portal.verbs.run import run
from tests.app.access_requests.web.conftest import laid_out
from tests.database_roles import Roles
from tests.stand_ins.slack import texts
from tests.stand_ins.slack_server import TOKEN, SlackServer, slack_server
from tests.worlds.cast import Cast, actor_of
from tests.worlds.entry import ENTRY

pytestmark = pytest.mark.django_db


@pytest.fixture
def present() -> datetime:
    """The time of the database, and a look that has seen all there was."""
    lateness.look(now=timezone.now())
    return timezone.now()


def written(at: datetime, late: str = "") -> TrailEntry:
    with transaction.atomic():
        return TrailEntry.objects.create(at=at, late=late, schema_version=2, **ENTRY)


def announced() -> list[TrailEntry]:
    return list(TrailEntry.objects.filter(act=Act.TRAIL_RECORDED_LATE).order_by("pk"))


def test_what_came_late_is_announced_once(present: datetime) -> None:
    entries = [written(present - timedelta(hours=2)), written(present + timedelta(hours=1))]
    assert [lateness.look(now=present) for _ in range(3)] == [2, 0, 0]
    (entry,) = announced()
    assert entry.data["count"] == 2
    assert [said["id"] for said in entry.data["entries"]] == [each.pk for each in entries]


def test_what_came_in_time_or_says_why_it_is_late_is_not(present: datetime) -> None:
    written(present - timedelta(minutes=4))
    written(present - timedelta(hours=2), Late.SPOOLED)
    assert lateness.look(now=present) == 0
    assert announced() == []


def test_announcement_that_is_late_itself_is_not_announced(present: datetime) -> None:
    written(present - timedelta(hours=2))
    lateness.look(now=present - timedelta(hours=2))
    assert announced()[0].is_recorded_late
    assert lateness.look(now=present) == 0


def test_first_look_leaves_the_past_alone() -> None:
    written(timezone.now() - timedelta(hours=2))
    assert [lateness.look(now=timezone.now()) for _ in range(2)] == [0, 0]


def test_telling_goes_on_as_it_was(present: datetime) -> None:
    written(present - timedelta(hours=2))
    lateness.look(now=present)
    telling.tell(now=present)
    assert telling.tell(now=present) == 0
    assert lateness.look(now=present) == 0


@pytest.fixture
def server(settings: Settings) -> Iterator[SlackServer]:
    with slack_server() as made:
        settings.SLACK_API_URL, settings.SLACK_BOT_TOKEN = made.url, TOKEN
        yield made


def test_administrators_and_auditors_are_told_in_slack_and_by_webhooks_that_name_it(
    cast: Cast, server: SlackServer, present: datetime
) -> None:
    for name, acts in (("ops", [Act.TRAIL_RECORDED_LATE]), ("everything", [])):
        wishes = Wishes(name=name, url="http://127.0.0.1:9/hook", language="en", acts=acts)
        run(lambda wishes=wishes: keeping.add(wishes=wishes, actor=actor_of(cast.admin01), now=present))  # type: ignore[misc]
    telling.tell(now=present)
    written(present - timedelta(hours=2))
    lateness.look(now=present)
    telling.tell(now=present)
    told = {delivery.target: delivery for delivery in Delivery.objects.filter(act=Act.TRAIL_RECORDED_LATE)}
    readers = {f"person:{username}" for username in ("admin01", "auditor01")}
    assert {target for target in told if target.startswith("person:")} == readers
    (hook,) = [delivery for target, delivery in told.items() if target not in readers]
    assert hook.body["data"]["text"].startswith("Entries of the audit trail were recorded late and do not say why (1): entry ")
    cast.admin01.language = "en"
    cast.admin01.save()
    cast.auditor01.is_auditor = False
    cast.auditor01.save()
    for target in sorted(readers):
        sending.deliver(told[target].pk, now=present)
    (said,) = server.told("chat.postMessage")
    assert said["channel"] == "U0ADMIN01"
    assert said["text"] == "1 entry of the audit trail was recorded late and does not say why"
    assert "http://testserver/audit/" in str(texts(said["blocks"]))
    assert Delivery.objects.get(target="person:auditor01").answer == "may_not_see"


def test_home_says_so_to_administrators_and_auditors(cast: Cast, client: Client, present: datetime) -> None:
    written(present - timedelta(hours=2))
    lateness.look(now=present)
    for person, is_told in ((cast.admin01, True), (cast.auditor01, True), (cast.leader01, False), (cast.member01, False)):
        client.force_login(person)
        page = laid_out(client.get("/", headers={"Accept-Language": "en"}))
        assert ("1 entry of the audit trail was recorded late and does not say why" in page) is is_told


def test_role_of_notices_looks_and_announces(present: datetime, roles: Roles) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL has roles.")
    written(present - timedelta(hours=2))
    with roles.act_as(Service.NOTICES):
        assert lateness.look(now=timezone.now()) == 1
