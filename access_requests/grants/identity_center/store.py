"""The identity store of IAM Identity Center: its users, its groups, and who is in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from access_requests.grants.contract import GranteeLost
from access_requests.grants.identity_center.needs import DIRECTORY
from portal.aws.calls import AwsClient, is_missing
from portal.aws.errors import BackendBusy, BackendRefused
from portal.aws.sessions import identity_center_of, identity_store_of, jump_iam

NO_IDENTITY_CENTER = "no_identity_center"
GROUP_MISSING = "identity_group_missing"
USER_MISSING = "identity_user_missing"
CONFLICT = "ConflictException"
PAGE = 100


@dataclass(frozen=True, kw_only=True)
class IdentityCenterUser:
    name: str
    user_id: str


@dataclass(frozen=True, kw_only=True)
class Store:
    """The one identity store, and the way to it. Source: Identity Store API; groups are found by their display name."""

    id: str
    aws: AwsClient

    @classmethod
    def found(cls, aws: AwsClient) -> "Store":
        """Find it, for the same step. Raises BackendError, with the problem no_identity_center where there is not exactly one."""
        place = getattr(settings, DIRECTORY), settings.AWS_IDENTITY_CENTER_REGION
        instances = list(_pages(aws.through(identity_center_of(*place)), "list_instances", "Instances"))
        if len(instances) != 1:
            raise BackendRefused(NO_IDENTITY_CENTER, f"{len(instances)} instances in {settings.AWS_IDENTITY_CENTER_REGION}")
        return cls(id=str(instances[0]["IdentityStoreId"]), aws=aws.through(identity_store_of(*place)))

    def group_id(self, name: str) -> str | None:
        return self._id("get_group_id", "GroupId", "displayName", name)

    def user_named(self, name: str) -> IdentityCenterUser | None:
        """Return the user of this name, as it is spelled there."""
        user_id = self._id("get_user_id", "UserId", "userName", name)
        if user_id is None:
            return None
        return IdentityCenterUser(name=str(self._call("describe_user", UserId=user_id)["UserName"]), user_id=user_id)

    def add(self, group_id: str, user_id: str) -> None:
        try:
            self._call("create_group_membership", GroupId=group_id, MemberId={"UserId": user_id})
        except BackendBusy as error:
            # Is there already; or somebody writes about the same just now, and what is read back tells.
            if error.problem != CONFLICT:
                raise
        except BackendRefused as error:
            if is_missing(error):
                self._check_user(user_id)
                raise BackendRefused(GROUP_MISSING) from error
            raise

    def remove(self, group_id: str, user_id: str) -> None:
        try:
            membership = self._call("get_group_membership_id", GroupId=group_id, MemberId={"UserId": user_id})
        except BackendRefused as error:
            if is_missing(error):
                return
            raise
        self.aws.unless_missing("delete_group_membership", IdentityStoreId=self.id, MembershipId=membership["MembershipId"])

    def is_member(self, group_id: str, user_id: str) -> bool:
        try:
            results = self._call("is_member_in_groups", GroupIds=[group_id], MemberId={"UserId": user_id})["Results"]
        except BackendRefused as error:
            if is_missing(error):
                return False  # A user that is gone is a member of nothing.
            raise
        return any(result["MembershipExists"] for result in results)

    def members(self, group_id: str) -> frozenset[str]:
        """Return the UserIds of the group's members. One call for every 100."""
        found = _pages(self.aws, "list_group_memberships", "GroupMemberships", **self._at, GroupId=group_id, MaxResults=PAGE)
        return frozenset(str(membership["MemberId"]["UserId"]) for membership in found)

    def check_in_no_group(self, user_id: str) -> None:
        """Raise identity_group_missing unless the user is in no group whatever.

        Of a group that is not found by its name nobody knows whether it was deleted or renamed. Renamed, it still gives access.
        """
        try:
            answer = self._call("list_group_memberships_for_member", MemberId={"UserId": user_id})
        except BackendRefused as error:
            if is_missing(error):
                return
            raise
        if answer["GroupMemberships"] or answer.get("NextToken"):
            raise BackendRefused(GROUP_MISSING)

    def _check_user(self, user_id: str) -> None:
        try:
            self._call("describe_user", UserId=user_id)
        except BackendRefused as error:
            if is_missing(error):
                raise GranteeLost(USER_MISSING) from error
            raise

    def _id(self, method: str, key: str, path: str, value: str) -> str | None:
        unique = {"UniqueAttribute": {"AttributePath": path, "AttributeValue": value}}
        try:
            return str(self._call(method, AlternateIdentifier=unique)[key])
        except BackendRefused as error:
            if is_missing(error):
                return None
            raise

    @property
    def _at(self) -> dict[str, str]:
        return {"IdentityStoreId": self.id}

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return self.aws.call(method, **self._at, **params)


def find_identity_center_user(name: str) -> IdentityCenterUser | None:
    """Return the user of this name as Identity Center spells it, or None. Three calls. Raises BackendError."""
    return Store.found(AwsClient.without_lease(jump_iam())).user_named(name)


def members_of(aws: AwsClient, group: str) -> frozenset[str] | None:
    """Return the UserIds of the members of the group of this name, None where there is none. Raises BackendError."""
    store = Store.found(aws)
    group_id = store.group_id(group)
    return None if group_id is None else store.members(group_id)


def _pages(aws: AwsClient, method: str, key: str, **params: Any) -> Iterator[Any]:
    token: dict[str, str] = {}
    while True:
        answer = aws.call(method, **params, **token)
        yield from answer[key]
        if not answer.get("NextToken"):
            return
        token = {"NextToken": answer["NextToken"]}
