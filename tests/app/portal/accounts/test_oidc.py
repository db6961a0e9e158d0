"""Log-in by OpenID Connect, against a provider that says and signs whatever a test tells it."""

import re
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.conf import settings
from django.db import IntegrityError
from django.test import Client

from access_requests.services.people import arriving
from portal.accounts import answers
from portal.providers.provider import OidcProvider
from portal.users.models import LinkedIdentity, ProviderSession, User
from tests.app.portal.accounts.conftest import Traveller
from tests.stand_ins.oidc import OidcStandIn, ec_key, ed_key, jwk, rsa_key, signed
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db
Configure = Callable[..., OidcProvider]


def last_code() -> str:
    """Return how the last refusal is called on the provider's card."""
    (provider,) = settings.LOGIN_PROVIDERS
    return (answers.last_refusal(provider) or {}).get("code", "")


def refused(traveller: Traveller, what: str) -> None:
    """Log in, and be told that this of the answer does not hold; nobody is logged in or made."""
    response = traveller.log_in()
    assert response.status_code == 403, response.content.decode()
    assert f"({what})" in response.content.decode()
    assert last_code() == "answer_refused"
    assert not traveller.is_in
    assert not User.objects.exclude(made_by="").exists()


def test_somebody_whom_the_provider_vouches_for_is_logged_in_as_a_person_of_their_own(traveller: Traveller) -> None:
    response = traveller.log_in()
    assert (response.status_code, response["Location"]) == (302, "/")
    person = User.objects.get(made_by="login:company")
    assert (person.username, traveller.is_in) == ("hanako", True)
    kept = ProviderSession.objects.get()
    assert (kept.person, kept.subject, kept.session_key) == (person, "subject-of-hanako", traveller.client.session.session_key)
    assert not SocialAccount.objects.exists()


def test_next_page_is_one_of_the_portals_own(traveller: Traveller) -> None:
    traveller.begin(next="/requests/")
    assert traveller.come_back()["Location"] == "/requests/"
    elsewhere = Traveller(traveller.idp)
    elsewhere.begin(next="https://evil.example.com/")
    assert elsewhere.come_back()["Location"] == "/"


def test_what_is_asked_for_is_ours_whatever_the_address_says(traveller: Traveller, configure: Configure) -> None:
    configure(max_age=60)
    address = "/accounts/providers/company/?auth_params=max_age%3D99999%26nonce%3Dmine&scope=admin&max_age=99999&process=connect"
    traveller.begin(address)
    sent = traveller.sent
    assert (sent["max_age"], sent["client_id"], sent["response_type"]) == ("60", "sekisho", "code")
    assert set(sent["scope"].split()) == {"openid", "profile", "email"}
    assert (len(sent["nonce"]), sent["code_challenge_method"]) == (43, "S256")
    assert sent["redirect_uri"] == "http://testserver/accounts/providers/company/back/"
    assert traveller.come_back()["Location"] == "/"


def test_code_is_exchanged_with_the_verifier_of_this_log_in(traveller: Traveller, idp: OidcStandIn) -> None:
    traveller.log_in()
    (exchange,) = idp.exchanged
    assert (exchange["code"], exchange["grant_type"]) == ("once", "authorization_code")
    assert len(exchange["code_verifier"]) >= 43
    assert "client_secret" not in exchange, "it goes into the header where the provider takes it there"


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"aud": "somebody-else"}, "aud"),
        ({"aud": ["sekisho", "somebody-else"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"azp": "somebody-else"}, "azp"),
        ({"iss": "https://evil.example.com"}, "iss"),
        ({"iss": None}, "iss"),
        ({"nonce": "of another log-in"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": None}, "sub"),
        ({"sub": 7}, "sub"),
        ({"exp": 1_000_000_000}, "exp"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": 9_999_999_999}, "not yet valid"),
        ({"nbf": 9_999_999_999}, "not yet valid"),
    ],
    ids=str,
)
def test_claim_that_does_not_hold_lets_nobody_in(traveller: Traveller, changes: dict[str, Any], what: str) -> None:
    traveller.idp.claims = changes
    refused(traveller, what)


@pytest.mark.parametrize("at", [None, 0, 1_000_000_000, 9_999_999_999, "now", True, -120])
def test_log_in_there_that_is_too_old_or_of_no_known_time_is_refused_where_its_age_counts(
    traveller: Traveller, configure: Configure, at: Any
) -> None:
    configure(max_age=60)
    traveller.idp.claims = {"auth_time": int(time.time()) + at if at == -120 else at}
    refused(traveller, "auth_time")


def test_age_of_the_log_in_there_counts_for_nothing_where_none_was_asked(traveller: Traveller) -> None:
    traveller.idp.claims = {"auth_time": 1}
    traveller.log_in()
    assert traveller.is_in


def by_shared_secret(claims: dict[str, Any]) -> str:
    """Sign with a secret, as if the provider listed that."""
    return jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": "one"})


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], str], str]] = {
    "a stranger's key under the provider's id": (lambda claims: signed(claims, key=rsa_key(2)), "signature"),
    "a key that the provider does not have": (lambda claims: signed(claims, key=rsa_key(2), kid="other"), "kid"),
    "no signature": (lambda claims: jwt.encode(claims, "", algorithm="none", headers={"kid": "one"}), "alg"),
    "a shared secret": (by_shared_secret, "alg"),
    "the client's secret": (lambda claims: signed(claims, key="the secret of the client" * 2, algorithm="HS256"), "alg"),
    "an algorithm that is not listed": (lambda claims: signed(claims, algorithm="RS512"), "alg"),
    "another kind of key under the same id": (lambda claims: signed(claims, key=ec_key(), algorithm="ES256"), "kid"),
    "a key that it brings along": (
        lambda claims: signed(claims, key=rsa_key(2), kid=None, jwk=jwk(rsa_key(2), "mine"), jku="http://127.0.0.1/keys"),
        "signature",
    ),
    "claims that were changed after it was signed": (lambda claims: _changed(signed(claims)), "signature"),
    "no token at all": (lambda _claims: "", "id_token"),
    "no JWT": (lambda _claims: "a.b", "token"),
    "a token that is too long": (lambda claims: signed({**claims, "x": "y" * 70_000}), "token"),
}


