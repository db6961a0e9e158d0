"""People's second factors: rows as the portal writes them, codes as an app shows them, and log-ins that were proven by them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.internal.flows.login import _AUTHENTICATION_METHODS_USER_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.utils import timezone

from access_requests.services.people.factors import seeds
from portal.users.models import Factor, FactorKind, User
from portal.verbs.proving import Proven

READ_AT = datetime.fromisoformat("2026-11-01T00:00:00Z")
TYPES = {
    FactorKind.TOTP: Authenticator.Type.TOTP,
    FactorKind.PASSKEY: Authenticator.Type.WEBAUTHN,
    FactorKind.RECOVERY: Authenticator.Type.RECOVERY_CODES,
}
# Of everybody in the cast who has one-time codes.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = 30


@dataclass(frozen=True, kw_only=True)
class Timeless(Proven):
    """A proof as fresh as any rule wants it: a test of something else needs no clock for it."""

    def is_fresh(self, *, now: datetime, max_age: timedelta) -> bool:
        return True


def factor(person: User, kind: str = FactorKind.PASSKEY, **fields: Any) -> Factor:
    """Give the person a factor that nobody enrolled: rows alone, by which nobody logs in and rules see a factor."""
    authenticator = Authenticator.objects.create(user=person, type=TYPES[FactorKind(kind)], data={})
    if kind == FactorKind.PASSKEY:
        fields = {"credential_id": secrets.token_urlsafe(16), "public_key": secrets.token_urlsafe(16), **fields}
    given: dict[str, Any] = {"name": "", "added_at": READ_AT, **fields}
    vars(person).pop("second_factors", None)
    return Factor.objects.create(person=person, kind=kind, authenticator=authenticator, **given)


def take_factors(*people: User) -> None:
    """Take from these people what the cast gave them."""
    Authenticator.objects.filter(user__in=people).delete()
    for person in people:
        vars(person).pop("second_factors", None)


def give_codes(people: Sequence[User]) -> None:
    """Give these people one-time codes by SECRET, in two statements."""
    kept = ((one, {"secret": _sealed(one.pk)}) for one in people)
    authenticators = Authenticator.objects.bulk_create(Authenticator(user=one, type="totp", data=data) for one, data in kept)
    Factor.objects.bulk_create(
        Factor(person=person, kind=FactorKind.TOTP, authenticator=authenticator, added_at=READ_AT)
        for person, authenticator in zip(people, authenticators, strict=True)
    )


def code_of(person: User) -> str:
    """Return a one-time code that is good now and was not used yet."""
    used = Factor.objects.get(person=person, kind=FactorKind.TOTP).last_step
    step = max(int(timezone.now().timestamp()) // STEP, 0 if used is None else used + 1)
    return str(format_hotp_value(hotp_value(SECRET, step)))


def record_of(person: User, *, at: float | None = None) -> dict[str, Any]:
    """Return what a session says of a log-in by the best that the person has."""
    best = max(person.factors.all(), key=lambda one: one.kind == FactorKind.TOTP, default=None)
    when = {"at": timezone.now().timestamp() if at is None else at}
    if best is None:
        return {"method": "password", "username": person.username, **when}
    return {"method": "mfa", "type": TYPES[FactorKind(best.kind)].value, "id": best.authenticator_id, **when}


def prove(browser: Client, person: User, *records: dict[str, Any]) -> None:
    """Have the browser's session say that this was proven in it, and nothing else."""
    session = browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = list(records)
    session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()


@pytest.fixture(autouse=True)
def _log_ins_are_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let whomever a test logs in have just proven themselves by what they have."""
    plain = Client.force_login

    def force_login(browser: Client, user: User, backend: str | None = None) -> None:
        plain(browser, user, backend)
        prove(browser, user, record_of(user))

    monkeypatch.setattr(Client, "force_login", force_login)


@pytest.fixture
def without_factors(cast: object) -> None:
    """Have nobody have a factor yet."""
    Authenticator.objects.all().delete()


@cache
def _sealed(number: int) -> str:
    return seeds.sealed(SECRET, person=User(pk=number))
