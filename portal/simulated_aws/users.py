"""IAM users with AWS's kind of id, a permissions boundary, and a name that can be changed."""

from moto.iam.models import IAMBackend, User

from portal.simulated_aws.errors import DeleteConflict, NoSuchEntity
from portal.simulated_aws.identifiers import USER, new_id


class Person(User):
    """moto's user, and what a user of AWS has besides. Answers show the boundary by its attribute's name."""

    def __init__(self, account_id: str, region_name: str, name: str, path: str | None = None) -> None:
        super().__init__(account_id, region_name, name, path)
        self.id = new_id(USER, account_id, name)
        self.permissions_boundary: dict[str, str] | None = None

    def is_created(self) -> bool:
        # moto leaves it abstract and then relies on nobody's asking.
        return True


class Users(IAMBackend):
    def create_user(self, region_name: str, user_name: str, path: str = "/", tags: list[dict[str, str]] | None = None) -> User:
        user = self.users[user_name] = Person(self.account_id, region_name, user_name, path)
        self.tag_user(user_name, tags or [])
        return user

    def update_user(self, user_name: str, new_path: str | None = None, new_user_name: str | None = None) -> None:
        """Move the user, who stays the same one: id, keys, groups, policies and tags go along."""
        user = self.get_user(user_name)
        old_name, tags = user.name, self.list_user_tags(user.name)
        self.tagger.delete_all_tags_for_resource(user.arn)
        super().update_user(old_name, new_path, new_user_name)
        self.tagger.tag_resource(user.arn, tags)
        for key in user.access_keys:
            key.user_name = user.name

    def delete_user(self, user_name: str) -> None:
        user = self.get_user(user_name)
        if self.get_groups_for_user(user.name):
            raise DeleteConflict("Cannot delete entity, must remove users from group first.")
        if user.access_keys:
            raise DeleteConflict("Cannot delete entity, must delete access keys first.")
        if user.mfa_devices:
            raise DeleteConflict("Cannot delete entity, must deactivate MFA device first.")
        super().delete_user(user.name)

    def bound_user(self, user_name: str, boundary_arn: str | None) -> None:
        """Set the user's permissions boundary, or take it off. Raises NoSuchEntity where no such policy exists."""
        user = self.get_user(user_name)
        if boundary_arn is not None and boundary_arn not in self.managed_policies:
            message = f"Scope ARN: {boundary_arn} does not exist or is not attachable."
            raise NoSuchEntity(message)
        boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary_arn or ""}
        if isinstance(user, Person):
            user.permissions_boundary = boundary if boundary_arn else None
