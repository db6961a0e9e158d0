"""A log-in with a new device told in Slack: a direct message to the person, and to nobody else."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from access_requests.models import Delivery
from access_requests.services.notices.contract import Wanted
from access_requests.services.notices.slack import blocks
from access_requests.services.notices.slack.calls import PERSON, account_of, call, in_words_of
from audits.models import TrailEntry
from portal.pages import moments
from portal.users.models import User

BODY = "log_in"


def wanted(entry: TrailEntry) -> Iterator[Wanted]:
    """Yield the person, if Slack knows them."""
    username = entry.subject.removeprefix(PERSON)
    linked = User.objects.filter(
        username=username, is_active=True, linked_identities__provider="slack", linked_identities__verified_at__isnull=False
    )
    if linked.exists():
        yield Wanted(target=f"{PERSON}{username}", body={BODY: {"at": entry.at.isoformat()}})


def send(delivery: Delivery) -> str:
    """Raises Later, Undeliverable."""
    person = User.objects.get(username=delivery.target.removeprefix(PERSON))
    with in_words_of(person):
        message = _message(moments.said(datetime.fromisoformat(delivery.body[BODY]["at"])))
    answer = call("chat.postMessage", channel=account_of(person), **message, unfurl_links=False, unfurl_media=False)
    return f"{answer['channel']} {answer['ts']}"


def _message(at: str) -> dict[str, Any]:
    said = gettext("Somebody logged in as you at %(at)s, with a device in which you had not logged in before.") % {"at": at}
    to_do = gettext("Was it not you? Sign out there, change your password, and tell an administrator.")
    url = f"{settings.PORTAL_URL}{reverse('usersessions_list')}"
    link = blocks.context(blocks.link(url, gettext("Your sessions")))
    return {"text": blocks.literal(said), "blocks": [blocks.section(blocks.typed(f"{said} {to_do}")), link]}
