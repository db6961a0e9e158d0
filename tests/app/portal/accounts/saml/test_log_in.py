"""People who log in by SAML, and by what they come again."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
import xmlsec
from django.contrib.sessions.models import Session
from django.test import Client
from lxml import etree

from audits.models import TrailEntry
from portal.providers.provider import SamlProvider
from portal.users.models import LinkedIdentity, ProviderSession, User
from tests.app.portal.accounts.saml.conftest import Traveller
from tests.app.portal.accounts.saml.test_forgeries import CONDITIONS, DATA, at, both, put
from tests.stand_ins.certificates import certificate, ec_key, rsa_key
from tests.stand_ins.identity_provider import DS, RESPONSE, SAML, posted
from tests.worlds.cast import Cast
from tests.worlds.providers import saml

pytestmark = pytest.mark.django_db
Configure = Callable[..., SamlProvider]
UNASKED = both(put(".", InResponseTo=None), put(DATA, InResponseTo=None))
GROUPS: Mapping[str, Any] = {"admits": {"groups": ["engineers"]}, "trusts_email": False}


def page(response: Any) -> str:
    return str(response.content.decode())


def test_whom_the_provider_names_is_made_and_let_in(traveller: Traveller) -> None:
    response = traveller.log_in()
    assert (response.status_code, response["Location"]) == (302, "/")
    assert traveller.is_in
    person = User.objects.get(username="hanako")
    assert (person.name, person.email) == ("山田 花子", "hanako@example.com")
    assert LinkedIdentity.objects.get(person=person).external_id == "0a1b-hanako"
    assert ProviderSession.objects.get(person=person).sid


def test_trail_says_by_what_and_since_when_the_provider_knows_them(traveller: Traveller) -> None:
    earlier = at(-timedelta(hours=3))
    asked = traveller.begin()
    traveller.bring(traveller.idp.forged(asked, before=put(f"{SAML}Assertion/{SAML}AuthnStatement", AuthnInstant=earlier)))
    proof = TrailEntry.objects.get(act="log_in.linked").data["proof"]
    assert (proof["method"], proof["at"]) == ("saml", earlier.replace("Z", "+00:00"))


def test_who_comes_again_is_the_same_person(traveller: Traveller) -> None:
    traveller.log_in()
    traveller.client = Client()
    traveller.log_in()
    assert traveller.is_in
    assert User.objects.count() == 1


def test_browser_comes_back_to_the_page_that_it_asked_for_here_and_to_no_other(traveller: Traveller) -> None:
    for asked_for, comes_to in (("/me/", "/me/"), ("https://evil.example.com/", "/")):
        traveller.client = Client()
        response = traveller.idp.answer(traveller.begin(next=asked_for))
        assert traveller.bring(response, relay_state="https://evil.example.com/")["Location"] == comes_to


def test_response_that_came_before_is_refused_in_every_browser(traveller: Traveller) -> None:
    response = traveller.idp.answer(traveller.begin())
    traveller.bring(response)
    assert "(ID)" in page(traveller.bring(response))
    traveller.client = Client()
    assert "(ID)" in page(traveller.bring(response))
    assert not traveller.is_in


def test_second_response_to_the_same_request_is_refused(traveller: Traveller) -> None:
    asked = traveller.begin()
    traveller.bring(traveller.idp.answer(asked))
    traveller.client.post("/accounts/logout/")
    assert traveller.bring(traveller.idp.answer(asked)).status_code == 403
    assert not traveller.is_in


def test_response_to_what_another_browser_asked_logs_in_nobody(traveller: Traveller) -> None:
    """Whoever has somebody bring a response of theirs would have them act as another person."""
    asked = traveller.begin()
    traveller.client = Client()
    response = traveller.bring(traveller.idp.answer(asked))
    assert response.status_code == 403
    assert not traveller.is_in
    assert not User.objects.exists()


def test_response_to_a_request_that_nobody_made_is_refused(traveller: Traveller) -> None:
    asked = {**traveller.begin(), "in_response_to": "ONELOGIN_made_up"}
    assert traveller.bring(traveller.idp.answer(asked)).status_code == 403
    assert not traveller.is_in


def test_request_was_too_long_ago(traveller: Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = traveller.begin()
    monkeypatch.setattr("allauth.socialaccount.internal.statekit.STATE_TTL", -1)
    assert traveller.bring(traveller.idp.answer(asked)).status_code == 403


def test_second_step_alone_or_twice_lets_nobody_in(traveller: Traveller) -> None:
    finish = "/accounts/providers/company/assertion/finish/"
    assert traveller.client.get(finish).status_code == 403
    traveller.log_in()
    cookie = traveller.client.cookies.get("saml")
    assert cookie is not None
    assert cookie.value == ""
    assert traveller.client.get(finish).status_code == 403


def test_cookie_between_the_steps_is_read_there_alone_and_by_no_script(traveller: Traveller) -> None:
    asked = traveller.begin()
    traveller.bring(traveller.idp.answer(asked))
    first = Client()
    asked = traveller.begin()
    form = {"SAMLResponse": posted(traveller.idp.answer(asked))}
    cookie = first.post("/accounts/providers/company/assertion/", form).cookies["saml"]
    assert cookie["path"] == "/accounts/providers/company/assertion/finish/"
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 60)


def test_what_is_refused_leaves_no_session_behind(traveller: Traveller) -> None:
    for _attempt in range(3):
        Client().post("/accounts/providers/company/assertion/", {"SAMLResponse": "AAAA"})
    assert not Session.objects.exists()


def test_response_of_one_provider_is_not_anothers(traveller: Traveller, settings: Any) -> None:
    asked = traveller.begin()
    settings.LOGIN_PROVIDERS = (saml(), saml("other"))
    response = Client().post("/accounts/providers/other/assertion/", {"SAMLResponse": posted(traveller.idp.answer(asked))})
    assert "(Destination)" in page(response)


@pytest.mark.parametrize(
    "comment", ["0a1b<!-- -->-hanako", "<!-- -->0a1b-hanako", "0a1b-<!-- one --><!-- two -->hanako", "0a1b-<?x y?>hanako"]
)
def test_comment_in_a_name_cuts_nothing_off(traveller: Traveller, comment: str) -> None:
    asked = traveller.begin()
    honest = traveller.idp.forged(asked)
    assert traveller.bring(honest.replace(b">0a1b-hanako<", f">{comment}<".encode())).status_code == 302
    assert LinkedIdentity.objects.get().external_id == "0a1b-hanako"


def test_comment_in_an_address_cuts_nothing_off(traveller: Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    """`admin@example.com<!-- -->.evil.example.org` was read as its beginning by many."""
    monkeypatch.setitem(traveller.idp.attributes, "mail", ["hanako@example.com.evil.example.org"])
    honest = traveller.idp.forged(traveller.begin())
    response = traveller.bring(honest.replace(b"example.com.evil", b"example.com<!-- -->.evil"))
    assert response.status_code == 403
    assert not User.objects.exists()


def test_same_refusals_as_by_openid_connect(traveller: Traveller, configure: Configure, cast: Cast) -> None:
    refused: Mapping[str, Mapping[str, Any]] = {
        "of a domain": {"admits": {"domains": ["example.org"]}},
        "in no group": {"admits": {"groups": ["others"]}},
        "another organisation": {"admits": {"tenants": ["ours"]}, "claims": {"tenant": "tenant"}},
        "Nobody here is known": {"admits": {}},
    }
    for sentence, changes in refused.items():
        traveller.client = Client(headers={"Accept-Language": "en"})
        configure(**changes)
        assert sentence in page(traveller.log_in())
        assert not traveller.is_in
    User.objects.filter(pk=cast.member01.pk).update(email="hanako@example.com")
    configure()
    assert "Somebody here has your address" in page(traveller.log_in())


def test_groups_decide_without_addresses_and_make_roles(traveller: Traveller, configure: Configure) -> None:
    configure(**GROUPS, roles={"auditor": ["engineers"]})
    traveller.log_in()
    person = User.objects.get()
    assert (person.email, person.is_auditor) == ("", True)


def test_address_matches_whom_it_belongs_to_only_where_that_is_configured(
    traveller: Traveller, configure: Configure, cast: Cast
) -> None:
    User.objects.filter(pk=cast.member01.pk).update(email="hanako@example.com")
    configure(match_by_email=True)
    traveller.log_in()
    assert LinkedIdentity.objects.get(provider="login:company").person == cast.member01


def test_attribute_names_somebody_for_good_where_the_name_does_not(traveller: Traveller, configure: Configure) -> None:
    configure(subject="groups")
    traveller.log_in()
    assert LinkedIdentity.objects.get().external_id == "engineers"
    configure(subject="absent")
    traveller.client = Client()
    assert "(absent)" in page(traveller.log_in())


def test_two_certificates_hold_while_one_is_changed(traveller: Traveller, configure: Configure) -> None:
    configure(certificates=[certificate(rsa_key("the next one's")), certificate(rsa_key("the company's"))])
    traveller.log_in()
    assert traveller.is_in
    traveller.client = Client()
    configure(certificates=[certificate(rsa_key("the next one's"))])
    assert "(signature)" in page(traveller.log_in())
    assert not traveller.is_in


def test_elliptic_curves_sign_too(traveller: Traveller, configure: Configure) -> None:
    configure(certificates=[certificate(ec_key("the company's"))])
    signs = {"key": ec_key("the company's"), "method": xmlsec.Transform.ECDSA_SHA256}
    traveller.bring(traveller.idp.forged(traveller.begin(), signs=signs))
    assert traveller.is_in


def test_key_that_a_response_brings_along_counts_for_nothing(traveller: Traveller) -> None:
    def with_certificate(document: Any) -> Any:
        info = etree.SubElement(document.find(f".//{DS}Signature"), f"{DS}KeyInfo")
        data = etree.SubElement(etree.SubElement(info, f"{DS}X509Data"), f"{DS}X509Certificate")
        data.text = "".join(certificate(rsa_key("a stranger's")).splitlines()[1:-1])
        return document

    forged = traveller.idp.forged(traveller.begin(), signs={"key": rsa_key("a stranger's")}, after=with_certificate)
    assert "(signature)" in page(traveller.bring(forged))


def test_clocks_may_differ_by_less_than_a_minute(traveller: Traveller) -> None:
    early = put(CONDITIONS, NotBefore=at(timedelta(seconds=40)))
    traveller.bring(traveller.idp.forged(traveller.begin(), before=early))
    assert traveller.is_in
    traveller.client = Client()
    late = put(CONDITIONS, NotBefore=at(timedelta(seconds=90)))
    assert "(NotBefore)" in page(traveller.bring(traveller.idp.forged(traveller.begin(), before=late)))


def test_log_in_that_begins_at_the_provider_counts_once_where_it_is_configured(
    traveller: Traveller, configure: Configure
) -> None:
    configure(idp_initiated=True)
    for relay, comes_to in (("/me/", "/me/"), ("//evil.example.com", "/"), ("https://evil.example.com", "/"), ("", "/")):
        traveller.client = Client()
        unasked = traveller.idp.forged(traveller.begin(), before=UNASKED)
        assert traveller.bring(unasked, relay_state=relay)["Location"] == comes_to
        assert traveller.is_in
        assert "(ID)" in page(traveller.bring(unasked))


def test_who_gives_up_there_is_told_so(traveller: Traveller) -> None:
    def failed(document: Any) -> None:
        document.remove(document.find(f"{SAML}Assertion"))
        code = document.find(".//{*}StatusCode")
        code.set("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")
        etree.SubElement(code, code.tag, Value="urn:oasis:names:tc:SAML:2.0:status:AuthnFailed")

    traveller.client = Client(headers={"Accept-Language": "en"})
    response = traveller.bring(traveller.idp.forged(traveller.begin(), before=failed, parts=(RESPONSE,)))
    assert response.status_code == 403
    assert not traveller.is_in


def test_administrator_tries_a_provider_and_is_shown_what_it_says(traveller: Traveller, cast: Cast) -> None:
    traveller.client.force_login(cast.admin01)
    response = traveller.client.get("/accounts/providers/company/try/")
    shown = traveller.bring(traveller.idp.answer(traveller.idp.asked(response["Location"])))
    assert "hanako@example.com" in page(shown)
    assert not User.objects.filter(email="hanako@example.com").exists()


def test_nobody_is_sent_there_to_confirm(traveller: Traveller) -> None:
    traveller.log_in()
    assert traveller.client.post("/accounts/providers/company/confirm/").status_code == 404


def test_request_says_who_asks_and_where_to_answer(traveller: Traveller) -> None:
    asked = traveller.begin(process="connect", ForceAuthn="true")
    assert asked["destination"] == "http://testserver/accounts/providers/company/assertion/"
    assert asked["sp_entity_id"] == "http://testserver/accounts/providers/company/metadata/download/"


def test_metadata_is_anybodys_and_asks_for_signed_assertions(configure: Configure) -> None:
    response = Client().get("/accounts/providers/company/metadata/download/", headers={"Host": "localhost"})
    assert b'WantAssertionsSigned="true"' in response.content
    assert b"http://testserver/accounts/providers/company/assertion/" in response.content
    assert b"validUntil" not in response.content


def test_page_that_begins_a_log_in_may_lead_to_the_provider_and_no_other_page(traveller: Traveller) -> None:
    assert "https://id.example.com" in traveller.client.get("/accounts/login/")["Content-Security-Policy"]
    traveller.log_in()
    assert "https://id.example.com" not in traveller.client.get("/me/")["Content-Security-Policy"]
