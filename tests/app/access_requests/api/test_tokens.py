"""Where programs get their tokens, and what a guess, or nonsense, gets there."""

from base64 import b64encode

import pytest
from allauth.idp.oidc.models import Token
from django.http import HttpResponse
from django.test import Client

from access_requests.models import ApiClient
from tests.stand_ins.bots import SECRET, Bot, refused

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/identity/o/api/token"
ASKED = {"grant_type": "client_credentials", "client_id": "chatbot", "client_secret": SECRET}


def ask(*, query: str = "", authorization: str = "", **changes: str) -> HttpResponse:
    headers = {"authorization": authorization} if authorization else {}
    http = Client(raise_request_exception=False, enforce_csrf_checks=True)
    response = http.post(ADDRESS + query, {**ASKED, **changes}, headers=headers)
    assert isinstance(response, HttpResponse)
    return response


def test_token_is_given_for_the_secret_and_never_decides_by_default(chatbot: ApiClient) -> None:
    http = Client()
    given = http.post(ADDRESS, ASKED).json()
    assert set(given["scope"].split()) == {"requests:read", "requests:write"}
    more = http.post(ADDRESS, {**ASKED, "scope": "requests:read decisions:write"}).json()
    assert set(more["scope"].split()) == {"requests:read", "decisions:write"}
    assert Bot(more["access_token"], http).get("/me").status_code == 200
    http.post("/identity/o/api/revoke", {**ASKED, "token": more["access_token"]})
    refused(Bot(more["access_token"], http).get("/me"), 401, "token_unusable")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "a guess"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"scope": "everything"}, 400, "invalid_scope"),
        ({"scope": "\x00"}, 400, "invalid_scope"),
        ({"grant_type": "authorization_code", "code": "x"}, 400, "unauthorized_client"),
        ({"grant_type": "password"}, 400, "invalid_request"),
        ({"resource": "nowhere"}, 400, "invalid_request"),
        ({"query": "?a=%zz"}, 400, "invalid_request"),
    ],
    ids=repr,
)
def test_nothing_else_gives_a_token(chatbot: ApiClient, changes: dict[str, str], status: int, error: str) -> None:
    response = ask(**changes)
    assert (response.status_code, response.content.decode().split('"')[3]) == (status, error)
    assert not Token.objects.exists()


@pytest.mark.parametrize("given", ["", ":", "chatbot", "chatbot:wrong", "a\x00:b", "é:é"])
@pytest.mark.parametrize("encode", [lambda given: b64encode(given.encode()).decode(), str], ids=["encoded", "bare"])
def test_nonsense_in_the_header_is_refused(chatbot: ApiClient, given: str, encode: "type[str]") -> None:
    response = ask(authorization=f"Basic {encode(given)}", client_id="", client_secret="")
    assert response.status_code in {400, 401}
    assert not Token.objects.exists()


def test_client_id_that_no_database_takes_is_refused(chatbot: ApiClient) -> None:
    assert ask(client_id="\x00").status_code in {400, 401}


def test_guessing_is_slowed_down_even_for_the_right_secret_and_only_after_wrong_ones(chatbot: ApiClient) -> None:
    assert {ask().status_code for _ in range(25)} == {200}
    # The minute of the clock may turn once meanwhile.
    statuses = [ask(client_secret="a guess").status_code for _ in range(41)]
    assert statuses[0] == 401
    assert 429 in statuses
    if statuses[-1] == 429:
        last = ask()
        assert last.status_code in {200, 429}
        assert last.status_code == 200 or 1 <= int(last["Retry-After"]) <= 60


def test_the_rest_of_the_oauth_server_is_not_there() -> None:
    for path in ("authorize", "device", "api/userinfo", "api/introspect", "api/clients"):
        assert Client().post(f"/identity/o/{path}").status_code == 404
    assert Client().get("/.well-known/openid-configuration").status_code == 404
