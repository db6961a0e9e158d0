"""Entries recorded late, told in Slack: one direct message to each administrator and auditor."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext, ngettext

from access_requests.models import Delivery
from access_requests.services.notices import late
from access_requests.services.notices.contract import Wanted
from access_requests.services.notices.slack import blocks, readers
from access_requests.services.notices.slack.calls import in_words_of
from audits.models import TrailEntry

BODY = "late"


def wanted(entry: TrailEntry) -> Iterator[Wanted]:
    return readers.wanted({BODY: entry.pk, "count": entry.data["count"]})


def send(delivery: Delivery) -> str:
    """Raises Later, Undeliverable."""
    person, account = readers.found(delivery)
    with in_words_of(person):
        message = _message(TrailEntry.objects.get(pk=delivery.body[BODY]), delivery.body["count"])
    return readers.say(account, message)


def _message(entry: TrailEntry, count: int) -> dict[str, Any]:
    words = ngettext(
        "%(n)s entry of the audit trail was recorded late and does not say why",
        "%(n)s entries of the audit trail were recorded late and do not say why",
        count,
    )
    title = words % {"n": count}
    shown = [blocks.header(title), *(blocks.section(blocks.typed(line)) for line in late.named(entry))]
    shown.append(blocks.context(blocks.link(late.url(entry), gettext("Open in the portal"))))
    return {"text": blocks.literal(title), "blocks": shown}
