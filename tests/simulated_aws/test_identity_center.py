"""The identity store of Identity Center: who is in which group, once each."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from portal.simulated_aws import change_roles, company_directory, control
from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE, PEOPLE, PORTAL_ROLE, role_arn
from portal.simulated_aws.company_directory import WORK_GROUP
from portal.simulated_aws.control import ControlRefused
from tests.simulated_aws.refusals import refused
from tests.simulated_aws.shapes import checked
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY, Aws, company_with_people

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def store(aws: Aws) -> Any:
    return checked(aws.client("identitystore", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret))


@pytest.fixture
def ids(aws: Aws, store: Any) -> dict[str, str]:
    """Return the store's id, and those of member01 and of the work group."""
    (instance,) = _instances(aws)
    at = {"IdentityStoreId": instance["IdentityStoreId"]}
    user = store.get_user_id(**at, AlternateIdentifier=_unique("UserName", "member01"))["UserId"]
    group = store.get_group_id(**at, AlternateIdentifier=_unique("DisplayName", WORK_GROUP))["GroupId"]
    return {**at, "user": user, "group": group}


def _instances(aws: Aws, region: str = "ap-northeast-1") -> list[Any]:
    admin = checked(aws.client("sso-admin", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret, region=region))
    return list(admin.list_instances()["Instances"])


def _unique(path: str, value: str) -> dict[str, Any]:
    return {"UniqueAttribute": {"AttributePath": path, "AttributeValue": value}}


def _membership(ids: dict[str, str]) -> dict[str, Any]:
    return {"IdentityStoreId": ids["IdentityStoreId"], "GroupId": ids["group"], "MemberId": {"UserId": ids["user"]}}


def test_instance_is_found_where_it_is(aws: Aws) -> None:
    (instance,) = _instances(aws)
    assert (instance["OwnerAccountId"], instance["Status"]) == ("111111111111", "ACTIVE")
    assert _instances(aws, region="eu-west-1") == []
    admin = checked(aws.client("sso-admin", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret))
    assert admin.describe_instance(InstanceArn=instance["InstanceArn"])["IdentityStoreId"] == instance["IdentityStoreId"]


def test_people_of_the_company_are_users_and_nobody_is_in_the_work_group(store: Any, ids: dict[str, str]) -> None:
    at = {"IdentityStoreId": ids["IdentityStoreId"]}
    assert [user["UserName"] for user in store.list_users(**at)["Users"]] == list(PEOPLE)
    user = store.describe_user(**at, UserId=ids["user"])
    assert (user["DisplayName"], user["Emails"][0]["Value"], user["UserStatus"]) == (
        "佐藤 美咲",
        "member01@example.com",
        "ENABLED",
    )
    assert store.get_user_id(**at, AlternateIdentifier=_unique("Emails.Value", "MEMBER01@example.com"))["UserId"] == ids["user"]
    assert store.list_group_memberships(**at, GroupId=ids["group"])["GroupMemberships"] == []
    assert store.describe_group(**at, GroupId=ids["group"])["DisplayName"] == WORK_GROUP


def test_member_is_put_in_found_again_and_taken_out(store: Any, ids: dict[str, str]) -> None:
    at = {"IdentityStoreId": ids["IdentityStoreId"]}
    made = store.create_group_membership(**_membership(ids))["MembershipId"]
    assert store.get_group_membership_id(**_membership(ids))["MembershipId"] == made
    (of_group,) = store.list_group_memberships(**at, GroupId=ids["group"])["GroupMemberships"]
    (of_member,) = store.list_group_memberships_for_member(**at, MemberId={"UserId": ids["user"]})["GroupMemberships"]
    assert of_group == of_member
    assert (of_group["MembershipId"], of_group["MemberId"]) == (made, {"UserId": ids["user"]})
    assert store.describe_group_membership(**at, MembershipId=made)["GroupId"] == ids["group"]
    (result,) = store.is_member_in_groups(**at, MemberId={"UserId": ids["user"]}, GroupIds=[ids["group"]])["Results"]
    assert result["MembershipExists"] is True
    store.delete_group_membership(**at, MembershipId=made)
    assert store.list_group_memberships(**at, GroupId=ids["group"])["GroupMemberships"] == []
    for ask in (store.delete_group_membership, store.describe_group_membership):
        with refused("ResourceNotFoundException", status=400, match="GROUP_MEMBERSHIP not found"):
            ask(**at, MembershipId=made)
    with refused("ResourceNotFoundException", status=400):
        store.get_group_membership_id(**_membership(ids))


def test_nobody_is_a_member_twice(store: Any, ids: dict[str, str]) -> None:
    store.create_group_membership(**_membership(ids))
    with pytest.raises(store.exceptions.ConflictException) as caught:
        store.create_group_membership(**_membership(ids))
    assert caught.value.response["Reason"] == "UNIQUENESS_CONSTRAINT_VIOLATION"
    assert (
        len(store.list_group_memberships(IdentityStoreId=ids["IdentityStoreId"], GroupId=ids["group"])["GroupMemberships"]) == 1
    )


