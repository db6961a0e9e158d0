"""The daily inspection told in Slack: to each inspector, that a day waits for their signature, and on its last day once more."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from access_requests.models import Delivery
from access_requests.services.notices.contract import Wanted
from access_requests.services.notices.slack import blocks, readers
from access_requests.services.notices.slack.calls import PERSON, account_of, in_words_of
from audits.acts import Act
from audits.inspections import listing, plan
from audits.models import TrailEntry
from portal.users.models import User

BODY = "inspection"


def wanted(entry: TrailEntry) -> Iterator[Wanted]:
    """Yield each inspector with how many rows they may sign; nobody of a day without any."""
    said = entry.data["inspection"] if entry.act == Act.INSPECTION_OPENED else entry.data
    inspects = plan.current()
    rows = listing.unsigned(date.fromisoformat(said["day"]), said["part"])
    for username in sorted(inspects.inspectors) if inspects and rows else ():
        number = sum(listing.may_sign(row, username) for row in rows)
        body = {BODY: {"day": said["day"], "due_on": said["due_on"], "rows": number}}
        yield from readers.to([username] if number else [], body)


def send(delivery: Delivery) -> str:
    """Raises Later, Undeliverable."""
    person = User.objects.get(username=delivery.target.removeprefix(PERSON))
    account = account_of(person)
    with in_words_of(person):
        message = _message(delivery.act, delivery.body[BODY])
    return readers.say(account, message)


def _message(act: str, said: dict[str, Any]) -> dict[str, Any]:
    day, due_on = (date_format(date.fromisoformat(said[name]), "DATE_FORMAT") for name in ("day", "due_on"))
    words = {"n": said["rows"], "day": day, "due": due_on}
    sentence = _sentence(act, said["rows"]) % words
    url = f"{settings.PORTAL_URL}{reverse('inspection-day', args=[said['day']])}"
    link = blocks.context(blocks.link(url, gettext("Open in the portal")))
    return {"text": blocks.literal(sentence), "blocks": [blocks.section(blocks.typed(sentence)), link]}


def _sentence(act: str, number: int) -> str:
    if act == Act.INSPECTION_REMINDED:
        return ngettext(
            "The daily inspection of %(day)s is due today: %(n)s log-in waits for your signature.",
            "The daily inspection of %(day)s is due today: %(n)s log-ins wait for your signature.",
            number,
        )
    return ngettext(
        "The log-ins of %(day)s are read: %(n)s waits for your signature, by %(due)s.",
        "The log-ins of %(day)s are read: %(n)s wait for your signature, by %(due)s.",
        number,
    )
