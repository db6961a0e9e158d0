"""Logging in by a code that is confirmed in the browser, and out again."""

import json
import re
import stat
import webbrowser
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.idp.oidc.internal.oauthlib import device_codes as cached
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from access_requests.models import AccessRequest, ApiClient, PersonalToken
from portal.cli.transport import Transport
from portal.users.models import User
from tests.cli.stand_in import Reply, answering, problem
from tests.cli.terminal import Ended, Terminal
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
CODE = {
    "device_code": "the device's",
    "user_code": "BCDF-GHJK",
    "verification_uri": "http://127.0.0.1:1/device/",
    "verification_uri_complete": "http://127.0.0.1:1/device/?code=BCDF-GHJK",
    "expires_in": 300,
    "interval": 5,
}
TOKEN = {"access_token": "a-token", "token_type": "Bearer", "expires_in": 43_200, "scope": "requests:read requests:write"}


def waiting(error: str, status: int = 400) -> Reply:
    return Reply(status=status, body={"error": error})


def while_waiting(terminal: Terminal, *steps: Callable[[], object]) -> list[float]:
    """Have the first pauses of a command last until these were done; return how long each was to be."""
    left, pauses = list(steps), []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if left:
            left.pop(0)()

    terminal.monkeypatch.setattr(Transport, "pause", staticmethod(pause))
    return pauses


def in_the_browser(person: User, terminal: Terminal, answer: str = "allow") -> Callable[[], None]:
    """Return what the person does: read the code from the terminal, and answer where they have just logged in."""

    def decide() -> None:
        shown = terminal.capsys.readouterr().err
        code = re.search(r"confirm the code ([A-Z]{4}-[A-Z]{4})\n", shown)
        assert code, shown
        http = Client()
        http.force_login(person)
        assert http.post("/device/", {"code": code[1], "answer": answer}).status_code == 302

    return decide


def logged_in(terminal: Terminal, person: User, portal: str, *more: str) -> Ended:
    while_waiting(terminal, in_the_browser(person, terminal))
    ended = terminal.run("login", portal, *more)
    assert ended.code == 0, ended
    return ended


def test_person_logs_in_by_a_code_and_is_that_person_for_twelve_hours(terminal: Terminal, portal: str, cast: Cast) -> None:
    ended = logged_in(terminal, cast.member01, portal)
    assert re.fullmatch(rf"Logged in to {portal} until \S+ \S+ \S+\.\n", ended.out)
    assert stat.S_IMODE(terminal.credentials.stat().st_mode) == 0o600
    kept = json.loads(terminal.credentials.read_text())["portals"][portal]
    until = datetime.fromisoformat(kept["expires_at"])
    assert timedelta(hours=11, minutes=59) < until - timezone.now() < timedelta(hours=12, minutes=1)
    assert kept["token"] not in ended.out + ended.err
    shown = terminal.run("whoami").out
    assert re.search(r"who\s+佐藤 美咲 \(member01\)\n", shown)
    assert re.search(r"may\s+requests:read requests:write\n", shown)
    assert re.search(rf"token\s+{PersonalToken.objects.get().code}\n", shown)


def test_times_are_those_of_the_person_and_not_of_the_machine(terminal: Terminal, portal: str, cast: Cast) -> None:
    User.objects.filter(pk=cast.member01.pk).update(time_zone="America/New_York")
    ended = logged_in(terminal, cast.member01, portal)
    until = ZoneInfo("America/New_York")
    kept = json.loads(terminal.credentials.read_text())["portals"][portal]
    ends = datetime.fromisoformat(kept["expires_at"]).astimezone(until)
    assert f"{ends:%Y-%m-%d %H:%M{':%S' if ends.second else ''} %Z}" in ended.out
    noon = f"{(timezone.now() + timedelta(days=1)).astimezone(until):%Y-%m-%d} 12:00"
    what = ("request", "ProdMemberWorkGroup", "--for", "30m", "--ticket", "CHG-1", "--reason", "why")
    done = terminal.run(*what, "--from", noon)
    start = AccessRequest.objects.get().asked_starts_at
    assert start is not None, done
    assert f"{start.astimezone(until):%H:%M}" == "12:00"
    User.objects.filter(pk=cast.member01.pk).update(time_zone="Asia/Kolkata")
    assert re.search(r"times in\s+Asia/Kolkata\n", terminal.run("whoami").out)
    assert " IST" in terminal.run("whoami").out