def test_names_are_taken_once_whatever_their_case(store: Any, ids: dict[str, str]) -> None:
    at, name = {"IdentityStoreId": ids["IdentityStoreId"]}, {"GivenName": "A", "FamilyName": "B"}
    made = store.create_user(**at, UserName="new", DisplayName="New", Name=name)
    with refused("ConflictException", status=400):
        store.create_user(**at, UserName="NEW", DisplayName="New", Name=name)
    with refused("ValidationException", status=400, match="Name is required"):
        store.create_user(**at, UserName="newer", DisplayName="New")
    with refused("ConflictException", status=400):
        store.create_group(**at, DisplayName=WORK_GROUP)
    group = store.create_group(**at, DisplayName="Another", Description="of a test")["GroupId"]
    assert store.describe_group(**at, GroupId=group)["Description"] == "of a test"
    store.create_group_membership(**at, GroupId=group, MemberId={"UserId": made["UserId"]})
    store.delete_user(**at, UserId=made["UserId"])
    assert store.list_group_memberships(**at, GroupId=group)["GroupMemberships"] == []
    store.delete_group(**at, GroupId=group)
    assert [each["DisplayName"] for each in store.list_groups(**at)["Groups"]] == [WORK_GROUP]


def test_who_or_what_is_not_there_is_said_to_be_so(aws: Aws, store: Any, ids: dict[str, str]) -> None:
    at = {"IdentityStoreId": ids["IdentityStoreId"]}
    with pytest.raises(store.exceptions.ResourceNotFoundException) as caught:
        store.create_group_membership(**{**_membership(ids), "MemberId": {"UserId": NOBODY}})
    assert caught.value.response["ResourceType"] == "USER"
    asked: list[tuple[Callable[[], Any], str]] = [
        (lambda: store.create_group_membership(**{**_membership(ids), "GroupId": NOBODY}), "GROUP"),
        (lambda: store.describe_user(**at, UserId=NOBODY), "USER"),
        (lambda: store.describe_group(**at, GroupId=NOBODY), "GROUP"),
        (lambda: store.list_group_memberships(**at, GroupId=NOBODY), "GROUP"),
        (lambda: store.get_user_id(**at, AlternateIdentifier=_unique("UserName", "nobody")), "USER"),
        (lambda: store.get_group_id(**at, AlternateIdentifier=_unique("DisplayName", "nothing")), "GROUP"),
        (lambda: store.list_groups(IdentityStoreId="d-0123456789"), "IDENTITY_STORE"),
    ]
    for ask, kind in asked:
        with refused("ResourceNotFoundException", status=400, match=f"{kind} not found"):
            ask()
    elsewhere = aws.client("identitystore", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret, region="eu-west-1")
    with refused("ResourceNotFoundException", status=400):
        elsewhere.list_groups(**at)


def test_what_aws_would_not_take_is_refused(store: Any, ids: dict[str, str]) -> None:
    at = {"IdentityStoreId": ids["IdentityStoreId"]}
    with refused("ValidationException", status=400, match="not a unique attribute"):
        store.get_user_id(**at, AlternateIdentifier=_unique("DisplayName", "x"))
    with refused("ValidationException", status=400, match="regular expression"):
        store.describe_user(**at, UserId="member01")
    with refused("ValidationException", status=400, match="pagination token"):
        store.list_users(**at, NextToken="abc")
    with refused("ValidationException", status=400):
        store.list_users(**at, MaxResults=101)
    with refused("NotSimulated", status=501):
        store.update_user(**at, UserId=ids["user"], Operations=[{"AttributePath": "displayName", "AttributeValue": "x"}])


def test_members_come_in_pages(store: Any, ids: dict[str, str]) -> None:
    at = {"IdentityStoreId": ids["IdentityStoreId"]}
    for user in store.list_users(**at)["Users"]:
        store.create_group_membership(**at, GroupId=ids["group"], MemberId={"UserId": user["UserId"]})
    pages = store.get_paginator("list_group_memberships").paginate(**at, GroupId=ids["group"], PaginationConfig={"PageSize": 4})
    assert [len(page["GroupMemberships"]) for page in pages] == [4, 2]


def test_portal_changes_memberships_and_no_users(aws: Aws, ids: dict[str, str]) -> None:
    portal = _in_role(aws, change_roles.IDENTITY_CENTER)
    made = portal.create_group_membership(**_membership(ids))
    portal.delete_group_membership(IdentityStoreId=ids["IdentityStoreId"], MembershipId=made["MembershipId"])
    with refused("AccessDeniedException", status=400, match="identitystore:DeleteUser"):
        portal.delete_user(IdentityStoreId=ids["IdentityStoreId"], UserId=ids["user"])
    with refused("AccessDeniedException", status=400, match="identitystore:CreateGroupMembership"):
        aws.person("member01").client("identitystore").create_group_membership(**_membership(ids))


