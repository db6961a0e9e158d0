"""How fresh and how strong a proof must be: by act, by what the person has, and by the door."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from access_requests import policy
from access_requests.policy.facts import Proof
from access_requests.policy.proofs import NEEDS, Guarded, Need
from access_requests.policy.situations import Proving
from portal.verbs.proving import ACR, LEEWAY, PROVIDER_FACTOR, Proven, Strength
from portal.verbs.rejections import Rejection

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PASSWORD = Proven(method="password", at=NOW)
CODE = Proven(method="totp", factor="F-1", at=NOW)
PASSKEY = Proven(method="passkey", factor="F-2", at=NOW)
RECOVERY = Proven(method="recovery", factor="F-3", at=NOW)
PROVIDER = Proven(method="oidc", at=NOW)
LEAD = Proof(
    act=Guarded.DECISION,
    need=NEEDS[Guarded.DECISION],
    factors_required=True,
    must_have_factor=True,
    has_factor=True,
    may_be_asked=True,
    proven=(),
)
ENGINEER = replace(LEAD, act=Guarded.EXTENSION, need=NEEDS[Guarded.EXTENSION], must_have_factor=False, has_factor=False)


def refused(proof: Proof, *proven: Proven) -> Rejection | None:
    return policy.refusal(Proving(now=NOW, proof=replace(proof, proven=proven)))


def code(proof: Proof, *proven: Proven) -> str:
    found = refused(proof, *proven)
    return found.code if found else ""


@pytest.mark.parametrize(
    ("proven", "expected"),
    [
        ((CODE,), ""),
        ((PASSKEY,), ""),
        ((PASSWORD,), "step_up_needed"),
        # It lets somebody in, and proves no decision.
        ((PASSWORD, RECOVERY), "step_up_needed"),
        ((PROVIDER,), "step_up_needed"),
        ((replace(PROVIDER, by_provider=True),), ""),
        # Of a factor that the person has no more.
        ((replace(CODE, factor=""),), "step_up_needed"),
        # What is fresh does not make strong what is old.
        ((PASSWORD, replace(CODE, at=NOW - timedelta(minutes=6))), "step_up_needed"),
        ((replace(PASSWORD, at=NOW - timedelta(hours=11)), CODE), ""),
    ],
)
def test_decision_needs_a_second_factor_that_was_just_proven(proven: tuple[Proven, ...], expected: str) -> None:
    assert code(LEAD, *proven) == expected


@pytest.mark.parametrize("act", Guarded)
def test_proof_is_good_until_its_last_second_and_no_longer(act: Guarded) -> None:
    proof, last = replace(LEAD, act=act, need=NEEDS[act]), NOW - NEEDS[act].max_age
    assert code(proof, replace(PASSKEY, at=last)) == ""
    assert code(proof, replace(PASSKEY, at=last - SECOND)) == "step_up_needed"


def test_proof_from_a_clock_that_is_ahead_is_good_for_a_minute_and_no_proof_from_the_future() -> None:
    assert code(LEAD, replace(CODE, at=NOW + LEEWAY)) == ""
    assert code(LEAD, replace(CODE, at=NOW + LEEWAY + SECOND)) == "step_up_needed"


def test_engineer_without_a_second_factor_asks_for_more_time_by_their_log_in() -> None:
    assert code(ENGINEER, PASSWORD) == ""
    assert code(ENGINEER) == "step_up_needed"
    assert code(replace(ENGINEER, has_factor=True), PASSWORD) == "step_up_needed", "whoever has one proves themselves by it"
    assert code(replace(ENGINEER, has_factor=True), CODE) == ""


def test_passkey_is_asked_for_where_the_company_wants_one() -> None:
    strict = replace(LEAD, need=Need(strength=Strength.PASSKEY, max_age=timedelta(minutes=5)))
    assert code(strict, CODE) == "step_up_needed"
    assert code(strict, PASSKEY) == ""


def test_where_second_factors_are_not_required_a_fresh_log_in_is_enough_for_whoever_has_none() -> None:
    lax = replace(LEAD, factors_required=False, must_have_factor=False, has_factor=False)
    assert code(lax, PASSWORD) == ""
    assert code(lax, replace(PASSWORD, at=NOW - timedelta(minutes=6))) == "step_up_needed"
    assert code(replace(lax, has_factor=True), PASSWORD) == "step_up_needed"


def test_chats_and_services_are_not_asked_and_still_need_a_person_with_a_factor() -> None:
    carried = replace(LEAD, may_be_asked=False)
    assert code(carried) == ""
    assert code(replace(carried, has_factor=False)) == "factor_missing"


def test_refusal_says_what_is_wanted_as_rfc_9470_has_it() -> None:
    found = refused(LEAD, PASSWORD)
    assert found is not None
    assert found.data == {"act": "decision", "acr_values": "urn:sekisho:second-factor", "max_age": 300, "minutes": 5}
    wanted = 'acr_values="urn:sekisho:second-factor", max_age="300"'
    assert found.headers == {"WWW-Authenticate": f'Bearer error="insufficient_user_authentication", {wanted}'}
    assert set(ACR) == set(Strength)


def test_what_is_kept_of_a_proof_is_read_again() -> None:
    at = NOW.isoformat()
    assert Proven.kept({"method": "totp", "at": at, "factor": "F-1"}) == (CODE,)
    assert Proven.kept({"method": "oidc", "at": at, "provider": "company", "kinds": ["oidc", PROVIDER_FACTOR]}) == (
        replace(PROVIDER, by_provider=True),
    )
    assert Proven.kept({"method": "password", "at": at, "kinds": [PROVIDER_FACTOR]}) == (PASSWORD,)
    assert Proven.kept({}) == ()