def _changed(token: str) -> str:
    head, _, tail = token.split(".")
    body = jwt.encode({"sub": "leader01"}, "x" * 32, algorithm="HS256").split(".")[1]
    return f"{head}.{body}.{tail}"


@pytest.mark.parametrize("forgery", FORGERIES)
def test_token_that_the_provider_did_not_sign_lets_nobody_in(traveller: Traveller, forgery: str) -> None:
    traveller.idp.signs, what = FORGERIES[forgery]
    refused(traveller, what)


@pytest.mark.parametrize(
    ("algorithm", "key"), [("ES256", ec_key), ("EdDSA", ed_key), ("RS256", rsa_key), ("PS256", rsa_key)], ids=str
)
def test_listed_algorithms_are_taken(traveller: Traveller, algorithm: str, key: Callable[[], Any]) -> None:
    traveller.idp.keys = [jwk(key(), "one")]
    traveller.idp.signs = lambda claims: signed(claims, key=key(), algorithm=algorithm)
    traveller.log_in()
    assert traveller.is_in


@pytest.mark.parametrize("key", [{"use": "enc"}, {"alg": "RS512"}, {"kty": "oct"}], ids=str)
def test_key_that_is_not_for_this_signs_nothing(traveller: Traveller, key: dict[str, str]) -> None:
    traveller.idp.keys = [{**jwk(rsa_key(), "one"), **key}, jwk(rsa_key(2), "two")]
    refused(traveller, "kid")


def test_keys_are_asked_for_once_and_once_more_for_an_id_that_is_not_there(traveller: Traveller, idp: OidcStandIn) -> None:
    traveller.log_in()
    Traveller(idp).log_in()
    assert idp.asked.count("/keys") == 1
    idp.keys = [jwk(rsa_key(2), "new")]
    idp.signs = lambda claims: signed(claims, key=rsa_key(2), kid="new")
    changed = Traveller(idp)
    changed.log_in()
    assert changed.is_in
    idp.signs = lambda claims: signed(claims, key=rsa_key(2), kid="made up")
    for _ in range(3):
        Traveller(idp).log_in()
    assert idp.asked.count("/keys") == 2, "a stranger's tokens do not make the portal ask at their pace"


def test_userinfo_about_somebody_else_lets_nobody_in(traveller: Traveller) -> None:
    traveller.idp.userinfo = {"sub": "subject-of-leader01"}
    refused(traveller, "sub of the userinfo")


def test_an_address_is_verified_by_true_alone_and_by_the_document_that_says_it(traveller: Traveller) -> None:
    for said in ("true", "false", 1, None):
        traveller.idp.claims = {"email_verified": said}
        assert traveller.log_in().status_code == 403
    assert not traveller.is_in


def test_an_organisation_is_believed_from_the_signed_token_alone(traveller: Traveller, configure: Configure) -> None:
    configure(admits={"tenants": ["ours"]}, claims={"tenant": "tid"})
    traveller.idp.userinfo = {"tid": "ours"}
    assert traveller.log_in().status_code == 403
    traveller.idp.claims = {"tid": "theirs"}
    assert traveller.log_in().status_code == 403
    traveller.idp.claims = {"tid": "ours"}
    assert traveller.log_in().status_code == 302


