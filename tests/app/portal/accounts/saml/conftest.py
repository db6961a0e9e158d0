"""A company's provider by SAML, and a browser that goes there and back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client

from portal.accounts.saml import toolkit
from portal.providers.provider import SamlProvider
from tests.stand_ins.identity_provider import IdentityProvider, posted
from tests.worlds.providers import saml


@pytest.fixture(scope="session")
def provider_by_saml(tmp_path_factory: pytest.TempPathFactory) -> IdentityProvider:
    """One for all tests: it keeps nothing of what was asked."""
    return IdentityProvider(tmp_path_factory.mktemp("saml"), portal=toolkit.metadata(saml()))


@pytest.fixture
def configure(settings: Any) -> Callable[..., SamlProvider]:
    """Configure the provider anew, otherwise than usual."""

    def configured(**changes: Any) -> SamlProvider:
        provider = saml(**changes)
        settings.LOGIN_PROVIDERS = (provider,)
        return provider

    configured()
    return configured


@dataclass
class Traveller:
    """A browser at its way by a provider."""

    idp: IdentityProvider
    client: Client = field(default_factory=Client)

    def begin(self, path: str = "/accounts/providers/company/", **data: str) -> dict[str, Any]:
        """Press the button; return what the provider was asked."""
        response = self.client.post(path, data)
        assert response.status_code == 302, response.content.decode()
        return self.idp.asked(response["Location"])

    def bring(self, response: str | bytes, *, relay_state: str = "") -> Any:
        """Bring the response, as a form of another site does: the session's cookie stays away until the redirect."""
        form = {"SAMLResponse": posted(response), "RelayState": relay_state}
        without_session = Client()
        first = without_session.post("/accounts/providers/company/assertion/", form)
        if first.status_code != 302:
            return first
        self.client.cookies["saml"] = without_session.cookies["saml"].value
        return self.client.get(first["Location"])

    def log_in(self) -> Any:
        asked = self.begin()
        return self.bring(self.idp.answer(asked))

    @property
    def is_in(self) -> bool:
        return self.client.get("/me/").status_code == 200


@pytest.fixture
def traveller(provider_by_saml: IdentityProvider, configure: Callable[..., SamlProvider]) -> Traveller:
    return Traveller(provider_by_saml)
