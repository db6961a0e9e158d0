"""Requests and accesses in few lines."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext

from access_requests import wording
from access_requests.chat import answers
from access_requests.chat.answers import Answer
from access_requests.models import AccessRequest, Elevation
from access_requests.selectors import elevations, requests, waiting
from access_requests.services.notices.slack import api, blocks, cards
from access_requests.services.notices.slack.blocks import Block
from portal.listed import listed
from portal.users.models import User

MOST_ACCESSES, MOST_REQUESTS = 15, 8


def listing(person: User, *, now: datetime) -> Answer:
    """Return who is in production, and what waits for the person, each as far as a message is to be read."""
    current = list(elevations.in_brief(elevations.current())[: MOST_ACCESSES + 1])
    waits = list(requests.in_full(requests.waiting_for(person, now=now))[: MOST_REQUESTS + 1])
    shown = [blocks.section(blocks.marked(f"*{gettext('Who is in production')}*"))]
    shown += [_access(row) for row in current[:MOST_ACCESSES]] or [_plain(gettext("Nobody is in production."))]
    shown.append(blocks.section(blocks.marked(f"*{gettext('Waiting for you')}*")))
    shown += [block for row in waits[:MOST_REQUESTS] for block in _waiting(row)] or [_plain(gettext("Nothing waits for you."))]
    if len(current) > MOST_ACCESSES or len(waits) > MOST_REQUESTS:
        shown.append(_plain(gettext("There are more; the portal shows them all.")))
    text = gettext("In production: %(people)s. Waiting for you: %(requests)s.") % {
        "people": listed(sorted({row.person.called for row in current})) or "–",
        "requests": listed(row.code for row in waits) or "–",
    }
    return answers.only_to_them(blocks.literal(text), shown)


def in_one_line(request: AccessRequest) -> str:
    return f"{request.code} {cards.title(request)}: {cards.state(request)}"


def whom_it_waits_for(request: AccessRequest) -> Iterator[Block]:
    waits = waiting.of_request(request)
    if waits is not None:
        yield blocks.section(blocks.marked(cards.waits(waits)))


def _access(row: Elevation) -> Block:
    name = blocks.literal(f"{row.person.called} · {row.work_group.name} · {row.code}")
    words = {"access": name, "state": wording.state(row.status), "end": blocks.moment(row.ends_at)}
    return blocks.section(blocks.marked(gettext("%(access)s: %(state)s, until %(end)s") % words))


def _waiting(row: AccessRequest) -> Iterator[Block]:
    yield blocks.section(blocks.typed(f"{in_one_line(row)}\n{row.change_ticket} · {row.reason}"))
    # Without windows a press decides at once: then there are buttons only where all of it is shown.
    if cards.is_open_here(row) and api.is_possible():
        yield cards.buttons(row)
    yield blocks.context(blocks.link(cards.address(row), gettext("Open in the portal")))


def _plain(sentence: str) -> Block:
    return blocks.context(blocks.typed(sentence))
