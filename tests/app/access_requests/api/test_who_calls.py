"""Tokens, scopes, and the person whom a header names."""

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Token
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from access_requests.models import AccessRequest, ApiClient
from portal.users.models import LinkedIdentity, User
from tests.stand_ins.bots import ASK, COMMENT, Bot, read, refused, token_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "token_missing"),
        ("Bearer", "token_unusable"),
        ("Bearer ", "token_unusable"),
        ("Bearer nobody-gave-this", "token_unusable"),
        ("Bearer a b", "token_unusable"),
        ("Bearer トークン".encode().decode("latin-1"), "token_unusable"),
        ("Basic Ym90OnNlY3JldA==", "token_unusable"),
    ],
)
def test_call_without_a_usable_token_is_anonymous(bot: Bot, header: str, code: str) -> None:
    response = bot.get("/me", authorization=header)
    refused(response, 401, code)
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_expired_and_revoked_tokens_are_refused_at_once(bot: Bot) -> None:
    assert bot.get("/me").status_code == 200
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refused(bot.get("/me"), 401, "token_unusable")
    Token.objects.all().delete()
    refused(bot.get("/me"), 401, "token_unusable")


def test_only_an_access_token_of_a_program_opens(bot: Bot, member01: User) -> None:
    Token.objects.update(type=Token.Type.REFRESH_TOKEN)
    refused(bot.get("/me"), 401, "token_unusable")
    Token.objects.update(type=Token.Type.ACCESS_TOKEN, user=member01)
    refused(bot.get("/me"), 401, "token_unusable")


def test_token_in_the_address_is_refused_even_beside_a_good_header(bot: Bot) -> None:
    refused(bot.get(f"/me?access_token={bot.token}"), 401, "token_in_url")
    refused(bot.get(f"/me?access_token={bot.token}", authorization=""), 401, "token_in_url")


def test_token_in_a_form_is_no_token(bot: Bot, member01: User) -> None:
    form = f"access_token={bot.token}".encode()
    response = bot.post(
        "/requests", form, for_person=member01, authorization="", content_type="application/x-www-form-urlencoded"
    )
    refused(response, 401, "token_missing")


