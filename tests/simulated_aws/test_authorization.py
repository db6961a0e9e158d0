"""Who may call what: identity policies, groups, boundaries and conditions, in AWS's words."""

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import PORTAL_KEY, Aws

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

MEMBER = "arn:aws:iam::111111111111:user/member01"


def _document(effect: str, action: str, resource: str = "*", **condition: Any) -> str:
    statement = {"Effect": effect, "Action": action, "Resource": resource, **({"Condition": condition} if condition else {})}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _put(aws: Aws, name: str, document: str) -> None:
    aws.admin_client("iam").put_user_policy(UserName=name, PolicyName="Test", PolicyDocument=document)


@pytest.fixture
def portal(aws: Aws) -> "IAMClient":
    client: IAMClient = aws.client("iam", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret)
    return client


def test_everybody_looks_at_themselves_and_at_nobody_else(aws: Aws) -> None:
    iam = aws.person("member01").client("iam")
    assert iam.get_user()["User"]["UserName"] == "member01"
    assert iam.list_groups_for_user(UserName="member01")["Groups"]
    with refused("AccessDenied", status=403, match=f"User: {MEMBER} is not authorized to perform: iam:GetUser on resource: "):
        iam.get_user(UserName="member02")


def test_denial_names_the_kind_of_policy_that_decided(aws: Aws) -> None:
    iam = aws.person("member01").client("iam")
    with refused("AccessDenied", status=403, match="because no identity-based policy allows the iam:ListRoles action"):
        iam.list_roles()
    with refused("AccessDenied", status=403, match="with an explicit deny in an identity-based policy"):
        iam.delete_user(UserName="member02")
    _put(aws, "member01", _document("Allow", "iam:ListRoles"))
    with refused("AccessDenied", status=403, match="because no permissions boundary allows the iam:ListRoles action"):
        iam.list_roles()
    aws.admin_client("iam").delete_user_permissions_boundary(UserName="member01")
    assert iam.list_roles()["Roles"]


def test_what_cannot_be_evaluated_is_denied_and_says_so(aws: Aws) -> None:
    _put(aws, "admin01", _document("Deny", "iam:GetUser", ArnLike={"aws:PrincipalArn": "admin01"}))
    with refused("AccessDenied", status=403, match="the simulated AWS cannot evaluate it: .*no whole ARN"):
        aws.person("admin01").client("iam").get_user()


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"StringEquals": {"aws:username": "admin01"}}, True),
        ({"StringEquals": {"aws:username": "admin02"}}, False),
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, False),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, False),
        ({"StringEquals": {"aws:RequestTag/team": "blue"}}, True),
        ({"StringEquals": {"aws:RequestTag/team": "red"}}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["other"]}}, False),
        ({"StringEquals": {"iam:ResourceTag/floor": "3"}}, True),
        ({"Null": {"aws:ResourceTag/floor": "true"}}, False),
    ],
)
def test_conditions_see_what_aws_fills_in(aws: Aws, condition: dict[str, Any], allowed: bool) -> None:  # noqa: FBT001
    admin, target = aws.admin_client("iam"), "auditor01"
    admin.tag_user(UserName=target, Tags=[{"Key": "floor", "Value": "3"}])
    admin.create_group(GroupName="Taggers")
    admin.put_group_policy(GroupName="Taggers", PolicyName="p", PolicyDocument=_document("Allow", "iam:TagUser", **condition))
    admin.remove_user_from_group(GroupName="JumpAdminGroup", UserName="admin01")
    admin.add_user_to_group(GroupName="Taggers", UserName="admin01")
    iam = aws.person("admin01").client("iam")
    if allowed:
        iam.tag_user(UserName=target, Tags=[{"Key": "team", "Value": "blue"}])
    else:
        with refused("AccessDenied", status=403, match="iam:TagUser"):
            iam.tag_user(UserName=target, Tags=[{"Key": "team", "Value": "blue"}])


def test_portal_fences_people_with_the_boundary_only(aws: Aws, portal: "IAMClient") -> None:
    fence = _document("Deny", "sts:AssumeRole")
    portal.put_user_policy(UserName="member01", PolicyName="fence", PolicyDocument=fence)
    with refused("AccessDenied", status=403, match="iam:PutUserPolicy on resource: arn:aws:iam::111111111111:user/admin01"):
        portal.put_user_policy(UserName="admin01", PolicyName="fence", PolicyDocument=fence)


def test_portal_writes_ttl_tags_only(portal: "IAMClient") -> None:
    portal.tag_user(UserName="member01", Tags=[{"Key": "sekisho:ttl:ProdMemberWorkGroup", "Value": "x"}])
    with refused("AccessDenied", status=403):
        portal.tag_user(UserName="member01", Tags=[{"Key": "CostCenter", "Value": "42"}])
    with refused("AccessDenied", status=403):
        portal.untag_user(UserName="member01", TagKeys=["sekisho:ttl:ProdMemberWorkGroup", "CostCenter"])


def test_portal_fills_work_groups_and_no_others(portal: "IAMClient") -> None:
    portal.add_user_to_group(GroupName="ProdMemberWorkGroup", UserName="member01")
    with refused(
        "AccessDenied", status=403, match="iam:AddUserToGroup on resource: arn:aws:iam::111111111111:group/JumpAdminGroup"
    ):
        portal.add_user_to_group(GroupName="JumpAdminGroup", UserName="member01")


def test_jump_administrator_does_not_forge_what_the_portal_writes(aws: Aws) -> None:
    iam = aws.person("admin01").client("iam")
    assert iam.list_users()["Users"]
    with refused("AccessDenied", status=403, match="explicit deny"):
        iam.add_user_to_group(GroupName="ProdMemberWorkGroup", UserName="admin01")
    with refused("AccessDenied", status=403, match="explicit deny"):
        iam.delete_user_policy(UserName="member01", PolicyName="sekisho-entry-Prod_MemberRole")


def test_policy_that_is_changed_counts_at_once(aws: Aws) -> None:
    iam, arn = aws.person("admin01").client("iam"), "arn:aws:iam::111111111111:policy/p"
    admin = aws.admin_client("iam")
    admin.create_policy(PolicyName="p", PolicyDocument=_document("Deny", "iam:ListRoles"))
    admin.attach_user_policy(UserName="admin01", PolicyArn=arn)
    with refused("AccessDenied", status=403, match="explicit deny"):
        iam.list_roles()
    admin.create_policy_version(PolicyArn=arn, PolicyDocument=_document("Deny", "iam:GetRole"), SetAsDefault=True)
    assert iam.list_roles()["Roles"]


def test_session_must_say_which_user_it_asks_about(aws: Aws) -> None:
    session = aws.switch("auditor01", role="Prod_ReadOnlyRole")
    with refused("ValidationError", status=400, match="Must specify userName"):
        session.client("iam").get_user()
