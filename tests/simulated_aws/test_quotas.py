"""How much AWS lets one have, and what a policy must look like."""

import json
from typing import Any

import pytest

from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import Aws

SMALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}


def _sized(size: int) -> str:
    """Return a policy of just that many characters that are not white space."""
    document: dict[str, Any] = {**SMALL, "Id": ""}
    bare = len("".join(json.dumps(document).split()))
    return json.dumps({**document, "Id": "x" * (size - bare)}, indent=4)


def test_user_is_in_ten_groups_at_the_most(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    for number in range(9):
        iam.create_group(GroupName=f"g{number}")
        iam.add_user_to_group(GroupName=f"g{number}", UserName="member01")
    with refused("LimitExceeded", status=409, match="GroupsPerUser: 10"):
        iam.add_user_to_group(GroupName="ProdMemberWorkGroup", UserName="member01")
    iam.add_user_to_group(GroupName="g0", UserName="member01")
    assert len(iam.list_groups_for_user(UserName="member01")["Groups"]) == 10
    assert iam.get_group(GroupName="ProdMemberWorkGroup")["Users"] == []


def test_inline_policies_of_a_user_are_2048_characters_in_all_without_white_space(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.put_user_policy(UserName="member01", PolicyName="a", PolicyDocument=_sized(1_024))
    iam.put_user_policy(UserName="member01", PolicyName="b", PolicyDocument=_sized(1_024))
    with refused("LimitExceeded", status=409, match="Maximum policy size of 2048 bytes exceeded for user member01"):
        iam.put_user_policy(UserName="member01", PolicyName="b", PolicyDocument=_sized(1_025))
    assert iam.list_user_policies(UserName="member01")["PolicyNames"] == ["a", "b"]


def test_inline_policies_of_groups_and_roles_have_their_own_limits(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.create_group(GroupName="g")
    iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=_sized(5_120))
    with refused("LimitExceeded", status=409, match="5120"):
        iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=_sized(5_121))
    iam.put_role_policy(RoleName="SekishoPortalRole", PolicyName="p", PolicyDocument=_sized(10_240))
    with refused("LimitExceeded", status=409, match="10240"):
        iam.put_role_policy(RoleName="SekishoPortalRole", PolicyName="p", PolicyDocument=_sized(10_241))


def test_managed_policy_of_more_than_6144_characters_is_refused(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=_sized(6_144))["Policy"]["Arn"]
    with refused("LimitExceeded", status=409, match="PolicySize: 6144"):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=_sized(6_145))
    with refused("LimitExceeded", status=409, match="PolicySize: 6144"):
        iam.create_policy(PolicyName="q", PolicyDocument=_sized(6_145))


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        "{}",
        json.dumps({**SMALL, "Version": "2026-11-23"}),
        json.dumps({"Version": "2012-10-17"}),
        json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps", "Action": "s3:*", "Resource": "*"}]}),
        json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*"}]}),
        json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*"}]}),
        json.dumps({"Version": "2012-10-17", "Statement": [{**SMALL["Statement"][0], "When": "now"}]}),  # type: ignore[dict-item]
    ],
)
def test_malformed_policy_is_refused_wherever_it_is_put(aws: Aws, document: str) -> None:
    iam = aws.admin_client("iam")
    with refused("MalformedPolicyDocument", status=400):
        iam.put_user_policy(UserName="member01", PolicyName="p", PolicyDocument=document)
    with refused("MalformedPolicyDocument", status=400):
        iam.put_group_policy(GroupName="MemberGroup", PolicyName="p", PolicyDocument=document)
    with refused("MalformedPolicyDocument", status=400):
        iam.put_role_policy(RoleName="SekishoPortalRole", PolicyName="p", PolicyDocument=document)
    with refused("MalformedPolicyDocument", status=400):
        iam.create_policy(PolicyName="p", PolicyDocument=document)


def test_malformed_trust_policy_is_refused(aws: Aws) -> None:
    with refused("MalformedPolicyDocument", status=400):
        aws.admin_client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(SMALL))
