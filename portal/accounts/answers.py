"""The page that says why a log-in came to nothing, and the one that shows an administrator what a provider says."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_requests.services.people import arriving
from access_requests.services.people.arriving import Arrival
from audits.acts import terms
from portal.accounts.purposes import Purpose
from portal.listed import listed
from portal.providers.provider import Provider
from portal.verbs import phrases
from portal.verbs.rejections import Rejection

logger = logging.getLogger(__name__)
REMEMBERED_SECONDS = 7 * 24 * 3600


def refused(request: HttpRequest, provider: Provider, refusal: Rejection, purpose: str | None) -> HttpResponse:
    """Say it, in the log and on the provider's card too: with the code, never with what a token held."""
    what = str(refusal.data.get("what", ""))
    logger.warning("log-in by %s refused: %s %s", provider.key, refusal.code, what)
    cache.set(_last(provider), {"code": refusal.code, "what": what, "at": timezone.now().isoformat()}, REMEMBERED_SECONDS)
    context = {"provider": provider, "sentence": phrases.sentence(refusal), "confirms": purpose == Purpose.CONFIRM}
    page = "accounts/tried.html" if purpose == Purpose.TRY else "accounts/refused.html"
    return render(request, page, context, status=refusal.status)


def last_refusal(provider: Provider) -> dict[str, str] | None:
    """Return code, what and time of the last log-in by the provider that was refused within a week, for administrators' eyes."""
    found: dict[str, str] | None = cache.get(_last(provider))
    return found


@dataclass(frozen=True, kw_only=True)
class Said:
    """One thing that a provider says, or does not; `needed` where somebody is let in, named or made something by it."""

    label: Promise
    claim: str
    value: str
    needed: bool


def tried(request: HttpRequest, arrival: Arrival) -> HttpResponse:
    """Show what the provider said of the administrator who looks, and what would come of it. Nobody is logged in or changed."""
    provider = arrival.provider
    try:
        arriving.check_admitted(arrival)
        sentence = ""
    except Rejection as refusal:
        sentence = phrases.sentence(refusal)
    roles = [terms.ROLES[role] for role in sorted(provider.roles.of(arrival.groups))]
    context = {"provider": provider, "found": list(_said(arrival)), "roles": roles, "sentence": sentence}
    return render(request, "accounts/tried.html", context)


def _said(arrival: Arrival) -> Iterator[Said]:
    provider, names = arrival.provider, arrival.provider.claims
    verified = _("yes") if arrival.email_verified else ""
    by_email = bool(provider.admits.domains or provider.match_by_email)
    yield Said(label=_("Subject"), claim="sub", value=arrival.subject, needed=True)
    yield Said(label=_("E-mail address"), claim=names.email, value=arrival.email, needed=by_email)
    must_say = by_email and not provider.trusts_email
    yield Said(label=_("E-mail address verified"), claim="email_verified", value=str(verified), needed=must_say)
    yield Said(label=_("Name"), claim=names.name, value=arrival.name, needed=False)
    if names.tenant:
        yield Said(label=_("Organisation"), claim=names.tenant, value=arrival.tenant, needed=bool(provider.admits.tenants))
    if names.groups:
        needed = bool(provider.admits.groups or provider.roles.governed())
        yield Said(label=_("Groups"), claim=names.groups, value=listed(sorted(arrival.groups)), needed=needed)


def _last(provider: Provider) -> str:
    return f"log-in-refused:{provider.key}"
