"""Asking AWS what it would say."""

import json
from typing import Any

import pytest

from portal.simulated_aws.company import role_arn
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import Aws

MEMBER = "arn:aws:iam::111111111111:user/member01"
READER = role_arn("production", "Prod_ReadOnlyRole")
WORK = role_arn("production", "Prod_MemberRole")


def _asked(aws: Aws, source: str, action: str, resource: str = "*", **rest: Any) -> Any:
    answer = aws.admin_client("iam").simulate_principal_policy(
        PolicySourceArn=source, ActionNames=[action], ResourceArns=[resource], **rest
    )
    (result,) = answer["EvaluationResults"]
    return result


def test_principals_are_simulated_by_their_groups_and_boundary_and_not_by_trust(aws: Aws) -> None:
    allowed = _asked(aws, MEMBER, "sts:AssumeRole", READER)
    assert allowed["EvalDecision"] == "allowed"
    assert [found["SourcePolicyId"] for found in allowed["MatchedStatements"]] == ["group_MemberGroup_SwitchRole"]
    assert allowed["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
    assert _asked(aws, MEMBER, "sts:AssumeRole", WORK)["EvalDecision"] == "implicitDeny"
    denied = _asked(aws, MEMBER, "iam:CreateUser")
    assert (denied["EvalDecision"], denied["MatchedStatements"][0]["SourcePolicyId"]) == ("explicitDeny", "SekishoRails1")


@pytest.mark.parametrize(("moment", "decision"), [("2026-11-23T19:59:59Z", "allowed"), ("2026-11-23T20:00:01Z", "explicitDeny")])
def test_given_condition_keys_decide_and_missing_ones_are_named(aws: Aws, moment: str, decision: str) -> None:
    fence = {
        "Effect": "Deny",
        "Action": "sts:AssumeRole",
        "Resource": READER,
        "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-11-23T20:00:00Z"}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [fence]})
    assert "aws:CurrentTime" in _asked(aws, MEMBER, "sts:AssumeRole", READER, PolicyInputList=[document])["MissingContextValues"]
    entry = {"ContextKeyName": "aws:CurrentTime", "ContextKeyValues": [moment], "ContextKeyType": "date"}
    result = _asked(aws, MEMBER, "sts:AssumeRole", READER, PolicyInputList=[document], ContextEntries=[entry])
    assert result["EvalDecision"] == decision
    assert "aws:CurrentTime" not in result["MissingContextValues"]


def test_groups_and_roles_are_simulated_too(aws: Aws) -> None:
    group = "arn:aws:iam::111111111111:group/sekisho/work/ProdMemberWorkGroup"
    assert _asked(aws, group, "sts:AssumeRole", WORK)["EvalDecision"] == "allowed"
    portal = "arn:aws:iam::111111111111:role/SekishoPortalRole"
    assert _asked(aws, portal, "iam:ListUsers", "arn:aws:iam::111111111111:user/")["EvalDecision"] == "allowed"


def test_every_action_with_every_resource_comes_in_pages(aws: Aws) -> None:
    pages = list(
        aws.admin_client("iam")
        .get_paginator("simulate_principal_policy")
        .paginate(
            PolicySourceArn=MEMBER,
            ActionNames=["sts:AssumeRole", "iam:ListUsers"],
            ResourceArns=[READER, WORK],
            PaginationConfig={"PageSize": 3},
        )
    )
    results = [(result["EvalActionName"], result["EvalResourceName"]) for page in pages for result in page["EvaluationResults"]]
    assert [len(page["EvaluationResults"]) for page in pages] == [3, 1]
    assert len(set(results)) == 4


def test_policies_that_nobody_has_are_simulated(aws: Aws) -> None:
    allow = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
    nothing = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})
    iam = aws.admin_client("iam")
    (result,) = iam.simulate_custom_policy(PolicyInputList=[allow], ActionNames=["s3:GetObject"])["EvaluationResults"]
    assert (result["EvalDecision"], result["MatchedStatements"][0]["SourcePolicyId"]) == ("allowed", "PolicyInputList.1")
    (result,) = iam.simulate_custom_policy(
        PolicyInputList=[allow], PermissionsBoundaryPolicyInputList=[nothing], ActionNames=["s3:GetObject"]
    )["EvaluationResults"]
    assert result["EvalDecision"] == "explicitDeny"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}


def test_what_cannot_be_simulated_is_refused(aws: Aws) -> None:
    with refused("NoSuchEntity", status=404):
        _asked(aws, MEMBER.replace("member01", "nobody"), "iam:ListUsers")
    with refused("InvalidInput", status=400):
        _asked(aws, "arn:aws:s3:::a-bucket/key", "iam:ListUsers")
    with refused("MalformedPolicyDocument", status=400):
        aws.admin_client("iam").simulate_custom_policy(PolicyInputList=["{"], ActionNames=["s3:GetObject"])
    with refused("AccessDenied", status=403):
        aws.person("member01").client("iam").simulate_principal_policy(PolicySourceArn=MEMBER, ActionNames=["s3:GetObject"])
