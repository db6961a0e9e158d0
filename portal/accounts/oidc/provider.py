"""allauth's OpenID Connect with our own checks: its flow of states, redirects and codes, and nothing of what it believes."""

import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from access_requests.services.people.arriving import Arrival
from portal.accounts.oidc import discovery, tokens
from portal.accounts.purposes import Purpose
from portal.accounts.refusals import AnswerRefused
from portal.providers.provider import OidcProvider

BASIC, POSTED = "client_secret_basic", "client_secret_post"


class Provided(OpenIDConnectProvider):  # type: ignore[misc]  # allauth ships no types.
    """One provider of the settings. Nothing that comes in the address says what is asked of it."""

    def __init__(self, request: HttpRequest, configured: OidcProvider) -> None:
        self.configured = configured
        secret = configured.client_secret.get_secret_value()
        app = SocialApp(
            provider=self.id, provider_id=configured.key, name=configured.name, client_id=configured.client_id, secret=secret
        )
        super().__init__(request, app=app)

    def serialize(self) -> dict[str, str]:
        """Return what a log-in that waits for its second step finds the provider by."""
        return {"id": self.configured.key}

    def get_login_url(self, _request: HttpRequest, **_kwargs: Any) -> str:
        return reverse("provider-login", args=[self.configured.key])

    def get_callback_url(self) -> str:
        return reverse("provider-callback", args=[self.configured.key])

    def get_oauth2_adapter(self, request: HttpRequest) -> "Checked":
        return Checked(request, self)

    def get_pkce_params(self) -> dict[str, str]:
        pkce: dict[str, str] = generate_code_challenge()
        return pkce

    def begin(self, request: HttpRequest, purpose: Purpose) -> HttpResponse:
        """Send the browser there. What the answer must hold is kept in the session, under a state that is used once."""
        max_age = 0 if purpose == Purpose.CONFIRM else self.configured.max_age
        nonce = secrets.token_urlsafe(32)
        asked = {"nonce": nonce}
        if max_age is not None:
            asked["max_age"] = str(max_age)
        if purpose == Purpose.CONFIRM:
            asked["prompt"] = "login"
        response: HttpResponse = self.redirect(
            request,
            process=purpose,
            next_url=get_next_redirect_url(request),
            scope=list(self.configured.scopes),
            auth_params=asked,
            nonce=nonce,
            max_age=max_age,
            begun_by=request.user.pk,
        )
        return response


class Checked(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The exchange of a code for tokens, and what becomes of them. `state` is what was kept when it began."""

    def __init__(self, request: HttpRequest, provider: Provided) -> None:
        super().__init__(request, provider.configured.key)
        self.provider, self.configured = provider, provider.configured
        self.state: Mapping[str, Any] = {}

    def get_provider(self) -> Provided:
        return self.provider

    @property
    def openid_config(self) -> Mapping[str, Any]:
        return discovery.metadata(self.configured)

    @property
    def basic_auth(self) -> bool:
        methods = self.openid_config.get("token_endpoint_auth_methods_supported", [BASIC])
        return POSTED not in methods

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:  # noqa: ARG002  allauth's signature.
        """Return our own address as it is configured, whatever host the browser named."""
        return f"{settings.PORTAL_URL}{self.provider.get_callback_url()}"

    def parse_token(self, data: Mapping[str, Any]) -> SocialToken:
        """Return what was given; what it says of its length of life is nobody's concern here."""
        return SocialToken(token=str(data["access_token"]))

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any) -> SocialLogin:  # noqa: ARG002
        """Return the log-in of whom the provider proved. Raises AnswerRefused, ProviderSilent."""
        signed = kwargs["response"].get("id_token")
        if not signed:
            raise AnswerRefused(provider=self.configured.name, what="id_token")
        claims = tokens.id_token(signed, self.configured, nonce=self.state["nonce"], max_age=self.state["max_age"])
        said = self._userinfo(token.token, claims)
        account = SocialAccount(provider=self.configured.key, uid=str(claims["sub"]))
        login = SocialLogin(provider=self.provider, account=account)
        login.arrival = arrival(self.configured, claims, said)
        login.sid = claims.get("sid", "")
        login.authenticated_at = _moment(claims.get("auth_time"))
        return login

    def _userinfo(self, access_token: str, claims: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self.configured.userinfo:
            return {}
        found = discovery.get(self.configured, self.openid_config["userinfo_endpoint"], token=access_token)
        tokens.same_subject(found, claims, self.configured)
        return found


def arrival(provider: OidcProvider, claims: Mapping[str, Any], userinfo: Mapping[str, Any]) -> Arrival:
    """Return what the provider says of somebody: the token's word first, and of an address what the same document says of it.

    An organisation, and how they proved themselves, are believed from the signed token alone.
    """
    names = provider.claims
    about_email = claims if claims.get(names.email) else userinfo
    at = timezone.now().isoformat(timespec="seconds")
    return Arrival(
        provider=provider,
        subject=str(claims["sub"]),
        email=_text(about_email.get(names.email)),
        # "false" is true to Python, so only true itself counts.
        email_verified=about_email.get("email_verified") is True,
        name=_text(claims.get(names.name) or userinfo.get(names.name)),
        tenant=_text(claims.get(names.tenant)) if names.tenant else "",
        groups=_texts(claims.get(names.groups, userinfo.get(names.groups))) if names.groups else frozenset(),
        by_factor=provider.factor.by(acr=_text(claims.get("acr")), amr=_texts(claims.get("amr"))),
        proof={"method": provider.kind, "at": at, "identity": f"{provider.identity}:{claims['sub']}"},
    )


def _moment(value: object) -> datetime | None:
    """Return when they proved themselves there, if it says so and it is not to come."""
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        return None
    return datetime.fromtimestamp(min(float(value), time.time()), UTC)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> frozenset[str]:
    listed = value if isinstance(value, list) else [value]
    return frozenset(one for one in listed if isinstance(one, str))
