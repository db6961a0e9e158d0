"""Our evaluator and another's, where the thing that is called, the session and the organisation have a say."""

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from portal.iam.evaluation import Decision, evaluate
from portal.iam.principals import Call, Called, Levels, Policy, Principal, Role
from tests.iam_simulate.cases import JUMP, LEAD, ROLE_ID
from tests.iam_simulate.differences import left_open, restated_policy
from tests.iam_simulate.peer import IamSimulate
from tests.iam_simulate.wide_cases import FULL, OBJECT, WideCase, wide_case

CASES = int(os.environ.get("IAM_SIMULATE_CASES", "400"))
BATCH = 100


def explained(peer: IamSimulate, asked: WideCase) -> bool:
    answer = evaluate(asked.principal, asked.call, asked.called)
    answers = {peer.evaluate(each.principal, each.call, each.called) for each in (asked, restated(asked))}
    is_open = answer.decision is Decision.UNKNOWN or (answer.decision is Decision.IMPLICIT_DENY and answer.unknown != ())
    return answer.decision in answers or (is_open and all(left_open(words) for words in answer.unknown))


def restated(asked: WideCase) -> WideCase:
    """Return the case with each difference restated in words that both understand."""
    principal, called, context = asked.principal, asked.called, asked.call.context

    def again(policies: Iterable[Policy]) -> tuple[Policy, ...]:
        return tuple(restated_policy(policy, context) for policy in policies)

    def levels(found: Levels) -> Levels:
        return tuple(replace(level, policies=again(level.policies)) for level in found)

    session = principal.session_policies
    principal = replace(
        principal,
        policies=again(principal.policies),
        boundary=principal.boundary and restated_policy(principal.boundary, context),
        session_policies=None if session is None else again((*session, *named_session(principal, called))),
        scps=levels(principal.scps),
    )
    return replace(
        asked,
        principal=principal,
        called=replace(called, policy=restated_policy(called.policy, context), rcps=levels(called.rcps)),
    )


def named_session(principal: Principal, called: Called) -> list[Policy]:
    """Return as a session policy what the thing gives to the session by its own ARN.

    AWS adds it behind the session policies, in the thing's own account; the package leaves it to them.
    """
    if principal.account_id != called.account_id:
        return []
    bodies = [body for body in called.policy.document["Statement"] if principal.arn in _aws(body) and body["Effect"] == "Allow"]
    plain = [{name: value for name, value in body.items() if name != "Principal"} for body in bodies]
    return [Policy(name="named", document={"Version": "2012-10-17", "Statement": plain})] if plain else []


def _aws(body: dict[str, Any]) -> list[str]:
    named = body.get("Principal", {})
    listed = named.get("AWS", []) if isinstance(named, dict) else []
    return listed if isinstance(listed, list) else [listed]


@pytest.mark.parametrize("first", range(0, CASES, BATCH))
def test_both_say_the_same_of_all_sides(peer: IamSimulate, first: int) -> None:
    assert [seed for seed in range(first, min(first + BATCH, CASES)) if not explained(peer, wide_case(seed))] == []


def test_restating_a_case_changes_nothing_for_us() -> None:
    def ours(asked: WideCase) -> Decision:
        return evaluate(asked.principal, asked.call, asked.called).decision

    assert [seed for seed in range(CASES) if ours(wide_case(seed)) is not ours(restated(wide_case(seed)))] == []


def test_session_that_is_named_by_its_arn_is_still_a_difference(peer: IamSimulate) -> None:
    trust = Policy(name="trust", document={})
    session = Role(arn=LEAD, role_id=ROLE_ID, trust=trust, policies=(FULL,)).session("member01", policies=(_only("sqs:*"),))
    body = {"Effect": "Allow", "Principal": {"AWS": session.arn}, "Action": "s3:GetObject", "Resource": "*"}
    called = Called(account_id=JUMP, policy=Policy(name="bucket", document={"Version": "2012-10-17", "Statement": [body]}))
    asked = WideCase(
        seed=0, principal=session, call=Call(action="s3:GetObject", resource=OBJECT, context={}), called=called
    )  # fmt: skip
    again = restated(asked)
    assert evaluate(session, asked.call, called).allowed
    assert peer.evaluate(session, asked.call, called) is Decision.IMPLICIT_DENY
    assert peer.evaluate(again.principal, again.call, again.called) is Decision.ALLOWED


def _only(action: str) -> Policy:
    return Policy(
        name=action,
        document={"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]},
    )
