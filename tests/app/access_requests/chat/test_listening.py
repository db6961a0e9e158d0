"""Socket Mode: the same commands and buttons over the connection that the portal opens itself."""

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from queue import Empty
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.internals import _establish_new_socket_connection

from access_requests.chat import listening
from access_requests.models import AccessRequest, Decision
from portal.users.models import User
from tests.stand_ins.slack import TEAM, user_id
from tests.stand_ins.slack_server import APP_TOKEN, SlackServer
from tests.stand_ins.slack_socket import SlackSocket, slack_socket
from tests.waiting import told_often
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock
from tests.worlds.entry import shown_entry
from tests.worlds.story import submitted

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 15


class Talk:
    """Slack at the far end of a connection."""

    def __init__(self, far: SlackSocket) -> None:
        self.far = far
        self.connection = far.connected.get(timeout=SECONDS)

    def says(self, kind: str, payload: dict[str, Any], *, envelope: str) -> None:
        said = {"type": kind, "envelope_id": envelope, "accepts_response_payload": True, "payload": payload}
        self.far.says(self.connection, said)

    def command(self, person: User, text: str, *, envelope: str) -> dict[str, Any]:
        payload = {"command": "/prod", "text": text, "user_id": user_id(person), "team_id": TEAM, "user_locale": "en-US"}
        self.says("slash_commands", payload, envelope=envelope)
        return self.answered()

    def answered(self) -> dict[str, Any]:
        return self.far.heard.get(timeout=SECONDS)


