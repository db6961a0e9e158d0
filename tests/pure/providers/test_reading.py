"""Providers as a company writes them down."""

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from portal.providers import reading
from portal.providers.presets import PRESETS
from portal.providers.provider import OidcProvider, Provider, Role, SamlProvider
from tests.stand_ins.certificates import certificate, ec_key, rsa_key

SECRETS = {"LOGIN_OKTA_CLIENT_SECRET": "told to nobody", "LOGIN_OKTA_EU_CLIENT_SECRET": "told to nobody either"}
OKTA = {"preset": "okta", "issuer": "https://example.okta.com", "client_id": "0oa1"}
CERTIFICATE = certificate(ec_key("the company's"))
SAML = {"kind": "saml", "entity_id": "urn:idp", "sso_url": "https://idp.example.com/sso?idp=1", "certificates": [CERTIFICATE]}


def secret(name: str) -> str:
    if name not in SECRETS:
        raise reading.Unusable(f"{name} is missing")
    return SECRETS[name]


def read(**providers: Mapping[str, Any]) -> Provider:
    (only,) = reading.from_file(yaml.safe_dump({"providers": providers}), secret=secret)
    return only


def read_environment(keys: list[str], **variables: str) -> tuple[Provider, ...]:
    return reading.from_environment(keys, variables, secret=secret)


def test_preset_fills_in_what_is_the_same_for_all_its_customers() -> None:
    okta = read(okta=OKTA)
    assert isinstance(okta, OidcProvider)
    assert (okta.name, okta.identity, okta.scopes[-1]) == ("Okta", "login:okta", "groups")
    assert okta.origins == {"https://example.okta.com"}


def test_file_says_what_it_wants_otherwise_inside_of_what_a_preset_says() -> None:
    google = {"preset": "google-workspace", "client_id": "1", "claims": {"email": "mail"}}
    SECRETS["LOGIN_GOOGLE_CLIENT_SECRET"] = "x"
    assert read(google=google).claims.model_dump() == {"email": "mail", "name": "name", "tenant": "hd", "groups": ""}


def test_environment_says_the_same_as_a_file() -> None:
    in_file = read(okta={**OKTA, "admits": {"domains": ["example.com", "example.jp"]}, "match_by_email": True, "max_age": 60})
    variables = {
        "LOGIN_OKTA_PRESET": "okta",
        "LOGIN_OKTA_ISSUER": "https://example.okta.com",
        "LOGIN_OKTA_CLIENT_ID": "0oa1",
        "LOGIN_OKTA_ADMITS_DOMAINS": "example.com, example.jp",
        "LOGIN_OKTA_MATCH_BY_EMAIL": "true",
        "LOGIN_OKTA_MAX_AGE": "60",
        "LOGIN_OKTA_CLIENT_SECRET_FILE": "/run/secrets/okta",
    }
    assert read_environment(["okta"], **variables) == (in_file,)


def test_variables_of_a_key_that_begins_as_another_are_its_own() -> None:
    both = {"PRESET": "okta", "ISSUER": "https://example.okta.com", "CLIENT_ID": "0oa1"}
    variables = {f"LOGIN_{key}_{name}": value for key in ("OKTA", "OKTA_EU") for name, value in both.items()}
    assert [one.key for one in read_environment(["okta", "okta-eu"], **variables)] == ["okta", "okta-eu"]


@pytest.mark.parametrize("preset", PRESETS)
def test_preset_needs_nothing_but_what_is_a_companys_own(preset: str) -> None:
    SECRETS["LOGIN_OURS_CLIENT_SECRET"] = "x"
    own = {"issuer": "https://example.com", "client_id": "1"}
    if PRESETS[preset]["kind"] == "saml":
        own = {"entity_id": "urn:x", "sso_url": "https://example.com/sso", "certificates": [CERTIFICATE]}  # type: ignore[dict-item]
    assert read(ours={**own, "preset": preset}).name == PRESETS[preset]["name"]


def test_saml_provider_is_read_too() -> None:
    saml = read(ours={**SAML, "authorization_origins": ["https://login.example.com"]})
    assert isinstance(saml, SamlProvider)
    assert saml.origins == {"https://idp.example.com", "https://login.example.com"}


