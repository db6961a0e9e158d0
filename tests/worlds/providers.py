"""Providers of log-in as tests have them configured, and what they say of people."""

from typing import Any

from pydantic import SecretStr

from access_requests.services.people.arriving import Arrival
from portal.providers.provider import OidcProvider

ISSUER = "https://id.example.com"


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
