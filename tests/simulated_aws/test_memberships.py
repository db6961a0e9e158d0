"""Groups, their members, and what must be gone before a user or a group may go."""

from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import PEOPLES_CREDENTIALS, Aws

GROUP, PERSON = "ProdMemberWorkGroup", "member01"


def test_adding_and_removing_twice_is_no_error(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    for _ in range(2):
        iam.add_user_to_group(GroupName=GROUP, UserName=PERSON)
    assert [user["UserName"] for user in iam.get_group(GroupName=GROUP)["Users"]] == [PERSON]
    for _ in range(2):
        iam.remove_user_from_group(GroupName=GROUP, UserName=PERSON)
    assert iam.get_group(GroupName=GROUP)["Users"] == []


def test_group_or_user_that_does_not_exist_is_an_error(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    with refused("NoSuchEntity", status=404):
        iam.add_user_to_group(GroupName="nowhere", UserName=PERSON)
    with refused("NoSuchEntity", status=404):
        iam.remove_user_from_group(GroupName=GROUP, UserName="nobody")


def test_user_in_a_group_or_with_a_key_cannot_be_deleted(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    with refused("DeleteConflict", status=409, match="must remove users from group first"):
        iam.delete_user(UserName=PERSON)
    with refused("DeleteConflict", status=409, match="must delete access keys first"):
        iam.delete_user(UserName="sekisho-portal")
    iam.remove_user_from_group(GroupName="MemberGroup", UserName=PERSON)
    with refused("DeleteConflict", status=409, match="must delete access keys first"):
        iam.delete_user(UserName=PERSON)
    iam.delete_access_key(UserName=PERSON, AccessKeyId=PEOPLES_CREDENTIALS[PERSON].key.id)
    with refused("DeleteConflict", status=409, match="must deactivate MFA device first"):
        iam.delete_user(UserName=PERSON)
    iam.deactivate_mfa_device(UserName=PERSON, SerialNumber=f"arn:aws:iam::111111111111:mfa/{PERSON}")
    iam.delete_user(UserName=PERSON)
    with refused("NoSuchEntity", status=404):
        iam.get_user(UserName=PERSON)


def test_group_with_members_or_policies_cannot_be_deleted(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    with refused("DeleteConflict", status=409, match="must remove users"):
        iam.delete_group(GroupName="MemberGroup")
    with refused("DeleteConflict", status=409, match="must delete policies"):
        iam.delete_group(GroupName=GROUP)
    iam.delete_group_policy(GroupName=GROUP, PolicyName="SwitchRole")
    iam.delete_group(GroupName=GROUP)
    with refused("NoSuchEntity", status=404):
        iam.get_group(GroupName=GROUP)


def test_boundary_of_a_user_is_shown_taken_off_and_must_exist(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    boundary = "arn:aws:iam::111111111111:policy/sekisho/SekishoPersonBoundary"
    assert iam.get_user(UserName=PERSON)["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == boundary
    iam.delete_user_permissions_boundary(UserName=PERSON)
    assert "PermissionsBoundary" not in iam.get_user(UserName=PERSON)["User"]
    iam.put_user_permissions_boundary(UserName=PERSON, PermissionsBoundary=boundary)
    assert "PermissionsBoundary" in iam.get_user(UserName=PERSON)["User"]
    with refused("NoSuchEntity", status=404):
        iam.put_user_permissions_boundary(UserName=PERSON, PermissionsBoundary=f"{boundary}Of")
