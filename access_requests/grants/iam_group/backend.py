"""Its verbs: seven calls a grant and eight an end, with one target role, however many people are in production."""

from collections.abc import Iterator
from datetime import datetime

from access_requests.grants import entry_fence, ttl_tag
from access_requests.grants.contract import IAM_USER_CHANGED, Facts, Grant, GrantBackend, Grantee, GranteeLost, OwnGrant, Seen
from access_requests.grants.executions import StepClient
from access_requests.grants.iam_group.fences import FENCES
from access_requests.grants.iam_group.needs import NEEDS
from access_requests.grants.iam_group.probe import probe
from access_requests.grants.iam_group.words import WORDS
from access_requests.grants.needs import Asked, Missing
from portal.aws import directory
from portal.aws.calls import AwsClient, is_denied, is_missing
from portal.aws.errors import BackendBusy, BackendRefused

# The most that AWS gives a page: up to so many people in a group, calls don't grow with them.
PAGE = 1000


class OfIamUser(GrantBackend[OwnGrant]):
    """What all backends share whose members are IAM users: who that is, and the fences, which are the portal's."""

    fences = FENCES

    def confirm(self, grant: OwnGrant, aws: StepClient) -> Grantee:
        user = directory.user_named(aws, grant.user_name)
        if user is None or user.user_id != grant.user_id:
            # The user was renamed, or deleted and made again: an administrator bound another one.
            raise GranteeLost(IAM_USER_CHANGED)
        return Grantee(name=user.name, user_id=user.user_id, arn=user.arn)

    def current_name(self, grant: OwnGrant, aws: StepClient) -> str | None:
        return directory.current_name(aws, grant.user_name, grant.user_id)

    def ttl(self, ends_at: datetime) -> str:
        return ttl_tag.value(ends_at)


class IamGroupBackend(OfIamUser[Grant]):
    words = WORDS
    needs = NEEDS

    def of(self, grant: Grant, facts: Facts) -> Grant:  # noqa: ARG002  It reads what every backend reads.
        return grant

    def probe(self, asked: Asked) -> Iterator[Missing]:
        return probe(asked)

    def give(self, grant: Grant, aws: StepClient) -> None:
        ttl_tag.put(aws, group=grant.group, user_name=grant.user_name, ends_at=grant.ends_at)
        _on_group(aws, "add_user_to_group", group=grant.group, user_name=grant.user_name)

    def take(self, grant: Grant, aws: StepClient) -> None:
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
            ttl_tag.remove(aws, group=grant.group, user_name=name)

    def look(self, grant: Grant, aws: StepClient) -> Seen:
        names = _member_names(grant, aws)
        user_name = names[0] if names else grant.user_name
        return Seen(
            membership=bool(names),
            ttl=ttl_tag.read(aws, group=grant.group, user_name=user_name),
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