def test_environment_says_the_same_of_saml_as_a_file() -> None:
    in_file = read(ours={**SAML, "idp_initiated": True, "certificates": [CERTIFICATE, CERTIFICATE]})
    variables = {
        "LOGIN_OURS_KIND": "saml",
        "LOGIN_OURS_ENTITY_ID": "urn:idp",
        "LOGIN_OURS_SSO_URL": "https://idp.example.com/sso?idp=1",
        "LOGIN_OURS_CERTIFICATES": f"{CERTIFICATE},{CERTIFICATE}",
        "LOGIN_OURS_IDP_INITIATED": "true",
    }
    assert read_environment(["ours"], **variables) == (in_file,)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"client_id": None}, "providers.okta.client_id"),
        ({"issuer": "http://example.okta.com"}, "providers.okta.issuer: Value error, the address does not begin with https://"),
        ({"issuer": "https://user@example.okta.com"}, "providers.okta.issuer"),
        ({"algorithms": ["HS256"]}, "providers.okta.algorithms.0"),
        ({"algorithms": ["none"]}, "providers.okta.algorithms.0"),
        ({"algorithms": []}, "providers.okta.algorithms"),
        ({"scopes": ["profile"]}, "scopes lacks openid"),
        ({"admits": {"domains": ["Example.com"]}}, "providers.okta.admits.domains.0"),
        ({"admits": {"tenants": ["x"]}}, "claims.tenant is empty"),
        ({"claims": {"groups": ""}, "roles": {"lead": ["leads"]}}, "claims.groups is empty"),
        ({"roles": {"owner": ["x"]}}, "providers.okta.roles.owner"),
        ({"match_by_email": "yes"}, "providers.okta.match_by_email"),
        ({"client_secret": "in the file"}, "no secret is written there; set LOGIN_OKTA_CLIENT_SECRET"),
        ({"preset": "octa"}, "there is no preset 'octa'"),
        ({"kind": "ldap"}, "the kind is one of oidc, saml"),
        ({"scim": {"subject": "sub"}}, "providers.okta.scim.subject"),
        ({"scim": {"subject": "userName", "tokens": ["a token itself"]}}, "providers.okta.scim.tokens"),
    ],
)
def test_half_or_lax_configuration_is_refused_by_the_fields_name(changed: Mapping[str, Any], says: str) -> None:
    fields = {name: value for name, value in {**OKTA, **changed}.items() if value is not None}
    with pytest.raises(reading.Unusable, match=says.replace("(", r"\(")):
        read(okta=fields)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"certificates": []}, "providers.ours.certificates"),
        ({"certificates": [CERTIFICATE] * 3}, "providers.ours.certificates"),
        ({"certificates": ["MIIC"]}, "providers.ours.certificates.0"),
        ({"certificates": [CERTIFICATE * 2]}, "providers.ours.certificates.0: Value error, give one certificate in each entry"),
        ({"certificates": [certificate(rsa_key("a small one", 1024))]}, "the key is neither RSA of 2048 bits or more"),
        ({"sso_url": "http://idp.example.com/sso"}, "providers.ours.sso_url"),
        ({"sso_url": "https://idp.example.com/sso#there"}, "providers.ours.sso_url"),
        ({"entity_id": None}, "providers.ours.entity_id"),
        ({"admits": {"domains": ["example.com"]}}, "an address decides"),
        ({"match_by_email": True}, "an address decides"),
        ({"slo_url": "https://idp.example.com/slo"}, "providers.ours.slo_url"),
    ],
)
def test_half_or_lax_configuration_of_saml_is_refused_by_the_fields_name(changed: Mapping[str, Any], says: str) -> None:
    fields = {name: value for name, value in {**SAML, **changed}.items() if value is not None}
    with pytest.raises(reading.Unusable, match=says.replace("(", r"\(")):
        read(ours=fields)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"LOGIN_OKTA_CLIENT_ID": ""}, "LOGIN_OKTA_CLIENT_ID"),
        ({"LOGIN_OKTA_ISSUER": "example"}, "LOGIN_OKTA_ISSUER"),
        ({"LOGIN_OKTA_ISSUR": "https://example.okta.com"}, "LOGIN_OKTA_ISSUR: a provider has no such field"),
        ({"LOGIN_OKTA_ADMITS_DOMAINS": "EXAMPLE.com"}, "LOGIN_OKTA_ADMITS_DOMAINS"),
        ({"LOGIN_OKTA_MAX_AGE": "soon"}, "LOGIN_OKTA_MAX_AGE"),
        ({"LOGIN_OKTA_PRESET": "x"}, "LOGIN_OKTA_KIND"),
    ],
)
def test_half_a_configuration_is_refused_by_the_variables_name(variables: Mapping[str, str], says: str) -> None:
    whole = {"LOGIN_OKTA_PRESET": "okta", "LOGIN_OKTA_ISSUER": "https://example.okta.com", "LOGIN_OKTA_CLIENT_ID": "0oa1"}
    with pytest.raises(reading.Unusable, match=says):
        read_environment(["okta"], **{**whole, **variables})


def test_missing_secret_is_refused_by_the_variables_name() -> None:
    with pytest.raises(reading.Unusable, match="LOGIN_OTHER_CLIENT_SECRET is missing"):
        read(other=OKTA)


@pytest.mark.parametrize("text", ["", "[]", "providers: []", "providers: {okta: 1}", "other: {}", "{", "providers: {Okta: {}}"])
def test_file_that_is_no_list_of_providers_is_refused(text: str) -> None:
    with pytest.raises(reading.Unusable):
        reading.from_file(text, secret=secret)


def test_key_named_twice_is_refused() -> None:
    with pytest.raises(reading.Unusable, match="twice"):
        read_environment(["okta", "okta"])


def test_secret_is_shown_nowhere() -> None:
    assert SECRETS["LOGIN_OKTA_CLIENT_SECRET"] not in repr(read(okta=OKTA))


def test_roles_are_those_of_the_groups_and_governed_only_where_groups_are_named() -> None:
    okta = read(okta={**OKTA, "roles": {"lead": ["leads", "heads"], "auditor": ["audit"]}})
    assert okta.roles.governed() == {Role.LEAD, Role.AUDITOR}
    assert okta.roles.of(frozenset({"heads", "others"})) == {Role.LEAD}
