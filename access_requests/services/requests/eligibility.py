"""Whether somebody may ask: asked when they do, and again at the approval."""

from collections.abc import Sequence

from access_requests import errors, policy
from access_requests.models import ApprovalPolicy, WorkGroup
from access_requests.selectors import catalogue
from portal.users.models import User
from portal.verbs import rejections


def check_requester(person: User) -> None:
    """Raise unless the person is enabled."""
    if not person.is_active:
        raise rejections.PersonDisabled


def check_may_request(groups: Sequence[WorkGroup], person: User) -> None:
    """Raise MayNotRequest for the first of the groups that is not open to the person."""
    theirs = catalogue.requestable_by(person).filter(pk__in=[group.pk for group in groups])
    allowed = set(theirs.values_list("pk", flat=True))
    for group in groups:
        if group.pk not in allowed:
            raise errors.MayNotRequest(work_group=group.name)


def check_approvable(rule: ApprovalPolicy, requester: User) -> None:
    """Raise TooFewApprovers when the policy cannot be satisfied without the requester."""
    levels = [
        (level.number, level.approvals, {who.pk for who in level.approvers.all() if who.is_active} - {requester.pk})
        for level in rule.levels.all()
    ]
    level = policy.level_without_enough(levels)
    if level is not None:
        raise errors.TooFewApprovers(level=level)
