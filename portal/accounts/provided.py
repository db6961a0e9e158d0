"""Accounts at providers of log-in, as allauth asks for them."""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from django.conf import settings
from django.http import HttpRequest
from requests import RequestException

from portal.accounts import answers, arrivals
from portal.accounts.configured import named
from portal.accounts.oidc.discovery import Http
from portal.accounts.oidc.provider import Provided
from portal.accounts.purposes import Purpose
from portal.accounts.refusals import AnswerRefused, LogInCancelled, LogInNotBegun, ProviderSilent
from portal.accounts.saml.provider import Provided as ProvidedBySaml
from portal.providers.provider import OidcProvider, SamlProvider
from portal.verbs.rejections import Rejection


class NotConfigured(SocialApp.DoesNotExist, ValueError):  # type: ignore[misc]  # allauth ships no types.
    """There is no such provider, or none any more: a log-in by it that waits is over, which allauth knows by ValueError."""


class ProvidedAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types.
    """Accounts at providers, of whom the settings know and no row of the database."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Whom a provider brings is made by the verb of arrival, or not at all."""
        return False

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[SocialApp]:  # noqa: ARG002
        """A row gives nothing, and settings of allauth's own neither."""
        return []

    def list_providers(self, request: HttpRequest) -> list[Provided]:
        return [Provided(request, one) for one in settings.LOGIN_PROVIDERS if isinstance(one, OidcProvider)]

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Provided | ProvidedBySaml:  # noqa: ARG002
        configured = named(provider)
        if isinstance(configured, SamlProvider):
            return ProvidedBySaml(request, configured)
        if not isinstance(configured, OidcProvider):
            raise NotConfigured
        return Provided(request, configured)

    def get_requests_session(self) -> Http:
        return Http()

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.state.get("process") == Purpose.TRY:
            raise ImmediateHttpResponse(answers.tried(request, sociallogin.arrival))
        arrivals.settle(request, sociallogin)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """Say what came of it in our own words, at once."""
        state = (extra_context or {}).get("state")
        purpose = state.get("process") if state else None
        refusal = _refusal(provider.name, error, exception, began=state is not None)
        raise ImmediateHttpResponse(answers.refused(request, provider.configured, refusal, purpose))


def _refusal(provider: str, error: str | None, exception: Exception | None, *, began: bool) -> Rejection:
    if not began:
        return LogInNotBegun()
    if error == AuthError.CANCELLED:
        return LogInCancelled(provider=provider)
    if isinstance(exception, RequestException):
        return ProviderSilent(provider=provider)
    return AnswerRefused(provider=provider, what="code" if exception else "error")
