"""Names that may not differ by their case alone, and are found in whichever case they are asked for."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from moto.iam.models import Group, IAMBackend, ManagedPolicy, Role, User

from portal.simulated_aws.errors import EntityAlreadyExists

Named = TypeVar("Named")


class Names(IAMBackend):
    def get_user(self, name: str) -> User:
        return super().get_user(_as_stored(self.users, name))

    def get_group(self, group_name: str) -> Group:
        return super().get_group(_as_stored(self.groups, group_name))

    def get_role(self, role_name: str) -> Role:
        return super().get_role(_as_stored({role.name: role for role in self.get_roles()}, role_name))

    def create_group(self, group_name: str, path: str = "/") -> Group:
        _refuse_taken("Group", group_name, self.groups)
        return super().create_group(group_name, path)

    def create_role(self, role_name: str, *args: Any, **kwargs: Any) -> Role:
        _refuse_taken("Role", role_name, (role.name for role in self.get_roles()))
        return super().create_role(role_name, *args, **kwargs)

    def create_policy(
        self, description: str, path: str, policy_document: str, policy_name: str, tags: list[dict[str, str]]
    ) -> ManagedPolicy:
        own = (policy.name for arn, policy in self.managed_policies.items() if f":{self.account_id}:" in arn)
        _refuse_taken("Policy", policy_name, own)
        return super().create_policy(description, path, policy_document, policy_name, tags)

    def create_user(self, region_name: str, user_name: str, path: str = "/", tags: list[dict[str, str]] | None = None) -> User:
        _refuse_taken("User", user_name, self.users)
        return super().create_user(region_name, user_name, path, tags)

    def update_user(self, user_name: str, new_path: str | None = None, new_user_name: str | None = None) -> None:
        if new_user_name:
            _refuse_taken("User", new_user_name, self.users)
        super().update_user(user_name, new_path, new_user_name)

    def update_group(self, group_name: str, new_group_name: str | None, new_path: str | None) -> None:
        group = self.get_group(group_name)
        if new_group_name:
            _refuse_taken("Group", new_group_name, self.groups)
            super().update_group(group.name, new_group_name, new_path)
        elif new_path:
            group.path = new_path


def _refuse_taken(kind: str, name: str, taken: Iterable[str]) -> None:
    if name.casefold() in (other.casefold() for other in taken):
        message = f"{kind} with name {name} already exists."
        raise EntityAlreadyExists(message)


def _as_stored(entities: Mapping[str, Named], name: str) -> str:
    if name in entities:
        return name
    return next((stored for stored in entities if stored.casefold() == name.casefold()), name)
