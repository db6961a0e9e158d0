"""How much one person may ask for: each submission costs a row, an entry of the trail and the attention of approvers."""

from datetime import datetime

from django.conf import settings

from access_requests import quota
from access_requests.lifecycle import UNDECIDED
from access_requests.models import AccessRequest
from access_requests.quota import Quota
from portal.users.models import User


def check(person: User, *, now: datetime) -> None:
    """Raise TooManySubmissions, TooManyPending for the next submission, an extension or another, by whichever door.

    The person is locked, and counted are the rows of what they have submitted: nothing that is lost or shared out when Redis is
    away, or when there are several processes.
    """
    allowed = Quota(pending=settings.PERSON_PENDING_REQUESTS, hourly=settings.PERSON_REQUESTS_PER_HOUR)
    submitted = AccessRequest.objects.filter(requester=person)
    # Newest first, by the index request_of_person: at most this many rows are read, however many requests a person has.
    last = submitted.order_by("-pk").values_list("submitted_at", flat=True)[allowed.hourly - 1 : allowed.hourly]
    pending = submitted.filter(status__in=UNDECIDED).count()
    quota.check(allowed, pending=pending, hourly_used_since=last.first(), now=now)
