"""Buttons of a card, and the window for the comment."""

import json
import time
from typing import Any

import pytest
from pytest_django import Settings

from access_requests.lifecycle import RequestStatus
from access_requests.models import AccessRequest, Decision, Verdict
from access_requests.services.notices.slack import api, cards
from access_requests.services.people import people
from access_requests.services.record import snapshot
from audits.models import TrailEntry
from portal.verbs.run import run
from tests.stand_ins.slack import INTERACTIONS, Slack, signed, texts, told
from tests.stand_ins.slack_server import SlackServer
from tests.worlds.cast import Cast, actor_of
from tests.worlds.clock import Clock
from tests.worlds.story import approved, rejected, submitted, withdrawn, written

NO_WINDOW = {"reject", "send_back"}


def shown(request: AccessRequest) -> str:
    return f"{request.code}:{snapshot.digest(snapshot.current(request))}"


def window(server: SlackServer) -> dict[str, Any]:
    """Return the window that was opened last."""
    view: dict[str, Any] = server.told("views.open")[-1]["view"]
    return view


def test_press_opens_a_window_and_what_is_sent_from_it_decides(
    cast: Cast, slack: Slack, server: SlackServer, clock: Clock
) -> None:
    request = submitted(cast.member01, now=clock.now, reason="fix <!channel> the index")
    assert slack.presses(cast.leader01, "approve", shown(request)) == {}
    assert not Decision.objects.exists()
    view = window(server)
    assert (view["type"], view["submit"]["text"]) == ("modal", "Approve")
    assert any("fix &lt;!channel&gt; the index" in text for text in texts(view))
    assert view["blocks"][-1]["optional"] is True
    slack.response_url = server.response_url
    assert slack.submits(cast.leader01, view, "go ahead") == {"response_action": "clear"}
    decision = Decision.objects.get()
    assert (decision.verdict, decision.comment, decision.approver, decision.door) == (
        Verdict.APPROVE,
        "go ahead",
        cast.leader01,
        "chat",
    )
    assert decision.proof["method"] == "slack-signature"
    assert TrailEntry.objects.get(act="request.approved").data["decision"]["seen"] == shown(request).partition(":")[2]