def test_each_call_needs_its_scope(chatbot: ApiClient, member01: User) -> None:
    bot = Bot(token_of(chatbot, "audit:read"), Client(raise_request_exception=False))
    for method, path, scope in [
        ("GET", "/work-groups", "requests:read"),
        ("GET", "/requests", "requests:read"),
        ("GET", "/elevations", "requests:read"),
        ("POST", "/requests", "requests:write"),
        ("POST", "/requests/R-00000000/approve", "decisions:write"),
        ("POST", "/elevations/E-00000000/stop", "decisions:write"),
        ("POST", "/elevations/E-00000000/return", "requests:write"),
        ("POST", "/elevations/E-00000000/report", "requests:write"),
        ("POST", "/elevations/E-00000000/report/confirm", "decisions:write"),
        ("POST", "/elevations/E-00000000/report/ask", "decisions:write"),
        ("POST", "/inspections/2026-11-05/sign", "decisions:write"),
    ]:
        bodies: dict[str, dict[str, object]] = {"sign": {"rows": []}, "report": {}}
        body = bodies.get(path.rpartition("/")[2], COMMENT)
        response = bot.call(method, path, body, for_person=member01)
        assert refused(response, 403, "wrong_scope")["data"] == {"scope": scope}
        assert response["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{scope}"'
    assert bot.get("/me").status_code == 200


def test_without_a_person_a_program_may_only_ask_who_it_is(bot: Bot) -> None:
    assert read(bot.get("/me"))["person"] is None
    for path in ("/work-groups", "/requests", "/elevations", "/audit/entries"):
        refused(bot.get(path), 401, "person_missing")
    refused(bot.post("/requests", ASK), 401, "person_missing")
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize(
    "header",
    [
        "member01",
        "slack:",
        "slack: U0MEMBER01",
        "slack:U0MEMBER01,slack:U0LEADER01",
        "teams:U0MEMBER01",
        "SLACK:U0MEMBER01",
        "slack:U0MEMBER01\x00",
        "slack:" + "U" * 201,
        "slack:Ü",
    ],
)
def test_header_that_does_not_name_one_person_is_refused(bot: Bot, header: str) -> None:
    refused(bot.get("/me", for_person=header), 401, "person_unreadable")


def test_identity_must_be_linked_and_verified(bot: Bot, member01: User) -> None:
    refused(bot.get("/me", for_person="slack:U0NOBODY"), 401, "identity_not_linked")
    assert bot.get("/me", for_person=member01).status_code == 200
    LinkedIdentity.objects.filter(person=member01).update(verified_at=None)
    refused(bot.get("/me", for_person=member01), 401, "identity_not_linked")


def test_disabled_person_is_shut_out_at_once(bot: Bot, member01: User) -> None:
    member01.is_active = False
    member01.save()
    refused(bot.get("/me", for_person=member01), 401, "person_disabled")
    refused(bot.post("/requests", ASK, for_person=member01), 401, "person_disabled")


def test_mail_address_names_a_person_only_where_the_client_may(bot: Bot, chatbot: ApiClient, member01: User) -> None:
    LinkedIdentity.objects.create(person=member01, provider="email", external_id=member01.email, verified_at=timezone.now())
    refused(bot.get("/me", for_person=f"email:{member01.email}"), 403, "client_not_allowed")
    chatbot.may_name_by_email = True
    chatbot.save()
    told = read(bot.get("/me", for_person="email:Member01@Example.com"))
    assert told["person"]["username"] == "member01"


def test_client_acts_for_the_people_it_is_given(bot: Bot, chatbot: ApiClient, member01: User, member02: User) -> None:
    chatbot.everyone = False
    chatbot.save()
    refused(bot.get("/me", for_person=member01), 403, "client_not_allowed")
    chatbot.people.set([member01])
    assert bot.get("/me", for_person=member01).status_code == 200
    refused(bot.get("/me", for_person=member02), 403, "client_not_allowed")


def test_client_outside_the_catalogue_may_nothing(bot: Bot, chatbot: ApiClient) -> None:
    ApiClient.objects.filter(pk=chatbot.pk).delete()
    refused(bot.get("/me"), 403, "client_not_allowed")


@pytest.mark.parametrize("networks", [[], ["10.0.0.0/8"], ["::1/128"]])
def test_client_calls_from_its_networks_only(bot: Bot, chatbot: ApiClient, networks: list[str]) -> None:
    chatbot.source_addresses = networks
    chatbot.save()
    refused(bot.get("/me"), 403, "client_not_allowed")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "allowed"),
    [
        (0, "192.0.2.7", False),
        (1, "192.0.2.7", True),
        (1, "::ffff:192.0.2.7", True),
        (1, "192.0.2.7, 198.51.100.1", False),
        (2, "192.0.2.7, 198.51.100.1", True),
        (2, "192.0.2.7", False),
        (1, "", False),
        (1, "unknown", False),
    ],
)
def test_address_behind_proxies_is_counted_from_the_right(
    bot: Bot, chatbot: ApiClient, settings: LazySettings, proxies: int, forwarded: str, *, allowed: bool
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    chatbot.source_addresses = ["192.0.2.0/24"]
    chatbot.save()
    assert (bot.get("/me", x_forwarded_for=forwarded).status_code == 200) is allowed


def test_token_from_before_gives_nothing_that_its_client_may_not_ask_for_any_more(
    chatbot: ApiClient, bot: Bot, member01: User
) -> None:
    chatbot.oauth_client.set_scopes(["requests:read"])
    chatbot.oauth_client.save()
    assert bot.get("/requests", for_person=member01).status_code == 200
    refused(bot.post("/requests", ASK, for_person=member01), 403, "wrong_scope")
