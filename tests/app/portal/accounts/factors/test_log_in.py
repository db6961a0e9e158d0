"""The second step of a log-in: nobody who has a factor is let in without it, by whichever way they came."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator as Kept
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from fido2.utils import websafe_decode

from audits.models import TrailEntry
from portal.users.models import Factor, User
from tests.app.access_requests.services.people.test_factors import code_at, passkey, recovery, totp
from tests.stand_ins.authenticators import Authenticator
from tests.worlds.cast import PASSWORD

AGES_AGO = timedelta(hours=1)
SECOND = "/accounts/second-factor/"


@pytest.fixture
def window() -> Client:
    return Client(headers={"accept-language": "en"})


def first_step(window: Client, person: User) -> Any:
    return window.post("/accounts/login/", {"login": person.username, "password": PASSWORD})


def is_in(window: Client) -> bool:
    return "_auth_user_id" in window.session


def code_of(person: User) -> str:
    Factor.objects.filter(person=person).update(last_step=None)
    return code_at(timezone.now())


def test_password_alone_lets_nobody_in_who_has_a_factor(leader01: User, window: Client) -> None:
    totp(leader01, timezone.now() - AGES_AGO)
    assert first_step(window, leader01).headers["location"] == SECOND
    assert not is_in(window)
    assert window.get("/").status_code == 302
    page = window.get(SECOND).content.decode()
    assert page.count('name="code"') == 1
    assert "data-passkey" not in page
    answer = window.post(SECOND, {"code": code_of(leader01)})
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    assert is_in(window)
    entry = TrailEntry.objects.get(act__startswith="person.logged_in")
    assert entry.data["proof"]["method"] == "totp"


def test_who_has_no_factor_is_let_in_by_one_step(member01: User, window: Client) -> None:
    assert first_step(window, member01).headers["location"] == "/"
    assert is_in(window)


def test_recovery_codes_alone_ask_for_no_second_step(leader01: User, window: Client) -> None:
    factor = totp(leader01, timezone.now() - AGES_AGO)
    recovery(leader01, timezone.now())
    Kept.objects.filter(pk=factor.authenticator_id).delete()
    first_step(window, leader01)
    assert is_in(window)


@pytest.mark.parametrize("typed", ["000000", "", "x" * 41])
def test_wrong_code_is_said_and_lets_nobody_in(leader01: User, window: Client, typed: str) -> None:
    totp(leader01, timezone.now() - AGES_AGO)
    first_step(window, leader01)
    answer = window.post(SECOND, {"code": typed})
    assert answer.status_code == 422
    assert not is_in(window)
    assert window.post(SECOND, {"code": code_of(leader01)}).status_code == 302


def test_second_step_without_the_first_leads_to_the_first(leader01: User, window: Client) -> None:
    totp(leader01, timezone.now() - AGES_AGO)
    for answer in (window.get(SECOND), window.post(SECOND, {"code": code_of(leader01)})):
        assert answer.headers["location"] == "/accounts/login/"
    assert not is_in(window)


def test_secret_whose_key_is_gone_is_said_and_lets_nobody_in(leader01: User, window: Client, settings: Any) -> None:
    totp(leader01, timezone.now() - AGES_AGO)
    code = code_of(leader01)
    settings.FACTOR_KEYS = ["another key of a portal" * 2]
    first_step(window, leader01)
    answer = window.post(SECOND, {"code": code})
    assert answer.status_code == 409
    assert "have two administrators reset your factors" in answer.content.decode()
    assert not is_in(window)


def test_recovery_code_lets_in(leader01: User, window: Client) -> None:
    totp(leader01, timezone.now() - AGES_AGO)
    code = recovery(leader01, timezone.now())[0]
    first_step(window, leader01)
    assert window.post(SECOND, {"code": f"{code[:5]} {code[5:]}"}).status_code == 302
    assert is_in(window)


def test_passkey_lets_in(leader01: User, window: Client, settings: Any) -> None:
    settings.PORTAL_URL = "http://testserver"
    one = Authenticator(origin=settings.PORTAL_URL, rp_id="testserver", counter=5)
    passkey(leader01, timezone.now(), counter=4, made_by=one)
    first_step(window, leader01)
    page = window.get(SECOND).content.decode()
    assert 'name="code"' not in page
    challenge = re.search(r"challenge&quot;: &quot;([\w-]+)", page)
    assert challenge is not None
    answer = window.post(SECOND, {"passkey": json.dumps(one.sign(websafe_decode(challenge[1])))})
    assert answer.status_code == 302
    assert is_in(window)


@pytest.mark.parametrize("answer", ["", "[]", "no JSON", '{"id": 1}', "[" * 100_000])
def test_what_is_no_answer_of_a_passkey_is_refused(leader01: User, window: Client, answer: str) -> None:
    passkey(leader01, timezone.now())
    first_step(window, leader01)
    window.get(SECOND)
    assert window.post(SECOND, {"passkey": answer}).status_code == 422
    assert not is_in(window)


def test_who_was_disabled_between_the_steps_is_not_let_in(leader01: User, window: Client) -> None:
    totp(leader01, timezone.now() - AGES_AGO)
    first_step(window, leader01)
    User.objects.filter(pk=leader01.pk).update(is_active=False)
    window.post(SECOND, {"code": code_of(leader01)})
    assert not is_in(window)


def test_of_allauths_pages_of_factors_none_is_there_but_the_second_step() -> None:
    def names(resolver: URLResolver) -> set[str]:
        found: set[str] = set()
        for pattern in resolver.url_patterns:
            found |= {str(pattern.name)} if isinstance(pattern, URLPattern) else names(pattern)
        return found

    assert {name for name in names(get_resolver()) if name.startswith("mfa_")} == {"mfa_authenticate"}
    for name in ("mfa_index", "mfa_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn", "mfa_trust", "mfa_login_webauthn"):
        with pytest.raises(NoReverseMatch):
            reverse(name)


def test_views_of_allauths_factors_are_mounted_nowhere() -> None:
    def views(resolver: URLResolver) -> set[str]:
        found: set[str] = set()
        for pattern in resolver.url_patterns:
            found |= {pattern.callback.__module__} if isinstance(pattern, URLPattern) else views(pattern)
        return found

    assert {module for module in views(get_resolver()) if module.startswith("allauth.mfa")} == set()
