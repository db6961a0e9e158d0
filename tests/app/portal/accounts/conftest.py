"""A provider of log-in that forges as told, and a browser that goes there and back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from portal.accounts.oidc import discovery
from portal.providers.provider import OidcProvider
from tests.stand_ins.oidc import OidcStandIn, oidc_stand_in
from tests.worlds.providers import oidc


@pytest.fixture(scope="module")
def running() -> Iterator[OidcStandIn]:
    with oidc_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def idp(running: OidcStandIn) -> OidcStandIn:
    """A provider that is honest until a test has it forge."""
    discovery.forget()
    fresh = OidcStandIn(url=running.url)
    running.__dict__.update(fresh.__dict__)
    return running


@pytest.fixture
def configure(idp: OidcStandIn, settings: Any) -> Callable[..., OidcProvider]:
    """Configure the provider anew, otherwise than usual."""

    def configured(**changes: Any) -> OidcProvider:
        provider = oidc(issuer=idp.url, **changes)
        settings.LOGIN_PROVIDERS = (provider,)
        return provider

    configured()
    return configured


@dataclass
class Traveller:
    """A browser, and the provider that it is sent to; `sent` is what the last redirect there asked for."""

    idp: OidcStandIn
    client: Client = field(default_factory=Client)
    sent: dict[str, str] = field(default_factory=dict)

    def begin(self, path: str = "/accounts/providers/company/", **data: str) -> Any:
        """Press the button, and have the provider know what was asked of it."""
        response = self.client.post(path, data)
        return self.went(response)

    def went(self, response: Any) -> Any:
        assert response.status_code == 302, response.content.decode()
        self.sent = {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}
        self.idp.nonce = self.sent["nonce"]
        return response

    def come_back(self, **query: str) -> Any:
        return self.client.get("/accounts/providers/company/back/", {"code": "once", "state": self.sent["state"], **query})

    def log_in(self, **query: str) -> Any:
        self.begin()
        return self.come_back(**query)

    @property
    def is_in(self) -> bool:
        return self.client.get("/me/").status_code == 200


@pytest.fixture
def traveller(idp: OidcStandIn, configure: Callable[..., OidcProvider]) -> Traveller:
    return Traveller(idp)
