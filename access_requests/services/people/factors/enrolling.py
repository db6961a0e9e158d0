"""Second factors as their holder sets them up and takes them away. A new one is loud: told to them, and to administrators.

Who adds, removes or makes anew proves themselves first: each raises StepUpNeeded too.
"""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import IntegrityError, transaction

from access_requests.policy.proofs import Guarded
from access_requests.services.people.factors import seeds, using
from access_requests.services.people.factors.factor_errors import CodeWrong, PasskeyRefused
from access_requests.services.people.factors.recording import named, record
from access_requests.services.record import locking, proving
from audits.acts import Act
from portal import passkeys
from portal.users.models import Factor, FactorKind, User
from portal.verbs.actor import Actor
from portal.verbs.rejections import NotFound

NOT_A_PASSKEY = dict.fromkeys(("credential_id", "public_key", "sign_count", "user_verified", "aaguid"))


def add_totp(*, person: User, secret: str, code: str, name: str, actor: Actor, now: datetime) -> Factor:
    """Have one-time codes by this secret be the person's, in the place of earlier ones. `code` shows that they have it.

    Raises CodeWrong.
    """
    proving.check(actor, Guarded.FACTOR, now=now)
    step = using.step_of(secret, "".join(code.split()), now=now)
    if step is None:
        raise CodeWrong(field="code")
    locking.lock_person(person.pk)
    _take_away(person, FactorKind.TOTP, actor=actor, now=now)
    return set_totp(person=person, secret=secret, name=name, last_step=step, actor=actor, now=now)


def set_totp(*, person: User, secret: str, name: str, last_step: int | None, actor: Actor, now: datetime) -> Factor:
    """Give the person one-time codes, who has none; whoever calls this knows that they have the secret."""
    data = {"secret": seeds.sealed(secret, person=person)}
    authenticator = Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data=data)
    row = Factor(person=person, kind=FactorKind.TOTP, name=name, authenticator=authenticator, last_step=last_step, added_at=now)
    return _add(row, NOT_A_PASSKEY, actor=actor, now=now)


def add_passkey(*, person: User, registered: passkeys.Registered, name: str, actor: Actor, now: datetime) -> Factor:
    """Add a passkey that a browser has just made. Raises PasskeyRefused for one that is somebody's already."""
    proving.check(actor, Guarded.FACTOR, now=now)
    locking.lock_person(person.pk)
    said = {
        "credential_id": registered.credential_id,
        "public_key": registered.public_key,
        "sign_count": registered.sign_count,
    }
    authenticator = Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={"name": name})
    row = Factor(person=person, kind=FactorKind.PASSKEY, name=name, authenticator=authenticator, added_at=now, **said)
    described = {**said, "user_verified": registered.user_verified, "aaguid": registered.aaguid}
    try:
        with transaction.atomic():
            return _add(row, described, actor=actor, now=now)
    except IntegrityError as error:
        raise PasskeyRefused(field="passkey", what="known already") from error


def make_recovery_codes(*, person: User, actor: Actor, now: datetime) -> list[str]:
    """Return new recovery codes, which take the place of earlier ones. They are shown once.

    Raises NotFound where there is no other factor that they could stand in for.
    """
    proving.check(actor, Guarded.FACTOR, now=now)
    locking.lock_person(person.pk)
    if not Factor.objects.filter(person=person).exclude(kind=FactorKind.RECOVERY).exists():
        raise NotFound
    _take_away(person, FactorKind.RECOVERY, actor=actor, now=now)
    return _new_codes(person, actor=actor, now=now)


def first_recovery_codes(*, person: User, actor: Actor, now: datetime) -> list[str]:
    """Return recovery codes for who has just added a factor, and none where they have some: what proved that proves this."""
    has_some = Factor.objects.filter(person=person, kind=FactorKind.RECOVERY).exists()
    return [] if has_some else _new_codes(person, actor=actor, now=now)


def _new_codes(person: User, *, actor: Actor, now: datetime) -> list[str]:
    data = {"seed": seeds.sealed(RecoveryCodes.generate_seed(), person=person), "used_mask": 0}
    authenticator = Authenticator.objects.create(user=person, type=Authenticator.Type.RECOVERY_CODES, data=data)
    row = Factor(person=person, kind=FactorKind.RECOVERY, authenticator=authenticator, added_at=now)
    _add(row, NOT_A_PASSKEY, actor=actor, now=now)
    made: list[str] = RecoveryCodes(authenticator).get_unused_codes()
    return made


def remove(*, person: User, code: str, actor: Actor, now: datetime) -> None:
    """Take a factor from its holder; with the last one go the recovery codes. Raises NotFound."""
    proving.check(actor, Guarded.FACTOR, now=now)
    locking.lock_person(person.pk)
    factor = Factor.objects.select_related("authenticator").filter(person=person, code=code).first()
    if factor is None:
        raise NotFound
    take(factor, actor=actor, now=now)
    person.forget_factors()
    if not Factor.objects.filter(person=person).exclude(kind=FactorKind.RECOVERY).exists():
        _take_away(person, FactorKind.RECOVERY, actor=actor, now=now)


def take(factor: Factor, *, actor: Actor, now: datetime) -> None:
    was = named(factor)
    factor.authenticator.delete()
    factor.person.forget_factors()
    record(Act.FACTOR_REMOVED, person=factor.person, actor=actor, now=now, factor=was)


def _take_away(person: User, kind: FactorKind, *, actor: Actor, now: datetime) -> None:
    for factor in Factor.objects.select_related("authenticator", "person").filter(person=person, kind=kind):
        take(factor, actor=actor, now=now)


def _add(row: Factor, passkey: dict[str, Any], *, actor: Actor, now: datetime) -> Factor:
    row.save()
    row.person.forget_factors()
    record(Act.FACTOR_ADDED, person=row.person, actor=actor, now=now, factor={**named(row), **passkey})
    return row
