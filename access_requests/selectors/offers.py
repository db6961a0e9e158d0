"""What a person is offered at all: nobody is led to a form that would refuse them, or to a queue that stays empty."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, Subquery

from access_requests.models import ApprovalLevel, InspectionPlan, WorkGroup
from portal.users.models import User


@dataclass(frozen=True, kw_only=True)
class Offers:
    """`may_ask` for some work group of the catalogue; `approves` at some level of an approval policy; `inspects` each day."""

    may_ask: bool
    approves: bool
    inspects: bool


def to(person: User) -> Offers:
    """Return them, in one query."""
    open_to = WorkGroup.objects.filter(Q(everyone_may_request=True) | Q(requesters=OuterRef("pk")), retired_at=None)
    seats = ApprovalLevel.objects.filter(approvers=OuterRef("pk"))
    inspectors = Subquery(InspectionPlan.objects.values("inspectors")[:1])
    found = User.objects.filter(pk=person.pk).values_list(Exists(open_to), Exists(seats), inspectors).first()
    may_ask, approves, inspects = found or (False, False, None)
    return Offers(may_ask=may_ask, approves=approves, inspects=person.username in (inspects or ()))