def test_a_name_that_the_provider_says_is_nobodys_username(traveller: Traveller, cast: Cast) -> None:
    traveller.idp.claims = {"preferred_username": "leader01", "username": "leader01", "upn": "leader01"}
    traveller.log_in()
    assert User.objects.get(made_by="login:company").username == "hanako"


def test_state_is_of_one_browser_and_one_log_in(traveller: Traveller) -> None:
    traveller.begin()
    stranger = Client()
    query = {"code": "once", "state": traveller.sent["state"]}
    response = stranger.get("/accounts/providers/company/back/", query)
    assert (response.status_code, last_code()) == (403, "log_in_not_begun")
    assert traveller.come_back().status_code == 302
    assert traveller.come_back().status_code == 403, "the same answer again"
    assert traveller.client.get("/accounts/providers/company/back/", {"code": "once"}).status_code == 403


def test_a_token_of_another_log_in_is_worth_nothing(traveller: Traveller, idp: OidcStandIn) -> None:
    traveller.log_in()
    old = signed(idp.honest())
    idp.signs = lambda _claims: old
    again = Traveller(idp)
    again.begin()
    assert "(nonce)" in again.come_back().content.decode()


def test_answer_in_another_providers_name_is_refused(traveller: Traveller) -> None:
    traveller.begin()
    assert "(iss of the answer)" in traveller.come_back(iss="https://evil.example.com").content.decode()


@pytest.mark.parametrize(("error", "code"), [("access_denied", "log_in_cancelled"), ("<b>", "answer_refused")])
def test_who_comes_back_with_an_error_is_told_what_to_do(traveller: Traveller, error: str, code: str) -> None:
    traveller.begin()
    response = traveller.client.get(
        "/accounts/providers/company/back/", {"error": error, "state": traveller.sent["state"]}, headers={"accept-language": "en"}
    )
    assert (response.status_code, last_code()) == (403, code)
    assert "<b>" not in response.content.decode()


def test_provider_that_does_not_answer_is_said_and_not_asked_again_at_once(traveller: Traveller, idp: OidcStandIn) -> None:
    idp.gone = True
    for _ in range(3):
        assert traveller.client.post("/accounts/providers/company/").status_code == 409
    assert (len(idp.asked), last_code()) == (1, "provider_silent")


def test_code_that_the_provider_refuses_lets_nobody_in(traveller: Traveller) -> None:
    traveller.idp.token_status = 400
    refused(traveller, "code")


@pytest.mark.parametrize(
    ("published", "what"),
    [
        ({"issuer": "https://evil.example.com"}, "issuer of the discovery document"),
        ({"token_endpoint": "http://evil.example.com/token"}, "token_endpoint"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "authorization_endpoint"),
        ({"jwks_uri": None}, "jwks_uri"),
        ({"userinfo_endpoint": None}, "userinfo_endpoint"),
    ],
    ids=str,
)
def test_what_a_provider_publishes_must_be_its_own(traveller: Traveller, published: dict[str, Any], what: str) -> None:
    traveller.idp.metadata = published
    response = traveller.client.post("/accounts/providers/company/")
    assert response.status_code == 403
    assert f"({what})" in response.content.decode()


def test_rows_of_the_database_give_nothing(traveller: Traveller, cast: Cast) -> None:
    SocialApp.objects.create(
        provider="openid_connect",
        provider_id="evil",
        name="Evil",
        client_id="x",
        settings={"server_url": "https://evil.example.com"},
    )
    SocialApp.objects.create(provider="openid_connect", provider_id="company", name="Evil", client_id="evil")
    SocialAccount.objects.create(provider="company", uid="subject-of-hanako", user=cast.leader01)
    browser = Client()
    assert "Evil" not in browser.get("/accounts/login/").content.decode()
    assert browser.post("/accounts/providers/evil/").status_code == 404
    assert browser.get("/accounts/providers/evil/back/").status_code == 404
    traveller.log_in()
    assert traveller.sent["client_id"] == "sekisho"
    assert LinkedIdentity.objects.get(provider="login:company").person.username == "hanako"


def test_log_in_begins_by_the_portals_own_form_alone(traveller: Traveller) -> None:
    response = traveller.client.get("/accounts/providers/company/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/accounts/providers/company/").status_code == 403


def test_pages_that_lead_to_providers_may_and_no_others(traveller: Traveller, idp: OidcStandIn, cast: Cast) -> None:
    def form_action(path: str) -> str:
        policy = traveller.client.get(path)["Content-Security-Policy"]
        return next(part for part in policy.split("; ") if part.startswith("form-action"))

    assert form_action("/accounts/login/") == f"form-action 'self' {idp.url}"
    traveller.client.force_login(cast.member01)
    assert form_action("/accounts/reauthenticate/") == f"form-action 'self' {idp.url}"
    assert form_action("/me/") == "form-action 'self'"


