"""Who acts in the browser, and how the session knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, TypeVar

from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session as StoredSession
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone

from portal.addresses import address_of
from portal.pages.leading import ConfirmFirst, EnrolFirst
from portal.pages.page import PageRequest
from portal.providers.provider import PREFIX
from portal.users import sessions
from portal.users.models import FACTOR_KINDS, User
from portal.verbs import phrases
from portal.verbs.actor import Actor, Door
from portal.verbs.proving import PROVIDER_FACTOR, Proven, Strength
from portal.verbs.rejections import FactorMissing, NotAllowed, NotFound, RightsEnded, StepUpNeeded
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


# allauth's name for a proof by a provider of log-in.
BY_PROVIDER = "socialaccount"
LONGEST_USER_AGENT = 200


def actor_of(request: PageRequest) -> Actor:
    """Return the person with all that was proven in this session; for the trail, the latest second factor, or else log-in."""
    session = Session(key=request.session.session_key or "", password=request.user.password)
    records = get_authentication_records(request, request.user)
    proven = tuple(_proven(record, request.user) for record in records)
    proof = _proof(request, list(zip(proven, records, strict=True)))
    return Actor(person=request.user, door=Door.BROWSER, credential=session, proof=proof, proven=proven)


def carry_out(request: PageRequest, verb: Callable[[], T], *, ends_own_rights: bool = False) -> T:
    """Run a verb as the session's person; one that `ends_own_rights`, such as a new password, ends those of the session.

    Raises PermissionDenied where the session or its rights have ended since the call came, and whatever the verb raises: whoever
    may not act any more is not shown how things are, either. Who has to prove themselves first is led there, and back:
    ConfirmFirst and EnrolFirst are no refusals that a page shows.
    """
    try:
        return act_as(actor_of(request), verb, ends_own_rights=ends_own_rights)
    except RightsEnded as refusal:
        raise PermissionDenied(phrases.sentence(refusal)) from refusal
    except StepUpNeeded as needed:
        raise ConfirmFirst(request, needed) from needed
    except FactorMissing as missing:
        raise EnrolFirst(missing) from missing


def carry_out_or_error_page(request: PageRequest, verb: Callable[[], T]) -> T:
    """Run a verb whose page has no place for a refusal of rights: who may not is answered 403, and what is not there 404."""
    try:
        return carry_out(request, verb)
    except NotAllowed as refusal:
        raise PermissionDenied from refusal
    except NotFound as refusal:
        raise Http404 from refusal


def user_agent_of(request: HttpRequest) -> str:
    """Return what the program calls itself, as far as it can be shown."""
    return "".join(each for each in request.headers.get("User-Agent", "") if each.isprintable())[:LONGEST_USER_AGENT]


def _proven(record: Mapping[str, Any], person: User) -> Proven:
    factor = person.second_factors.get(record.get("id", 0)) if record["method"] == "mfa" else None
    return Proven(
        method=_method(record),
        at=datetime.fromtimestamp(float(record["at"]), UTC),
        # What was proven by one that is no more is a log-in like any other.
        factor=factor.code if factor is not None else "",
        by_provider=record["method"] == BY_PROVIDER and bool(record.get("factor")),
    )


def _method(record: Mapping[str, Any]) -> str:
    if record["method"] == BY_PROVIDER:
        return _kind(str(record["provider"]))
    return str(FACTOR_KINDS.get(str(record.get("type")), record["method"]))


def _proof(request: PageRequest, known: Sequence[tuple[Proven, Mapping[str, Any]]]) -> Mapping[str, object]:
    if not known:
        return {}
    best, record = max(known, key=lambda each: (each[0].strength >= Strength.SECOND_FACTOR, each[0].at))
    kinds = {one.method for one, _record in known} | {PROVIDER_FACTOR for one, _record in known if one.by_provider}
    by_provider = record["method"] == BY_PROVIDER
    said = {
        "provider": record["provider"] if by_provider else None,
        "identity": f"{PREFIX}{record['provider']}:{record['uid']}" if by_provider else None,
        "factor": best.factor,
        "address": str(address_of(request) or ""),
        "user_agent": user_agent_of(request),
    }
    return {
        "method": best.method,
        "at": best.at.isoformat(timespec="seconds"),
        "kinds": sorted(kinds),
        "session": sha256((request.session.session_key or "").encode()).hexdigest(),
        **{name: value for name, value in said.items() if value},
    }


def _kind(key: str) -> str:
    """Return how the provider proves people; one that is configured no more has proven somebody all the same."""
    return next((provider.kind for provider in settings.LOGIN_PROVIDERS if provider.key == key), "provider")
