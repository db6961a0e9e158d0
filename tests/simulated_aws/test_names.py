"""Names, ids and renames of IAM's entities."""

import json

import pytest

from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import Aws

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "sts:AssumeRole"}],
    }
)


def test_user_name_that_differs_only_in_case_exists_already(aws: Aws) -> None:
    with refused("EntityAlreadyExists", status=409, match="User with name MEMBER01 already exists"):
        aws.admin_client("iam").create_user(UserName="MEMBER01")


def test_group_role_and_policy_names_are_unique_whatever_the_case(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
    with refused("EntityAlreadyExists", status=409):
        iam.create_group(GroupName="membergroup")
    with refused("EntityAlreadyExists", status=409):
        iam.create_role(RoleName="sekishoportalROLE", AssumeRolePolicyDocument=TRUST)
    with refused("EntityAlreadyExists", status=409):
        iam.create_policy(PolicyName="sekishorails1", PolicyDocument=document)


def test_user_asked_for_in_another_case_is_answered_as_created(aws: Aws) -> None:
    assert aws.admin_client("iam").get_user(UserName="MEMBER01")["User"]["UserName"] == "member01"


def test_member_added_in_another_case_is_the_same_member(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.add_user_to_group(GroupName="prodmemberworkgroup", UserName="Member01")
    assert [user["UserName"] for user in iam.get_group(GroupName="ProdMemberWorkGroup")["Users"]] == ["member01"]


@pytest.mark.parametrize("name", ["a b", "名前", "a/b", "x" * 65])
def test_user_name_that_aws_would_not_take_is_refused(aws: Aws, name: str) -> None:
    with refused("ValidationError", status=400, match="userName"):
        aws.admin_client("iam").create_user(UserName=name)


def test_role_name_of_65_characters_is_refused_and_group_name_of_128_taken(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    with refused("ValidationError", status=400, match="less than or equal to 64"):
        iam.create_role(RoleName="r" * 65, AssumeRolePolicyDocument=TRUST)
    assert iam.create_group(GroupName="g" * 128)["Group"]["GroupName"] == "g" * 128


def test_renamed_user_keeps_id_tags_groups_policies_and_keys(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    before = iam.get_user(UserName="member01")["User"]["UserId"]
    iam.tag_user(UserName="member01", Tags=[{"Key": "CostCenter", "Value": "42"}])
    key = iam.create_access_key(UserName="member01")["AccessKey"]
    iam.update_user(UserName="member01", NewUserName="hanako")
    assert iam.get_user(UserName="hanako")["User"]["UserId"] == before
    assert iam.list_user_tags(UserName="hanako")["Tags"] == [{"Key": "CostCenter", "Value": "42"}]
    assert [group["GroupName"] for group in iam.list_groups_for_user(UserName="hanako")["Groups"]] == ["MemberGroup"]
    renamed = aws.client("sts", key_id=key["AccessKeyId"], secret=key["SecretAccessKey"])
    assert renamed.get_caller_identity()["Arn"] == "arn:aws:iam::111111111111:user/hanako"
    with refused("NoSuchEntity", status=404):
        iam.get_user(UserName="member01")


def test_user_cannot_be_renamed_to_a_name_that_is_taken(aws: Aws) -> None:
    with refused("EntityAlreadyExists", status=409):
        aws.admin_client("iam").update_user(UserName="member01", NewUserName="Member02")


def test_user_made_again_under_the_same_name_is_another_one(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    first = iam.create_user(UserName="taro")["User"]["UserId"]
    iam.delete_user(UserName="taro")
    second = iam.create_user(UserName="taro")["User"]["UserId"]
    assert first != second
    assert {first[:4], second[:4]} == {"AIDA"}


def test_group_can_be_moved_to_another_path(aws: Aws) -> None:
    iam = aws.admin_client("iam")
    iam.update_group(GroupName="ProdMemberWorkGroup", NewPath="/elsewhere/")
    arn = "arn:aws:iam::111111111111:group/elsewhere/ProdMemberWorkGroup"
    assert iam.get_group(GroupName="ProdMemberWorkGroup")["Group"]["Arn"] == arn


def test_role_asked_for_in_another_case_is_answered_as_created(aws: Aws) -> None:
    assert aws.admin_client("iam").get_role(RoleName="sekishoPORTALrole")["Role"]["RoleName"] == "SekishoPortalRole"
