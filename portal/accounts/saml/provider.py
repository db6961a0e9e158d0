"""allauth's SAML with our own checks: its flow of states and log-ins, and nothing of what it takes a response to say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from access_requests.services.people.arriving import Arrival
from portal.accounts.purposes import Purpose
from portal.providers.provider import SamlProvider


class Provided(SAMLProvider):  # type: ignore[misc]  # allauth ships no types.
    """One provider of the settings."""

    def __init__(self, request: HttpRequest, configured: SamlProvider) -> None:
        self.configured = configured
        app = SocialApp(provider=self.id, provider_id=configured.key, name=configured.name, client_id=configured.key)
        super().__init__(request, app=app)

    def serialize(self) -> dict[str, str]:
        """Return what a log-in that waits for its second step finds the provider by."""
        return {"id": self.configured.key}

    def get_login_url(self, _request: HttpRequest, **_kwargs: Any) -> str:
        return reverse("provider-login", args=[self.configured.key])

    def begin(self, request: HttpRequest, purpose: Purpose, *, address: str, asked: str) -> HttpResponse:
        """Send the browser to the address. What for is kept in the session, under the id that the response must name."""
        self.stash_redirect_state(
            request, process=purpose, next_url=get_next_redirect_url(request), state_id=asked, begun_by=request.user.pk
        )
        return redirect(address)

    def login(self, said: Mapping[str, Any], state: Mapping[str, Any]) -> SocialLogin:
        """Return the log-in of whom the provider proved."""
        login = SocialLogin(provider=self, account=SocialAccount(provider=self.configured.key, uid=said["subject"]))
        login.state = dict(state)
        login.arrival = arrival(self.configured, said)
        login.sid = said["session"]
        login.authenticated_at = datetime.fromisoformat(said["authenticated_at"])
        return login


def arrival(provider: SamlProvider, said: Mapping[str, Any]) -> Arrival:
    """Return what the provider says of somebody. Of no address it says whether it is theirs: `trusts_email` does."""
    names, attributes = provider.claims, said["attributes"]
    proof = {
        "method": provider.kind,
        "at": said["authenticated_at"],
        "identity": f"{provider.identity}:{said['subject']}",
    }
    return Arrival(
        provider=provider,
        subject=said["subject"],
        email=_first(attributes, names.email),
        name=_first(attributes, names.name),
        tenant=_first(attributes, names.tenant),
        groups=frozenset(attributes.get(names.groups, ())) if names.groups else frozenset(),
        by_factor=provider.factor.by(acr=said["context"]),
        proof=proof,
    )


def _first(attributes: Mapping[str, list[str]], name: str) -> str:
    return next(iter(attributes.get(name, ())), "") if name else ""