def test_word_after_a_window_goes_to_the_one_who_pressed(cast: Cast, slack: Slack, server: SlackServer, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    slack.response_url = server.response_url
    slack.presses(cast.leader01, "approve", shown(request))
    slack.submits(cast.leader01, window(server), None)
    told(server.wait_for("answers")[0], f"You approved {request.code}.")


@pytest.mark.parametrize("action", sorted(NO_WINDOW))
def test_no_takes_a_reason_and_the_window_says_so(
    cast: Cast, slack: Slack, server: SlackServer, clock: Clock, action: str
) -> None:
    request = submitted(cast.member01, now=clock.now)
    slack.presses(cast.leader01, action, shown(request))
    view = window(server)
    assert view["blocks"][-1]["optional"] is False
    for comment in (None, "", "  ", "\u200b"):
        answer = slack.submits(cast.leader01, view, comment)
        assert answer["response_action"] == "errors"
        assert "(missing)" in answer["errors"]["comment"]
    slack.submits(cast.leader01, view, "because")
    assert (Decision.objects.get().verdict, Decision.objects.get().comment) == (action, "because")


def test_old_button_after_the_decision_is_refused_without_a_window(
    cast: Cast, slack: Slack, server: SlackServer, clock: Clock
) -> None:
    request = submitted(cast.member01, now=clock.now)
    value = shown(request)
    rejected(request, cast.leader02, now=clock.now)
    before = written()
    for action in ("approve", "reject", "send_back"):
        told(slack.presses(cast.leader01, action, value), "transition_not_allowed")
        told(slack.presses(cast.leader02, action, value), "already_decided")
    assert (written(), server.told("views.open")) == (before, [])


def test_old_window_after_the_decision_is_refused_in_it(cast: Cast, slack: Slack, server: SlackServer, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    slack.presses(cast.leader01, "approve", shown(request))
    withdrawn(request, cast.member01, now=clock.now)
    answer = slack.submits(cast.leader01, window(server), "too late")
    assert "(transition_not_allowed)" in answer["errors"]["comment"]
    assert not Decision.objects.exists()


@pytest.mark.parametrize("lacking", ["window", "token"])
def test_what_changed_since_the_card_was_shown_is_refused(
    cast: Cast, slack: Slack, server: SlackServer, clock: Clock, settings: Settings, lacking: str
) -> None:
    if lacking == "token":
        settings.SLACK_BOT_TOKEN = ""
    request = submitted(cast.member01, now=clock.now)
    value = shown(request)
    cast.prod_member.target_roles.add(cast.prod_leader.target_roles.get())
    told(slack.presses(cast.leader01, "approve", value), "seen_changed")
    told(slack.presses(cast.leader01, "approve", f"{request.code}:{'0' * 64}"), "seen_changed")
    assert not Decision.objects.exists()


def test_change_while_the_window_is_open_is_refused_in_it(cast: Cast, slack: Slack, server: SlackServer, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    slack.presses(cast.leader01, "approve", shown(request))
    cast.prod_member.target_roles.add(cast.prod_leader.target_roles.get())
    assert "seen_changed" in slack.submits(cast.leader01, window(server), "as I saw it")["errors"]["comment"]


@pytest.mark.parametrize("user", ["U0LEADER01", "u0leader01"])
def test_own_request_is_decided_by_no_button(cast: Cast, slack: Slack, server: SlackServer, clock: Clock, user: str) -> None:
    request = submitted(cast.leader01, now=clock.now)
    before = written()
    for action in ("approve", "reject", "send_back"):
        told(slack.presses(user, action, shown(request)), "own_request")
    view = {"callback_id": "decide", "private_metadata": kept("approve", request)}
    assert "own_request" in slack.submits(user, view, "fine")["errors"]["comment"]
    assert written() == before


def kept(name: str, request: AccessRequest) -> str:
    return json.dumps({"name": name, "code": request.code, "seen": "", "url": ""})


@pytest.mark.parametrize(
    ("person", "code"), [("member02", "not_found"), ("admin01", "not_an_approver"), ("auditor01", "not_an_approver")]
)
def test_button_opens_nothing_to_whoever_may_not(
    cast: Cast, slack: Slack, server: SlackServer, clock: Clock, person: str, code: str
) -> None:
    request = submitted(cast.member01, now=clock.now)
    told(slack.presses(getattr(cast, person), "approve", shown(request)), code)
    view = {"callback_id": "decide", "private_metadata": kept("approve", request)}
    assert code in slack.submits(getattr(cast, person), view, "fine")["errors"]["comment"]
    assert server.told("views.open") == []
    assert not Decision.objects.exists()


def test_unlinked_and_disabled_press_in_vain(cast: Cast, slack: Slack, server: SlackServer, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    slack.presses(cast.leader01, "approve", shown(request))
    run(lambda: people.disable(person=cast.leader01, actor=actor_of(cast.admin01), now=clock.now))
    told(slack.presses("U0NOBODY", "approve", shown(request)), "identity_not_linked")
    told(slack.presses(cast.leader01, "approve", shown(request)), "person_disabled")
    assert "person_disabled" in slack.submits(cast.leader01, window(server), "fine")["errors"]["comment"]
    assert not Decision.objects.exists()


def test_person_of_another_workspace_in_a_shared_channel_presses_in_vain(
    cast: Cast, slack: Slack, settings: Settings, clock: Clock
) -> None:
    settings.SLACK_TEAM_ID = "T0OTHER"
    told(slack.presses(cast.leader01, "approve", shown(submitted(cast.member01, now=clock.now))), "another_team")


def test_policy_without_chat_sends_to_the_browser(cast: Cast, slack: Slack, server: SlackServer, clock: Clock) -> None:
    cast.one_lead.decide_by = ["browser"]
    cast.one_lead.save()
    request = submitted(cast.member01, now=clock.now)
    told(slack.presses(cast.leader01, "approve", shown(request)), "decide_in_browser")
    assert server.told("views.open") == []


def test_lapsed_request_is_refused(cast: Cast, slack: Slack, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    value = shown(request)
    clock.forward(days=2)
    told(slack.presses(cast.leader01, "approve", value), "decision_too_late")


def test_without_a_token_approval_needs_no_window_and_the_others_are_typed(cast: Cast, slack: Slack, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    for action in ("reject", "send_back"):
        told(
            slack.presses(cast.leader01, action, shown(request)), "no_window", f"/prod {action.replace('_', '-')} {request.code}"
        )
    told(slack.presses(cast.leader01, "approve", request.code), f"You approved {request.code}.")
    assert Decision.objects.get().comment == ""
    request.refresh_from_db()
    assert request.status == RequestStatus.APPROVED


def test_press_that_is_sent_again_decides_once(cast: Cast, slack: Slack, clock: Clock) -> None:
    body = slack.press_body(cast.leader01, "approve", submitted(cast.member01, now=clock.now).code)
    headers = signed(body)
    assert slack.post(INTERACTIONS, body, headers=headers).status_code == 200
    assert slack.post(INTERACTIONS, body, headers=headers).status_code == 401
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("fault", ["invalid_auth", "trigger_expired", "", 30])
def test_when_slack_opens_no_window_it_is_said_what_to_type(
    cast: Cast, slack: Slack, server: SlackServer, clock: Clock, fault: str | int
) -> None:
    request = submitted(cast.member01, now=clock.now)
    server.answers = [fault]
    told(slack.presses(cast.leader01, "approve", shown(request)), "no_window", f"/prod approve {request.code}")
    assert not Decision.objects.exists()


@pytest.mark.parametrize("fault", ["slow", "away"])
def test_slack_that_does_not_answer_is_waited_for_briefly(
    cast: Cast, slack: Slack, server: SlackServer, clock: Clock, settings: Settings, fault: str
) -> None:
    request = submitted(cast.member01, now=clock.now)
    server.delay = 5
    if fault == "away":
        settings.SLACK_API_URL = "http://127.0.0.1:9/api/"
    begun = time.monotonic()
    told(slack.presses(cast.leader01, "approve", shown(request)), "no_window")
    assert time.monotonic() - begun < 3


def test_press_is_answered_where_slack_says_too(cast: Cast, slack: Slack, server: SlackServer, clock: Clock) -> None:
    slack.response_url = server.response_url
    told(slack.presses("U0NOBODY", "approve", "R-00000000"), "identity_not_linked")
    told(server.wait_for("answers")[0], "identity_not_linked")


@pytest.mark.parametrize("url", ["https://hooks.slack.com/actions/T0/1/x", "https://slack.com/api/x"])
def test_slacks_addresses_are_called_back(url: str) -> None:
    assert api.may_call_back(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/actions",
        "https://hooks.slack.com:8443/",
        "https://hooks.slack.com.evil.example/",
        "https://hooks.slack.com@evil.example/",
        "https://me:you@hooks.slack.com/",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://[::1",
        "https://hooks.slack.com:x/",
        "",
    ],
)
def test_other_addresses_are_not(url: str) -> None:
    assert not api.may_call_back(url)


def test_button_of_the_card_carries_what_the_card_shows(cast: Cast, slack: Slack, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    (actions,) = (block for block in slack.types(cast.leader01, f"status {request.code}")["blocks"] if block["type"] == "actions")
    assert [button["action_id"] for button in actions["elements"]] == [cards.APPROVE, cards.REJECT, cards.SEND_BACK]
    assert {button["value"] for button in actions["elements"]} == {shown(request)}
    told(slack.presses(cast.leader01, "approve", actions["elements"][0]["value"]), "You approved")


@pytest.mark.parametrize("value", ["", "R-", "R-00000000:not-a-digest", ":", "x" * 2000, "\ud800"])
def test_value_that_no_card_carries_is_refused(cast: Cast, slack: Slack, value: str) -> None:
    before = written()
    assert slack.presses(cast.leader01, "approve", value)["response_type"] == "ephemeral"
    assert written() == before


def test_second_level_is_decided_by_its_own_approvers(cast: Cast, slack: Slack, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now, work_groups=["ProdLeaderWorkGroup"])
    told(slack.presses(cast.admin01, "approve", shown(request)), "not_an_approver")
    approved(request, cast.leader01, now=clock.now)
    told(slack.presses(cast.admin01, "approve", shown(request)), "You approved")
