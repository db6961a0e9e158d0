"""Logging in by a password: what the trail says of it, how often it may fail, and whom others' failures hold up."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from access_requests.services.notices import telling
from access_requests.services.people import log_ins, people
from audits import personal
from audits.models import TrailEntry
from portal.accounts import throttling
from portal.users.models import User
from portal.verbs.actor import COMMAND
from portal.verbs.run import run
from tests.worlds.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db(transaction=True)
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.1"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
WRONG = "The username and/or password you specified are not correct."
HELD = "Too many failed login attempts. Try again later."


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def at(address: str = HERE, **headers: str) -> Client:
    return Client(headers={"accept-language": "en", "user-agent": AGENT, **headers}, REMOTE_ADDR=address)


def log_in(browser: Client, name: str = "member01", password: str = PASSWORD) -> HttpResponseBase:
    return browser.post("/accounts/login/", {"login": name, "password": password})


def is_in(answer: HttpResponseBase) -> bool:
    return answer.status_code == 302 and answer["Location"] == "/"


def fail(times: int, browser: Client, name: str = "member01") -> list[str]:
    """Return what each was told."""
    pages = [log_in(browser, name, f"wrong {number}").getvalue().decode() for number in range(times)]
    return [WRONG if WRONG in page else HELD if HELD in page else page for page in pages]


def entries(*acts: str) -> list[TrailEntry]:
    return personal.shown(TrailEntry.objects.filter(act__in=acts).order_by("pk"))


# The trail


def test_log_in_and_log_out_are_in_the_trail_with_address_and_program(cast: Cast) -> None:
    browser = at()
    assert is_in(log_in(browser))
    browser.post("/accounts/logout/")
    began, ended = entries("person.logged_in_by_new_device", "person.logged_out")
    for entry in (began, ended):
        assert (entry.actor, entry.subject) == ("member01", "person:member01")
        assert (entry.data["address"], entry.data["user_agent"]) == (HERE, AGENT)
        assert (entry.data["door"], entry.data["proof"]["method"]) == ("browser", "password")
    assert began.data["session"] == ended.data["session"]
    assert not Session.objects.filter(session_data__contains="auth").exists()


def test_session_key_and_password_are_in_no_entry(cast: Cast) -> None:
    browser = at()
    log_in(browser, password="not this one")
    log_in(browser)
    told = str([(entry.subject, entry.data) for entry in entries(*TrailEntry.objects.values_list("act", flat=True))])
    assert str(browser.session.session_key) not in told
    assert "not this one" not in told
    assert PASSWORD not in told


@pytest.mark.parametrize(
    ("name", "subject"), [("member01", "person:member01"), ("MEMBER01", "person:member01"), ("hunter2", "log-in")]
)
def test_failed_log_in_is_told_of_the_person_and_of_nobody_without_the_name(cast: Cast, name: str, subject: str) -> None:
    fail(1, at(), name)
    (entry,) = entries("log_in.failed")
    assert (entry.actor, entry.subject) == ("sekisho:browser", subject)
    assert {field: entry.data[field] for field in ("step", "reason", "address", "unrecorded")} == {
        "step": "log_in",
        "reason": "wrong",
        "address": HERE,
        "unrecorded": 0,
    }
    assert "hunter2" not in str((entry.subject, entry.data))


def test_disabled_person_with_the_right_password_is_told_so_and_it_is_in_the_trail(cast: Cast) -> None:
    run(lambda: people.disable(person=cast.member01, actor=COMMAND, now=timezone.now()))
    assert log_in(at())["Location"] == "/accounts/inactive/"
    assert [(entry.subject, entry.data["reason"]) for entry in entries("log_in.failed")] == [("person:member01", "disabled")]


def test_wrong_password_at_a_confirmation_is_told_too(cast: Cast) -> None:
    browser = at()
    log_in(browser)
    browser.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert [entry.data["step"] for entry in entries("log_in.failed")] == ["confirm"]


def test_nobody_fills_the_trail_and_what_got_no_entry_is_counted(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_ins, "ENTRIES", {"of_one": "2/h/key", "of_all": "3/h/key"})
    for name in ("a", "b", "c", "d"):
        fail(1, at(), name)
    assert TrailEntry.objects.count() == 2
    fail(1, at())
    last = entries("log_in.failed")[-1]
    assert (last.subject, last.data["unrecorded"]) == ("person:member01", 2)
    fail(1, at(), "leader01")
    assert TrailEntry.objects.count() == 3, "of all together"


def test_who_is_disabled_while_they_log_in_is_not_let_in(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = log_ins.begin

    def late(**said: Any) -> object:
        User.objects.filter(pk=cast.member01.pk).update(is_active=False)
        return usual(**said)

    monkeypatch.setattr(log_ins, "begin", late)
    browser = at()
    assert log_in(browser)["Location"] == "/accounts/inactive/"
    User.objects.filter(pk=cast.member01.pk).update(is_active=True)
    assert browser.get("/").status_code == 302
    assert not entries("person.logged_in", "person.logged_in_by_new_device")


def test_log_in_that_cannot_be_recorded_is_none(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_said: Any) -> None:
        raise RuntimeError("no trail")

    monkeypatch.setattr(log_ins, "begin", refuse)
    browser = Client(raise_request_exception=False)
    assert log_in(browser).status_code == 500
    assert django_settings.SESSION_COOKIE_NAME not in browser.cookies


# New devices


def test_second_log_in_with_a_device_is_nothing_new(cast: Cast) -> None:
    browser = at()
    for _ in range(2):
        log_in(browser)
        browser.post("/accounts/logout/")
    assert [entry.act for entry in entries("person.logged_in", "person.logged_in_by_new_device")] == [
        "person.logged_in_by_new_device",
        "person.logged_in",
    ]
    log_in(at())
    assert entries("person.logged_in", "person.logged_in_by_new_device")[-1].act == "person.logged_in_by_new_device"


def test_device_of_one_is_new_to_another_and_then_known_to_both(cast: Cast) -> None:
    browser = at()
    for name in ("member01", "member02", "member01", "member02"):
        log_in(browser, name)
        browser.post("/accounts/logout/")
    acts = [entry.act for entry in entries("person.logged_in", "person.logged_in_by_new_device")]
    assert acts == ["person.logged_in_by_new_device"] * 2 + ["person.logged_in"] * 2


def test_cookie_is_for_no_script_and_names_nobody(cast: Cast) -> None:
    browser = at()
    log_in(browser)
    cookie = browser.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "member01" not in cookie.value


@pytest.mark.parametrize("value", ["", "forged", "eyJkZXZpY2UiOiJ4IiwicGVvcGxlIjpbXX0:1:forged"])
def test_forged_cookie_is_none(cast: Cast, value: str) -> None:
    browser = at()
    browser.cookies["device"] = value
    assert is_in(log_in(browser))
    assert entries("person.logged_in_by_new_device")


def test_new_device_is_told_to_the_person_alone(cast: Cast, settings: Settings) -> None:
    from access_requests.models import Delivery  # noqa: PLC0415

    settings.SLACK_BOT_TOKEN = "xoxb-1"
    log_in(at())
    telling.tell(now=timezone.now())
    assert [(row.channel, row.target) for row in Delivery.objects.all()] == [("slack", "person:member01")]
    assert HERE not in str(Delivery.objects.get().body)


# Throttling


def test_known_and_unknown_names_are_told_the_same_and_held_after_as_many(cast: Cast) -> None:
    assert fail(6, at(), "member01") == fail(6, at("192.0.2.2"), "nobody-here") == [WRONG] * 5 + [HELD]
    assert not is_in(log_in(at())), "not even the right one is looked at"
    assert [entry.data["reason"] for entry in entries("log_in.failed")] == (["wrong"] * 5 + ["held"]) * 2 + ["held"]


def test_known_and_unknown_names_cost_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    usual = MD5PasswordHasher.encode

    def counted(*said: Any) -> str:
        hashed.append("once")
        return str(usual(*said))

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    work = []
    disabled = cast.member02
    User.objects.filter(pk=disabled.pk).update(is_active=False)
    fail(1, at("203.0.113.9"), "warms")
    for number, name in enumerate(("member01", "nobody-here", "member02")):
        hashed.clear()
        with CaptureQueriesContext(connection) as queries:
            assert fail(1, at(f"203.0.113.{number}"), name) == [WRONG]
        work.append((len(hashed), len(queries)))
    assert len(set(work)) == 1
    assert work[0][0] == 1


def test_stranger_elsewhere_holds_up_nobody_here(cast: Cast) -> None:
    assert fail(6, at(ELSEWHERE))[-1] == HELD
    assert is_in(log_in(at()))


def test_stranger_in_the_same_network_holds_up_no_known_device(cast: Cast) -> None:
    mine = at()
    log_in(mine)
    mine.post("/accounts/logout/")
    stranger = at()
    assert fail(6, stranger)[-1] == HELD
    for number in range(20):
        fail(1, stranger, f"name{number}")
    assert not is_in(log_in(at(), "member02")), "the network as a whole is held for those whom it does not know"
    assert is_in(log_in(mine))


def test_known_device_is_held_by_its_own_failures_and_by_no_other_names(cast: Cast) -> None:
    mine = at()
    log_in(mine)
    mine.post("/accounts/logout/")
    assert fail(6, mine)[-1] == HELD
    assert fail(1, mine, "leader01") == [WRONG], "for whom it is an unknown device"


def test_success_is_not_counted(cast: Cast) -> None:
    for _ in range(7):
        assert is_in(log_in(at()))


def test_name_that_is_guessed_at_from_everywhere_has_one_try_a_network(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "EVERYWHERE", {"name": "3/h/key"})
    for number in range(3):
        fail(1, at(f"203.0.113.{number}"))
    assert fail(2, at("203.0.113.99")) == [WRONG, HELD]
    assert is_in(log_in(at())), "nobody is locked out"


def test_spellings_of_a_name_are_one_name(cast: Cast) -> None:
    assert fail(5, at()) == [WRONG] * 5
    assert fail(1, at(), " ＭＥＭＢＥＲ01 ") == [HELD]


@pytest.mark.parametrize("proxies", [0, 1])
def test_address_that_a_stranger_makes_up_changes_nothing(cast: Cast, settings: Settings, proxies: int) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    told = [fail(1, at(**{"x-forwarded-for": f"203.0.113.{n}" + (f", {HERE}" if proxies else "")}))[0] for n in range(6)]
    assert told == [WRONG] * 5 + [HELD]
    assert {entry.data["address"] for entry in entries("log_in.failed")} == {HERE}


def test_nobody_logs_in_from_where_nobody_can_tell(cast: Cast, settings: Settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    assert log_in(at()).status_code == 403
