"""How much of a thing AWS lets one have. Sizes of policies are counted without their white space."""

from collections.abc import Mapping
from typing import Any

from moto.iam.models import Group, IAMBackend, ManagedPolicy, PolicyVersion, Role, User

from portal.simulated_aws.errors import DeleteConflict, LimitExceeded

GROUPS_PER_USER = 10
INLINE_SIZE = {"user": 2_048, "group": 5_120, "role": 10_240}
MANAGED_SIZE = 6_144
TRUST_SIZE = 2_048
# On each role, user and group.
MANAGED_POLICIES = 10
_OTHER_VERSIONS = (
    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
    "The default version is deleted with the policy."
)


class Quotas(IAMBackend):
    def add_user_to_group(self, group_name: str, user_name: str) -> None:
        group, user = self.get_group(group_name), self.get_user(user_name)
        if user not in group.users and len(self.get_groups_for_user(user.name)) >= GROUPS_PER_USER:
            raise LimitExceeded(f"Cannot exceed quota for GroupsPerUser: {GROUPS_PER_USER}")
        super().add_user_to_group(group.name, user.name)

    def put_user_policy(self, user_name: str, policy_name: str, policy_json: str) -> None:
        user = self.get_user(user_name)
        _check_inline("user", user.name, {**user.policies, policy_name: policy_json})
        super().put_user_policy(user.name, policy_name, policy_json)

    def put_group_policy(self, group_name: str, policy_name: str, policy_json: str) -> None:
        group = self.get_group(group_name)
        _check_inline("group", group.name, {**group.policies, policy_name: policy_json})
        super().put_group_policy(group.name, policy_name, policy_json)

    def put_role_policy(self, role_name: str, policy_name: str, policy_json: str) -> None:
        role = self.get_role(role_name)
        _check_inline("role", role.name, {**role.policies, policy_name: policy_json})
        super().put_role_policy(role.name, policy_name, policy_json)

    def create_role(self, role_name: str, *args: Any, **kwargs: Any) -> Role:
        _check_trust(kwargs["assume_role_policy_document"] if kwargs else args[0])
        return super().create_role(role_name, *args, **kwargs)

    def update_assume_role_policy(self, role_name: str, policy_document: str) -> None:
        _check_trust(policy_document)
        super().update_assume_role_policy(role_name, policy_document)

    def attach_role_policy(self, policy_arn: str, role_name: str) -> None:
        _check_attached("Role", self.get_role(role_name), policy_arn)
        super().attach_role_policy(policy_arn, role_name)

    def attach_group_policy(self, policy_arn: str, group_name: str) -> None:
        _check_attached("Group", self.get_group(group_name), policy_arn)
        super().attach_group_policy(policy_arn, group_name)

    def attach_user_policy(self, policy_arn: str, user_name: str) -> None:
        _check_attached("User", self.get_user(user_name), policy_arn)
        super().attach_user_policy(policy_arn, user_name)

    def delete_policy(self, policy_arn: str) -> None:
        policy = self.get_policy(policy_arn)
        holders: list[Role | Group | User] = [*self.users.values(), *self.groups.values(), *self.get_roles()]
        if any(policy.arn in holder.managed_policies for holder in holders):
            raise DeleteConflict("Cannot delete a policy attached to entities.")
        if len(policy.versions) > 1:
            raise DeleteConflict(_OTHER_VERSIONS)
        super().delete_policy(policy.arn)

    def create_policy(
        self, description: str, path: str, policy_document: str, policy_name: str, tags: list[dict[str, str]]
    ) -> ManagedPolicy:
        _check_managed(policy_document)
        return super().create_policy(description, path, policy_document, policy_name, tags)

    def create_policy_version(self, policy_arn: str, policy_document: str, set_as_default: bool) -> PolicyVersion:  # noqa: FBT001
        _check_managed(policy_document)
        return super().create_policy_version(policy_arn, policy_document, set_as_default)


def _check_trust(document: str) -> None:
    if _size(document) > TRUST_SIZE:
        raise LimitExceeded(f"Cannot exceed quota for ACLSizePerRole: {TRUST_SIZE}")


def _check_attached(kind: str, holder: Role | Group | User, policy_arn: str) -> None:
    if policy_arn not in holder.managed_policies and len(holder.managed_policies) >= MANAGED_POLICIES:
        raise LimitExceeded(f"Cannot exceed quota for PoliciesPer{kind}: {MANAGED_POLICIES}")


def _check_inline(kind: str, name: str, documents: Mapping[str, str]) -> None:
    if sum(map(_size, documents.values())) > INLINE_SIZE[kind]:
        raise LimitExceeded(f"Maximum policy size of {INLINE_SIZE[kind]} bytes exceeded for {kind} {name}")


def _check_managed(document: str) -> None:
    if _size(document) > MANAGED_SIZE:
        raise LimitExceeded(f"Cannot exceed quota for PolicySize: {MANAGED_SIZE}")


def _size(document: str) -> int:
    return len("".join(document.split()))
