"""Drift told in Slack: one direct message for all that a comparison found, to each administrator and auditor.

The message says what was found and is not brought up to date: its links lead to what has become of it. Where Slack takes it and
its answer is lost, there are two.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext

from access_requests.models import Delivery, Drift
from access_requests.services.drift import undoing
from access_requests.services.notices import drift
from access_requests.services.notices.contract import Wanted
from access_requests.services.notices.drift import Found
from access_requests.services.notices.slack import blocks, readers
from access_requests.services.notices.slack.blocks import Block
from access_requests.services.notices.slack.calls import in_words_of
from audits.models import TrailEntry

BODY = "drift"


def wanted(entry: TrailEntry) -> Iterator[Wanted]:
    """Yield each administrator and auditor who can be found in Slack. Costs one query."""
    found = entry.data["found"][: drift.MOST]
    return readers.wanted({BODY: found, "count": entry.data["count"]})


def send(delivery: Delivery) -> str:
    """Raises Later, Undeliverable: also for who may not see all drift any more."""
    person, account = readers.found(delivery)
    found = [Found(**one) for one in delivery.body[BODY]]
    with in_words_of(person):
        message = _message(found, delivery.body["count"], _undoable(found) if person.is_administrator else frozenset())
    return readers.say(account, message)


def _undoable(found: Sequence[Found]) -> frozenset[str]:
    """Return the codes of those that the portal can undo."""
    rows = Drift.objects.filter(code__in=[one.code for one in found])
    return frozenset(row.code for row in rows if undoing.undoable(row))


def _message(found: Sequence[Found], count: int, undoable: frozenset[str]) -> dict[str, Any]:
    title = gettext("Drift: AWS is not as the portal left it")
    shown: list[Block] = [blocks.header(title)]
    for one in found:
        shown.append(blocks.section(blocks.typed(one.sentence)))
        links = [blocks.link(one.url, one.code)]
        if one.code in undoable:
            links.append(blocks.link(one.undo_url, gettext("Undo it")))
        shown.append(blocks.context(*links))
    if more := drift.more(count, len(found)):
        shown.append(blocks.section(blocks.typed(more)))
    shown.append(blocks.context(blocks.link(drift.list_url(), gettext("Open in the portal"))))
    return {"text": blocks.literal(f"{title} ({count})"), "blocks": shown}
