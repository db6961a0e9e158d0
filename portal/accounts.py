"""How people and programs are let in: allauth's adapters."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.http import HttpRequest


class LocalAccounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types.
    """Local accounts, made by administrators."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's signature.
        """Nobody makes an account for themselves."""
        return False


class ApiClients(DefaultOIDCAdapter):  # type: ignore[misc]  # allauth ships no types.
    """Programs: what a token of theirs may be good for."""

    scope_display = {
        "requests:read": "See requests and elevations",
        "requests:write": "Ask, withdraw, return and extend",
        "decisions:write": "Approve, reject, send back and stop",
        "audit:read": "Read the audit trail",
    }
