"""Administrators and auditors in Slack: a direct message to each of them."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import Q

from access_requests.models import Delivery
from access_requests.services.notices.contract import Undeliverable, Wanted
from access_requests.services.notices.slack.calls import PERSON, account_of, call
from portal.users.models import User


def wanted(body: Mapping[str, Any]) -> Iterator[Wanted]:
    """Yield each administrator and auditor who can be found in Slack. Costs one query."""
    linked = Q(linked_identities__provider="slack", linked_identities__verified_at__isnull=False)
    readers = User.objects.filter(linked, Q(is_administrator=True) | Q(is_auditor=True), is_active=True)
    for username in readers.order_by("username").distinct().values_list("username", flat=True):
        yield Wanted(target=f"{PERSON}{username}", body=body)


def to(usernames: Collection[str], body: Mapping[str, Any]) -> Iterator[Wanted]:
    """Yield those of them who are not disabled and can be found in Slack. One query."""
    linked = Q(linked_identities__provider="slack", linked_identities__verified_at__isnull=False)
    found = User.objects.filter(linked, username__in=usernames, is_active=True).order_by("username").distinct()
    for username in found.values_list("username", flat=True) if usernames else ():
        yield Wanted(target=f"{PERSON}{username}", body=body)


def found(delivery: Delivery) -> tuple[User, str]:
    """Return the person and their account. Raises Undeliverable: also for who may not read everything any more."""
    person = User.objects.get(username=delivery.target.removeprefix(PERSON))
    account = account_of(person)
    if not person.reads_everything:
        raise Undeliverable("may_not_see")
    return person, account


def say(account: str, message: Mapping[str, Any]) -> str:
    """Raises Later, Undeliverable."""
    answer = call("chat.postMessage", channel=account, **message, unfurl_links=False, unfurl_media=False)
    return f"{answer['channel']} {answer['ts']}"
