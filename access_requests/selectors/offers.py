"""What a person is offered at all: nobody is led to a form that would refuse them, or to a queue that stays empty."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from access_requests.models import ApprovalLevel, WorkGroup
from portal.users.models import User


@dataclass(frozen=True, kw_only=True)
class Offers:
    """`may_ask` for some work group of the catalogue; `approves` at some level of an approval policy."""

    may_ask: bool
    approves: bool


def to(person: User) -> Offers:
    """Return them, in one query."""
    open_to = WorkGroup.objects.filter(Q(everyone_may_request=True) | Q(requesters=OuterRef("pk")), retired_at=None)
    seats = ApprovalLevel.objects.filter(approvers=OuterRef("pk"))
    found = User.objects.filter(pk=person.pk).values_list(Exists(open_to), Exists(seats)).first()
    may_ask, approves = found or (False, False)
    return Offers(may_ask=may_ask, approves=approves)
