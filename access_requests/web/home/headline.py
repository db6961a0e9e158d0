"""The title of the home page, and what happens next by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access_requests.lifecycle import IN_AWS, ElevationStatus
from access_requests.models import AccessRequest, Elevation
from access_requests.selectors import waiting
from access_requests.web.elevations.passes import Pass
from portal.listed import listed
from portal.pages import moments

Pending = Sequence[tuple[AccessRequest, waiting.Waiting | None]]


@dataclass(frozen=True, kw_only=True)
class Queue:
    """What waits for the reader's decision: how many requests, and when the first of them lapses."""

    number: int
    first_until: datetime


def of(
    passes: Sequence[Pass], pending: Pending, others: Sequence[Elevation], *, queue: Queue | None, is_about_others: bool
) -> tuple[str, str]:
    """Return whether I am in production, what waits for me, and what is next; for who asks for nothing, whether somebody is in.

    Of several passes the one that matters most speaks.
    """
    by_state = {ElevationStatus.GRANTING if shown.is_due else shown.state: shown for shown in reversed(passes)}
    titles = {
        ElevationStatus.ACTIVE: _("You are in production"),
        ElevationStatus.REVOKING: _("Your access is being ended"),
        ElevationStatus.GRANTING: _("Your access is being set up"),
        ElevationStatus.SCHEDULED: _("You are not in production yet"),
    }
    for state, title in titles.items():
        if state in by_state:
            return title, by_state[state].next
    if queue is not None:
        return _of_queue(queue)
    if is_about_others:
        return _of_others(others)
    for row, waits in pending:
        if waits is not None:
            return _("You are not in production"), _waits(row, waits)
    return _("You are not in production"), _("Ask for access when a change needs it. It ends by itself.")


def _of_queue(queue: Queue) -> tuple[str, str]:
    title = ngettext("%(n)s request waits for you", "%(n)s requests wait for you", queue.number) % {"n": queue.number}
    lapses = ngettext(
        "Without a decision it lapses at %(at)s.", "Without a decision the first of them lapses at %(at)s.", queue.number
    )
    return title, lapses % {"at": moments.soon(queue.first_until)}


def _of_others(others: Sequence[Elevation]) -> tuple[str, str]:
    inside = {row.person_id for row in others if row.status in IN_AWS}
    if not inside:
        return _("Nobody is in production"), _("Whoever is let in stands here, with the time of the end.")
    title = ngettext("%(n)s person is in production", "%(n)s people are in production", len(inside)) % {"n": len(inside)}
    ends = max(row.ends_at for row in others if row.status in IN_AWS)
    return title, _("The last access ends by itself at %(end)s.") % {"end": moments.soon(ends)}


def _waits(row: AccessRequest, waits: waiting.Waiting) -> str:
    people = listed(person.called for person in waits.people)
    return _("%(code)s waits for %(people)s until %(until)s.") % {
        "code": row.code,
        "people": people,
        "until": moments.soon(waits.until),
    }
