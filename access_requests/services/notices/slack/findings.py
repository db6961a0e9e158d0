"""Findings told in Slack: a direct message to each administrator and auditor."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext

from access_requests.models import Delivery
from access_requests.services.notices import findings
from access_requests.services.notices.contract import Wanted
from access_requests.services.notices.slack import blocks, readers
from access_requests.services.notices.slack.calls import in_words_of
from audits.acts import Act
from audits.models import TrailEntry

BODY = "findings"


def wanted(entry: TrailEntry) -> Iterator[Wanted]:
    return readers.wanted({BODY: entry.pk})


def send(delivery: Delivery) -> str:
    """Raises Later, Undeliverable."""
    person, account = readers.found(delivery)
    with in_words_of(person):
        message = _message(TrailEntry.objects.get(pk=delivery.body[BODY]))
    return readers.say(account, message)


def _message(entry: TrailEntry) -> dict[str, Any]:
    link = blocks.context(blocks.link(findings.url(entry), gettext("Open in the portal")))
    if entry.act != Act.FINDINGS_TOLD:
        sentence = findings.said(entry)
        return {"text": blocks.literal(sentence), "blocks": [blocks.section(blocks.typed(sentence)), link]}
    title = findings.title(entry)
    lines = [blocks.section(blocks.typed(findings.line(one))) for one in findings.found(entry)]
    return {"text": blocks.literal(title), "blocks": [blocks.header(title), *lines, link]}
