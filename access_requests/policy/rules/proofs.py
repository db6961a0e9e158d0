"""By what somebody must have proven who they are, and how lately, to do something."""

from datetime import timedelta

from access_requests.policy import facts
from portal.verbs import rejections
from portal.verbs.proving import ACR, Strength
from portal.verbs.rejections import Rejection

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def who_decides_has_a_factor(known: facts.HasProof) -> Rejection | None:
    proof = known.proof
    return rejections.FactorMissing() if proof.must_have_factor and not proof.has_factor else None


def proof_is_fresh_and_strong(known: facts.HasProof) -> Rejection | None:
    """Only where the person is there to prove it: for chats and services the policy's doors are the rule."""
    proof = known.proof
    if not proof.may_be_asked:
        return None
    strength, max_age = _strength(proof), proof.need.max_age
    fresh = [one for one in proof.proven if one.is_fresh(now=known.now, max_age=max_age)]
    if any(one.strength >= strength or (proof.need.enrols and one.by_recovery_code) for one in fresh):
        return None
    return rejections.StepUpNeeded(act=proof.act, acr_values=ACR[strength], max_age=max_age // SECOND, minutes=max_age // MINUTE)


def _strength(proof: facts.Proof) -> Strength:
    if proof.has_factor:
        return max(proof.need.strength, Strength.SECOND_FACTOR)
    return proof.need.strength if proof.factors_required else Strength.LOG_IN
