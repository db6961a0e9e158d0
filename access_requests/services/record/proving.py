"""What rules read of who acts: what they have proven, and whether they must have a second factor."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings

from access_requests import policy
from access_requests.models import ApprovalLevel
from access_requests.policy.facts import Proof
from access_requests.policy.proofs import NEEDS, Guarded, Need
from access_requests.policy.situations import Proving
from portal.users.models import FactorKind
from portal.verbs import authority
from portal.verbs.actor import Actor, Process
from portal.verbs.proving import RECOVERY, Strength


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a program asks for besides (RFC 9470); `seconds` is the age."""

    strength: Strength = Strength.LOG_IN
    seconds: int | None = None


NOTHING_MORE = Wanted()


def proof(actor: Actor, act: Guarded, *, wanted: Wanted | None = None) -> Proof:
    need = needs()[act]
    if act == Guarded.FACTOR and settings.STEP_UP_BY_PASSKEY and _has_passkey(actor):
        need = replace(need, strength=Strength.PASSKEY)
    if wanted is not None:
        need = _stricter(need, wanted)
    return Proof(
        act=act,
        need=need,
        factors_required=settings.SECOND_FACTOR_REQUIRED,
        must_have_factor=settings.SECOND_FACTOR_REQUIRED and _needs_factor(actor, need),
        has_factor=authority.has_factor(actor),
        may_be_asked=actor.may_be_asked,
        proven=authority.proven(actor),
    )


def check(actor: Actor, act: Guarded, *, now: datetime, wanted: Wanted | None = None) -> None:
    """Raise FactorMissing or StepUpNeeded unless who acts has proven themselves for it. Commands and workers prove nothing."""
    if not isinstance(actor.credential, Process):
        policy.check(Proving(now=now, proof=proof(actor, act, wanted=wanted)))


def vouches_for_new_factor(actor: Actor, *, now: datetime) -> bool:
    """Whether what was proven before a factor is set up is worth as much as it: a recovery code and its log-in are not."""
    asked = proof(actor, Guarded.FACTOR)
    if not asked.has_factor and any(one.method == RECOVERY for one in actor.proven):
        return False
    return policy.refusal(Proving(now=now, proof=replace(asked, need=replace(asked.need, enrols=False)))) is None


def check_administrator(actor: Actor, act: Guarded, *, now: datetime) -> None:
    """Raise NotAnAdministrator, and as `check` does."""
    authority.check_administrator(actor)
    check(actor, act, now=now)


def needs() -> Mapping[Guarded, Need]:
    """Return the table as the settings have it; a new factor proves all else, so its proof is as fresh as the strictest act's."""
    table = {act: _as_set(act, need) for act, need in NEEDS.items()}
    strictest = min(need.max_age for need in table.values())
    return {**table, Guarded.FACTOR: replace(table[Guarded.FACTOR], max_age=strictest)}


def decides_or_administers(actor: Actor) -> bool:
    return actor.who.is_administrator or ApprovalLevel.objects.filter(approvers=actor.who).exists()


def _as_set(act: Guarded, need: Need) -> Need:
    minutes = settings.STEP_UP_MINUTES.get(act)
    strength = Strength.PASSKEY if act in settings.STEP_UP_BY_PASSKEY else need.strength
    return replace(need, strength=strength, max_age=need.max_age if minutes is None else timedelta(minutes=minutes))


def _has_passkey(actor: Actor) -> bool:
    return any(factor.kind == FactorKind.PASSKEY for factor in actor.who.second_factors.values())


def _stricter(need: Need, wanted: Wanted) -> Need:
    max_age = need.max_age if wanted.seconds is None else min(need.max_age, timedelta(seconds=wanted.seconds))
    return replace(need, strength=max(need.strength, wanted.strength), max_age=max_age)


def _needs_factor(actor: Actor, need: Need) -> bool:
    return not need.enrols and (not need.of_everybody or decides_or_administers(actor))
