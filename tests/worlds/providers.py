"""Providers of log-in as tests have them configured, and what they say of people."""

from typing import Any

from pydantic import SecretStr

from access_requests.services.people.arriving import Arrival
from portal.providers.provider import OidcProvider, SamlProvider
from tests.stand_ins.certificates import certificate, rsa_key

ISSUER = "https://id.example.com"
SAML_ENTITY_ID = f"{ISSUER}/saml"
# As X.500 has them, and pysaml2 spells them.
SAML_CLAIMS = {"email": "urn:oid:0.9.2342.19200300.100.1.3", "name": "urn:oid:2.16.840.1.113730.3.1.241"}


def oidc(key: str = "company", **changes: Any) -> OidcProvider:
    """Return a provider that admits example.com and makes nobody anything."""
    fields: dict[str, Any] = {
        "key": key,
        "name": "Company ID",
        "issuer": ISSUER,
        "client_id": "sekisho",
        "client_secret": SecretStr("the secret of the client"),
        "admits": {"domains": ["example.com"]},
    }
    return OidcProvider.model_validate({**fields, **changes})


def arrival(provider: OidcProvider, **changes: Any) -> Arrival:
    """Return what the provider says of Hanako, whom nobody here knows."""
    fields: dict[str, Any] = {
        "subject": "subject-of-hanako",
        "email": "hanako@example.com",
        "email_verified": True,
        "name": "山田 花子",
        "proof": {"method": "oidc", "at": "2026-11-23T05:00:00Z", "identity": f"{provider.identity}:subject-of-hanako"},
    }
    return Arrival(**{"provider": provider, **fields, **changes})


def saml(key: str = "company", **changes: Any) -> SamlProvider:
    """Return a provider by SAML that admits example.com and makes nobody anything."""
    fields: dict[str, Any] = {
        "key": key,
        "name": "Company ID",
        "entity_id": SAML_ENTITY_ID,
        "sso_url": f"{ISSUER}/sso",
        "certificates": [certificate(rsa_key("the company's"))],
        "admits": {"domains": ["example.com"]},
        "trusts_email": True,
        "claims": SAML_CLAIMS,
    }
    return SamlProvider.model_validate({**fields, **changes})
