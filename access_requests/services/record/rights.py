"""What every place knows of a requester and the work groups."""

from collections.abc import Iterable, Sequence

from access_requests.models import WorkGroup
from access_requests.policy.facts import Group, Requester
from access_requests.selectors import catalogue
from access_requests.services.record import bindings
from portal.users.models import User


def requester(person: User) -> Requester:
    return Requester(username=person.username, is_active=person.is_active)


def work_groups(groups: Sequence[WorkGroup], person: User, *, policy_id: int) -> tuple[Group, ...]:
    """Return the groups as they are for the person, who asks for them under the policy, in their order."""
    open_to_them = _open_to(person, groups)
    return tuple(
        Group(
            name=group.name,
            is_retired=group.retired_at is not None,
            is_under_policy=group.policy_id == policy_id,
            is_open=group.pk in open_to_them,
            lacks=bindings.lacking(person, group),
        )
        for group in groups
    )


def _open_to(person: User, groups: Iterable[WorkGroup]) -> set[int]:
    theirs = catalogue.requestable_by(person).filter(pk__in=[group.pk for group in groups])
    return set(theirs.values_list("pk", flat=True))
