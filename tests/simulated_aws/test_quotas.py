"""How much AWS lets one have, and what a policy must look like."""

import json
from typing import Any

import pytest

from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import Aws

TRUST: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
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


def test_ten_managed_policies_are_the_most_of_a_role_a_group_and_a_user(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.create_group(GroupName="g")
    iam.create_user(UserName="u")
    arns = [iam.create_policy(PolicyName=f"p{number}", PolicyDocument=json.dumps(SMALL))["Policy"]["Arn"] for number in range(11)]
    for arn in arns[:10]:
        iam.attach_role_policy(RoleName="r", PolicyArn=arn)
        iam.attach_group_policy(GroupName="g", PolicyArn=arn)
        iam.attach_user_policy(UserName="u", PolicyArn=arn)
    with refused("LimitExceeded", status=409, match="PoliciesPerRole: 10"):
        iam.attach_role_policy(RoleName="r", PolicyArn=arns[10])
    with refused("LimitExceeded", status=409, match="PoliciesPerGroup: 10"):
        iam.attach_group_policy(GroupName="g", PolicyArn=arns[10])
    with refused("LimitExceeded", status=409, match="PoliciesPerUser: 10"):
        iam.attach_user_policy(UserName="u", PolicyArn=arns[10])
    iam.attach_role_policy(RoleName="r", PolicyArn=arns[0])


def test_trust_policy_of_more_than_2048_characters_is_refused(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=_trust(2_048))
    with refused("LimitExceeded", status=409, match="ACLSizePerRole: 2048"):
        iam.update_assume_role_policy(RoleName="r", PolicyDocument=_trust(2_049))
    with refused("LimitExceeded", status=409, match="ACLSizePerRole: 2048"):
        iam.create_role(RoleName="s", AssumeRolePolicyDocument=_trust(2_049))


def test_sixth_version_of_a_policy_is_refused(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(SMALL))["Policy"]["Arn"]
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(SMALL))
    with refused("LimitExceeded", status=409, match="up to 5 versions"):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(SMALL))


def test_policy_that_somebody_has_or_that_has_versions_is_not_deleted(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=json.dumps(SMALL))["Policy"]["Arn"]
    iam.attach_group_policy(GroupName="MemberGroup", PolicyArn=arn)
    with refused("DeleteConflict", status=409, match="attached to entities"):
        iam.delete_policy(PolicyArn=arn)
    iam.detach_group_policy(GroupName="MemberGroup", PolicyArn=arn)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(SMALL))
    with refused("DeleteConflict", status=409, match="more than one version"):
        iam.delete_policy(PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    iam.delete_policy(PolicyArn=arn)


def _trust(size: int) -> str:
    statement = {**TRUST["Statement"][0], "Sid": ""}
    room = size - len(json.dumps({**TRUST, "Statement": [statement]}, separators=(",", ":")))
    return json.dumps({**TRUST, "Statement": [{**statement, "Sid": "x" * room}]})
