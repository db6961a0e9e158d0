"""Who acts in the browser, and how the session knows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session as StoredSession
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, QuerySet
from django.http import Http404
from django.utils import timezone

from portal.pages.page import PageRequest
from portal.providers.provider import PREFIX
from portal.users import sessions
from portal.users.models import User
from portal.verbs import phrases
from portal.verbs.actor import Actor, Door
from portal.verbs.rejections import NotAllowed, NotFound, RightsEnded
from portal.verbs.run import act_as

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Session:
    """A log-in in the browser. `password` is the hash that it was begun under: a new password ends it, and so does its time."""

    key: str
    password: str
    proves_person = True

    def still_lets_in(self, person: User) -> QuerySet[User]:
        now = timezone.now()
        session = StoredSession.objects.filter(session_key=self.key, expire_date__gt=now)
        over = UserSession.objects.filter(sessions.over(now=now), session_key=self.key)
        return User.objects.filter(Exists(session), ~Exists(over), pk=person.pk, password=self.password)


# allauth's names for the second factors, and ours.
FACTORS = {"totp": "totp", "webauthn": "passkey"}
# And for a proof by a provider of log-in.
BY_PROVIDER = "socialaccount"


def actor_of(request: PageRequest) -> Actor:
    """Return the person with the latest proof of this session: method and time."""
    session = Session(key=request.session.session_key or "", password=request.user.password)
    return Actor(person=request.user, door=Door.BROWSER, credential=session, proof=_proof(request))


def carry_out(request: PageRequest, verb: Callable[[], T], *, ends_own_rights: bool = False) -> T:
    """Run a verb as the session's person; one that `ends_own_rights`, such as a new password, ends those of the session.

    Raises PermissionDenied where the session or its rights have ended since the call came, and whatever the verb raises: whoever
    may not act any more is not shown how things are, either.
    """
    try:
        return act_as(actor_of(request), verb, ends_own_rights=ends_own_rights)
    except RightsEnded as refusal:
        raise PermissionDenied(phrases.sentence(refusal)) from refusal


def carry_out_or_error_page(request: PageRequest, verb: Callable[[], T]) -> T:
    """Run a verb whose page has no place for a refusal of rights: who may not is answered 403, and what is not there 404."""
    try:
        return carry_out(request, verb)
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except NotFound as refusal:
        raise Http404 from refusal


def _proof(request: PageRequest) -> Mapping[str, object]:
    records: list[dict[str, Any]] = get_authentication_records(request, request.user)
    if not records:
        return {}
    latest = max(records, key=lambda record: float(record["at"]))
    at = {"at": datetime.fromtimestamp(float(latest["at"]), UTC).isoformat(timespec="seconds")}
    if latest["method"] == BY_PROVIDER:
        return {"method": _kind(str(latest["provider"])), **at, "identity": f"{PREFIX}{latest['provider']}:{latest['uid']}"}
    return {"method": FACTORS.get(str(latest.get("type")), str(latest["method"])), **at}


def _kind(key: str) -> str:
    """Return how the provider proves people; one that is configured no more has proven somebody all the same."""
    return next((provider.kind for provider in settings.LOGIN_PROVIDERS if provider.key == key), "provider")
