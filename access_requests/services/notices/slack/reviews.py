"""Access reviews told in Slack: to each reviewer, that items wait for them, and before the last day once more."""

from collections import Counter
from collections.abc import Iterator, Mapping
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
from audits.models import TrailEntry
from audits.reviews.reminding import PREFIX
from portal.users.models import User

BODY = "review"


def wanted(entry: TrailEntry) -> Iterator[Wanted]:
    """Yield each reviewer with how many items are theirs."""
    is_opened = entry.act == Act.REVIEW_OPENED
    due_on = entry.data["review"]["due_on"] if is_opened else entry.data["due_on"]
    for username, number in sorted(_waiting(entry).items()):
        body = {"code": entry.subject.removeprefix(PREFIX), "due_on": due_on, "items": number}
        yield from readers.to([username], {BODY: body})


def send(delivery: Delivery) -> str:
    """Raises Later, Undeliverable."""
    person = User.objects.get(username=delivery.target.removeprefix(PERSON))
    account = account_of(person)
    with in_words_of(person):
        message = _message(delivery.act, delivery.body[BODY])
    return readers.say(account, message)


def _waiting(entry: TrailEntry) -> Mapping[str, int]:
    if entry.act == Act.REVIEW_OPENED:
        return Counter(str(item["reviewer"]) for item in entry.data["items"])
    waiting: Mapping[str, int] = entry.data["waiting"]
    return waiting


def _message(act: str, said: Mapping[str, Any]) -> dict[str, Any]:
    due_on = date_format(date.fromisoformat(said["due_on"]), "DATE_FORMAT")
    sentence = _sentence(act, said["items"]) % {"n": said["items"], "code": said["code"], "due": due_on}
    url = f"{settings.PORTAL_URL}{reverse('review', args=[said['code']])}"
    link = blocks.context(blocks.link(url, gettext("Open in the portal")))
    return {"text": blocks.literal(sentence), "blocks": [blocks.section(blocks.typed(sentence)), link]}


def _sentence(act: str, number: int) -> str:
    if act == Act.REVIEW_REMINDED:
        return ngettext(
            "The access review %(code)s is due on %(due)s: %(n)s item still waits for you.",
            "The access review %(code)s is due on %(due)s: %(n)s items still wait for you.",
            number,
        )
    return ngettext(
        "The access review %(code)s is open: %(n)s item waits for you, by %(due)s.",
        "The access review %(code)s is open: %(n)s items wait for you, by %(due)s.",
        number,
    )
