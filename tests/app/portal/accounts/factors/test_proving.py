"""A second factor proves a session; tries that fail are counted by person, and a known device by itself."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from fido2.utils import websafe_decode

from access_requests.errors import PasskeyCopied
from access_requests.services.people.factors.factor_errors import CodeWrong, PasskeyRefused, TooManyCodes
from audits.models import TrailEntry
from portal.accounts import known_devices
from portal.accounts.factors import proving
from portal.users.models import Factor, User
from tests.app.access_requests.services.people.test_factors import code_at, passkey, recovery, totp
from tests.stand_ins.authenticators import Authenticator
from tests.worlds.factors import factor

AGES_AGO = timedelta(hours=1)


def browser(address: str = "192.0.2.7", **cookies: str) -> HttpRequest:
    request = RequestFactory(headers={"user-agent": "a browser"}).get("/", REMOTE_ADDR=address)
    request.session = SessionStore()
    request.COOKIES.update(cookies)
    return request


def records(request: HttpRequest) -> list[dict[str, Any]]:
    return list(request.session.get("account_authentication_methods", []))


@pytest.fixture
def signs(leader01: User, settings: Any) -> Authenticator:
    """A passkey of leader01 that is at hand."""
    settings.PORTAL_URL = "https://portal.example.com"
    one = Authenticator(origin="https://portal.example.com", rp_id="portal.example.com", counter=1)
    passkey(leader01, timezone.now(), made_by=one)
    one.counter = 2
    return one


def answered(request: HttpRequest, person: User, by: Authenticator) -> dict[str, Any]:
    asked = proving.ask_for_passkey(request, person)
    assert asked is not None
    return by.sign(websafe_decode(asked["publicKey"]["challenge"]))


def test_code_proves_the_session(leader01: User) -> None:
    factor, request = totp(leader01, timezone.now() - AGES_AGO), browser()
    assert proving.prove_by_code(request, leader01, code_at(timezone.now())) == factor
    (record,) = records(request)
    assert (record["method"], record["type"], record["id"]) == ("mfa", "totp", factor.authenticator_id)


def test_wrong_code_proves_nothing_and_is_in_the_trail(leader01: User) -> None:
    totp(leader01, timezone.now() - AGES_AGO)
    request = browser()
    with pytest.raises(CodeWrong):
        proving.prove_by_code(request, leader01, "000000")
    assert not records(request)
    entry = TrailEntry.objects.get(act="log_in.failed")
    assert (entry.subject, entry.data["step"], entry.data["reason"]) == ("person:leader01", "factor", "wrong")


def test_after_ten_wrong_codes_from_anywhere_none_is_looked_at_but_in_a_known_device(leader01: User) -> None:
    totp(leader01, timezone.now() - AGES_AGO)
    for number in range(10):
        with pytest.raises(CodeWrong):
            proving.prove_by_code(browser(f"192.0.2.{number}"), leader01, "000000")
    right = code_at(timezone.now())
    with pytest.raises(TooManyCodes):
        proving.prove_by_code(browser("198.51.100.1"), leader01, right)
    assert TrailEntry.objects.filter(act="log_in.failed").last().data["reason"] == "held"  # type: ignore[union-attr]
    answer = HttpResponse()
    known_devices.remember(browser(), answer, leader01.username)
    cookie = answer.cookies["device"].value
    assert proving.prove_by_code(browser(device=cookie), leader01, right).kind == "totp"


def test_right_codes_are_not_counted(leader01: User) -> None:
    totp(leader01, timezone.now() - AGES_AGO)
    codes = recovery(leader01, timezone.now())
    for _time in range(2):
        for code in codes[:6]:
            proving.prove_by_code(browser(), leader01, code)
        codes = recovery(leader01, timezone.now())


def test_passkey_proves_the_session(leader01: User, signs: Authenticator) -> None:
    request = browser()
    factor = proving.prove_by_passkey(request, leader01, answered(request, leader01, signs))
    (record,) = records(request)
    assert (record["type"], record["id"], factor.sign_count) == ("webauthn", factor.authenticator_id, 2)


def test_signature_is_taken_once(leader01: User, signs: Authenticator) -> None:
    request = browser()
    answer = answered(request, leader01, signs)
    proving.prove_by_passkey(request, leader01, answer)
    with pytest.raises(PasskeyRefused):
        proving.prove_by_passkey(request, leader01, answer)
    asked = proving.ask_for_passkey(request, leader01)
    assert asked is not None
    with pytest.raises(PasskeyRefused):
        proving.prove_by_passkey(request, leader01, answer)


def test_passkey_of_somebody_else_proves_nothing(leader01: User, leader02: User, signs: Authenticator) -> None:
    passkey(leader02, timezone.now(), made_by=Authenticator())
    request = browser()
    with pytest.raises(PasskeyRefused):
        proving.prove_by_passkey(request, leader02, answered(request, leader02, signs))
    assert not records(request)


def test_copied_passkey_is_told_and_proves_nothing(leader01: User, signs: Authenticator) -> None:
    request = browser()
    proving.prove_by_passkey(request, leader01, answered(request, leader01, signs))
    signs.counter, request = 2, browser()
    with pytest.raises(PasskeyCopied):
        proving.prove_by_passkey(request, leader01, answered(request, leader01, signs), again=True)
    assert not records(request)
    told = TrailEntry.objects.filter(act__in=["factor.cloned", "log_in.failed"]).order_by("pk")
    assert [entry.act for entry in told] == ["factor.cloned", "log_in.failed"]
    assert [entry.data.get("reason") for entry in told] == [None, "copied"]


def test_who_has_no_passkey_is_asked_for_none(leader01: User, now: datetime) -> None:
    totp(leader01, now)
    assert proving.ask_for_passkey(browser(), leader01) is None


def test_hour_of_wrong_codes_holds_up_a_known_device_too(leader01: User, monkeypatch: pytest.MonkeyPatch) -> None:
    totp(leader01, timezone.now() - AGES_AGO)
    answer = HttpResponse()
    known_devices.remember(browser(), answer, leader01.username)
    known = browser(device=answer.cookies["device"].value)
    start = time.time()
    for number in range(20):
        # Five in five minutes are looked at.
        monkeypatch.setattr(ratelimit.time, "time", lambda now=start + number // 4 * 301: now)
        with pytest.raises(CodeWrong):
            proving.prove_by_code(known, leader01, "000000")
    monkeypatch.setattr(ratelimit.time, "time", lambda: start + 5 * 301)
    with pytest.raises(TooManyCodes):
        proving.prove_by_code(known, leader01, "000000")


def test_passkey_that_the_trail_does_not_have_is_none(leader01: User, signs: Authenticator) -> None:
    assert [each.credential_id for each in proving.passkeys_of(leader01)] == [signs.credential_id]
    Factor.objects.filter(person=leader01).update(public_key=Authenticator().public_key)
    assert not proving.passkeys_of(leader01), "the key of another"
    Factor.objects.filter(person=leader01).update(public_key=signs.public_key)
    written = factor(leader01, "passkey")
    assert written.credential_id not in {each.credential_id for each in proving.passkeys_of(leader01)}
