"""The published ways to more rights: what each boundary makes of them, as two evaluators say."""

import pytest

from portal.iam import boundaries
from portal.iam.evaluation import Call, Decision, evaluate
from portal.iam.principals import Principal
from tests.iam_simulate.peer import IamSimulate
from tests.structure import escalations_page
from tests.worlds.escalations import ACCOUNT, BOUNDED, LISTED, WAYS, outcome

# They tell the holder of a role what to do that somebody has passed before.
ALREADY_PASSED = {
    *("apprunner-002", "bedrock-002", "cloudformation-002", "cloudformation-005", "codebuild-002", "codebuild-003"),
    *("ec2-002", "ec2-004", "ec2instanceconnect-003", "glue-002", "lambda-003", "lambda-004", "lambda-005"),
    *("sagemaker-004", "sagemaker-005", "ssm-001", "ssm-002"),
}


@pytest.mark.parametrize("name", boundaries.BY_NAME)
def test_no_way_is_open_but_those_that_use_a_role_already_passed(peer: IamSimulate, name: str) -> None:
    def agreed(principal: Principal, call: Call) -> bool:
        ours, theirs = evaluate(principal, call).decision, peer.evaluate(principal, call)
        assert (ours is Decision.ALLOWED) == (theirs is Decision.ALLOWED), f"{call}: {ours} here, {theirs} there"
        return ours is Decision.ALLOWED

    outcomes = {way: outcome(way, boundaries.BY_NAME[name](ACCOUNT), agreed) for way in WAYS}
    assert len(outcomes) == 65
    assert {way for way, each in outcomes.items() if each == LISTED} == ALREADY_PASSED
    makes_roles = {way for way, each in outcomes.items() if each == BOUNDED and "iam:PassRole" not in WAYS[way]}
    if name in (boundaries.WORK, boundaries.APP):
        assert makes_roles == set()


def test_page_of_the_documentation_says_so() -> None:
    """Written by `python -m tests.structure.escalations_page`."""
    assert escalations_page.PAGE.read_text() == escalations_page.markdown()
