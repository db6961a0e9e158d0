"""From a provider's proof to a session: the verb that brings the person, run as doors run verbs."""

from functools import partial

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.models import SocialLogin
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from access_requests.selectors import identities
from access_requests.services.people import arriving
from access_requests.services.people.arriving import Arrival
from portal.accounts.purposes import Purpose
from portal.accounts.refusals import LogInNotBegun, SomebodyElse
from portal.pages.actor import BY_PROVIDER
from portal.users.models import User
from portal.verbs.run import run


def bring(arrival: Arrival) -> User:
    """Return the person, as `arriving.arrive` does; of two first log-ins at once, the second finds whom the first made."""
    verb = partial(arriving.arrive, arrival=arrival, now=timezone.now())
    try:
        return run(verb)
    except IntegrityError:
        return run(verb)


def settle(request: HttpRequest, login: SocialLogin) -> None:
    """Have the log-in be the person's, or answer at once where it was for something else. Raises a Rejection.

    Whatever rows of allauth's said before this, it is the provider's proof that counts.
    """
    purpose = login.state.get("process")
    if purpose == Purpose.CONFIRM:
        raise ImmediateHttpResponse(_confirmed(request, login))
    if purpose != Purpose.LOGIN:
        raise LogInNotBegun
    login.user = login.account.user = bring(login.arrival)
    # What of it is needed when a second step has let them in: that may be another call, and a log-in keeps its state alone.
    login.state["came"] = {"sid": login.sid, "by_factor": login.arrival.by_factor, **_when(login)}


def proved_factor(login: SocialLogin) -> bool:
    """Whether the provider says that it asked for a second factor."""
    return bool(login.state["came"]["by_factor"])


def note(request: HttpRequest, login: SocialLogin) -> None:
    """Have the session say when the provider asked who they are, which may be hours ago, and whether for a second factor too."""
    came, records = login.state["came"], request.session[AUTHENTICATION_METHODS_SESSION_KEY]
    record = next(each for each in reversed(records) if each["method"] == BY_PROVIDER)
    record["at"] = came.get("at", record["at"])
    # Who does not say when may have asked nobody anything now: that lets in, and is no factor that was proven just now.
    record["factor"] = came["by_factor"] and "at" in came
    request.session.modified = True


def _when(login: SocialLogin) -> dict[str, float]:
    at = login.authenticated_at
    return {"at": at.timestamp()} if at is not None else {}


def _confirmed(request: HttpRequest, login: SocialLogin) -> HttpResponse:
    """Record that who is logged in proved it again. Raises SomebodyElse, LogInNotBegun."""
    if not request.user.is_authenticated or request.user.pk != login.state.get("begun_by"):
        raise LogInNotBegun
    link = identities.verified(login.arrival.provider.identity, login.arrival.subject)
    if link is None or link.person_id != request.user.pk:
        raise SomebodyElse(provider=login.arrival.provider.name)
    bring(login.arrival)
    record_authentication(
        request,
        request.user,
        BY_PROVIDER,
        provider=login.account.provider,
        uid=login.account.uid,
        factor=login.arrival.by_factor,
        reauthenticated=True,
    )
    return redirect(login.state.get("next") or "home")
