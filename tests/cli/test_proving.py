"""Where the portal wants a fresher proof, the person confirms in the browser, and the command goes on."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from access_requests.models import AccessRequest, ApiClient, PersonalToken
from portal.cli import proving
from tests.cli.conftest import AtATerminal
from tests.cli.terminal import Terminal
from tests.cli.test_logging_in import in_the_browser, logged_in, while_waiting
from tests.stand_ins.bots import SCOPES, own_token_of, proof_of
from tests.worlds.cast import Cast
from tests.worlds.story import submitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def leader(terminal: Terminal, portal: str, cast: Cast) -> Terminal:
    """Somebody who logged in to decide, and proved themselves too long ago."""
    logged_in(terminal, cast.leader01, portal, "--may-decide")
    before = proof_of(cast.leader01, at=timezone.now() - timedelta(minutes=6))
    PersonalToken.objects.update(proof=before)
    return terminal


@pytest.fixture
def waiting(cast: Cast) -> AccessRequest:
    return submitted(cast.member01, now=timezone.now())


def approve(terminal: Terminal, request: AccessRequest, *more: str) -> Any:
    return terminal.run("approve", request.code, "-m", "fine", "--yes", *more)


def allowed(terminal: Terminal, cast: Cast) -> Callable[[], None]:
    return in_the_browser(cast.leader01, terminal)


def test_command_goes_on_once_it_is_confirmed_and_the_token_takes_the_old_ones_place(
    leader: Terminal, portal: str, cast: Cast, waiting: AccessRequest
) -> None:
    before = json.loads(leader.credentials.read_text())["portals"][portal]
    while_waiting(leader, allowed(leader, cast))
    ended = approve(leader, waiting)
    assert ended.code == 0, ended
    waiting.refresh_from_db()
    assert waiting.status == "approved"
    after = json.loads(leader.credentials.read_text())
    kept = after["portals"][portal]
    assert kept["token"] != before["token"]
    assert (kept["scopes"], after["last"]) == (before["scopes"], portal)
    assert PersonalToken.objects.count() == 1, "the old one has ended"
    assert before["token"] not in ended.out + ended.err


def test_next_decision_needs_nothing_more(leader: Terminal, cast: Cast, waiting: AccessRequest) -> None:
    while_waiting(leader, allowed(leader, cast))
    assert approve(leader, waiting).code == 0
    pauses = while_waiting(leader)
    assert approve(leader, submitted(cast.member02, now=timezone.now())).code == 0
    assert pauses == []


def test_who_refuses_in_the_browser_decides_nothing(leader: Terminal, portal: str, cast: Cast, waiting: AccessRequest) -> None:
    before = leader.credentials.read_text()
    while_waiting(leader, in_the_browser(cast.leader01, leader, "deny"))
    ended = approve(leader, waiting, "--json")
    assert (ended.code, ended.json()["code"]) == (1, "access_denied")
    assert leader.credentials.read_text() == before
    waiting.refresh_from_db()
    assert waiting.status == "pending"


def test_token_of_the_environment_is_nobodys_to_replace(
    person: AtATerminal, command_line: ApiClient, cast: Cast, waiting: AccessRequest
) -> None:
    old = proof_of(cast.leader01, at=timezone.now() - timedelta(minutes=6))
    token = own_token_of(cast.leader01, command_line, *SCOPES, proof=old)
    at_a_terminal = person("leader01")
    ended = at_a_terminal.run("approve", waiting.code, "-m", "fine", "--yes", SEKISHO_TOKEN=token)
    assert ended.code == 3
    assert "step_up_needed" in ended.err
    assert "Log in anew" in ended.err


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        (
            'Bearer error="insufficient_user_authentication", acr_values="urn:sekisho:passkey", max_age="300"',
            {"acr_values": "urn:sekisho:passkey", "max_age": "240"},
        ),
        ('Bearer error="insufficient_user_authentication", max_age="30"', {"max_age": "0"}),
        ('Bearer error="insufficient_user_authentication", max_age="300"', {"max_age": "240"}),
        ('Bearer error="invalid_token"', {}),
        ('Basic error="insufficient_user_authentication"', {}),
        ("", {}),
    ],
)
def test_what_is_asked_for_is_read_from_the_header(header: str, asked: dict[str, str]) -> None:
    answer = requests.Response()
    answer.headers["WWW-Authenticate"] = header
    assert proving.asked(answer) == asked
