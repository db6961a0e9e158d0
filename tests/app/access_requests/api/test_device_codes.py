"""A script logs in as its person (RFC 8628): it asks for a code, the person allows it in the browser, it collects the token."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.idp.oidc.internal.oauthlib import device_codes as cached
from allauth.idp.oidc.models import Client as OAuthClient
from allauth.idp.oidc.models import Token
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from access_requests.models import ApiClient, PersonalToken
from access_requests.services.sweep import housekeeping
from audits import personal
from audits.models import TrailEntry
from portal.users.models import User
from tests.stand_ins.bots import Bot, own_token_of, read, refused
from tests.worlds.browsers import log_in
from tests.worlds.cast import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
CODES, TOKENS, REVOKE = "/identity/o/api/device/code", "/identity/o/api/token", "/identity/o/api/revoke"
PAGE = "/device/"
# As a Japanese keyboard types them.
WIDE = {ord("A") + place: chr(ord("Ａ") + place) for place in range(26)}


@pytest.fixture(autouse=True)
def _no_codes_of_others() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def program() -> Client:
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


def begun(client: ApiClient, **fields: str) -> dict[str, Any]:
    answer = program().post(CODES, {"client_id": client.oauth_client_id, **fields})
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def poll(client: ApiClient, given: dict[str, Any], *, waited: bool = True, **changes: str) -> HttpResponse:
    """Ask for the token; `waited` says that the interval has passed since the last time."""
    key = cached.cache_device_code_key(given["device_code"])
    kept = cache.get(key)
    if waited and kept is not None:
        cache.set(key, {**kept, "last_poll_at": 0})
    fields = {
        "grant_type": OAuthClient.GrantType.DEVICE_CODE.value,
        "client_id": client.oauth_client_id,
        "device_code": given["device_code"],
    }
    answer = program().post(TOKENS, {**fields, **changes})
    assert isinstance(answer, HttpResponse)
    return answer


def browser(person: User) -> Client:
    """Return a browser in which the person has logged in with the password."""
    http = Client(headers={"accept-language": "en"})
    log_in(http, person)
    return http


def answered(person: User, given: dict[str, Any], answer: str = "allow") -> HttpResponse:
    response = browser(person).post(PAGE, {"code": given["user_code"], "answer": answer}, follow=True)
    assert isinstance(response, HttpResponse)
    return response


def error_of(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, read(answer)["error"]


def test_script_gets_a_token_of_its_person(command_line: ApiClient, member01: User) -> None:
    given = begun(command_line, scope="requests:read decisions:write")
    assert (given["verification_uri"], given["expires_in"], given["interval"]) == ("http://testserver/device/", 300, 5)
    assert given["verification_uri_complete"] == f"http://testserver/device/?code={given['user_code']}"
    assert error_of(poll(command_line, given)) == (400, "authorization_pending")
    page = browser(member01).get(given["verification_uri_complete"])
    for said in ("The command-line", given["user_code"], "127.0.0.1", "Approve, reject, send back and stop"):
        assert said in page.content.decode()
    assert "The command-line may act for you now" in answered(member01, given).content.decode()
    answer = poll(command_line, given)
    collected = read(answer)
    assert answer["Cache-Control"] == "no-store"
    assert set(collected) == {"access_token", "token_type", "expires_in", "scope"}
    assert (collected["token_type"], collected["expires_in"]) == ("Bearer", 12 * 60 * 60)
    assert collected["scope"] == "requests:read decisions:write"
    told = read(Bot(collected["access_token"], Client()).get("/me"))
    assert told["person"]["username"] == "member01"
    assert told["client"]["scopes"] == ["decisions:write", "requests:read"]
    assert set(Token.objects.values_list("type", flat=True)) == {Token.Type.ACCESS_TOKEN}


def test_trail_tells_who_allowed_what_and_how_and_that_it_was_collected(command_line: ApiClient, member01: User) -> None:
    given = begun(command_line)
    answered(member01, given)
    poll(command_line, given)
    row = PersonalToken.objects.get()
    allowed, collected = personal.shown(TrailEntry.objects.filter(subject=f"token:{row.code}").order_by("pk"))
    assert (allowed.act, allowed.actor, allowed.data["door"]) == ("token.allowed", "member01", "browser")
    assert allowed.data["proof"]["method"] == "password"
    after = allowed.data["after"]
    assert (after["client"], after["person"], after["asked_from"]) == ("command-line", "member01", "127.0.0.1")
    assert after["scopes"] == ["requests:read", "requests:write", "audit:read"]
    assert (collected.act, collected.actor, collected.on_behalf_of) == ("token.collected", "client:command-line", "member01")
    assert collected.data["after"]["collected_from"] == "127.0.0.1"
    assert row.proof["method"] == "password"
    for entry in (allowed, collected):
        assert given["device_code"] not in str(entry.data)


def test_never_decides_by_default(command_line: ApiClient, member01: User) -> None:
    given = begun(command_line)
    answered(member01, given)
    assert "decisions:write" not in read(poll(command_line, given))["scope"]


def test_refused_by_its_person_the_script_gets_nothing(command_line: ApiClient, member01: User) -> None:
    given = begun(command_line)
    assert "You refused The command-line" in answered(member01, given, "deny").content.decode()
    assert error_of(poll(command_line, given)) == (400, "access_denied")
    assert TrailEntry.objects.get(subject="client:command-line").act == "token.denied"
    assert not Token.objects.exists()
    assert answered(member01, given).status_code == 422


def test_code_is_answered_once_and_collected_once(command_line: ApiClient, member01: User, member02: User) -> None:
    given = begun(command_line)
    answered(member01, given)
    assert answered(member02, given).status_code == 422
    assert poll(command_line, given).status_code == 200
    assert error_of(poll(command_line, given)) == (400, "invalid_grant")
    assert Token.objects.get().user == member01


def test_two_questions_at_once_collect_one_token(command_line: ApiClient, member01: User) -> None:
    """The second one has read from the cache what the first one was deleting."""
    given = begun(command_line)
    answered(member01, given)
    key = cached.cache_device_code_key(given["device_code"])
    kept = cache.get(key)
    assert poll(command_line, given).status_code == 200
    cache.set(key, kept)
    assert error_of(poll(command_line, given)) == (400, "access_denied")
    assert Token.objects.count() == 1


def test_script_that_asks_too_often_is_slowed_down(command_line: ApiClient) -> None:
    given = begun(command_line)
    assert error_of(poll(command_line, given)) == (400, "authorization_pending")
    assert error_of(poll(command_line, given, waited=False)) == (400, "slow_down")
    assert error_of(poll(command_line, given)) == (400, "authorization_pending")


def test_expired_and_made_up_codes_give_nothing(command_line: ApiClient, member01: User) -> None:
    given = begun(command_line)
    cache.clear()
    assert error_of(poll(command_line, given)) == (400, "invalid_grant")
    assert answered(member01, given).status_code == 422
    assert error_of(poll(command_line, given, device_code="made-up")) == (400, "invalid_grant")
    assert error_of(poll(command_line, given, device_code="")) == (400, "invalid_request")


def test_code_of_another_client_gives_nothing(command_line: ApiClient, chatbot: ApiClient, member01: User) -> None:
    given = begun(command_line)
    answered(member01, given)
    status, error = error_of(poll(command_line, given, client_id=chatbot.oauth_client_id))
    assert (status, error) == (401, "invalid_client")
    assert not Token.objects.exists()


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": ""}, 401, "invalid_client"),
        ({"client_id": "chatbot"}, 401, "invalid_client"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"scope": "requests:read \x00"}, 400, "invalid_scope"),
    ],
)
def test_code_is_given_to_known_personal_clients_only(
    command_line: ApiClient, chatbot: ApiClient, fields: dict[str, str], status: int, error: str
) -> None:
    answer = program().post(CODES, {"client_id": "command-line", **fields})
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_client_id_that_no_database_takes_is_refused(command_line: ApiClient) -> None:
    assert program().post(CODES, {"client_id": "\x00"}).status_code in {400, 401}
    assert program().get(CODES).status_code == 405


def test_codes_from_one_address_are_throttled(command_line: ApiClient) -> None:
    statuses = [program().post(CODES, {"client_id": "command-line"}).status_code for _ in range(61)]
    assert statuses[0] == 200
    assert 429 in statuses


def test_personal_client_has_no_secret_to_log_in_with(command_line: ApiClient) -> None:
    for secret in ("", "a guess"):
        fields = {"grant_type": "client_credentials", "client_id": "command-line", "client_secret": secret}
        assert program().post(TOKENS, fields).status_code in {400, 401}
    assert not Token.objects.exists()


def test_rights_are_looked_at_again_when_it_is_allowed_and_when_it_is_collected(command_line: ApiClient, member01: User) -> None:
    given = begun(command_line, scope="decisions:write")
    ApiClient.objects.update(everyone=False)
    assert answered(member01, given).status_code == 403
    ApiClient.objects.update(everyone=True)
    command_line.oauth_client.set_scopes(["requests:read"])
    command_line.oauth_client.save()
    assert answered(member01, given).status_code == 403
    given = begun(command_line, scope="requests:read")
    assert answered(member01, given).status_code == 200
    ApiClient.objects.update(everyone=False)
    assert error_of(poll(command_line, given)) == (400, "access_denied")
    assert not Token.objects.exists()


def test_person_disabled_meanwhile_gets_no_token(command_line: ApiClient, member01: User) -> None:
    given = begun(command_line)
    answered(member01, given)
    User.objects.filter(pk=member01.pk).update(is_active=False)
    assert error_of(poll(command_line, given)) == (400, "access_denied")
    assert not Token.objects.exists()


def test_client_revoked_meanwhile_is_neither_shown_nor_given(command_line: ApiClient, member01: User) -> None:
    given = begun(command_line)
    ApiClient.objects.update(retired_at=timezone.now())
    assert answered(member01, given).status_code == 422
    assert program().post(CODES, {"client_id": "command-line"}).status_code == 401


def test_script_revokes_its_own_token_and_the_trail_says_so(command_line: ApiClient, chatbot: ApiClient, member01: User) -> None:
    given = begun(command_line)
    answered(member01, given)
    token = read(poll(command_line, given))["access_token"]
    code = PersonalToken.objects.get().code
    assert program().post(REVOKE, {"token": token, "client_id": "chatbot"}).status_code == 401
    assert program().post(REVOKE, {"token": token}).status_code == 401
    assert Token.objects.exists()
    assert program().post(REVOKE, {"token": token, "client_id": "command-line"}).status_code == 200
    refused(Bot(token, Client()).get("/me"), 401, "token_unusable")
    entry = TrailEntry.objects.get(subject=f"token:{code}", act="token.revoked")
    assert (entry.actor, entry.on_behalf_of) == ("client:command-line", "member01")


def test_what_was_never_collected_and_what_expired_is_forgotten(command_line: ApiClient, member01: User) -> None:
    given = begun(command_line)
    answered(member01, given)
    own_token_of(member01, command_line, "requests:read")
    now = timezone.now()
    housekeeping(now=now + timedelta(minutes=50))
    assert PersonalToken.objects.count() == 2
    housekeeping(now=now + timedelta(hours=25))
    assert not PersonalToken.objects.exists()
    assert not Token.objects.exists()


class TestPage:
    def test_stranger_logs_in_first_and_comes_back_with_the_code(self, command_line: ApiClient, member01: User) -> None:
        given = begun(command_line)
        address = given["verification_uri_complete"].removeprefix("http://testserver")
        answer = Client().get(address)
        assert urlsplit(answer["Location"]).path == "/accounts/login/"
        there = Client(headers={"accept-language": "en"})
        back = there.post(answer["Location"], {"login": "member01", "password": PASSWORD}, follow=True)
        assert given["user_code"] in back.content.decode()

    def test_forged_post_from_another_site_is_refused(self, command_line: ApiClient, member01: User) -> None:
        given = begun(command_line)
        http = Client(enforce_csrf_checks=True)
        http.force_login(member01)
        assert http.post(PAGE, {"code": given["user_code"], "answer": "allow"}).status_code == 403
        assert not PersonalToken.objects.exists()

    @pytest.mark.parametrize(
        "retype", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code} ", lambda code: code.translate(WIDE)]
    )
    def test_code_is_known_however_it_is_typed(self, command_line: ApiClient, member01: User, retype: Any) -> None:
        given = begun(command_line)
        page = browser(member01).get(PAGE, {"code": retype(given["user_code"])})
        assert page.status_code == 200
        assert "The command-line" in page.content.decode()

    @pytest.mark.parametrize("code", ["", "BCDF-GHJK", "\x00", "あ" * 8, "B" * 10_000, "<script>"])
    def test_what_is_no_code_is_said_to_be_none(self, command_line: ApiClient, member01: User, code: str) -> None:
        assert browser(member01).get(PAGE, {"code": code}).status_code == 422

    def test_looking_at_it_answers_nothing(self, command_line: ApiClient, member01: User) -> None:
        given = begun(command_line)
        browser(member01).get(PAGE, {"code": given["user_code"], "answer": "allow"})
        browser(member01).post(PAGE, {"code": given["user_code"]})
        assert error_of(poll(command_line, given)) == (400, "authorization_pending")

    def test_guesses_are_throttled_and_right_codes_are_not_counted(self, command_line: ApiClient, member01: User) -> None:
        given, http = begun(command_line), browser(member01)
        for _ in range(15):
            assert http.get(PAGE, {"code": given["user_code"]}).status_code == 200
        statuses = [http.get(PAGE, {"code": "BCDF-GHJK"}).status_code for _ in range(12)]
        assert statuses == [422] * 10 + [429] * 2
        assert http.post(PAGE, {"code": given["user_code"], "answer": "allow"}).status_code == 429
        assert not PersonalToken.objects.exists()