@pytest.fixture(autouse=True)
def _quick_to_close(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the client look every moment whether it is being closed.

    Without TLS it takes no setting for that, and holds its lock for three seconds at a time, which each test would wait out.
    """

    def established(*args: Any, **options: Any) -> socket.socket:
        made = _establish_new_socket_connection(*args, **options)
        made.settimeout(0.1)
        return made

    monkeypatch.setattr("slack_sdk.socket_mode.builtin.connection._establish_new_socket_connection", established)


@pytest.fixture
def talk(cast: Cast, server: SlackServer, settings: Settings, clock: Clock) -> Iterator[Talk]:
    settings.SLACK_APP_TOKEN = APP_TOKEN
    stop = threading.Event()
    with slack_socket() as far:
        server.socket_url = far.url
        thread = threading.Thread(target=listening.listen, args=[stop])
        thread.start()
        try:
            yield Talk(far)
        finally:
            stop.set()
            thread.join(SECONDS)
    assert not thread.is_alive()


def test_command_is_carried_out_and_the_trail_says_by_which_proof(cast: Cast, talk: Talk) -> None:
    answer = talk.command(cast.member01, "request ProdMemberWorkGroup 30m CHG-1 why", envelope="one")
    made = AccessRequest.objects.get()
    assert answer["envelope_id"] == "one"
    assert made.code in answer["payload"]["text"]
    proof = shown_entry(subject=made.code).data["proof"]
    assert (proof["method"], proof["identity"], proof["team"]) == ("slack-socket", "slack:U0MEMBER01", TEAM)


def test_press_and_window_decide(cast: Cast, talk: Talk, server: SlackServer, clock: Clock) -> None:
    request = submitted(cast.member01, now=clock.now)
    who = {"user": {"id": "U0LEADER01", "team_id": TEAM}, "team": {"id": TEAM}}
    press = {"type": "block_actions", "actions": [{"action_id": "approve", "value": request.code}], "trigger_id": "1.1", **who}
    talk.says("interactive", press, envelope="two")
    assert talk.answered() == {"envelope_id": "two"}
    view = server.told("views.open")[0]["view"]
    state = {"values": {"comment": {"comment": {"value": "go"}}}}
    talk.says("interactive", {"type": "view_submission", "view": {**view, "state": state}, **who}, envelope="three")
    assert talk.answered() == {"envelope_id": "three", "payload": {"response_action": "clear"}}
    assert Decision.objects.get().proof["method"] == "slack-socket"


def test_envelope_that_is_sent_again_has_no_second_effect(cast: Cast, talk: Talk) -> None:
    line = "request ProdMemberWorkGroup 30m CHG-1 why"
    talk.command(cast.member01, line, envelope="one")
    assert talk.command(cast.member01, line, envelope="one") == {"envelope_id": "one"}
    assert AccessRequest.objects.count() == 1


def test_own_request_is_refused_with_the_same_code(cast: Cast, talk: Talk, clock: Clock) -> None:
    request = submitted(cast.leader01, now=clock.now)
    assert "own_request" in talk.command(cast.leader01, f"approve {request.code}", envelope="x")["payload"]["text"]


def test_what_cannot_be_read_is_not_acknowledged_and_ends_nothing(cast: Cast, talk: Talk) -> None:
    payload = {"text": "help", "user_id": "U0MEMBER01"}
    doubled = (
        json.dumps({"type": "slash_commands", "envelope_id": "bad", "payload": payload})[:-1] + ', "type": "slash_commands"}'
    )
    talk.far.says(talk.connection, doubled)
    talk.far.says(talk.connection, {"type": "slash_commands", "envelope_id": "bad", "payload": None})
    talk.far.says(talk.connection, {"type": "events_api", "envelope_id": "bad", "payload": payload})
    talk.far.says(talk.connection, {"type": "hello"})
    assert talk.command(cast.member01, "help", envelope="good")["envelope_id"] == "good"
    with pytest.raises(Empty):
        talk.far.heard.get(timeout=0.2)


def test_connection_that_slack_ends_is_opened_again(cast: Cast, talk: Talk) -> None:
    talk.far.says(talk.connection, {"type": "disconnect", "reason": "refresh_requested"})
    again = Talk(talk.far)
    assert again.command(cast.member01, "help", envelope="later")["envelope_id"] == "later"


def test_token_that_slack_refuses_stops_the_command(server: SlackServer, settings: Settings) -> None:
    settings.SLACK_APP_TOKEN = "xapp-revoked"
    with pytest.raises(listening.Refused, match="invalid_auth"):
        listening.listen(threading.Event())


def test_slack_that_is_away_is_tried_again(
    server: SlackServer, settings: Settings, monkeypatch: pytest.MonkeyPatch, cast: Cast, clock: Clock
) -> None:
    settings.SLACK_APP_TOKEN = APP_TOKEN
    monkeypatch.setattr(listening, "RETRY_SECONDS", 0.05)
    server.answers = ["internal_error", "fatal_error"]
    stop = threading.Event()
    with slack_socket() as far:
        server.socket_url = far.url
        thread = threading.Thread(target=listening.listen, args=[stop])
        thread.start()
        Talk(far)
        stop.set()
        thread.join(SECONDS)
    assert not thread.is_alive()
    assert len(server.told("apps.connections.open")) == 3


def test_connection_that_cannot_be_closed_keeps_nobody_from_stopping(
    server: SlackServer, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SLACK_APP_TOKEN = APP_TOKEN
    monkeypatch.setattr(listening, "CLOSING_SECONDS", 0.1)
    for_ever, stop = threading.Event(), threading.Event()
    usual = SocketModeClient.close

    def close(client: SocketModeClient) -> None:
        for_ever.wait(SECONDS)
        usual(client)

    monkeypatch.setattr(SocketModeClient, "close", close)
    stop.set()
    with slack_socket() as far:
        server.socket_url = far.url
        listening.listen(stop)
        for_ever.set()
    assert "was not closed" in caplog.text


def test_without_a_token_the_command_says_what_is_missing() -> None:
    with pytest.raises(CommandError, match="SLACK_APP_TOKEN is not set"):
        call_command("run_slack")


# The command without Slack and a database: it asks all the time whether to stop, so that a signal comes in the midst of asking.
LISTENS = """
import time
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from access_requests.chat import listening
from access_requests.services.record import deciding_settings
settings.SLACK_APP_TOKEN = "xapp-of-the-test"
deciding_settings.tell = lambda process, *, now: None

def listen(stop):
    while not stop.wait(0.00001):
        pass
    until = time.monotonic() + 2
    while time.monotonic() < until:
        stop.wait(0)

listening.listen = listen
call_command("run_slack")
"""


def test_told_to_stop_however_often_the_command_stops() -> None:
    """A handler that waits for a lock waits for ever when that is held by what it interrupted."""
    with subprocess.Popen([sys.executable, "-u", "-c", LISTENS], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "listening to Slack\n"
        try:
            assert told_often(process, signal.SIGTERM) == 0
        finally:
            process.kill()
