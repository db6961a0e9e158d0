"""The backend that writes to IAM itself: a tag on the user, and membership of the group."""

from datetime import datetime

from access_requests.grants import entry_fence, ttl_tag
from access_requests.grants.contract import Grant, Principal, Seen
from portal.aws.calls import AwsClient, is_denied, is_missing
from portal.aws.errors import BackendBusy, BackendRefused

# The most that AWS gives a page: up to so many people in a group, calls don't grow with them.
PAGE = 1000


class IamGroupBackend:
    """Seven calls a grant and eight an end, with one target role, however many people are in production."""

    principal = Principal.IAM_USER
    executes = ()
    announces = False

    def ttl(self, ends_at: datetime) -> str:
        return ttl_tag.value(ends_at)

    def give(self, grant: Grant, aws: AwsClient) -> None:
        tag = {"Key": ttl_tag.key(grant.group), "Value": ttl_tag.value(grant.ends_at)}
        aws.call("tag_user", UserName=grant.user_name, Tags=[tag])
        _on_group(aws, "add_user_to_group", group=grant.group, user_name=grant.user_name)

    def take(self, grant: Grant, aws: AwsClient) -> None:
        # Not asked first: a read that lags behind would show no member yet, and an end that took nobody out.
        _remove(aws, group=grant.group, user_name=grant.user_name)
        # A user renamed meanwhile is still a member, under the new name: the UserId finds it.
        others = _member_names(grant, aws)
        for name in others:
            _remove(aws, group=grant.group, user_name=name)
        if others and _member_names(grant, aws):
            # Not shown yet, or put back by somebody. The tag stays as long as the membership: it is what says that it must end.
            raise BackendBusy("still_a_member")
        for name in {grant.user_name, *others}:
            _untag(aws, group=grant.group, user_name=name)

    def look(self, grant: Grant, aws: AwsClient) -> Seen:
        names = _member_names(grant, aws)
        user_name = names[0] if names else grant.user_name
        return Seen(
            membership=bool(names),
            ttl=_ttl(aws, group=grant.group, user_name=user_name),
            entry_fence={role.name: entry_fence.read(aws, user_name=user_name, role=role) for role in grant.roles},
            session_gate=None,
            at=aws.clock(),
        )


def _member_names(grant: Grant, aws: AwsClient) -> list[str]:
    """Return under which names the user is in the group: by its id, or by its name though somebody made it again."""
    try:
        members = list(aws.pages("get_group", "Users", GroupName=grant.group, MaxItems=PAGE))
    except BackendRefused as error:
        if is_missing(error):
            return []  # Nobody is a member of a group that is not there.
        raise
    return [user["UserName"] for user in members if grant.user_id == user["UserId"] or grant.user_name == user["UserName"]]


def _remove(aws: AwsClient, *, group: str, user_name: str) -> None:
    try:
        _on_group(aws, "remove_user_from_group", group=group, user_name=user_name)
    except BackendRefused as error:
        if not is_missing(error):
            raise


def _on_group(aws: AwsClient, method: str, *, group: str, user_name: str) -> None:
    """Make a call about a member. Raises BackendError, with NoSuchEntity for a group that is gone."""
    try:
        aws.call(method, GroupName=group, UserName=user_name)
    except BackendRefused as error:
        if is_denied(error):
            aws.call("get_group", GroupName=group, MaxItems=1)
        raise


def _untag(aws: AwsClient, *, group: str, user_name: str) -> None:
    aws.unless_missing("untag_user", UserName=user_name, TagKeys=[ttl_tag.key(group)])


def _ttl(aws: AwsClient, *, group: str, user_name: str) -> str | None:
    """Return the value of the TTL tag. Tag keys of users ignore letter case; other tags are nobody's business here."""
    wanted = ttl_tag.key(group).casefold()
    try:
        tags = list(aws.pages("list_user_tags", "Tags", UserName=user_name))
    except BackendRefused as error:
        if is_missing(error):
            return None
        raise
    return next((str(tag["Value"]) for tag in tags if tag["Key"].casefold() == wanted), None)
