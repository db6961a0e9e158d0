"""Direct messages for whoever reads everything in the portal: administrators and auditors."""

from collections.abc import Iterator

from django.db.models import Q

from access_requests.models import Delivery
from access_requests.services.notices.contract import Undeliverable
from access_requests.services.notices.slack.calls import PERSON
from portal.users.models import User


def targets() -> Iterator[str]:
    """Yield each who can be found in Slack. Costs one query."""
    linked = Q(linked_identities__provider="slack", linked_identities__verified_at__isnull=False)
    readers = User.objects.filter(linked, Q(is_administrator=True) | Q(is_auditor=True), is_active=True)
    for username in readers.order_by("username").distinct().values_list("username", flat=True):
        yield f"{PERSON}{username}"


def reader_of(delivery: Delivery) -> User:
    """Return who is to read it. Raises Undeliverable for who may not any more."""
    person = User.objects.get(username=delivery.target.removeprefix(PERSON))
    if not person.reads_everything:
        raise Undeliverable("may_not_see")
    return person
