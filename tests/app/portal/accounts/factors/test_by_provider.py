"""After a provider the portal asks for a factor of its own, unless the provider says that it asked for one."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from audits.models import TrailEntry
from portal.providers.provider import OidcProvider
from portal.providers.reading import Unusable, from_file
from portal.users.models import Factor, ProviderSession, User
from tests.app.access_requests.services.people.test_factors import code_at, totp
from tests.app.portal.accounts.conftest import Traveller
from tests.worlds.providers import saml

SECOND = "/accounts/second-factor/"
ASKED_FOR = {"amr": ["mfa", "hwk"], "acr": ["phr"]}


@pytest.fixture
def hanako(db: None, traveller: Traveller) -> User:
    """Whom the provider brings; with one-time codes of the portal."""
    traveller.log_in()
    person = User.objects.exclude(made_by="").get()
    totp(person, timezone.now())
    Factor.objects.filter(person=person).update(last_step=None)
    traveller.client.post("/accounts/logout/")
    return person


def test_second_step_follows_the_provider(traveller: Traveller, hanako: User) -> None:
    ProviderSession.objects.all().delete()
    traveller.idp.claims = {"sid": "session-there", "auth_time": 1_700_000_000}
    assert traveller.log_in().headers["location"] == SECOND
    assert not traveller.is_in
    assert traveller.client.post(SECOND, {"code": code_at(timezone.now())}).status_code == 302
    assert traveller.is_in
    row = ProviderSession.objects.get(person=hanako)
    assert (row.sid, row.subject, row.session_key) == ("session-there", "subject-of-hanako", traveller.client.session.session_key)
    by_provider, by_code = traveller.client.session["account_authentication_methods"]
    assert (by_provider["at"], by_provider["factor"]) == (1_700_000_000, False)
    assert (by_code["method"], by_code["type"]) == ("mfa", "totp")
    # Of the proofs it is the factor that a log-in is recorded with.
    last = TrailEntry.objects.filter(act__startswith="person.logged_in").last()
    assert last is not None
    assert last.data["proof"]["method"] == "totp"


@pytest.mark.parametrize("claims", [{"amr": ["pwd", "mfa"]}, {"acr": "phr"}])
def test_factor_that_the_provider_asked_for_counts(
    traveller: Traveller, configure: Callable[..., OidcProvider], hanako: User, claims: dict[str, Any]
) -> None:
    configure(factor=ASKED_FOR)
    traveller.idp.claims = {**claims, "auth_time": 1_700_000_000}
    assert traveller.log_in().headers["location"] == "/"
    assert traveller.is_in
    (record,) = traveller.client.session["account_authentication_methods"]
    assert (record["factor"], record["at"]) == (True, 1_700_000_000)
    assert hanako.factors.exists()


@pytest.mark.usefixtures("hanako")
def test_provider_that_does_not_say_when_lets_in_and_proves_no_factor_now(
    traveller: Traveller, configure: Callable[..., OidcProvider]
) -> None:
    configure(factor=ASKED_FOR)
    traveller.idp.claims = {"amr": ["pwd", "mfa"], "auth_time": None}
    assert traveller.log_in().headers["location"] == "/"
    assert traveller.is_in
    (record,) = traveller.client.session["account_authentication_methods"]
    assert record["factor"] is False
    assert traveller.client.get("/factors/codes/").headers["location"].startswith("/accounts/reauthenticate/")


@pytest.mark.parametrize(
    "claims", [{"amr": ["pwd"]}, {"amr": "mfa phr"}, {"acr": "phrh"}, {"acr": ["phr"]}, {"amr": [["mfa"]]}, {}]
)
def test_what_the_provider_says_otherwise_does_not_count(
    traveller: Traveller, configure: Callable[..., OidcProvider], hanako: User, claims: dict[str, Any]
) -> None:
    configure(factor=ASKED_FOR)
    traveller.idp.claims = claims
    traveller.log_in()
    assert not traveller.is_in
    assert hanako.factors.exists()


@pytest.mark.usefixtures("hanako")
def test_what_the_userinfo_says_of_factors_does_not_count(traveller: Traveller, configure: Callable[..., OidcProvider]) -> None:
    configure(factor=ASKED_FOR)
    traveller.idp.userinfo = {"sub": "subject-of-hanako", "amr": ["mfa"], "acr": "phr"}
    traveller.log_in()
    assert not traveller.is_in


@pytest.mark.usefixtures("hanako")
def test_who_confirms_at_the_provider_confirms_by_its_factor(
    traveller: Traveller, configure: Callable[..., OidcProvider]
) -> None:
    configure(factor=ASKED_FOR)
    traveller.idp.claims = {"amr": ["mfa"]}
    traveller.log_in()
    traveller.begin("/accounts/providers/company/confirm/", next="/me/")
    traveller.come_back()
    record = traveller.client.session["account_authentication_methods"][-1]
    assert (record["factor"], record["reauthenticated"]) == (True, True)


@pytest.mark.usefixtures("hanako")
def test_log_in_that_waits_for_its_second_step_ends_with_its_provider(traveller: Traveller, settings: Any) -> None:
    traveller.log_in()
    settings.LOGIN_PROVIDERS = ()
    assert traveller.client.post(SECOND, {"code": code_at(timezone.now())}).headers["location"] == "/accounts/login/"
    assert not traveller.is_in


def test_saml_says_classes_and_no_methods() -> None:
    assert saml(factor={"acr": ["urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract"]}).factor.acr
    with pytest.raises(ValueError, match="AuthnContextClassRef"):
        saml(factor={"amr": ["mfa"]})


def test_file_says_it_as_a_field() -> None:
    text = """
providers:
  okta: {preset: okta, issuer: "https://example.okta.com", client_id: portal, factor: {amr: [mfa], aal: [2]}}
"""
    with pytest.raises(Unusable, match=r"providers\.okta\.factor\.aal"):
        from_file(text, secret=lambda _name: "secret")
    (provider,) = from_file(text.replace(", aal: [2]", ""), secret=lambda _name: "secret")
    assert provider.factor.amr == ("mfa",)
