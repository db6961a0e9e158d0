"""Second factors told in Slack: direct messages to the person, and of what others should know to administrators and auditors."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from access_requests.models import Delivery
from access_requests.services.notices import factors
from access_requests.services.notices.contract import Wanted
from access_requests.services.notices.slack import blocks, log_ins, readers
from access_requests.services.notices.slack.calls import PERSON, account_of, in_words_of
from audits.models import TrailEntry
from portal.pages import moments
from portal.users.models import User

BODY = "factor"


def wanted(entry: TrailEntry) -> Iterator[Wanted]:
    name = entry.subject.removeprefix(PERSON)
    body = {BODY: {"who": entry.actor, "name": name, "at": entry.at.isoformat()}}
    yield from (Wanted(target=one.target, body=body) for one in log_ins.wanted(entry))
    if entry.act in factors.ACTS:
        yield from (one for one in readers.wanted(body) if one.target != f"{PERSON}{name}")


def send(delivery: Delivery) -> str:
    """Raises Later, Undeliverable."""
    said = delivery.body[BODY]
    if delivery.target == f"{PERSON}{said['name']}":
        person = User.objects.get(username=said["name"])
        with in_words_of(person):
            message = _to_person(delivery.act, who=said["who"], at=moments.said(datetime.fromisoformat(said["at"])))
        return readers.say(account_of(person), message)
    person, account = readers.found(delivery)
    with in_words_of(person):
        sentence = factors.said(delivery.act, who=said["who"], name=said["name"])
        message = _message(sentence, blocks.link(factors.url_of_person(said["name"]), gettext("Open in the portal")))
    return readers.say(account, message)


def _to_person(act: str, *, who: str, at: str) -> dict[str, Any]:
    sentence = factors.said_to_person(act, who=who, at=at)
    to_do = gettext("Was it not you? Tell an administrator at once.")
    return _message(f"{sentence} {to_do}", blocks.link(factors.url_of_own(), gettext("Your second factors")))


def _message(sentence: str, link: blocks.Block) -> dict[str, Any]:
    return {"text": blocks.literal(sentence), "blocks": [blocks.section(blocks.typed(sentence)), blocks.context(link)]}