def test_whoever_may_decide_says_so_at_the_log_in(terminal: Terminal, portal: str, cast: Cast) -> None:
    logged_in(terminal, cast.leader01, portal)
    ended = terminal.run("stop", "E-00000000", "--yes", "-m", "x", "--json")
    assert (ended.code, ended.json()["code"]) == (1, "wrong_scope")
    logged_in(terminal, cast.leader01, portal, "--may-decide")
    ended = terminal.run("stop", "E-00000000", "--yes", "-m", "x", "--json")
    assert (ended.code, ended.json()["code"]) == (1, "not_found")


def test_log_in_tells_a_program_what_it_needs_and_no_token(terminal: Terminal, portal: str, cast: Cast) -> None:
    found = logged_in(terminal, cast.auditor01, portal, "--audit", "--json").json()
    assert (found["portal"], found["scopes"]) == (portal, ["requests:read", "requests:write", "audit:read"])
    assert set(found) == {"portal", "expires_at", "scopes"}


def test_log_out_ends_the_token_at_the_portal_too(terminal: Terminal, portal: str, cast: Cast) -> None:
    logged_in(terminal, cast.member01, portal)
    token = json.loads(terminal.credentials.read_text())["portals"][portal]["token"]
    ended = terminal.run("logout")
    assert (ended.code, ended.err) == (0, f"Logged out of {portal}.\n")
    assert token not in terminal.credentials.read_text()
    assert terminal.run("list").code == 3
    ended = terminal.run("list", "--json", SEKISHO_PORTAL=portal, SEKISHO_TOKEN=token)
    assert (ended.code, ended.json()["code"]) == (3, "token_unusable")
    assert terminal.run("logout").code == 3


def test_log_out_forgets_the_token_though_the_portal_is_away(terminal: Terminal) -> None:
    with answering(Reply(body=CODE), Reply(body=TOKEN), Reply(status=None)) as away:
        assert terminal.run("login", away.url).code == 0
        ended = terminal.run("logout", "--all")
    assert ended.code == 0
    assert re.search(r"did not revoke the token: .* It ends \d{4}-", ended.err)
    assert json.loads(terminal.credentials.read_text())["portals"] == {}


def test_log_in_that_is_refused_in_the_browser_leaves_nothing(terminal: Terminal, portal: str, cast: Cast) -> None:
    while_waiting(terminal, in_the_browser(cast.member01, terminal, "deny"))
    ended = terminal.run("login", portal)
    assert (ended.code, ended.err) == (1, "sekisho: The log-in was refused in the browser. (access_denied)\n")
    assert not terminal.credentials.exists()


def test_code_that_nobody_confirms_ends_with_3(terminal: Terminal, portal: str) -> None:
    def forget() -> None:
        code = re.search(r"confirm the code (\S+)", terminal.capsys.readouterr().err)
        assert code
        device_code = cache.get(cached.cache_user_code_key(code[1]))
        cache.delete(cached.cache_device_code_key(device_code))

    while_waiting(terminal, forget)
    ended = terminal.run("login", portal)
    assert (ended.code, ended.err.splitlines()[-1]) == (
        3, "sekisho: The code was not confirmed in time. Run sekisho login again. (expired_token)"
    )  # fmt: skip


def test_person_whom_the_client_is_not_for_gets_nothing(
    terminal: Terminal, portal: str, cast: Cast, command_line: ApiClient
) -> None:
    ApiClient.objects.update(everyone=False)
    ended = terminal.run("login", portal, "--client-id", "nobody")
    assert (ended.code, "(invalid_client)" in ended.err) == (1, True)
    assert PersonalToken.objects.count() == 0


