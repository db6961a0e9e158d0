"""How much of a thing AWS lets one have. Sizes of policies are counted without their white space."""

from collections.abc import Mapping

from moto.iam.models import IAMBackend, ManagedPolicy, PolicyVersion

from portal.simulated_aws.errors import LimitExceeded

GROUPS_PER_USER = 10
INLINE_SIZE = {"user": 2_048, "group": 5_120, "role": 10_240}
MANAGED_SIZE = 6_144


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

    def create_policy(
        self, description: str, path: str, policy_document: str, policy_name: str, tags: list[dict[str, str]]
    ) -> ManagedPolicy:
        _check_managed(policy_document)
        return super().create_policy(description, path, policy_document, policy_name, tags)

    def create_policy_version(self, policy_arn: str, policy_document: str, set_as_default: bool) -> PolicyVersion:  # noqa: FBT001
        _check_managed(policy_document)
        return super().create_policy_version(policy_arn, policy_document, set_as_default)


def _check_inline(kind: str, name: str, documents: Mapping[str, str]) -> None:
    if sum(map(_size, documents.values())) > INLINE_SIZE[kind]:
        raise LimitExceeded(f"Maximum policy size of {INLINE_SIZE[kind]} bytes exceeded for {kind} {name}")


def _check_managed(document: str) -> None:
    if _size(document) > MANAGED_SIZE:
        raise LimitExceeded(f"Cannot exceed quota for PolicySize: {MANAGED_SIZE}")


def _size(document: str) -> int:
    return len("".join(document.split()))
