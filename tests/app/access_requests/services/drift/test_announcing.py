"""Drift is told: one message for all that a comparison found, once, to administrators and auditors, and AWS waits for nobody."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from access_requests.models import Delivery, Drift, WebhookEndpoint
from access_requests.services.drift import announcing, recording
from access_requests.services.notices import delivering, sending, telling
from access_requests.services.notices.webhooks import keeping
from access_requests.services.notices.webhooks.keeping import Wishes
from audits import selectors
from audits.acts import Act
from audits.models import TrailEntry
from portal.verbs.run import run
from tests.app.access_requests.services.drift.conftest import World
from tests.emptying import trail_unguarded
from tests.stand_ins.slack import texts
from tests.stand_ins.slack_server import TOKEN, SlackServer, slack_server
from tests.worlds.cast import actor_of
from tests.worlds.jump import MEMBER_GROUP

ADMINISTRATOR, AUDITOR = "U0ADMIN01", "U0AUDITOR01"


@pytest.fixture
def server(settings: Settings) -> Iterator[SlackServer]:
    with slack_server() as made:
        settings.SLACK_API_URL, settings.SLACK_BOT_TOKEN = made.url, TOKEN
        yield made


@pytest.fixture
def everybody_reads_english(world: World) -> None:
    for person in (world.jump.cast.admin01, world.jump.cast.auditor01):
        person.language = "en"
        person.save()


def notices_sent(world: World) -> None:
    """Tell what is new and send what is due, as the notices worker does."""
    telling.tell(now=world.jump.clock.now)
    for _task, pk in list(delivering.due(now=world.jump.clock.now)):
        sending.deliver(pk, now=world.jump.clock.now)


def messages(server: SlackServer) -> dict[str, list[str]]:
    """Return account -> what each message to it says."""
    said: dict[str, list[str]] = {}
    for call in server.told("chat.postMessage"):
        said.setdefault(call["channel"], []).append("\n".join([call["text"], *texts(call["blocks"])]))
    return said


@pytest.mark.usefixtures("everybody_reads_english")
def test_one_message_for_all_of_a_comparison_goes_to_administrators_and_auditors_once(world: World, server: SlackServer) -> None:
    world.add("member02")
    world.add("leader01")
    world.compare()
    notices_sent(world)
    said = messages(server)
    assert {account: len(each) for account, each in said.items()} == {ADMINISTRATOR: 1, AUDITOR: 1}
    for drift in Drift.objects.all():
        page = f"http://testserver/drift/{drift.code}/"
        assert f"jump {MEMBER_GROUP} {drift.name}" in said[ADMINISTRATOR][0]
        assert page in said[AUDITOR][0]
        assert (f"{page}undo/" in said[ADMINISTRATOR][0], f"{page}undo/" in said[AUDITOR][0]) == (True, False)

    world.compare()
    notices_sent(world)
    assert messages(server) == said

    world.add("leader02")
    world.compare()
    notices_sent(world)
    (_, second) = messages(server)[ADMINISTRATOR]
    assert [name in second for name in ("leader02", "leader01", "member02")] == [True, False, False]


def test_each_reads_it_in_their_own_language(world: World, server: SlackServer) -> None:
    world.jump.cast.admin01.language = "en"
    world.jump.cast.admin01.save()
    world.add("member02")
    world.compare()
    notices_sent(world)
    said = messages(server)
    assert "Undo it" in said[ADMINISTRATOR][0]
    assert "member that no elevation explains" in said[ADMINISTRATOR][0]
    assert "ドリフト" in said[AUDITOR][0]


@pytest.mark.usefixtures("everybody_reads_english")
def test_of_many_the_first_are_named_and_the_rest_are_counted(world: World, server: SlackServer) -> None:
    for number in range(25):
        found(world, f"stranger{number:02}")
    announcing.tell_of_new(now=world.jump.clock.now)
    notices_sent(world)
    (said,) = messages(server)[ADMINISTRATOR]
    assert ("stranger09" in said, "stranger10" in said, "15 more differences are on the page" in said) == (True, False, True)


def found(world: World, name: str, **changes: Any) -> Drift:
    """Have a difference found, as a comparison does."""
    now = world.jump.clock.now
    usual = {"kind": "unexplained_member", "account": "jump", "thing": MEMBER_GROUP, "found_at": now, "seen_at": now}
    drift = Drift.objects.create(name=name, **{**usual, **changes})
    run(
        lambda: recording.tell(
            drift, Act.DRIFT_FOUND, actor=actor_of(world.jump.cast.admin01), now=now, data={"to": drift.status}
        )
    )
    return drift


def test_what_could_not_be_told_holds_up_no_comparison_and_is_told_by_the_next(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise RuntimeError

    world.undo_by_itself()
    world.add("member02")
    found(world, "stranger01", thing="nothing that is compared", account="elsewhere")
    with monkeypatch.context() as patch:
        patch.setattr(announcing, "_append", broken)
        world.compare()
    assert Drift.objects.get(name="member02").status == "undone"
    assert not TrailEntry.objects.filter(act=Act.COMPARISON_DRIFT_FOUND).exists()
    found(world, "stranger02")
    announcing.tell_of_new(now=world.jump.clock.now)
    (entry,) = TrailEntry.objects.filter(act=Act.COMPARISON_DRIFT_FOUND)
    assert "stranger02" in [one["name"] for one in entry.data["found"]]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="On SQLite ids go on from the greatest, and then there is none left.")
def test_row_from_before_with_a_made_up_id_silences_no_drift(world: World) -> None:
    everything = {"count": 0, "found": [], "through": 2**63 - 2}
    with trail_unguarded():
        told = {"act": Act.COMPARISON_DRIFT_FOUND, "actor": "somebody", "subject": announcing.SUBJECT, "data": everything}
        TrailEntry.objects.bulk_create([TrailEntry(pk=2**63 - 2, at=world.jump.clock.now, **told)])
    found(world, "stranger")
    announcing.tell_of_new(now=world.jump.clock.now)
    entry = selectors.numbered().get(act=Act.COMPARISON_DRIFT_FOUND)
    assert [one["name"] for one in entry.data["found"]] == ["stranger"]


def test_who_may_not_see_drift_any_more_when_it_is_sent_gets_none(world: World, server: SlackServer) -> None:
    world.add("member02")
    world.compare()
    telling.tell(now=world.jump.clock.now)
    world.jump.cast.auditor01.is_auditor = False
    world.jump.cast.auditor01.save()
    notices_sent(world)
    assert set(messages(server)) == {ADMINISTRATOR}
    assert Delivery.objects.get(target="person:auditor01").answer == "may_not_see"


def test_webhooks_that_name_it_get_what_is_about_their_work_groups(world: World) -> None:
    for name, acts, groups in (
        ("ops", [Act.COMPARISON_DRIFT_FOUND], []),
        ("everything", [], []),
        ("members", [Act.COMPARISON_DRIFT_FOUND], [MEMBER_GROUP]),
        ("leaders", [Act.COMPARISON_DRIFT_FOUND], ["ProdLeaderWorkGroup"]),
    ):
        wishes = Wishes(name=name, url="http://127.0.0.1:9/hook", language="en", acts=acts, work_groups=groups)
        run(lambda wishes=wishes: keeping.add(wishes=wishes, actor=actor_of(world.jump.cast.admin01), now=world.jump.clock.now))  # type: ignore[misc]
    found(world, "stranger01", work_group=world.jump.cast.prod_member)
    found(world, "stranger02", thing="SekishoRole", kind="role_gone")
    announcing.tell_of_new(now=world.jump.clock.now)
    telling.tell(now=world.jump.clock.now)
    names = dict(WebhookEndpoint.objects.values_list("code", "name"))
    bodies = {names[row.target]: row.body for row in Delivery.objects.filter(channel="webhook")}
    assert {name: body["data"]["drift"]["count"] for name, body in bodies.items()} == {"ops": 2, "members": 1}
    first = Drift.objects.get(name="stranger01")
    assert bodies["members"]["type"] == Act.COMPARISON_DRIFT_FOUND
    assert bodies["members"]["data"]["drift"]["found"][0]["url"] == f"http://testserver/drift/{first.code}/"
    assert bodies["members"]["data"]["text"] == (
        f"AWS is not as the portal left it: {first.code} member that no elevation explains: jump {MEMBER_GROUP} stranger01. "
        "http://testserver/drift/"
    )
