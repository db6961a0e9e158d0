"""The seal of the audit trail told in Slack: a direct message to each administrator and auditor."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from access_requests.models import Delivery
from access_requests.services.notices import seal
from access_requests.services.notices.contract import Wanted
from access_requests.services.notices.slack import blocks, readers
from access_requests.services.notices.slack.calls import in_words_of
from audits.models import TrailEntry

BODY = "seal"


def wanted(entry: TrailEntry) -> Iterator[Wanted]:
    return readers.wanted({BODY: dict(entry.data)})


def send(delivery: Delivery) -> str:
    """Raises Later, Undeliverable."""
    person, account = readers.found(delivery)
    with in_words_of(person):
        message = _message(seal.said(delivery.act, delivery.body[BODY], zone=person.zone))
    return readers.say(account, message)


def _message(sentence: str) -> dict[str, Any]:
    link = blocks.context(blocks.link(seal.url(), gettext("Open in the portal")))
    return {"text": blocks.literal(sentence), "blocks": [blocks.section(blocks.typed(sentence)), link]}
