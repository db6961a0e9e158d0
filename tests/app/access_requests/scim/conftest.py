"""Two directories that provision here, each with a token, and how they call."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access_requests.models import ScimToken
from access_requests.selectors import scim
from portal.providers.provider import OidcProvider
from tests.worlds.providers import oidc

ROLES = {"administrator": ["Portal admins"], "lead": ["Leads"]}


class Directory:
    """What calls in the name of a provider."""

    def __init__(self, provider: OidcProvider) -> None:
        self.provider, self.secret = provider, f"sekisho_scim_of_{provider.key}"
        digest = scim.digest(self.secret)
        self.token = ScimToken.objects.create(provider=provider.key, digest=digest, made_by="admin01", made_at=timezone.now())
        self.client = Client(headers={"Authorization": f"Bearer {self.secret}"})

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Return the answer; `json()` of it is what it says. A body of bytes goes as it is."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        return self.client.generic(method, f"/scim/v2{path}", data, "application/scim+json", headers=headers)

    def made(self, path: str, body: Any) -> Any:
        answer = self.call("POST", path, body)
        assert answer.status_code == 201, answer.content
        return answer.json()

    def patched(self, path: str, *operations: Any) -> Any:
        """Return the resource as it is after these operations."""
        schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
        answer = self.call("PATCH", path, {"schemas": schemas, "Operations": operations})
        assert answer.status_code == 204, answer.content
        return self.call("GET", path).json()


@pytest.fixture
def directories(db: None, settings: Settings) -> tuple[Directory, Directory]:
    admits = {"domains": ["example.com"]}
    company = oidc(admits=admits, roles=ROLES, scim={"subject": "externalId", "groups": "displayName"})
    partner = oidc("partner", admits={}, scim={"subject": "userName"})
    settings.LOGIN_PROVIDERS = (company, partner)
    return Directory(company), Directory(partner)


@pytest.fixture
def company(directories: tuple[Directory, Directory]) -> Directory:
    return directories[0]


@pytest.fixture
def partner(directories: tuple[Directory, Directory]) -> Directory:
    return directories[1]
