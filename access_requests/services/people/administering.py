"""What administrators do about a person, on the person's page. Each raises FactorMissing and StepUpNeeded too."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db.models import QuerySet

from access_requests.policy.proofs import Guarded
from access_requests.services.people import people, sessions
from access_requests.services.people.person_errors import DisabledByCatalogue, DisabledByProvider, LastAdministrator
from access_requests.services.record import proving
from portal.providers.provider import PREFIX
from portal.users.models import PORTAL, User
from portal.verbs.actor import Actor
from portal.verbs.rejections import TransitionNotAllowed


def disable(*, person: User, actor: Actor, now: datetime) -> None:
    """Shut a person out, whatever the catalogue's file says.

    Raises NotAnAdministrator, LastAdministrator, TransitionNotAllowed.
    """
    proving.check_administrator(actor, Guarded.PEOPLE, now=now)
    # All of them are locked: of two administrators who disable each other at once, one finds themselves the last.
    others = [row.pk for row in _administrators() if row.pk != person.pk]
    if person.is_administrator and not others:
        raise LastAdministrator
    if not User.objects.filter(pk=person.pk, is_active=True).exists():
        raise TransitionNotAllowed
    people.disable(person=person, actor=actor, now=now, by=PORTAL)


def enable(*, person: User, actor: Actor, now: datetime) -> None:
    """Let somebody in again whom the portal shut out.

    Raises NotAnAdministrator, TransitionNotAllowed; DisabledByCatalogue and DisabledByProvider for whom others keep out.
    """
    proving.check_administrator(actor, Guarded.PEOPLE, now=now)
    there = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    if there.is_active:
        raise TransitionNotAllowed
    if there.disabled_by.startswith(PREFIX):
        raise DisabledByProvider(provider=there.disabled_by.removeprefix(PREFIX))
    if (says_inactive := there.scim_users.filter(active=False, deleted_at=None).first()) is not None:
        raise DisabledByProvider(provider=says_inactive.provider)
    if there.disabled_by != PORTAL:
        raise DisabledByCatalogue
    people.enable(person=there, actor=actor, now=now)


def end_sessions(*, person: User, rows: QuerySet[UserSession], actor: Actor, now: datetime) -> int:
    """End log-ins of a person; return how many there were. Raises NotAnAdministrator."""
    proving.check_administrator(actor, Guarded.PEOPLE, now=now)
    return sessions.end(person=person, rows=rows, actor=actor, now=now)


def is_last_administrator(person: User) -> bool:
    rows = User.objects.filter(is_administrator=True, is_active=True)
    return person.is_administrator and not rows.exclude(pk=person.pk).exists()


def _administrators() -> list[User]:
    rows = User.objects.filter(is_administrator=True, is_active=True)
    return list(rows.select_for_update(no_key=True).order_by("pk"))
