"""Our evaluator and another's, asked about the same random policies and requests."""

import os
from typing import Any

import pytest

from portal.iam.evaluation import Decision, evaluate, evaluate_assume_role
from portal.iam.principals import Call, Policy, Principal
from tests.iam_simulate.cases import JUMP, USERS, Case, case
from tests.iam_simulate.differences import DIFFERENCES, Difference, left_open, restated
from tests.iam_simulate.peer import IamSimulate

CASES = int(os.environ.get("IAM_SIMULATE_CASES", "400"))
BATCH = 50


def ours(asked: Case) -> tuple[Decision, tuple[str, ...]]:
    role, context = asked.role, asked.call.context
    answer = evaluate_assume_role(asked.principal, role, context) if role else evaluate(asked.principal, asked.call)
    return answer.decision, answer.unknown


def theirs(peer: IamSimulate, asked: Case) -> Decision:
    if asked.role:
        return peer.assume_role(asked.principal, asked.role, asked.call.context)
    return peer.evaluate(asked.principal, asked.call)


def explained(peer: IamSimulate, asked: Case) -> bool:
    decision, unknown = ours(asked)
    answers = {theirs(peer, asked), theirs(peer, restated(asked))}
    if decision is Decision.UNKNOWN or (decision is Decision.IMPLICIT_DENY and unknown and answers == {Decision.EXPLICIT_DENY}):
        return all(left_open(words) for words in unknown)
    return decision in answers


@pytest.mark.parametrize("first", range(0, CASES, BATCH))
def test_both_say_the_same_of_random_policies(peer: IamSimulate, first: int) -> None:
    seeds = range(first, min(first + BATCH, CASES))
    assert [seed for seed in seeds if not explained(peer, case(seed))] == []


def test_restating_a_policy_changes_nothing_for_us() -> None:
    """Else a difference would be explained away by a policy of another meaning."""
    assert [seed for seed in range(CASES) if ours(case(seed))[0] is not ours(restated(case(seed)))[0]] == []


NEW, OLD = "2012-10-17", "2008-10-17"
EXAMPLES: dict[str, tuple[str, dict[str, Any], dict[str, str]]] = {
    "variables in an old version": (
        OLD, {"Resource": "*", "Condition": {"StringEquals": {"aws:username": "${aws:username}"}}}, {"aws:username": "member01"},
    ),
    "special characters without wildcards": (
        NEW, {"Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "a${*}"}}}, {"s3:prefix": "a*"},
    ),
    "negated operators and a variable without a value": (
        NEW, {"Resource": "*", "Condition": {"StringNotEquals": {"s3:prefix": "${aws:username}"}}}, {"s3:prefix": "a"},
    ),
    "seconds since 1970": (
        NEW,
        {"Resource": "*", "Condition": {"DateEquals": {"aws:CurrentTime": "1795464000"}}},
        {"aws:CurrentTime": "2026-11-23T20:00:00Z"},
    ),
    "all of IPv4": (
        NEW, {"Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, {"aws:SourceIp": "203.0.113.10"},
    ),
    "one address of the other family": (
        NEW, {"Resource": "*", "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.10"}}}, {"aws:SourceIp": "2001:db8::1"},
    ),
    "incomplete ARNs in NotResource": (NEW, {"NotResource": "arn:aws:sqs"}, {}),
}  # fmt: skip


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.name)
def test_each_difference_is_still_one(peer: IamSimulate, difference: Difference) -> None:
    """What the package no longer does otherwise is taken off the list."""
    version, statement, context = EXAMPLES[difference.name]
    document = {"Version": version, "Statement": [{"Effect": "Allow", "Action": "s3:*", **statement}]}
    principal = Principal(arn=USERS[0], account_id=JUMP, policies=(Policy(name="one", document=document),))
    call = Call(action="s3:GetObject", resource="arn:aws:s3:::logs/x", context=context)
    asked = Case(seed=0, principal=principal, call=call, role=None)
    assert theirs(peer, asked) is not ours(asked)[0]
    assert theirs(peer, restated(asked, (difference,))) is ours(asked)[0]
