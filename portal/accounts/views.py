"""The pages of a log-in: by which way, the way to a provider, and what administrators see of providers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.account import views as allauth
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from audits.acts import terms
from portal.accounts import answers
from portal.accounts.configured import named, origins
from portal.accounts.oidc import views as oidc
from portal.accounts.purposes import Purpose
from portal.accounts.saml import views as saml
from portal.listed import listed
from portal.pages.guards import for_administrators, for_readers
from portal.pages.page import PageRequest
from portal.providers.provider import OidcProvider, Provider, Role, SamlProvider
from portal.users.models import LinkedIdentity, ProviderSession

View = Callable[..., HttpResponseBase]


def leading_to_providers(view: View) -> View:
    """Let the page's forms lead to the providers: a browser follows no redirect of a form to where the page's policy does not."""

    def led(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response._csp_update = {"form-action": origins()}  # type: ignore[attr-defined]  # noqa: SLF001  django-csp's own way.
        return response

    return led


log_in = login_not_required(leading_to_providers(allauth.login))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def to_provider(request: HttpRequest, provider: str) -> HttpResponse:
    """Begin a log-in. Whoever comes without posting, as from elsewhere, is shown the page that begins it."""
    configured = _configured(provider)
    return _begin(request, configured, Purpose.LOGIN) if request.method == "POST" else redirect("account_login")


@require_http_methods(["GET", "HEAD", "POST"])
def to_provider_again(request: PageRequest, provider: str) -> HttpResponse:
    """Have whoever is logged in prove it once more, now, at a provider that has vouched for them."""
    configured = _configured(provider)
    theirs = LinkedIdentity.objects.filter(person=request.user, provider=configured.identity, verified_at__isnull=False)
    if not isinstance(configured, OidcProvider) or not configured.confirms or not theirs.exists():
        # A provider by SAML may answer without having asked: it confirms nothing.
        raise Http404
    return _begin(request, configured, Purpose.CONFIRM) if request.method == "POST" else redirect("account_reauthenticate")


@require_safe
@for_administrators
def try_provider(request: PageRequest, provider: str) -> HttpResponse:
    """Show an administrator what the provider says of them. A link and no form: its page's forms may lead nowhere else."""
    return _begin(request, _configured(provider), Purpose.TRY)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A provider as administrators see it. `roles`: what makes somebody what, in words."""

    provider: Provider
    people: int
    last_log_in: datetime | None
    refusal: Mapping[str, str] | None

    @property
    def roles(self) -> Sequence[tuple[str, str]]:
        roles = self.provider.roles
        return [(str(terms.ROLES[role]), listed(getattr(roles, role))) for role in Role if getattr(roles, role)]

    @property
    def refused_at(self) -> datetime | None:
        return datetime.fromisoformat(self.refusal["at"]) if self.refusal else None


@require_safe
@for_readers
def providers(request: PageRequest) -> HttpResponse:
    """Show how people log in here."""
    people = (
        LinkedIdentity.objects.filter(verified_at__isnull=False).values("provider").annotate(n=Count("person", distinct=True))
    )
    linked = {row["provider"]: row["n"] for row in people}
    last = dict(ProviderSession.objects.values_list("provider").annotate(Max("began_at")))
    cards = [
        Card(
            provider=one,
            people=linked.get(one.identity, 0),
            last_log_in=last.get(one.identity),
            refusal=answers.last_refusal(one),
        )
        for one in settings.LOGIN_PROVIDERS
    ]
    context = {"cards": cards, "by_password": settings.PASSWORD_LOGIN, "emergency": settings.EMERGENCY_ACCOUNTS}
    return render(request, "accounts/providers.html", context)


def _begin(request: HttpRequest, configured: Provider, purpose: Purpose) -> HttpResponse:
    if isinstance(configured, SamlProvider):
        return saml.begin(request, configured, purpose)
    if isinstance(configured, OidcProvider):
        return oidc.begin(request, configured, purpose)
    raise Http404


def _configured(key: str) -> Provider:
    found = named(key)
    if found is None:
        raise Http404
    return found
