"""Second factors as proofs of a log-in: asked for, looked at, counted where they fail, and noted in the session.

For the second step of a log-in (`person` is not logged in yet) and for confirming (`again`). Each raises a Rejection of
`access_requests.services.people.factors.factor_errors`, of which the trail has been told.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from allauth.account.internal.flows.login import record_authentication
from allauth.core.internal.ratelimit import RateLimitUsage
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from access_requests.errors import PasskeyCopied
from access_requests.services.people import log_ins
from access_requests.services.people.factors import using
from access_requests.services.people.factors.factor_errors import CodeWrong, PasskeyRefused, TooManyCodes
from access_requests.services.record import signed_entries
from access_requests.web.people.place import place_of
from audits import selectors
from portal import passkeys
from portal.accounts import throttling
from portal.passkeys import Passkey, RelyingParty
from portal.users.models import Factor, FactorKind, User
from portal.verbs.run import run

ASKED = "passkey_asked"
HELD_SECONDS = 300


def relying_party() -> RelyingParty:
    return RelyingParty(url=settings.PORTAL_URL)


def elsewhere(request: HttpRequest) -> str:
    """Return the portal's address where the page was called by another name, under which no passkey works; else nothing."""
    return "" if request.get_host() == urlsplit(settings.PORTAL_URL).netloc else settings.PORTAL_URL


def passkeys_of(person: User) -> list[Passkey]:
    """Return those that the trail says were enrolled and not taken away: a row that somebody only wrote proves nothing."""
    subject = signed_entries.subject(person.username)
    enrolments = selectors.of_subjects([subject], acts=signed_entries.ACTS).get(subject, ())
    return [
        Passkey(credential_id=row.credential_id, public_key=row.public_key)
        for row in Factor.objects.filter(person=person, kind=FactorKind.PASSKEY).order_by("pk")
        if any(key.public_key == row.public_key for key in signed_entries.keys(enrolments, row.credential_id))
    ]


def prove_by_code(request: HttpRequest, person: User, code: str, *, again: bool = False) -> Factor:
    """Take a one-time code, or a recovery code. Raises CodeWrong, FactorUnreadable, TooManyCodes."""
    now = timezone.now()
    tried = _begin(request, person, again=again)
    try:
        factor = run(partial(using.take_code, person=person, code=code, place=place_of(request), now=now))
    except CodeWrong:
        _fail(request, person, log_ins.WRONG, again=again)
        raise
    tried.rollback()
    note(request, factor, again=again)
    return factor


def ask_for_passkey(request: HttpRequest, person: User) -> dict[str, Any] | None:
    """Return what the page is to ask of the browser; None for whom has no passkey. The session keeps what was asked."""
    known = passkeys_of(person)
    if not known:
        return None
    asked, request.session[ASKED] = relying_party().ask(known=known)
    return asked


def prove_by_passkey(request: HttpRequest, person: User, answer: Mapping[str, Any], *, again: bool = False) -> Factor:
    """Take a passkey's signature of what was asked last, once. Raises PasskeyRefused, PasskeyCopied, TooManyCodes."""
    now, kept = timezone.now(), request.session.pop(ASKED, None)
    tried = _begin(request, person, again=again)
    try:
        factor = run(partial(using.take_passkey, person=person, asserted=_asserted(person, kept, answer), now=now))
    except PasskeyRefused:
        _fail(request, person, log_ins.WRONG, again=again)
        raise
    except PasskeyCopied as refusal:
        using.record_copied(refusal, person=person, place=place_of(request), now=now)
        _fail(request, person, log_ins.COPIED, again=again)
        raise
    tried.rollback()
    note(request, factor, again=again)
    return factor


def _asserted(person: User, kept: Mapping[str, Any] | None, answer: Mapping[str, Any]) -> passkeys.Asserted:
    if kept is None:
        raise PasskeyRefused(field="passkey", what="asked in another window, or too long ago")
    try:
        return relying_party().asserted(kept, answer, known=passkeys_of(person))
    except passkeys.Refused as refusal:
        raise PasskeyRefused(field="passkey", what=str(refusal)) from refusal


def _begin(request: HttpRequest, person: User, *, again: bool) -> RateLimitUsage:
    tried = throttling.begin_code(request, person)
    if tried is None:
        _fail(request, person, log_ins.HELD, again=again)
        raise TooManyCodes(seconds=HELD_SECONDS)
    return tried


def _fail(request: HttpRequest, person: User, reason: str, *, again: bool) -> None:
    step = log_ins.CONFIRM if again else log_ins.FACTOR
    log_ins.fail(request=request, name=person.username, step=step, reason=reason, place=place_of(request), now=timezone.now())


def note(request: HttpRequest, factor: Factor, *, again: bool = True) -> None:
    """Have the session say that the factor was proven now."""
    said = {"id": factor.authenticator_id, "type": factor.authenticator.type, "reauthenticated": True if again else None}
    record_authentication(request, factor.person, "mfa", **said)
