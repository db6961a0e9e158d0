"""Groups: who may be taken out, and when a group may go."""

from moto.iam.models import IAMBackend

from portal.simulated_aws.errors import DeleteConflict


class Memberships(IAMBackend):
    def remove_user_from_group(self, group_name: str, user_name: str) -> None:
        """Take the user out; one who is not in is no error, as on AWS."""
        group, user = self.get_group(group_name), self.get_user(user_name)
        if user in group.users:
            super().remove_user_from_group(group.name, user.name)

    def delete_group(self, group_name: str) -> None:
        group = self.get_group(group_name)
        if group.users:
            raise DeleteConflict("Cannot delete entity, must remove users from group first.")
        if group.managed_policies:
            raise DeleteConflict("Cannot delete entity, must detach all policies first.")
        if group.policies:
            raise DeleteConflict("Cannot delete entity, must delete policies first.")
        super().delete_group(group.name)
