"""What the audit asks of policies, put to both evaluators: calls of the questions about roles, and calls of the guard rails."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from portal.iam import contexts
from portal.iam.evaluation import ASSUME_ROLE, Decision, evaluate
from portal.iam.principals import Call, Policy, Principal, Role
from portal.iam.questions import QUESTIONS
from portal.iam.rails.rail import Place, rails
from tests.iam_simulate.differences import left_open, restated_policy
from tests.iam_simulate.peer import IamSimulate
from tests.worlds.managed_policies import managed_policies

ACCOUNT, REGION = "444444444444", "ap-northeast-1"
ARN = f"arn:aws:iam::{ACCOUNT}:role/Prod_MemberRole"
AT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
# One of so many policies is asked about each time, and all of them where time is no matter.
STRIDE = 60
# Session of a role, with MFA, from nowhere in particular.
KEYS = contexts.of_session(
    role_arn=ARN, role_id="AROAPRODMEMBER000001", session_name="member01", issued_at=AT, at=AT, mfa=True
)  # fmt: skip
CONTEXT = {**KEYS, "aws:RequestedRegion": REGION, "aws:ResourceAccount": ACCOUNT}


def calls() -> list[Call]:
    return [Call(action=action, resource=resource, context=CONTEXT) for action, resource in dict.fromkeys(_asked())]


def _asked() -> Iterator[tuple[str, str]]:
    for asked in (one for several in QUESTIONS.values() for one in several):
        thing = asked.thing.format(partition="aws", account=ACCOUNT)
        yield asked.action, thing if thing == "*" else ":".join(_filled(thing))
    place = Place(account=ACCOUNT)
    for expected in (one for rail in rails() for one in (*rail.denies, *rail.spares)):
        yield expected.action, place.filled(expected.resource)


def _filled(thing: str) -> Iterator[str]:
    parts = thing.split(":", 5)
    region = REGION if parts[3] == "*" else parts[3]
    yield from (*parts[:3], region, parts[4].replace("*", ACCOUNT), parts[5].replace("*", "x"))


def session(policy: Policy) -> Principal:
    trust = Policy(name="trust", document={})
    return Role(arn=ARN, role_id="AROAPRODMEMBER000001", trust=trust, policies=(policy,)).session("member01")


def unexplained(peer: IamSimulate, policy: Policy, asked: list[Call]) -> list[str]:
    ours = [evaluate(session(policy), call) for call in asked]
    told = [peer.evaluate_all(session(one), asked) for one in (policy, restated_policy(policy, CONTEXT))]
    return [
        f"{policy.name}: {call.action} on {call.resource}: {answer}, and not {theirs}"
        for call, answer, *theirs in zip(asked, ours, *told, strict=True)
        if answer.decision not in theirs and not (answer.decision is Decision.UNKNOWN and all(map(left_open, answer.unknown)))
    ]


@pytest.mark.parametrize("first", [0, *(pytest.param(first, marks=pytest.mark.exhaustive) for first in range(1, STRIDE))])
def test_each_answer_about_aws_own_policies_is_shared_or_unknown(peer: IamSimulate, first: int) -> None:
    asked = calls()
    assert [words for policy in managed_policies()[first::STRIDE] for words in unexplained(peer, policy, asked)] == []


def test_questions_are_asked_about_a_hundred_calls_and_more() -> None:
    assert len(calls()) > 100
    assert ASSUME_ROLE in {call.action for call in calls()}
