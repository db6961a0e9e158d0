"""Its verbs: one call a grant. Who has the tag is in."""

from collections.abc import Iterator

from access_requests.grants import entry_fence, ttl_tag
from access_requests.grants.contract import Facts, Grant, Seen
from access_requests.grants.executions import StepClient
from access_requests.grants.iam_group.backend import OfIamUser
from access_requests.grants.needs import Asked, Missing
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendBusy
from tests.stand_ins.by_tag.fences import FENCES
from tests.stand_ins.by_tag.needs import NEEDS
from tests.stand_ins.by_tag.probe import probe
from tests.stand_ins.by_tag.words import WORDS


def key_of(group: str) -> str:
    return f"sekisho:ttl:in:{group}"


class ByTagBackend(OfIamUser[Grant]):
    words = WORDS
    fences = FENCES
    needs = NEEDS
    keeps_members = True

    def of(self, grant: Grant, facts: Facts) -> Grant:
        return grant

    def probe(self, asked: Asked) -> Iterator[Missing]:
        return probe(asked)

    def give(self, grant: Grant, aws: StepClient) -> None:
        ttl = {"Key": ttl_tag.key(grant.group), "Value": ttl_tag.value(grant.ends_at)}
        aws.call("tag_user", UserName=grant.user_name, Tags=[ttl, {"Key": key_of(grant.group), "Value": grant.user_id}])

    def take(self, grant: Grant, aws: StepClient) -> None:
        aws.unless_missing("untag_user", UserName=grant.user_name, TagKeys=[key_of(grant.group)])
        if self.look(grant, aws).membership:
            raise BackendBusy("still_a_member")
        ttl_tag.remove(aws, group=grant.group, user_name=grant.user_name)

    def look(self, grant: Grant, aws: StepClient) -> Seen:
        tags = ttl_tag.tags(aws, user_name=grant.user_name)
        return Seen(
            membership=key_of(grant.group) in tags,
            ttl=tags.get(ttl_tag.key(grant.group)),
            entry_fence={role.name: entry_fence.read(aws, user_name=grant.user_name, role=role) for role in grant.roles},
            session_gate=None,
            at=aws.clock(),
        )

    def members(self, group: str, aws: AwsClient) -> frozenset[str]:
        """Two calls and one for each IAM user."""
        users = {str(user["UserName"]): str(user["UserId"]) for user in aws.pages("list_users", "Users")}
        return frozenset(user_id for name, user_id in users.items() if key_of(group) in ttl_tag.tags(aws, user_name=name))
