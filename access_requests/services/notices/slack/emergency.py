"""A log-in by an emergency account told in Slack: a direct message to each administrator and auditor."""

from collections.abc import Iterator

from django.utils.translation import gettext

from access_requests.models import Delivery
from access_requests.services.notices import emergency
from access_requests.services.notices.contract import Wanted
from access_requests.services.notices.slack import blocks, readers
from access_requests.services.notices.slack.calls import in_words_of
from audits.models import TrailEntry


def wanted(entry: TrailEntry) -> Iterator[Wanted]:
    return readers.wanted({"who": entry.actor})


def send(delivery: Delivery) -> str:
    """Raises Later, Undeliverable."""
    person, account = readers.found(delivery)
    with in_words_of(person):
        sentence = emergency.said(delivery.body["who"])
        link = blocks.context(blocks.link(emergency.url(), gettext("Open in the portal")))
    return readers.say(account, {"text": blocks.literal(sentence), "blocks": [blocks.section(blocks.typed(sentence)), link]})
