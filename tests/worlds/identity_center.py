"""The Identity Center of the simulated AWS as its administrator sees it, and the cast bound to its users."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from access_requests.grants.identity_center.store import members_of
from access_requests.models import IdentityCenterBinding, WorkGroup
from portal.simulated_aws import company_directory
from portal.users.models import User
from tests.stand_ins.aws import Aws
from tests.worlds.cast import NAMES, Cast, identity_center_user_id, target_role
from tests.worlds.jump import Jump

GROUP = company_directory.WORK_GROUP


@dataclass(frozen=True, kw_only=True)
class Directory:
    jump: Jump
    client: Any
    at: Mapping[str, str]
    group_id: str

    def members(self) -> set[str]:
        """Return the names of the group's members."""
        pages = self.client.get_paginator("list_group_memberships").paginate(**self.at, GroupId=self.group_id)
        ids = {each["MemberId"]["UserId"] for page in pages for each in page["GroupMemberships"]}
        return {str(self.client.describe_user(**self.at, UserId=user_id)["UserName"]) for user_id in ids}

    def add(self, name: str) -> None:
        self.client.create_group_membership(**self.at, GroupId=self.group_id, MemberId={"UserId": self.user_id(name)})

    def remove(self, name: str) -> None:
        of = {"GroupId": self.group_id, "MemberId": {"UserId": self.user_id(name)}}
        self.client.delete_group_membership(
            **self.at, MembershipId=self.client.get_group_membership_id(**self.at, **of)["MembershipId"]
        )

    def user_id(self, name: str) -> str:
        unique = {"AttributePath": "userName", "AttributeValue": name}
        return str(self.client.get_user_id(**self.at, AlternateIdentifier={"UniqueAttribute": unique})["UserId"])

    def make_user(self, name: str) -> None:
        self.client.create_user(**self.at, UserName=name, DisplayName=name, Name={"GivenName": name, "FamilyName": name})

    def delete_user(self, name: str) -> None:
        self.client.delete_user(**self.at, UserId=self.user_id(name))

    def make_group(self, name: str) -> str:
        return str(self.client.create_group(**self.at, DisplayName=name)["GroupId"])

    def delete_group(self) -> None:
        self.client.delete_group(**self.at, GroupId=self.group_id)


def bind_everybody() -> None:
    IdentityCenterBinding.objects.bulk_create(
        IdentityCenterBinding(
            person=person,
            user_name=person.username,
            user_id=identity_center_user_id(person.username),
            bound_at=person.date_joined,
        )
        for person in User.objects.filter(username__in=NAMES)
    )


def work_group(cast: Cast) -> WorkGroup:
    """Add the work group of Identity Center to the cast's catalogue."""
    role = target_role(cast.production, company_directory.ROLE, path="aws-reserved/sso.amazonaws.com/ap-northeast-1/")
    group = WorkGroup.objects.create(
        name=GROUP, policy=cast.one_lead, everyone_may_request=True, backend="identity_center", session_minutes=60
    )
    group.target_roles.set([role])
    return group


@pytest.fixture
def directory(jump: Jump, simulated_aws: Aws) -> Directory:
    bind_everybody()
    work_group(jump.cast)
    client = simulated_aws.admin_client("identitystore")
    (instance,) = simulated_aws.admin_client("sso-admin").list_instances()["Instances"]
    at = {"IdentityStoreId": instance["IdentityStoreId"]}
    unique = {"AttributePath": "displayName", "AttributeValue": GROUP}
    group_id = client.get_group_id(**at, AlternateIdentifier={"UniqueAttribute": unique})["GroupId"]
    # The role is taken on by the machine's clock: a test that sets AWS's would get credentials that seem to have run out.
    members_of(jump.caller(), GROUP)
    jump.proxy.forget()
    return Directory(jump=jump, client=client, at=at, group_id=group_id)
