"""RFC 9470: what a token's proof is too old or too weak for, how a program asks for another one, and what the person is asked."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from access_requests.models import AccessRequest, ApiClient, PersonalToken
from portal.users.models import Factor, User
from tests.app.access_requests.api.test_device_codes import CODES, PAGE, begun, poll, program
from tests.stand_ins.bots import SCOPES, Bot, own_token_of, proof_of, read, refused
from tests.worlds.browsers import logged_in
from tests.worlds.cast import Cast
from tests.worlds.factors import code_of, prove, record_of
from tests.worlds.story import elevated, submitted

pytestmark = pytest.mark.django_db(transaction=True)
ASKED = 'Bearer error="insufficient_user_authentication", acr_values="urn:sekisho:second-factor", max_age="300"'
CONFIRM = "/accounts/reauthenticate/"


@pytest.fixture(autouse=True)
def _no_codes_of_others() -> None:
    cache.clear()


@pytest.fixture
def waiting(cast: Cast) -> AccessRequest:
    return submitted(cast.member01, now=timezone.now())


def bot(person: User, client: ApiClient, proof: dict[str, Any] | None = None) -> Bot:
    return Bot(own_token_of(person, client, *SCOPES, proof=proof), Client())


def minutes_ago(minutes: int) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


def test_decision_by_a_token_of_a_proof_that_is_too_old_is_answered_as_the_standard_says(
    command_line: ApiClient, cast: Cast, waiting: AccessRequest
) -> None:
    old = bot(cast.leader01, command_line, proof_of(cast.leader01, at=minutes_ago(6)))
    answer = old.post(f"/requests/{waiting.code}/approve", {})
    problem = refused(answer, 401, "step_up_needed")
    assert answer["WWW-Authenticate"] == ASKED
    assert problem["data"] == {
        "act": "decision",
        "acr_values": "urn:sekisho:second-factor",
        "max_age": 300,
        "minutes": 5,
    }
    assert "5 minutes" in problem["detail"]
    assert not waiting.decisions.exists()


def test_password_alone_is_too_weak_and_a_fresh_code_is_enough(
    command_line: ApiClient, cast: Cast, waiting: AccessRequest
) -> None:
    weak = {"method": "password", "at": timezone.now().isoformat()}
    answer = bot(cast.leader01, command_line, weak).post(f"/requests/{waiting.code}/approve", {})
    refused(answer, 401, "step_up_needed")
    assert bot(cast.leader01, command_line).post(f"/requests/{waiting.code}/approve", {}).status_code == 200


def test_token_from_before_proofs_had_factors_decides_nothing(
    command_line: ApiClient, cast: Cast, waiting: AccessRequest
) -> None:
    before = {"method": "totp", "at": timezone.now().isoformat()}
    refused(
        bot(cast.leader01, command_line, before).post(f"/requests/{waiting.code}/reject", {"comment": "no"}),
        401,
        "step_up_needed",
    )
    refused(
        bot(cast.leader01, command_line, {}).post(f"/requests/{waiting.code}/reject", {"comment": "no"}), 401, "step_up_needed"
    )


def test_whoever_has_no_factor_is_told_so(command_line: ApiClient, cast: Cast, waiting: AccessRequest) -> None:
    Factor.objects.filter(person=cast.leader01).delete()
    refused(bot(cast.leader01, command_line).post(f"/requests/{waiting.code}/approve", {}), 403, "factor_missing")


def test_extension_and_stop_are_asked_for_too(command_line: ApiClient, cast: Cast) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=timezone.now())
    later = {"ends_at": (elevation.ends_at + timedelta(minutes=5)).isoformat(), "reason": "more"}
    old = bot(cast.member01, command_line, proof_of(cast.member01, at=minutes_ago(241)))
    answer = old.post(f"/elevations/{elevation.code}/extend", later)
    refused(answer, 401, "step_up_needed")
    assert 'acr_values="urn:sekisho:log-in", max_age="14400"' in answer["WWW-Authenticate"]
    old = bot(cast.leader01, command_line, proof_of(cast.leader01, at=minutes_ago(61)))
    refused(old.post(f"/elevations/{elevation.code}/stop", {"comment": "now"}), 401, "step_up_needed")
    # One's own access is given back by any token.
    old = bot(cast.member01, command_line, proof_of(cast.member01, at=minutes_ago(700)))
    assert old.post(f"/elevations/{elevation.code}/return", {}).status_code == 200


def test_same_call_with_the_same_key_is_done_once_the_person_has_proven_themselves(
    command_line: ApiClient, cast: Cast, waiting: AccessRequest
) -> None:
    path, key = f"/requests/{waiting.code}/approve", "a-key"
    old = bot(cast.leader01, command_line, proof_of(cast.leader01, at=minutes_ago(6)))
    refused(old.post(path, {}, idempotency_key=key), 401, "step_up_needed")
    assert bot(cast.leader01, command_line).post(path, {}, idempotency_key=key).status_code == 200


# Asking for another token


def device(person: User, given: dict[str, Any], *, ago: int) -> tuple[Client, Any]:
    """Have the person allow it in a browser where they proved themselves so many minutes ago."""
    browser = logged_in(person)
    prove(browser, person, record_of(person, at=minutes_ago(ago).timestamp()))
    return browser, browser.post(PAGE, {"code": given["user_code"], "answer": "allow"})


def test_token_is_given_for_the_proof_that_was_asked_for(command_line: ApiClient, cast: Cast, waiting: AccessRequest) -> None:
    asked = {"acr_values": "urn:sekisho:second-factor", "max_age": "240", "scope": "decisions:write"}
    given = begun(command_line, **asked)
    browser, answer = device(cast.leader01, given, ago=5)
    address, _, number = answer["Location"].partition("?act=")
    assert address == CONFIRM
    assert not PersonalToken.objects.exists()
    browser.post(CONFIRM, {"code": code_of(cast.leader01), "act": number}, follow=True)
    token = read(poll(command_line, given))["access_token"]
    assert Bot(token, Client()).post(f"/requests/{waiting.code}/approve", {}).status_code == 200
    waiting.refresh_from_db()
    proof = waiting.decisions.get().proof
    assert proof["own_token"]["allowed"]["proof"]["factor"] == cast.leader01.factors.get().code


def test_age_that_was_asked_for_makes_the_portals_own_shorter_and_never_longer(command_line: ApiClient, cast: Cast) -> None:
    assert device(cast.leader01, begun(command_line, max_age="99999999"), ago=16)[1]["Location"].startswith(CONFIRM)
    assert device(cast.leader01, begun(command_line, max_age="0"), ago=1)[1]["Location"].startswith(CONFIRM)
    assert device(cast.leader01, begun(command_line), ago=14)[1]["Location"] == "/me/tokens/"


def test_first_of_the_known_ways_counts(command_line: ApiClient, cast: Cast) -> None:
    given = begun(command_line, acr_values="urn:example:none urn:sekisho:passkey urn:sekisho:log-in")
    assert device(cast.leader01, given, ago=0)[1]["Location"].startswith(CONFIRM)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"acr_values": "urn:example:none"}, "unmet_authentication_requirements"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "１２"}, "invalid_request"),
        ({"max_age": "9" * 9}, "invalid_request"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(command_line: ApiClient, fields: dict[str, str], error: str) -> None:
    answer = program().post(CODES, {"client_id": command_line.oauth_client_id, **fields})
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_who_decides_without_a_factor_gets_no_token(command_line: ApiClient, cast: Cast) -> None:
    cast.leader01.factors.all().delete()
    assert device(cast.leader01, begun(command_line), ago=0)[1]["Location"] != "/me/tokens/"
    assert not PersonalToken.objects.exists()
