"""All of an account's users, groups, roles and policies, as botocore decodes them."""

from typing import TYPE_CHECKING, Any

import pytest

from portal.iam.session_gate import SESSION_GATE_NAME, session_gate
from portal.simulated_aws.company import ADMIN_ROLE, PEOPLE, role_arn
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import Aws, Switched

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_iam.literals import EntityTypeType

LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


def _in_production(aws: Aws) -> "IAMClient":
    answer = aws.admin_client("sts").assume_role(RoleArn=role_arn("production", ADMIN_ROLE), RoleSessionName="admin")
    client: IAMClient = Switched(aws, answer["Credentials"]).client("iam")
    return client


def test_users_come_with_ids_groups_tags_boundary_and_documents(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.tag_user(UserName="member01", Tags=[{"Key": "floor", "Value": "3"}])
    document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Sid": "a+b"}]}'
    iam.put_user_policy(UserName="member01", PolicyName="p", PolicyDocument=document.replace("a+b", "ab"))
    details: Any = iam.get_account_authorization_details()
    users = {user["UserName"]: user for user in details["UserDetailList"]}
    member = users["member01"]
    assert set(PEOPLE) < set(users)
    assert member["UserId"] == iam.get_user(UserName="member01")["User"]["UserId"]
    assert member["GroupList"] == ["MemberGroup"]
    assert member["Tags"] == [{"Key": "floor", "Value": "3"}]
    assert member["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("/SekishoPersonBoundary")
    assert member["UserPolicyList"][0]["PolicyDocument"]["Statement"][0]["Action"] == "s3:*"


def test_groups_come_with_path_and_documents(aws: Aws) -> None:
    details: Any = aws.admin_client("iam").get_account_authorization_details(Filter=["Group"])
    groups = {group["GroupName"]: group for group in details["GroupDetailList"]}
    assert groups["ProdMemberWorkGroup"]["Path"] == "/sekisho/work/"
    (policy,) = groups["ProdMemberWorkGroup"]["GroupPolicyList"]
    assert policy["PolicyDocument"]["Statement"][0]["Resource"] == role_arn("production", "Prod_MemberRole")
    assert {attached["PolicyName"] for attached in groups["MemberGroup"]["AttachedManagedPolicies"]} >= {
        "SekishoRails1",
        "SekishoRails2",
    }


def test_roles_come_with_trust_boundary_and_the_gate(aws: Aws) -> None:
    details: Any = _in_production(aws).get_account_authorization_details(Filter=["Role"])
    (role,) = (found for found in details["RoleDetailList"] if found["RoleName"] == "Prod_MemberRole")
    inline = {policy["PolicyName"]: policy["PolicyDocument"] for policy in role["RolePolicyList"]}
    assert inline[SESSION_GATE_NAME] == session_gate()
    assert role["RoleId"].startswith("AROA")
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith("/SekishoWorkRoleBoundary")
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}


def test_of_awss_own_policies_only_those_that_somebody_has_are_told(aws: Aws) -> None:
    details: Any = _in_production(aws).get_account_authorization_details(Filter=["AWSManagedPolicy"])
    policies = {policy["PolicyName"]: policy for policy in details["Policies"]}
    assert set(policies) == {"AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess"}
    assert policies["ReadOnlyAccess"]["AttachmentCount"] == 5
    (version,) = policies["ReadOnlyAccess"]["PolicyVersionList"]
    assert version["IsDefaultVersion"]
    assert version["Document"]["Statement"]


@pytest.mark.parametrize(
    ("wanted", "filled"),
    [("User", "UserDetailList"), ("Group", "GroupDetailList"), ("Role", "RoleDetailList"), ("LocalManagedPolicy", "Policies")],
)
def test_filter_is_obeyed(aws: Aws, wanted: "EntityTypeType", filled: str) -> None:
    details: Any = aws.admin_client("iam").get_account_authorization_details(Filter=[wanted])
    assert [name for name in LISTS if details[name]] == [filled]


def test_pages_together_hold_everything_once(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    whole: Any = iam.get_account_authorization_details()
    pages: Any = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 3}))
    assert {sum(len(page[name]) for name in LISTS) for page in pages[:-1]} == {3}
    for name in LISTS:
        assert [found["Arn"] for page in pages for found in page[name]] == [found["Arn"] for found in whole[name]]
    with refused("ValidationError", status=400, match="Invalid Marker"):
        iam.get_account_authorization_details(Marker="!")
