"""People's own tokens: allowed in the browser, collected once by a program, ended by the person or with the client.

A program asks by a device code; `services.device_codes` keeps what it asked until somebody answers.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from access_requests import errors
from access_requests.models import ApiClient, PersonalToken
from access_requests.policy.proofs import Guarded
from access_requests.selectors import clients
from access_requests.services.people import client_errors, device_codes
from access_requests.services.people.credentials import OwnToken, Terms
from access_requests.services.people.device_codes import Asked
from access_requests.services.record import changes, locking, marks, proving
from audits.acts import Act
from portal.users.models import User
from portal.verbs import rejections
from portal.verbs.actor import Actor, Door

# What was allowed and never collected is worthless after this: its code has expired long since.
UNCOLLECTED = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Collected:
    """`value` is the token itself, which nobody can read again: only its hash is kept."""

    value: str
    scopes: list[str]
    expires_in: int


def allow(*, asked: Asked, actor: Actor, now: datetime) -> PersonalToken:
    """Let the program that asked act for the person.

    Raises CodeUnusable, PersonDisabled, ClientNotAllowed, FactorMissing, StepUpNeeded.
    """
    proving.check(actor, Guarded.TOKEN, now=now, wanted=asked.proof)
    client = _may_be_given(asked.client, actor.who, asked.scopes)
    row = _new(
        person=actor.who,
        client=client,
        device_code_digest=_digest(asked.device_code),
        scopes=list(asked.scopes),
        proof=dict(actor.proof),
        asked_from=asked.address,
        allowed_at=now,
    )
    if not device_codes.answer(asked, person=actor.who, allowed=True):
        raise client_errors.CodeUnusable(field="code")
    after = {**describe(row), "asked_at": asked.at, "mark": mark(row)}
    changes.record(act=Act.TOKEN_ALLOWED, subject=_subject(row), before=None, after=after, actor=actor, now=now)
    return row


def deny(*, asked: Asked, actor: Actor, now: datetime) -> None:
    """Refuse the program that asked, which is told so. Raises CodeUnusable."""
    if not device_codes.answer(asked, person=actor.who, allowed=False):
        raise client_errors.CodeUnusable(field="code")
    refused = {"client": asked.client.key, "scopes": list(asked.scopes), "asked_from": asked.address, "asked_at": asked.at}
    subject = f"client:{asked.client.key}"
    changes.record(act=Act.TOKEN_DENIED, subject=subject, before=None, after=refused, actor=actor, now=now)


def collect(*, device_code: str, address: str, now: datetime) -> Collected:
    """Give the program the token that the person allowed; once. Raises CodeUnusable, PersonDisabled, ClientNotAllowed."""
    rows = PersonalToken.objects.select_related("person", "client")
    row = rows.filter(device_code_digest=_digest(device_code), token=None).first()
    if row is None:
        raise client_errors.CodeUnusable(field="device_code")
    client = _may_be_given(row.client, row.person, row.scopes)
    value, lasts = secrets.token_urlsafe(48), settings.PERSONAL_TOKEN_EXPIRES_IN
    token = Token(type=Token.Type.ACCESS_TOKEN, client=client.oauth_client, user=row.person, created_at=now)
    token.expires_at = now + timedelta(seconds=lasts)
    token.set_value(value)
    token.set_scopes(row.scopes)
    token.save()
    # Two questions at once get one token: whoever finds it collected has lost, and makes none.
    if not PersonalToken.objects.filter(pk=row.pk, token=None).update(token=token):
        raise client_errors.CodeUnusable(field="device_code")
    row.token = token
    carried = OwnToken(token_id=token.pk, client=Terms.of(client))
    actor = Actor(person=row.person, door=Door.CLIENT, client=client.key, credential=carried)
    after = {**describe(row), "collected_from": address, "mark": mark(row)}
    changes.record(act=Act.TOKEN_COLLECTED, subject=_subject(row), before=None, after=after, actor=actor, now=now)
    return Collected(value=value, scopes=row.scopes, expires_in=lasts)


def revoke(*, rows: QuerySet[PersonalToken], actor: Actor, now: datetime) -> None:
    """End these tokens at once, and what was allowed and not collected yet."""
    record_revoked(take_away(rows), actor=actor, now=now)


def take_away(rows: QuerySet[PersonalToken]) -> list[PersonalToken]:
    """Delete these tokens and return them: the trail's writer, for whom others wait, must not wait for their locks."""
    # Whoever collects one just now holds its row; after that wait its token is seen.
    gone = list(rows.select_for_update(of=("self",)))
    PersonalToken.objects.filter(pk__in=[row.pk for row in gone]).delete()
    Token.objects.filter(pk__in=[row.token_id for row in gone if row.token_id is not None]).delete()
    return gone


def record_revoked(gone: Iterable[PersonalToken], *, actor: Actor, now: datetime) -> None:
    for row in gone:
        changes.record(act=Act.TOKEN_REVOKED, subject=_subject(row), before=describe(row), after=None, actor=actor, now=now)


def forget_over(*, now: datetime) -> None:
    """Delete what was never collected, and all tokens that have expired: nobody can use them, and the trail has their story."""
    over = Q(token=None, allowed_at__lt=now - UNCOLLECTED)
    for rows in (PersonalToken.objects.filter(over), Token.objects.filter(expires_at__lt=now)):
        if rows.exists():
            rows.delete()


def describe(row: PersonalToken) -> dict[str, Any]:
    return {
        "person": row.person.username,
        "client": row.client.key,
        "scopes": row.scopes,
        "asked_from": row.asked_from,
        "allowed_at": row.allowed_at,
        "expires_at": row.token.expires_at if row.token is not None else None,
    }


def mark(row: PersonalToken) -> str:
    """Return the mark of what is stored of the token, before it is collected of the code that collects it."""
    return marks.of(row.device_code_digest if row.token is None else row.token.hash)


def _may_be_given(client: ApiClient, person: User, scopes: Iterable[str]) -> ApiClient:
    """Return the client as it is now, locked. Raises PersonDisabled, ClientNotAllowed: rights are checked at every step."""
    if not locking.lock_person(person.pk).is_active:
        raise rejections.PersonDisabled
    locked = ApiClient.objects.select_for_update(of=("self",)).select_related("oauth_client").get(pk=client.pk)
    known = set(locked.oauth_client.get_scopes())
    usable = locked.is_personal and locked.retired_at is None and set(scopes) <= known
    if not usable or not clients.may_act_for(locked, person):
        raise errors.ClientNotAllowed
    return locked


def _new(**fields: Any) -> PersonalToken:
    """Return a new row; one device code is answered once, also by two browsers at the same time."""
    try:
        with transaction.atomic():
            return PersonalToken.objects.create(**fields)
    except IntegrityError as error:
        raise client_errors.CodeUnusable(field="code") from error


def _digest(device_code: str) -> str:
    return hashlib.sha256(device_code.encode()).hexdigest()


def _subject(row: PersonalToken) -> str:
    return f"token:{row.code}"
