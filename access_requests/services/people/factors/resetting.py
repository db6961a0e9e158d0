"""Taking all second factors from somebody who has lost them: one administrator proposes it, another one does it.

Whoever has stolen a password waits for this. So it takes two, the person is told, and all that they were let in by ends.
Each raises NotAnAdministrator, FactorMissing and StepUpNeeded too.
"""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator

from access_requests.policy.proofs import Guarded
from access_requests.selectors import personal_tokens as tokens
from access_requests.services.people import personal_tokens, sessions
from access_requests.services.people.factors.factor_errors import OwnFactors, ResetWaits, SecondAdministratorNeeded
from access_requests.services.people.factors.recording import named, record
from access_requests.services.record import locking, proving
from audits.acts import Act
from portal.users.models import Factor, FactorKind, FactorReset, User
from portal.verbs.actor import Actor, Process
from portal.verbs.rejections import TransitionNotAllowed

GOOD_FOR = timedelta(hours=24)
BY_COMMAND = "command:"


def waiting(person: User, *, now: datetime) -> FactorReset | None:
    """Return what is proposed and was not done yet."""
    return FactorReset.objects.filter(person=person, good_until__gt=now).first()


def propose(*, person: User, reason: str, actor: Actor, now: datetime) -> FactorReset:
    """Propose it, for a day. Raises OwnFactors, ResetWaits; TransitionNotAllowed where there is no factor."""
    _check_may(actor, person, now)
    locking.lock_person(person.pk)
    if waiting(person, now=now) is not None:
        raise ResetWaits
    if not Factor.objects.filter(person=person).exists():
        raise TransitionNotAllowed
    FactorReset.objects.filter(person=person).delete()
    row = FactorReset.objects.create(
        person=person, proposed_by=actor.name, reason=reason, proposed_at=now, good_until=now + GOOD_FOR
    )
    record(Act.FACTOR_RESET_PROPOSED, person=person, actor=actor, now=now, reason=reason, good_until=row.good_until)
    return row


def drop(*, person: User, actor: Actor, now: datetime) -> None:
    """Take the proposal back, whoever made it. Raises OwnFactors, TransitionNotAllowed."""
    _check_may(actor, person, now)
    row = _locked(person, now)
    row.delete()
    record(Act.FACTOR_RESET_DROPPED, person=person, actor=actor, now=now, proposed_by=row.proposed_by)


def reset(*, person: User, actor: Actor, now: datetime) -> None:
    """Do what another administrator proposed, who still is one.

    Raises OwnFactors, SecondAdministratorNeeded, TransitionNotAllowed.
    """
    _check_may(actor, person, now)
    row = _locked(person, now)
    is_by_command = row.proposed_by.startswith(BY_COMMAND)
    # Whoever named themselves by a command is no second one in the browser.
    if row.proposed_by.removeprefix(BY_COMMAND) == actor.name.removeprefix(BY_COMMAND):
        raise SecondAdministratorNeeded
    if not is_by_command and not User.objects.filter(username=row.proposed_by, is_active=True, is_administrator=True).exists():
        raise TransitionNotAllowed
    _take_all(row, actor, now)


def reset_alone(*, person: User, reason: str, actor: Actor, now: datetime) -> None:
    """Do it at once by a command, where no administrator is left who could.

    Raises SecondAdministratorNeeded, and what `propose` does.
    """
    others = User.objects.filter(is_administrator=True, is_active=True).exclude(pk=person.pk)
    if others.filter(factors__kind__in=[FactorKind.TOTP, FactorKind.PASSKEY]).exists():
        raise SecondAdministratorNeeded
    FactorReset.objects.filter(person=person).delete()
    _take_all(propose(person=person, reason=reason, actor=actor, now=now), actor, now)


def _check_may(actor: Actor, person: User, now: datetime) -> None:
    if isinstance(actor.credential, Process):
        return  # Who runs commands is named by them.
    proving.check_administrator(actor, Guarded.PEOPLE, now=now)
    if actor.who.pk == person.pk:
        raise OwnFactors


def _locked(person: User, now: datetime) -> FactorReset:
    locking.lock_person(person.pk)
    row = FactorReset.objects.select_for_update().filter(person=person, good_until__gt=now).first()
    if row is None:
        raise TransitionNotAllowed
    return row


def _take_all(row: FactorReset, actor: Actor, now: datetime) -> None:
    person = row.person
    taken = [named(factor) for factor in Factor.objects.filter(person=person).order_by("pk")]
    Authenticator.objects.filter(user=person).delete()
    person.forget_factors()
    row.delete()
    gone = sessions.take_away(sessions.of(person))
    ended = personal_tokens.take_away(tokens.of_person(person))
    personal_tokens.record_revoked(ended, actor=actor, now=now)
    sessions.record_ended(gone, person=person, reason=sessions.FACTORS_RESET, actor=actor, now=now)
    said = {"proposed_by": row.proposed_by, "reason": row.reason, "factors": taken}
    record(Act.FACTORS_RESET, person=person, actor=actor, now=now, **said)
