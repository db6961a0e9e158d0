"""A provider says that somebody logged out there."""

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.core.cache import cache
from django.test import Client

from audits.models import TrailEntry
from portal.accounts.oidc.tokens import LOGOUT_EVENT
from tests.app.portal.accounts.conftest import Traveller
from tests.stand_ins.oidc import rsa_key, signed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_id_was_used() -> None:
    cache.clear()


def message(traveller: Traveller, **changes: Any) -> dict[str, Any]:
    """Return the claims of a message that the session `sid-1` of Hanako is over."""
    said = {
        "iss": traveller.idp.url,
        "aud": "sekisho",
        "iat": int(time.time()),
        "jti": "once",
        "sid": "sid-1",
        "sub": "subject-of-hanako",
        "events": {LOGOUT_EVENT: {}},
        **changes,
    }
    return {name: value for name, value in said.items() if value is not None}


def say(token: str) -> Any:
    return Client(enforce_csrf_checks=True).post("/identity/providers/company/logout", {"logout_token": token})


@pytest.fixture
def logged_in(traveller: Traveller) -> Traveller:
    traveller.idp.claims = {"sid": "sid-1"}
    traveller.log_in()
    return traveller


def test_that_session_ends_here_and_another_of_the_same_person_goes_on(logged_in: Traveller) -> None:
    other = Traveller(logged_in.idp)
    logged_in.idp.claims = {"sid": "sid-2"}
    other.log_in()
    assert say(signed(message(logged_in))).status_code == 200
    assert (logged_in.is_in, other.is_in) == (False, True)
    ended = TrailEntry.objects.get(act="person.sessions_ended")
    assert (ended.actor, ended.subject) == ("provider:company", "person:hanako")
    assert (ended.data["reason"], len(ended.data["sessions"])) == ("logged_out_there", 1)


def test_all_sessions_of_a_subject_end_where_none_is_named(logged_in: Traveller) -> None:
    other = Traveller(logged_in.idp)
    other.log_in()
    assert say(signed(message(logged_in, sid=None))).status_code == 200
    assert (logged_in.is_in, other.is_in) == (False, False)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"events": None}, "events"),
        ({"events": {"other": {}}}, "events"),
        ({"events": []}, "events"),
        ({"nonce": "x"}, "nonce"),
        ({"jti": None}, "jti"),
        ({"jti": ""}, "jti"),
        ({"iat": 1_000_000_000}, "iat"),
        ({"iat": 9_999_999_999}, "not yet valid"),
        ({"exp": 1_000_000_000}, "exp"),
        ({"aud": "else"}, "aud"),
        ({"iss": "https://evil.example.com"}, "iss"),
        ({"sid": None, "sub": None}, "sid"),
        ({"sid": ["sid-1"]}, "jti"),
    ],
    ids=str,
)
def test_message_that_does_not_hold_ends_nothing(logged_in: Traveller, changes: dict[str, Any], what: str) -> None:
    response = say(signed(message(logged_in, **changes)))
    assert response.status_code == 400
    assert response.json() == {"error": "invalid_request", "error_description": what}
    assert logged_in.is_in


FORGED: dict[str, Callable[[dict[str, Any]], str]] = {
    "a stranger's key": lambda claims: signed(claims, key=rsa_key(2)),
    "no signature": lambda claims: jwt.encode(claims, "", algorithm="none", headers={"kid": "one"}),
    "nothing": lambda _claims: "",
}


@pytest.mark.parametrize("forgery", FORGED)
def test_message_that_the_provider_did_not_sign_ends_nothing(logged_in: Traveller, forgery: str) -> None:
    assert say(FORGED[forgery](message(logged_in))).status_code == 400
    assert logged_in.is_in


def test_an_id_token_is_no_such_message(logged_in: Traveller) -> None:
    assert say(signed(logged_in.idp.honest())).status_code == 400
    assert logged_in.is_in


def test_message_counts_once(logged_in: Traveller) -> None:
    token = signed(message(logged_in))
    assert [say(token).status_code, say(token).status_code] == [200, 400]


def test_it_is_for_programs_and_for_no_other_provider(logged_in: Traveller) -> None:
    assert Client().get("/identity/providers/company/logout").status_code == 405
    assert Client().post("/identity/providers/other/logout").status_code == 404
