"""The catalogue, as a person sees it."""

from django.db.models import Q, QuerySet

from access_requests.models import AccessRequest, AwsAccount, StandingGroup, WorkGroup
from portal.users.models import User

# So many groups stand first in the form that asks, of so many requests.
LAST_USED, LOOKS_AT = 2, 20


def requestable_by(person: User) -> QuerySet[WorkGroup]:
    """Return the work groups that the person may ask for, with roles and policy."""
    mine = Q(everyone_may_request=True) | Q(requesters=person)
    return in_full(WorkGroup.objects.filter(mine, retired_at=None).distinct())


def used_last(person: User) -> list[str]:
    """Return the names of the work groups that the person asked for last, the latest first. One query."""
    asked = (
        AccessRequest.objects.filter(requester=person, extends=None).order_by("-pk").values_list("work_groups__name", flat=True)
    )
    return list(dict.fromkeys(name for name in asked[:LOOKS_AT] if name))[:LAST_USED]


def in_full(groups: QuerySet[WorkGroup]) -> QuerySet[WorkGroup]:
    rows = groups.select_related("policy").order_by("name")
    return rows.prefetch_related("target_roles__account", "policy__levels__approvers", "requesters")


def work_groups() -> QuerySet[WorkGroup]:
    return in_full(WorkGroup.objects.filter(retired_at=None))


def accounts() -> QuerySet[AwsAccount]:
    """Return the accounts with their roles, and the groups that reach these."""
    return AwsAccount.objects.order_by("account_id").prefetch_related("roles__standing_groups", "roles__work_groups")


def standing_groups() -> QuerySet[StandingGroup]:
    return StandingGroup.objects.order_by("name").prefetch_related("target_roles__account", "people")


def names() -> list[str]:
    """Return the names of the work groups that are in the catalogue."""
    return list(WorkGroup.objects.filter(retired_at=None).order_by("name").values_list("name", flat=True))
