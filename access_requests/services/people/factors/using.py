"""Second factors taken as a proof. A code is taken once, and a passkey whose count has not grown is not taken."""

import logging
import unicodedata
from datetime import datetime

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db.models import Q
from django.utils.crypto import constant_time_compare

from access_requests.errors import PasskeyCopied
from access_requests.services.people.factors import seeds
from access_requests.services.people.factors.factor_errors import CodeWrong, FactorUnreadable
from access_requests.services.people.factors.recording import named, record
from access_requests.services.people.log_ins import Place
from audits.acts import Act
from portal import passkeys
from portal.users.models import Factor, FactorKind, User
from portal.verbs.actor import Actor, Door, Process
from portal.verbs.run import run

logger = logging.getLogger(__name__)
STEP_SECONDS = 30


def take_code(*, person: User, code: str, place: Place, now: datetime) -> Factor:
    """Take a one-time code or a recovery code, once; return by which factor. Raises CodeWrong, FactorUnreadable."""
    rows = Factor.objects.select_related("authenticator").filter(person=person).exclude(kind=FactorKind.PASSKEY)
    factors = {factor.kind: factor for factor in rows}
    typed = "".join(unicodedata.normalize("NFKC", code).split())
    totp, recovery = factors.get(FactorKind.TOTP), factors.get(FactorKind.RECOVERY)
    if totp is not None and _take_step(totp, typed, person, now):
        return totp
    if recovery is not None and _take_recovery(recovery, typed, person, place, now):
        return recovery
    raise CodeWrong(field="code")


def take_passkey(*, person: User, asserted: passkeys.Asserted, now: datetime) -> Factor:
    """Take a passkey's signature that was verified; return the factor. Raises PasskeyCopied: then `record_copied` tells."""
    factor = Factor.objects.select_for_update().get(person=person, credential_id=asserted.credential_id)
    if not passkeys.has_grown(known=factor.sign_count, said=asserted.sign_count):
        raise PasskeyCopied(factor=factor.code, known=factor.sign_count, said=asserted.sign_count)
    factor.sign_count, factor.last_used_at = asserted.sign_count, now
    factor.save(update_fields=["sign_count", "last_used_at"])
    return factor


def record_copied(refusal: PasskeyCopied, *, person: User, place: Place, now: datetime) -> None:
    """Tell of a passkey that may have a copy. Opens its own transaction: that of the refused act is rolled back."""
    factor = Factor.objects.get(code=refusal.data["factor"])
    counts = {name: refusal.data[name] for name in ("known", "said")}
    run(lambda: _record(Act.FACTOR_CLONED, factor, person, place, now, **counts))


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """Return the step of time whose code this is, within what a clock may be wrong; None where it is of none."""
    current, off = int(now.timestamp()) // STEP_SECONDS, settings.MFA_TOTP_TOLERANCE
    steps = range(current - off, current + off + 1)
    return next((step for step in steps if constant_time_compare(code, format_hotp_value(hotp_value(secret, step)))), None)


def _take_step(factor: Factor, code: str, person: User, now: datetime) -> bool:
    step = step_of(_opened(factor, "secret", person), code, now=now)
    if step is None:
        return False
    # Compare and set: of two at once with the same code one finds it taken. Steps before the last one taken are over, too.
    unused = Q(last_step=None) | Q(last_step__lt=step)
    return bool(Factor.objects.filter(unused, pk=factor.pk).update(last_step=step, last_used_at=now))


def _take_recovery(factor: Factor, code: str, person: User, place: Place, now: datetime) -> bool:
    codes = RecoveryCodes(factor.authenticator)
    _opened(factor, "seed", person)
    if not codes.validate_code(code):
        return False
    Factor.objects.filter(pk=factor.pk).update(last_used_at=now)
    _record(Act.RECOVERY_USED, factor, person, place, now, left=len(codes.get_unused_codes()))
    return True


def _opened(factor: Factor, name: str, person: User) -> str:
    try:
        return seeds.opened(factor.authenticator.data[name], person=person)
    except InvalidToken as error:
        logger.critical("the secret of %s cannot be read: FACTOR_KEY was changed, or somebody changed its row", factor.code)
        raise FactorUnreadable(factor=factor.code) from error


def _record(act: Act, factor: Factor, person: User, place: Place, now: datetime, **said: object) -> None:
    actor = Actor(person=person, door=Door.BROWSER, credential=Process())
    where = {"address": place.address, "user_agent": place.user_agent}
    record(act, person=person, actor=actor, now=now, factor=named(factor), **where, **said)
