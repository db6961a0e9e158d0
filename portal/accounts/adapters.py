"""How people and programs are let in: allauth's adapters."""

import secrets
from functools import partial

from allauth.account.adapter import DefaultAccountAdapter
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from access_requests import wording
from access_requests.services.people import people
from portal.addresses import address_of
from portal.pages.actor import actor_of, carry_out
from portal.users.models import User


class LocalAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types.
    """Local accounts, made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's signature.
        """Nobody makes an account for themselves."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """People who change their own password do it by the verb that records it."""
        actor, key = actor_of(self.request), self.request.session.session_key or ""
        verb = partial(people.set_password, person=user, password=password, actor=actor, now=timezone.now(), keep_session=key)
        carry_out(self.request, verb, ends_own_rights=True)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return where the call comes from, as everywhere in the portal. Raises PermissionDenied where that cannot be told."""
        address = address_of(request)
        if address is None:
            raise PermissionDenied
        return str(address)


class ApiClients(DefaultOIDCAdapter):  # type: ignore[misc]  # allauth ships no types.
    """Programs: what a token of theirs may be good for, and how a secret looks."""

    scope_display = wording.SCOPES

    def generate_client_secret(self) -> str:
        """Return 256 bits that shells, forms and files take as they are; allauth's have & and quotes among them."""
        return secrets.token_urlsafe(32)


class ProvidedAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types.
    """Accounts at providers of log-in, of whom the settings know and no row of the database."""