def test_a_session_begins_anew_with_the_log_in(traveller: Traveller) -> None:
    traveller.begin()
    before = traveller.client.session.session_key
    traveller.come_back()
    assert traveller.client.session.session_key != before


def test_who_is_logged_in_proves_it_again_at_the_provider(traveller: Traveller) -> None:
    traveller.log_in()
    key = traveller.client.session.session_key
    traveller.begin("/accounts/providers/company/confirm/", next="/me/")
    assert (traveller.sent["max_age"], traveller.sent["prompt"]) == ("0", "login")
    assert traveller.come_back()["Location"] == "/me/"
    record = traveller.client.session["account_authentication_methods"][-1]
    assert (record["method"], record["provider"], record["reauthenticated"]) == ("socialaccount", "company", True)
    assert traveller.client.session.session_key == key


@pytest.mark.parametrize(
    ("claims", "code"),
    [({"auth_time": 1_000_000_000}, "answer_refused"), ({"sub": "else", "email": "other@example.com"}, "somebody_else")],
)
def test_who_does_not_prove_it_again_is_not_confirmed(traveller: Traveller, claims: dict[str, Any], code: str) -> None:
    traveller.log_in()
    traveller.idp.claims, traveller.idp.userinfo = claims, {"sub": claims.get("sub", "subject-of-hanako")}
    traveller.begin("/accounts/providers/company/confirm/")
    response = traveller.client.get(
        "/accounts/providers/company/back/", {"code": "once", "state": traveller.sent["state"]}, headers={"accept-language": "en"}
    )
    assert (response.status_code, last_code()) == (403, code)
    assert len(traveller.client.session["account_authentication_methods"]) == 1
    assert User.objects.exclude(made_by="").count() == 1, "nobody is made on the way"


def test_second_of_two_first_log_ins_at_once_finds_whom_the_first_made(
    traveller: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, tries = arriving.arrive, iter([IntegrityError("the other one was first")])

    def arrive(**said: Any) -> User:
        for error in tries:
            raise error
        return usual(**said)

    monkeypatch.setattr(arriving, "arrive", arrive)
    traveller.log_in()
    assert traveller.is_in


def test_provider_that_leads_elsewhere_is_not_followed(traveller: Traveller, idp: OidcStandIn) -> None:
    idp.metadata = {"jwks_uri": f"{idp.url}/moved"}
    assert traveller.client.post("/accounts/providers/company/").status_code == 409
    assert (last_code(), "/keys" in idp.asked) == ("provider_silent", False)


def test_nobody_confirms_at_a_provider_that_says_nothing_of_now(traveller: Traveller, configure: Configure) -> None:
    configure(confirms=False)
    traveller.log_in()
    assert "/confirm/" not in traveller.client.get("/accounts/reauthenticate/").content.decode()
    assert traveller.client.post("/accounts/providers/company/confirm/").status_code == 404


def test_somebody_of_no_provider_confirms_at_none(traveller: Traveller, cast: Cast) -> None:
    traveller.client.force_login(cast.member01)
    assert traveller.client.post("/accounts/providers/company/confirm/").status_code == 404


def test_an_administrator_sees_what_the_provider_says_and_nobody_is_logged_in(
    traveller: Traveller, configure: Configure, cast: Cast
) -> None:
    configure(roles={"lead": ["leads"]})
    traveller.client.force_login(cast.admin01)
    traveller.idp.claims = {"email_verified": None}
    traveller.went(traveller.client.get("/accounts/providers/company/try/"))
    shown = traveller.client.get(
        "/accounts/providers/company/back/", {"code": "once", "state": traveller.sent["state"]}, headers={"accept-language": "en"}
    )
    text = re.sub(r"\s+", " ", shown.content.decode())
    assert "You would not be let in." in text
    assert text.count("missing, and needed") == 2, "the groups and that the address is verified"
    assert traveller.client.get("/log-in/").status_code == 200, "the administrator is who they were"
    assert not User.objects.exclude(made_by="").exists()


def test_forgery_is_said_to_the_administrator_who_tries(traveller: Traveller, cast: Cast) -> None:
    traveller.client.force_login(cast.admin01)
    traveller.idp.claims = {"aud": "else"}
    traveller.went(traveller.client.get("/accounts/providers/company/try/"))
    assert "(aud)" in traveller.come_back().content.decode()
    assert "<code>aud</code>" in traveller.client.get("/log-in/").content.decode()
