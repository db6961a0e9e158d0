"""A company with a long past: requests by the hundred thousand, most of them long decided, and enough people to ask anew."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from access_requests.lifecycle import RequestStatus
from access_requests.models import AccessRequest, RequestedGroup
from portal.users.models import User
from tests.worlds.cast import Cast, add_person
from tests.worlds.story import submitted

BATCH = 5_000
PAST = (RequestStatus.APPROVED, RequestStatus.APPROVED, RequestStatus.REJECTED, RequestStatus.WITHDRAWN, RequestStatus.LAPSED)


def people(cast: Cast, number: int) -> list[User]:
    """Return so many who may ask for ProdMemberWorkGroup."""
    everybody = [add_person(f"person{each:04}", name=f"人 {each}") for each in range(number)]
    cast.prod_member.everyone_may_request = True
    cast.prod_member.save()
    return everybody


def fill(cast: Cast, everybody: Sequence[User], number: int, *, now: datetime) -> None:
    """Write so many requests of the past, one a minute, as like one that was really submitted as can be."""
    model = submitted(cast.member01, now=now - timedelta(days=1000))
    for first in range(0, number, BATCH):
        rows = [_past(model, everybody, each, now) for each in range(first, min(first + BATCH, number))]
        made = AccessRequest.objects.bulk_create(rows)
        groups = [RequestedGroup(request=row, work_group=cast.prod_member, requester=row.requester) for row in made]
        RequestedGroup.objects.bulk_create(groups)


def _past(model: AccessRequest, everybody: Sequence[User], number: int, now: datetime) -> AccessRequest:
    asked = now - timedelta(minutes=number + 1)
    status = PAST[number % len(PAST)]
    window = {"starts_at": asked, "ends_at": asked + timedelta(minutes=30)} if status == RequestStatus.APPROVED else {}
    return AccessRequest(
        requester=everybody[number % len(everybody)],
        policy=model.policy,
        reason=f"Rebuild index {number} of the orders table",
        change_ticket=f"CHG-{number}",
        duration_minutes=30,
        snapshot=model.snapshot,
        digest=model.digest,
        door="client",
        client="chatbot",
        status=status,
        submitted_at=asked,
        decide_until=asked + timedelta(days=1),
        settled_at=asked + timedelta(minutes=5),
        **window,
    )