def test_each_resource_of_a_call_must_be_allowed(aws: Aws, ids: dict[str, str]) -> None:
    iam, arn = aws.admin_client("iam"), f"arn:aws:iam::111111111111:role/{PORTAL_ROLE}"
    allowed = [
        f"arn:aws:identitystore::111111111111:identitystore/{ids['IdentityStoreId']}",
        f"arn:aws:identitystore:::group/{ids['group']}",
    ]
    statement = {"Effect": "Allow", "Action": "identitystore:*", "Resource": allowed}
    iam.put_role_policy(
        RoleName=arn.rpartition("/")[2],
        PolicyName="Store",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    portal = _in_role(aws, PORTAL_ROLE, path="/")
    with refused("AccessDeniedException", status=400, match=f"resource: arn:aws:identitystore:::user/{ids['user']}"):
        portal.create_group_membership(**_membership(ids))
    assert portal.describe_group(IdentityStoreId=ids["IdentityStoreId"], GroupId=ids["group"])["DisplayName"] == WORK_GROUP


def test_cloudtrail_tells_of_memberships(aws: Aws, store: Any, ids: dict[str, str]) -> None:
    made = store.create_group_membership(**_membership(ids))
    trail = aws.client("cloudtrail", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)
    wanted = [{"AttributeKey": "EventSource", "AttributeValue": "identitystore.amazonaws.com"}]
    records = [json.loads(each["CloudTrailEvent"]) for each in trail.lookup_events(LookupAttributes=wanted)["Events"]]
    created = records[0]
    assert (created["eventName"], created["readOnly"]) == ("CreateGroupMembership", False)
    assert created["requestParameters"]["groupId"] == ids["group"]
    assert created["requestParameters"]["memberId"] == {"userId": ids["user"]}
    assert created["responseElements"]["membershipId"] == made["MembershipId"]
    assert {record["eventName"] for record in records[1:]} == {"GetUserId", "GetGroupId"}
    wanted = [{"AttributeKey": "EventSource", "AttributeValue": "sso.amazonaws.com"}]
    assert trail.lookup_events(LookupAttributes=wanted)["Events"][0]["EventName"] == "ListInstances"


def _in_role(aws: Aws, role: str, *, path: str = change_roles.PATH) -> Any:
    sts = aws.client("sts", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret)
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::111111111111:role{path}{role}", RoleSessionName="sekisho")["Credentials"]
    return checked(
        aws.client("identitystore", key_id=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"])
    )


def test_nobody_takes_on_the_role_that_identity_center_made(aws: Aws) -> None:
    arn = f"arn:aws:iam::{ACCOUNTS['production']}:role{company_directory.ROLE_PATH}{company_directory.ROLE}"
    with refused("AccessDenied", status=403):
        aws.admin_client("sts").assume_role(RoleArn=arn, RoleSessionName="administrator")
    (role,) = (role for role in _production(aws).list_roles()["Roles"] if role["RoleName"] == company_directory.ROLE)
    assert role["Arn"] == arn
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert "sts:AssumeRole" not in statement["Action"]
    assert statement["Principal"].keys() == {"Federated"}


def _production(aws: Aws) -> Any:
    given = aws.admin_client("sts").assume_role(RoleArn=role_arn("production", ADMIN_ROLE), RoleSessionName="administrator")
    keys = given["Credentials"]
    return aws.client("iam", key_id=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"])


def test_declared_user_keeps_the_id_that_somebody_remembers(aws: Aws) -> None:
    world = company_with_people()
    directory = world["accounts"][0]["identity_center"]
    directory["users"][0]["user_id"] = NOBODY
    directory["groups"][0]["members"] = ["member01"]
    control.build(endpoint=aws.endpoint_url, token=aws.control_token, world=world)
    store = aws.admin_client("identitystore")
    (instance,) = _instances(aws)
    at = {"IdentityStoreId": instance["IdentityStoreId"]}
    group = store.get_group_id(**at, AlternateIdentifier=_unique("DisplayName", WORK_GROUP))["GroupId"]
    (membership,) = store.list_group_memberships(**at, GroupId=group)["GroupMemberships"]
    assert membership["MemberId"] == {"UserId": NOBODY}


def test_world_whose_group_has_a_member_that_is_nobody_is_refused(aws: Aws) -> None:
    world = company_with_people()
    world["accounts"][0]["identity_center"]["groups"][0]["members"] = ["nobody"]
    with pytest.raises(ControlRefused, match="has the member nobody, who is not there"):
        control.build(endpoint=aws.endpoint_url, token=aws.control_token, world=world)