@pytest.mark.parametrize(
    ("replies", "pauses"),
    [
        ([waiting("authorization_pending"), waiting("authorization_pending")], [5, 5, 5]),
        ([waiting("slow_down"), waiting("authorization_pending"), waiting("slow_down")], [5, 10, 10, 15]),
        ([problem(429, "too_many_calls", retry_after="61"), waiting("authorization_pending")], [5, 10, 10]),
    ],
)
def test_portal_is_asked_no_oftener_than_it_says(terminal: Terminal, replies: list[Reply], pauses: list[float]) -> None:
    waited = while_waiting(terminal)
    with answering(Reply(body=CODE), *replies, Reply(body=TOKEN)) as stand_in:
        assert terminal.run("login", stand_in.url).code == 0
    assert waited == pauses
    # Once it has let the person in, it is asked who that is, and in which zone.
    assert {call.path for call in stand_in.calls[1:-1]} == {"/identity/o/api/token"}
    assert stand_in.calls[-1].path == "/api/v1/me"


def test_portal_that_is_away_for_a_moment_ends_no_log_in(terminal: Terminal) -> None:
    with answering(Reply(body=CODE), *[Reply(status=None)] * 4, Reply(body=TOKEN)) as stand_in:
        ended = terminal.run("login", stand_in.url)
    assert ended.code == 0
    assert "cannot be reached" in ended.err


@pytest.mark.parametrize(
    ("replies", "exit_code", "code"),
    [
        ([Reply(body=CODE), waiting("expired_token")], 3, "expired_token"),
        ([Reply(body=CODE), waiting("invalid_grant")], 3, "expired_token"),
        ([Reply(body=CODE), waiting("access_denied")], 1, "access_denied"),
        ([Reply(body=CODE), waiting("invalid_scope")], 1, "invalid_scope"),
        ([Reply(body=CODE), Reply(body="<html>")], 4, "not_a_portal"),
        ([Reply(body={"device_code": "without the rest"})], 1, "log_in_refused"),
        ([waiting("invalid_client", 401)], 1, "invalid_client"),
        ([Reply(status=404, body="<html>")], 4, "not_a_portal"),
        ([Reply(status=302, body="", headers={"Location": "https://evil.example/"})], 4, "not_a_portal"),
        ([Reply(body={**CODE, "expires_in": 0})], 3, "expired_token"),
    ],
)
def test_each_way_in_which_a_log_in_ends(terminal: Terminal, replies: list[Reply], exit_code: int, code: str) -> None:
    with answering(*replies) as stand_in:
        ended = terminal.run("login", stand_in.url)
    assert (ended.code, ended.out) == (exit_code, "")
    assert ended.err.endswith(f"({code})\n")
    assert not terminal.credentials.exists()


@pytest.mark.parametrize(
    ("page", "opened"),
    [("http://127.0.0.1:1/device/?code=B", 1), ("file:///etc/passwd", 0), ("javascript:alert(1)", 0)],
)
def test_browser_is_opened_only_where_asked_for_and_only_at_a_page(terminal: Terminal, page: str, opened: int) -> None:
    seen: list[str] = []

    def shown(url: str) -> bool:
        seen.append(url)
        return True

    terminal.monkeypatch.setattr(webbrowser, "open", shown)
    replies = [Reply(body={**CODE, "verification_uri_complete": page}), Reply(body=TOKEN)]
    for options in ((), ("--browser",)):
        with answering(*replies) as stand_in:
            assert terminal.run("login", stand_in.url, *options).code == 0
    assert seen == [page] * opened


def test_file_that_others_can_read_is_found_before_anybody_confirms_anything(terminal: Terminal) -> None:
    terminal.credentials.parent.mkdir(parents=True)
    terminal.credentials.write_text("{}")
    terminal.credentials.chmod(0o644)
    with answering(Reply(body=CODE), Reply(body=TOKEN)) as stand_in:
        ended = terminal.run("login", stand_in.url)
    assert ended.code == 2
    assert stand_in.calls == []


def test_token_goes_in_the_open_to_nobody(terminal: Terminal) -> None:
    ended = terminal.run("login", "http://portal.example.com")
    assert (ended.code, "(address_not_safe)" in ended.err) == (2, True)
