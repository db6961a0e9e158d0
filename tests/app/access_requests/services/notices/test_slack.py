"""Cards of requests in Slack: who gets one, what it shows as things go on, and what becomes of it when Slack is not there."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from access_requests.lifecycle import ElevationAction
from access_requests.models import AccessRequest, Delivery, DeliveryStatus, Elevation, SlackCard
from access_requests.services.notices import delivering, refreshing, sending, telling
from access_requests.services.people import people
from access_requests.services.record import locking, transition
from access_requests.services.requests import decide
from portal.users.models import LinkedIdentity
from portal.verbs.actor import WORKER
from portal.verbs.run import run
from tests.stand_ins.slack import Slack, texts, told
from tests.stand_ins.slack_server import TOKEN, SlackServer, slack_server
from tests.worlds.cast import Cast, actor_of
from tests.worlds.clock import Clock
from tests.worlds.entry import data_of
from tests.worlds.story import approved, elevated, extension_asked, rejected, sent_back, submitted, withdrawn

CHANNEL = "C0APPROVALS"
POST, UPDATE = "chat.postMessage", "chat.update"


@pytest.fixture
def server(settings: Settings, clock: Clock) -> Iterator[SlackServer]:
    with slack_server() as made:
        settings.SLACK_API_URL, settings.SLACK_BOT_TOKEN = made.url, TOKEN
        settings.LANGUAGE_CODE = "en"
        yield made


@pytest.fixture
def company(cast: Cast) -> Cast:
    cast.one_lead.slack_channel = CHANNEL
    cast.one_lead.save()
    return cast


def sent(now: datetime) -> None:
    """Tell what is new and send what is due, as the workers do."""
    telling.tell(now=now)
    for _task, pk in list(delivering.due(now=now)):
        sending.deliver(pk, now=now)


def shown(call: dict[str, Any]) -> str:
    return "\n".join([call["text"], *texts(call["blocks"])])


def in_channel(server: SlackServer, method: str) -> list[dict[str, Any]]:
    return [call for call in server.told(method) if call["channel"] == CHANNEL]


def has_buttons(call: dict[str, Any]) -> bool:
    return any(block["type"] == "actions" for block in call["blocks"])


def test_card_goes_to_the_channel_and_to_the_approvers_whose_turn_it_is(company: Cast, server: SlackServer, clock: Clock) -> None:
    request = submitted(company.member01, now=clock.now, plan="first this", reason="fix the <index>")
    sent(clock.now)
    assert [call["channel"] for call in server.told(POST)] == [CHANNEL, "U0LEADER01", "U0LEADER02"]
    card = server.told(POST)[0]
    who = "佐藤 美咲 (member01)"
    for part in (f"{who} asks for ProdMemberWorkGroup", request.code, "CHG-123", "fix the &lt;index&gt;", "first this"):
        assert part in shown(card), part
    assert "1 of 高橋 直子 (leader01), 田中 大輔 (leader02)" in shown(card)
    assert "30 minutes from the approval" in shown(card)
    assert has_buttons(card)
    assert (card["unfurl_links"], card["unfurl_media"]) == (False, False)
    assert set(Delivery.objects.values_list("status", flat=True)) == {DeliveryStatus.DELIVERED}


def test_requester_and_whoever_is_not_linked_get_none(company: Cast, server: SlackServer, clock: Clock) -> None:
    LinkedIdentity.objects.filter(person=company.leader02).update(verified_at=None)
    submitted(company.leader01, now=clock.now)
    sent(clock.now)
    assert [call["channel"] for call in server.told(POST)] == [CHANNEL]


def test_without_a_channel_the_approvers_alone_are_told(cast: Cast, server: SlackServer, clock: Clock) -> None:
    submitted(cast.member01, now=clock.now)
    sent(clock.now)
    assert {call["channel"] for call in server.told(POST)} == {"U0LEADER01", "U0LEADER02"}


def test_without_a_token_nothing_is_told(company: Cast, server: SlackServer, clock: Clock, settings: Settings) -> None:
    settings.SLACK_BOT_TOKEN = ""
    submitted(company.member01, now=clock.now)
    sent(clock.now)
    assert (server.calls, Delivery.objects.count(), SlackCard.objects.count()) == ([], 0, 0)


def granted(elevation: Elevation, now: datetime) -> None:
    def act() -> None:
        locked = locking.lock_elevation(elevation.pk)
        transition.apply_to_elevation(locked, ElevationAction.START_GRANT, actor=WORKER, now=now)
        locked.granted_at = now
        transition.apply_to_elevation(
            locked, ElevationAction.CONFIRM_GRANT, actor=WORKER, now=now, data=data_of(ElevationAction.CONFIRM_GRANT, now)
        )

    run(act)


def ended(elevation: Elevation, now: datetime) -> None:
    def act() -> None:
        locked = locking.lock_elevation(elevation.pk)
        locked.stopped_at = locked.ended_at = now
        transition.apply_to_elevation(
            locked, ElevationAction.START_REVOKE, actor=WORKER, now=now, data=data_of(ElevationAction.START_REVOKE, now)
        )
        transition.apply_to_elevation(
            locked, ElevationAction.CONFIRM_REVOKE, actor=WORKER, now=now, data=data_of(ElevationAction.CONFIRM_REVOKE, now)
        )

    run(act)


def test_card_is_updated_in_its_place_as_access_comes_and_goes(company: Cast, server: SlackServer, clock: Clock) -> None:
    request = submitted(company.member01, now=clock.now)
    sent(clock.now)
    approved(request, company.leader01, now=clock.now, comment="go <!here>")
    sent(clock.now)
    elevation = Elevation.objects.get()
    granted(elevation, clock.now)
    sent(clock.now)
    ended(elevation, clock.forward(minutes=5))
    sent(clock.now)
    cards = in_channel(server, UPDATE)
    ts = SlackCard.objects.get(target=f"channel:{CHANNEL}").ts
    assert {card["ts"] for card in cards} == {ts}
    assert len(in_channel(server, POST)) == 1
    assert not any(has_buttons(card) for card in cards)
    assert "高橋 直子 (leader01) approved, browser, proven by password" in shown(cards[0])
    assert "“go &lt;!here&gt;”" in shown(cards[0])
    assert [word in shown(card) for card, word in zip(cards, ("scheduled", "active", "ended"), strict=True)] == [True] * 3
    assert {card["channel"] for card in server.told(UPDATE)} == {CHANNEL, "D0LEADER01", "D0LEADER02"}


@pytest.mark.parametrize(
    ("settle", "word"), [(rejected, "Rejected"), (sent_back, "Sent back"), (withdrawn, "Withdrawn")], ids=lambda x: str(x)[:20]
)
def test_card_says_how_a_request_was_settled(company: Cast, server: SlackServer, clock: Clock, settle: Any, word: str) -> None:
    request = submitted(company.member01, now=clock.now)
    sent(clock.now)
    settle(request, company.member01 if settle is withdrawn else company.leader01, now=clock.now)
    sent(clock.now)
    (card,) = in_channel(server, UPDATE)
    assert f"{request.code} · {word}" in shown(card)
    assert not has_buttons(card)


def test_card_of_a_lapsed_request_says_so(company: Cast, server: SlackServer, clock: Clock) -> None:
    request = submitted(company.member01, now=clock.now)
    sent(clock.now)
    run(lambda: decide.lapse(request_id=request.pk, actor=WORKER, now=clock.forward(days=2)))
    sent(clock.now)
    assert "Lapsed" in shown(in_channel(server, UPDATE)[0])


def test_second_level_gets_its_card_when_its_turn_has_come(cast: Cast, server: SlackServer, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now, work_groups=["ProdLeaderWorkGroup"])
    sent(clock.now)
    assert {call["channel"] for call in server.told(POST)} == {"U0LEADER01", "U0LEADER02"}
    approved(request, cast.leader01, now=clock.now)
    sent(clock.now)
    assert {call["channel"] for call in server.told(POST)} == {"U0LEADER01", "U0LEADER02", "U0ADMIN01"}
    assert "高橋 直子 (leader01) approved" in shown(server.told(POST)[-1])


def test_extension_has_a_card_of_its_own(company: Cast, server: SlackServer, clock: Clock) -> None:
    elevation = elevated(company.member01, company.leader01, now=clock.now)
    made = extension_asked(elevation, company.member01, now=clock.now, ends_at=elevation.ends_at + timedelta(minutes=30))
    sent(clock.now)
    assert any(f"{made.code} 佐藤 美咲 (member01) asks for more time" in call["text"] for call in in_channel(server, POST))


def test_policy_that_is_not_decided_on_in_chat_has_no_buttons(company: Cast, server: SlackServer, clock: Clock) -> None:
    company.one_lead.decide_by = ["browser"]
    company.one_lead.save()
    submitted(company.member01, now=clock.now)
    sent(clock.now)
    assert not has_buttons(server.told(POST)[0])
    assert "decided on in the portal" in shown(server.told(POST)[0])


def test_each_is_told_in_their_language_and_the_channel_in_the_portals(
    company: Cast, server: SlackServer, clock: Clock, settings: Settings
) -> None:
    settings.LANGUAGE_CODE = "ja"
    company.leader01.language = "en"
    company.leader01.save()
    submitted(company.member01, now=clock.now)
    sent(clock.now)
    said = {call["channel"]: call["text"] for call in server.told(POST)}
    assert "waiting for approval" in said["U0LEADER01"].lower()
    assert "承認待ち" in said[CHANNEL]
    assert "承認待ち" in said["U0LEADER02"]


def test_nothing_is_sent_where_nothing_has_changed(company: Cast, server: SlackServer, clock: Clock) -> None:
    request = submitted(company.member01, now=clock.now)
    sent(clock.now)
    server.calls.clear()
    refreshing.refresh_cards(request, now=clock.now)
    sent(clock.now)
    assert server.calls == []
    assert Delivery.objects.filter(act=refreshing.ACT, answer="unchanged").count() == 3


def test_update_that_comes_late_shows_what_holds_now(company: Cast, server: SlackServer, clock: Clock) -> None:
    request = submitted(company.member01, now=clock.now)
    telling.tell(now=clock.now)
    late = Delivery.objects.get(target=f"channel:{CHANNEL}")
    rejected(request, company.leader01, now=clock.now)
    sent(clock.now)
    assert "Rejected" in shown(in_channel(server, POST)[0])
    Delivery.objects.filter(pk=late.pk).update(status="waiting", try_again_at=clock.now, settled_at=None)
    sending.deliver(late.pk, now=clock.now)
    assert in_channel(server, UPDATE) == []


def test_two_never_write_one_card_at_once(
    company: Cast, server: SlackServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("access_requests.services.notices.slack.channel.TURN_SECONDS", 0)
    submitted(company.member01, now=clock.now)
    telling.tell(now=clock.now)
    SlackCard.objects.filter(target=f"channel:{CHANNEL}").update(busy_until=clock.now + timedelta(seconds=30))
    sent(clock.now)
    waiting = Delivery.objects.get(target=f"channel:{CHANNEL}")
    assert (waiting.status, waiting.answer) == ("waiting", "card_busy")
    assert in_channel(server, POST) == []
    sent(clock.forward(seconds=31))
    assert len(in_channel(server, POST)) == 1
    assert SlackCard.objects.get(target=f"channel:{CHANNEL}").busy_until is None


@pytest.mark.parametrize("error", ["channel_not_found", "token_revoked", "not_in_channel", "invalid_auth", "is_archived"])
def test_what_slack_will_never_take_is_given_up_with_its_reason(
    company: Cast, server: SlackServer, clock: Clock, error: str
) -> None:
    server.answers = [error]
    submitted(company.member01, now=clock.now)
    sent(clock.now)
    given_up = Delivery.objects.get(target=f"channel:{CHANNEL}")
    assert (given_up.status, given_up.answer) == (DeliveryStatus.GIVEN_UP, error)
    assert Delivery.objects.filter(status=DeliveryStatus.DELIVERED).count() == 2


@pytest.mark.parametrize(("error", "wait"), [("internal_error", 5), ("", 5), (77, 77), ("ratelimited", 5)])
def test_what_passes_is_tried_again(company: Cast, server: SlackServer, clock: Clock, error: str | int, wait: int) -> None:
    server.answers = [error]
    request = submitted(company.member01, now=clock.now)
    sent(clock.now)
    waiting = Delivery.objects.get(target=f"channel:{CHANNEL}")
    assert (waiting.status, waiting.try_again_at) == ("waiting", clock.now + timedelta(seconds=wait))
    approved(request, company.leader01, now=clock.now)
    sent(clock.forward(seconds=wait))
    refused, taken = in_channel(server, POST)
    assert (has_buttons(refused), has_buttons(taken)) == (True, False)
    assert set(Delivery.objects.values_list("status", flat=True)) == {DeliveryStatus.DELIVERED}


def test_slack_that_is_away_or_slow_holds_up_nobody(
    company: Cast, server: SlackServer, clock: Clock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("access_requests.services.notices.slack.api.LONG_PATIENCE", 0.2)
    server.delay = 2
    begun = time.monotonic()
    request = submitted(company.member01, now=clock.now)
    approved(request, company.leader01, now=clock.now)
    assert time.monotonic() - begun < 1
    sent(clock.now)
    assert {(row.status, row.answer) for row in Delivery.objects.all()} <= {("waiting", "TimeoutError"), ("waiting", "URLError")}
    server.delay = 0
    settings.SLACK_API_URL = "http://127.0.0.1:9/api/"
    sent(clock.forward(seconds=10))
    assert set(Delivery.objects.values_list("status", flat=True)) == {"waiting"}
    settings.SLACK_API_URL = server.url
    time.sleep(0.1)
    sent(clock.forward(minutes=5))
    assert set(Delivery.objects.values_list("status", flat=True)) == {DeliveryStatus.DELIVERED}
    assert "Approved" in shown(in_channel(server, POST)[-1])


def test_who_was_disabled_or_unlinked_meanwhile_is_told_nothing_more(company: Cast, server: SlackServer, clock: Clock) -> None:
    request = submitted(company.member01, now=clock.now)
    sent(clock.now)
    run(lambda: people.disable(person=company.leader02, actor=actor_of(company.admin01), now=clock.now))
    LinkedIdentity.objects.filter(person=company.leader01).update(external_id="U0OTHER")
    withdrawn(request, company.member01, now=clock.now)
    sent(clock.now)
    assert {call["channel"] for call in server.told(UPDATE)} == {CHANNEL}
    assert set(Delivery.objects.filter(status=DeliveryStatus.GIVEN_UP).values_list("answer", flat=True)) == {
        "not_linked",
        "account_changed",
    }


def test_who_may_not_see_the_request_any_more_is_told_nothing_more(company: Cast, server: SlackServer, clock: Clock) -> None:
    request = submitted(company.member01, now=clock.now)
    sent(clock.now)
    company.one_lead.levels.get().approvers.set([company.leader01])
    withdrawn(request, company.member01, now=clock.now)
    sent(clock.now)
    assert {call["channel"] for call in server.told(UPDATE)} == {CHANNEL, "D0LEADER01"}


def test_old_button_has_the_card_brought_up_to_date(company: Cast, server: SlackServer, clock: Clock) -> None:
    request = submitted(company.member01, now=clock.now)
    sent(clock.now)
    value = next(block for block in server.told(POST)[0]["blocks"] if block["type"] == "actions")["elements"][0]["value"]
    server.answers = ["fatal_error", "channel_not_found", "channel_not_found"]
    rejected(request, company.leader02, now=clock.now)
    sent(clock.now)
    Delivery.objects.filter(status="waiting").update(status="given_up", try_again_at=None, settled_at=clock.now)
    server.calls.clear()
    told(Slack().presses(company.leader01, "approve", value), "transition_not_allowed")
    sent(clock.now)
    assert {call["channel"] for call in server.told(UPDATE)} == {CHANNEL, "D0LEADER01", "D0LEADER02"}
    assert not any(has_buttons(call) for call in server.told(UPDATE))


def test_telling_takes_the_same_number_of_queries_however_many_approvers_there_are(
    company: Cast, server: SlackServer, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    submitted(company.member01, now=clock.now)
    with django_assert_max_num_queries(24):
        telling.tell(now=clock.now)
    assert AccessRequest.objects.count() == 1


def test_no_new_card_goes_to_a_channel_that_the_policy_has_left(company: Cast, server: SlackServer, clock: Clock) -> None:
    submitted(company.member01, now=clock.now)
    telling.tell(now=clock.now)
    company.one_lead.slack_channel = "C0ELSEWHERE"
    company.one_lead.save()
    sent(clock.now)
    assert in_channel(server, POST) == []
    assert Delivery.objects.get(target=f"channel:{CHANNEL}").answer == "channel_changed"
