"""The identity store as a service: its calls about memberships, and those about users and groups."""

import uuid
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from portal.simulated_aws.directory_errors import NotFound
from portal.simulated_aws.errors import ValidationError
from portal.simulated_aws.identity_center.store_calls import StoreCalls
from portal.simulated_aws.identity_directory import Membership, plain

Answer = dict[str, Any]


class IdentityStoreResponse(StoreCalls):
    def create_group_membership(self) -> ActionResult:
        membership = Membership(
            id=str(uuid.uuid4()), group_id=plain(self.params["GroupId"]), user_id=self._member(), created_at=self.envelope.at
        )
        self.store.add_membership(membership)
        answer = self._of_membership(membership)
        self.outcome.response = {"membershipId": membership.id, "identityStoreId": self.store.id}
        return ActionResult(answer)

    def describe_group_membership(self) -> ActionResult:
        return ActionResult(self._whole(self.store.membership(self.params["MembershipId"])))

    def get_group_membership_id(self) -> ActionResult:
        membership = self.store.membership_of(plain(self.params["GroupId"]), self._member())
        if membership is None:
            raise NotFound("GROUP_MEMBERSHIP")
        return ActionResult(self._of_membership(membership))

    def delete_group_membership(self) -> ActionResult:
        del self.store.memberships[self.store.membership(self.params["MembershipId"]).id]
        return EmptyResult()

    def list_group_memberships(self) -> ActionResult:
        group = self.store.group(self.params["GroupId"])
        found = [each for each in self.store.memberships.values() if each.group_id == group.id]
        return self.page("GroupMemberships", found, self._whole)

    def list_group_memberships_for_member(self) -> ActionResult:
        user = self.store.user(self._member())
        found = [each for each in self.store.memberships.values() if each.user_id == user.id]
        return self.page("GroupMemberships", found, self._whole)

    def is_member_in_groups(self) -> ActionResult:
        user = self.store.user(self._member())
        results = [
            {
                "GroupId": group_id,
                "MemberId": {"UserId": user.id},
                "MembershipExists": self.store.membership_of(plain(group_id), user.id) is not None,
            }
            for group_id in self.params["GroupIds"]
        ]
        return ActionResult({"Results": results})

    def _member(self) -> str:
        member: str | None = self.params["MemberId"].get("UserId")
        if member is None:
            raise ValidationError("MemberId needs a UserId")
        return plain(member)

    def _of_membership(self, membership: Membership) -> Answer:
        return {
            "IdentityStoreId": self.store.id,
            "MembershipId": membership.id,
            "MembershipArn": f"arn:aws:identitystore:::membership/{membership.id}",
        }

    def _whole(self, membership: Membership) -> Answer:
        return {
            **self._of_membership(membership),
            "GroupId": membership.group_id,
            "MemberId": {"UserId": membership.user_id},
            "CreatedAt": membership.created_at,
            "UpdatedAt": membership.created_at,
        }
