"""What entries say by a key of who acted, in words: by which door they came, and how they proved who they are."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from portal.providers.provider import PREFIX, Role

# By what a person came in.
DOORS: Mapping[str, Promise] = {
    "browser": pgettext_lazy("door", "browser"),
    "chat": pgettext_lazy("door", "chat"),
    "client": pgettext_lazy("door", "API client"),
    # No door of its own: in the browser, and signed.
    "passkey": pgettext_lazy("door", "browser, signed with a passkey"),
}
# How people proved who they are, as the trail keeps it.
PROOFS: Mapping[str, Promise] = {
    "password": _("password"),
    "totp": _("one-time code"),
    "passkey": _("passkey"),
    "recovery": _("recovery code"),
    "oidc": _("single sign-on"),
    "saml": _("single sign-on"),
    "slack-signature": _("Slack signature"),
    "one-time-link": _("one-time link"),
    "slack-socket": _("Slack, over the connection that the portal opened"),
}
# What somebody is in the portal.
ROLES: Mapping[str, Promise] = {
    Role.ENGINEER: pgettext_lazy("role", "engineer"),
    Role.LEAD: pgettext_lazy("role", "lead"),
    Role.AUDITOR: pgettext_lazy("role", "auditor"),
    Role.ADMINISTRATOR: pgettext_lazy("role", "administrator"),
}
# Who says what somebody is, beside providers of log-in.
HERE = "here"
# What an API client proves is itself; the person is whom its header named.
NAMED_ONLY = "client-assertion"


def way(said: Mapping[str, Any]) -> str:
    """Return how somebody proved who they are: the method, and whose it is, by its number or the provider's key."""
    words = {"method": PROOFS.get(said["method"], said["method"]), "whose": said.get("factor") or said.get("provider") or ""}
    return gettext("%(method)s (%(whose)s)") % words if words["whose"] else str(words["method"])


def proof(door: str, client: str, said: Mapping[str, object]) -> str:
    """Return by which door somebody decided, and how they proved who they are."""
    method = str(said.get("method", ""))
    if "own_token" in said:
        return gettext("through the API client %(client)s, by a token of the person's own") % {"client": client}
    if client:
        return gettext("through the API client %(client)s, which named the person and proved nothing") % {"client": client}
    words = {"door": DOORS.get(door, door), "method": PROOFS.get(method, method)}
    return gettext("%(door)s, proven by %(method)s") % words if method else str(words["door"])


def source(word: str) -> str:
    """Return who says something of a person: the catalogue, or a provider of log-in."""
    if word == HERE:
        return gettext("by the catalogue file")
    return gettext("the provider of log-in %(key)s") % {"key": word.removeprefix(PREFIX)} if word.startswith(PREFIX) else word
