"""Home: am I in production, what waits for me, what became of my requests, who else is in. For everybody who is logged in."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access_requests.lifecycle import UNDECIDED, ElevationStatus, RequestStatus
from access_requests.models import AccessRequest
from access_requests.selectors import drift, elevations, notices, requests, waiting
from access_requests.web.elevations import stops
from access_requests.web.elevations.bars import bars
from access_requests.web.elevations.passes import Pass, passes_of
from access_requests.web.timeline import story
from audits.sealing import status as seal
from portal.pages import moments
from portal.pages.page import PageRequest
from portal.users.models import User

MINE, EXCERPT, BARS, AGAIN = 5, 3, 12, 2


@require_safe
def home(request: PageRequest) -> HttpResponse:
    """The page, or for htmx what changes on it by itself."""
    template = "access_requests/home/_home.html" if request.htmx else "access_requests/home/home.html"
    return render(request, template, _context(request.user, now=timezone.now()))


def _context(person: User, *, now: datetime) -> dict[str, Any]:
    passes = passes_of(person, list(elevations.in_full(elevations.in_production(person))), now=now)
    own = AccessRequest.objects.filter(requester=person)
    mine = list(requests.with_outcome(own).order_by(requests.NEWEST_FIRST)[:MINE])
    queue = list(requests.in_brief(requests.waiting_for(person, now=now))[: EXCERPT + 1])
    others = list(elevations.in_brief(elevations.current())[:BARS])
    pending = [(row, waiting.of_request(row)) for row in mine if row.status in UNDECIDED]
    title, lead = _headline(passes, pending)
    return {
        "title": title,
        "lead": lead,
        "drifts": drift.still_open().count() if person.is_administrator else 0,
        "undelivered": notices.given_up_lately(now=now) if person.is_administrator else 0,
        "status": seal.current(now=now) if person.reads_everything else None,
        "stops": stops.of_person(person, now=now),
        "passes": passes,
        "items": _story(passes, now),
        "mine": [(row, waiting.of_request(row)) for row in mine],
        "queue": queue[:EXCERPT],
        "queue_has_more": len(queue) > EXCERPT,
        "chart": bars(others, now=now),
        "again": _again(mine),
        "is_moving": any(shown.is_moving for shown in passes),
        "is_waiting": bool(pending),
    }


def _again(mine: Sequence[AccessRequest]) -> list[AccessRequest]:
    """Return what may well be asked for again: the latest of each change; what was sent back is revised instead."""
    over = [row for row in mine if row.status not in UNDECIDED | {RequestStatus.SENT_BACK} and row.extends_id is None]
    return list({row.change_ticket: row for row in reversed(over)}.values())[::-1][:AGAIN]


def _story(passes: Sequence[Pass], now: datetime) -> list[story.Item]:
    """Return the timeline of what is going on, if something is."""
    going_on = [shown for shown in passes if shown.state != ElevationStatus.SCHEDULED] or passes
    if not going_on:
        return []
    request = going_on[0].elevation.request
    prefetch_related_objects([request], "elevations__work_group")
    return story.of_request(request, now=now)


def _headline(passes: Sequence[Pass], pending: Sequence[tuple[AccessRequest, waiting.Waiting | None]]) -> tuple[str, str]:
    """Return whether I am in production, and what happens next by itself."""
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
    for row, waits in pending:
        if waits is not None:
            return _("You are not in production"), _waits(row, waits)
    return _("You are not in production"), _("Ask for access when a change needs it. It ends by itself.")


def _waits(row: AccessRequest, waits: waiting.Waiting) -> str:
    people = ", ".join(person.username for person in waits.people)
    return _("%(code)s waits for %(people)s until %(until)s.") % {
        "code": row.code,
        "people": people,
        "until": moments.said(waits.until),
    }
