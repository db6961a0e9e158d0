"""An account, read from what IAM answers."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from portal.iam.account import Account
from portal.iam.evaluation import evaluate
from portal.iam.principals import Call, Policy
from tests.pure.iam.world import ALLOWED, JUMP, UNKNOWN, VERSION, allow, deny

READING = {"Version": VERSION, "Statement": [allow()]}
NO_DELETION = {"Version": VERSION, "Statement": [deny("s3:Delete*", Condition={"StringLike": {"a:B": "100%25"}})]}
TRUST = {"Version": VERSION, "Statement": []}
POLICY_ARN, BOUNDARY_ARN = f"arn:aws:iam::{JUMP}:policy/dev/Reading", f"arn:aws:iam::{JUMP}:policy/Boundary"
MANAGED_BY_AWS = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def user(**more: Any) -> dict[str, Any]:
    name = more.pop("name", "member01")
    return {
        "UserName": name,
        "UserId": f"AIDA{name}",
        "Arn": f"arn:aws:iam::{JUMP}:user/dev/{name}",
        "Path": "/dev/",
        "GroupList": ["MemberGroup"],
        **more,
    }


GROUP = {
    "GroupName": "MemberGroup",
    "GroupId": "AGPAMEMBERS",
    "Arn": f"arn:aws:iam::{JUMP}:group/MemberGroup",
    "Path": "/",
    "GroupPolicyList": [{"PolicyName": "DenyDeletion", "PolicyDocument": quote(json.dumps(NO_DELETION))}],
    "AttachedManagedPolicies": [{"PolicyName": "Reading", "PolicyArn": POLICY_ARN}],
}
ROLE = {
    "RoleName": "Prod_MemberRole",
    "RoleId": "AROAPRODMEMBER",
    "Arn": f"arn:aws:iam::{JUMP}:role/work/Prod_MemberRole",
    "Path": "/work/",
    "AssumeRolePolicyDocument": TRUST,
    "RolePolicyList": [{"PolicyName": "gate", "PolicyDocument": READING}],
    "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": BOUNDARY_ARN},
    "Tags": [{"Key": "Team", "Value": "red"}],
}
VERSIONS = [{"Document": TRUST, "IsDefaultVersion": False}, {"Document": json.dumps(READING), "IsDefaultVersion": True}]
POLICIES = [{"Arn": POLICY_ARN, "PolicyVersionList": VERSIONS}]


def account(*users: dict[str, Any]) -> Account:
    pages = [
        {"UserDetailList": list(users), "GroupDetailList": [GROUP], "IsTruncated": True},
        {"RoleDetailList": [ROLE], "Policies": POLICIES, "IsTruncated": False},
    ]
    return Account.parsed(JUMP, pages)


def test_things_are_found_in_any_letter_case() -> None:
    found = account(user())
    member, group, role = found.user("MEMBER01"), found.group("membergroup"), found.role_details("prod_memberrole")
    assert (member and member.name, group and group.name, role and role.name) == ("member01", "MemberGroup", "Prod_MemberRole")
    assert (found.user("nobody"), found.group("nobody"), found.role("nobody")) == (None, None, None)


def test_user_is_found_by_id_and_not_by_name_once_recreated() -> None:
    found = account(user(), user(name="member02"))
    member = found.user_by_id("AIDAmember02")
    assert member is not None
    assert (member.name, member.path, member.groups) == ("member02", "/dev/", ("MemberGroup",))
    assert found.user_by_id("AIDAGONE") is None


def test_group_knows_its_members() -> None:
    group = account(user(), user(name="member02"), user(name="admin01", GroupList=[])).group("MemberGroup")
    assert group is not None
    assert group.members == ("member01", "member02")


def test_principal_carries_what_user_and_groups_carry() -> None:
    fence = {"PolicyName": "sekisho-entry-Prod_MemberRole", "PolicyDocument": json.dumps(TRUST)}
    attached = [{"PolicyName": "ReadOnlyAccess", "PolicyArn": MANAGED_BY_AWS}]
    boundary = {"PermissionsBoundaryArn": POLICY_ARN}
    body = user(UserPolicyList=[fence], AttachedManagedPolicies=attached, PermissionsBoundary=boundary)
    principal = account(body).principal("Member01")
    assert principal.arn == f"arn:aws:iam::{JUMP}:user/dev/member01"
    assert principal.policies == (
        Policy(name="user member01: sekisho-entry-Prod_MemberRole", document=TRUST),
        Policy(name="user member01: ReadOnlyAccess", document={}),
        Policy(name="group MemberGroup: DenyDeletion", document=NO_DELETION),
        Policy(name="group MemberGroup: Reading", document=READING),
    )
    assert principal.boundary == Policy(name="boundary of user member01: Reading", document=READING)


def test_role_carries_trust_policies_and_boundary() -> None:
    role = account().role("Prod_MemberRole")
    assert role is not None
    assert (role.role_id, role.trust.name, role.trust.document) == ("AROAPRODMEMBER", "role Prod_MemberRole: trust policy", TRUST)
    assert role.policies == (Policy(name="role Prod_MemberRole: gate", document=READING),)
    assert role.boundary == Policy(name="boundary of role Prod_MemberRole: Boundary", document={})
    details = account().role_details("Prod_MemberRole")
    assert details is not None
    assert details.tags == {"Team": "red"}


@pytest.mark.parametrize("document", [json.dumps(READING), quote(json.dumps(READING)), READING])
def test_document_may_be_text_encoded_or_decoded(document: Any) -> None:
    body = user(UserPolicyList=[{"PolicyName": "p", "PolicyDocument": document}])
    assert account(body).principal("member01").policies[0].document == READING


@pytest.mark.parametrize(
    "more",
    [
        {"AttachedManagedPolicies": [{"PolicyName": "ReadOnlyAccess", "PolicyArn": MANAGED_BY_AWS}]},
        {"UserPolicyList": [{"PolicyName": "broken", "PolicyDocument": "{broken"}]},
        {"UserPolicyList": [{"PolicyName": "absent"}]},
        {"PermissionsBoundary": {"PermissionsBoundaryArn": BOUNDARY_ARN}},
        {"GroupList": ["MemberGroup", "NotInTheListing"]},
    ],
)
def test_what_could_not_be_read_is_unknown_and_never_skipped(more: dict[str, Any]) -> None:
    call = Call(action="s3:GetObject", resource="arn:aws:s3:::logs/a", context={})
    assert evaluate(account(user()).principal("member01"), call).decision is ALLOWED
    assert evaluate(account(user(**more)).principal("member01"), call).decision is UNKNOWN
