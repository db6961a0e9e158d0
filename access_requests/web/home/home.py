"""Home: am I in production, what waits for me, what went wrong, who else is in, and how the portal does. For everybody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access_requests.lifecycle import UNDECIDED, ElevationStatus, RequestStatus
from access_requests.models import AccessRequest
from access_requests.selectors import abilities, elevations, offers, requests, system, troubles, waiting
from access_requests.web.elevations import stops
from access_requests.web.elevations.bars import bars
from access_requests.web.elevations.passes import Pass, passes_of
from access_requests.web.home import audit, dismissing, headline, wrong
from access_requests.web.requests import showing
from access_requests.web.timeline import story
from audits.inspections import listing as inspections
from audits.models import ItemState, ReviewItem
from audits.reports import listing
from audits.reports.owing import today
from portal.pages.actor import actor_of
from portal.pages.page import PageRequest

MINE, CARDS, BARS, AGAIN = 5, 3, 12, 2


@require_safe
def home(request: PageRequest) -> HttpResponse:
    """The page, or for htmx what changes on it by itself."""
    template = "access_requests/home/_home.html" if request.htmx else "access_requests/home/home.html"
    return render(request, template, _context(request, now=timezone.now()))


def _context(request: PageRequest, *, now: datetime) -> dict[str, Any]:
    person, put_away = request.user, dismissing.put_away(request)
    passes = passes_of(person, list(elevations.in_full(elevations.in_production(person))), now=now)
    own = AccessRequest.objects.filter(requester=person)
    mine = [(row, waiting.of_request(row)) for row in requests.with_outcome(own).order_by(requests.NEWEST_FIRST)[:MINE]]
    others = list(elevations.in_brief(elevations.current())[:BARS])
    pending = [(row, waits) for row, waits in mine if row.status in UNDECIDED]
    may_ask = offers.to(person).may_ask
    queue = _waiting(request, now)
    title, lead = headline.of(passes, pending, others, queue=queue.pop("queued"), is_about_others=not (may_ask or mine))
    return {
        "title": title,
        "lead": lead,
        "may_ask": may_ask,
        "stops": [stop for stop in stops.of_person(person, now=now) if stop.elevation.code not in put_away],
        "failures": wrong.not_granted([row for row in troubles.not_granted_to(person, now=now) if row.code not in put_away]),
        "passes": passes,
        "owed": list(listing.owed_by(person)[:MINE]),
        "reports_waiting": listing.waiting_for(person).count(),
        "items_waiting": ReviewItem.objects.filter(reviewer=person.username, state=ItemState.OPEN).count(),
        "to_inspect": len(inspections.waiting_for(person)),
        "today": today(now),
        "items": _story(passes, now),
        "mine": mine,
        **queue,
        # Whoever is in production, or decides, has that in the middle of the page, and what they asked for beside it.
        "is_busy": bool(passes or queue["queue"]),
        "wrong": wrong.of_others(person, now=now),
        "system": system.now_is(now) if person.is_administrator else None,
        "audit": audit.today(now) if person.is_auditor else None,
        "chart": bars(others, now=now, viewer=person),
        "again": _again([row for row, _waits in mine]),
        "is_moving": any(shown.is_moving for shown in passes),
        "is_waiting": bool(pending),
    }


def _waiting(request: PageRequest, now: datetime) -> dict[str, Any]:
    """Return the first requests that wait for the person, as cards to decide on, and how many there are."""
    waiting_rows = requests.in_full(requests.waiting_for(request.user, now=now))
    rows = list(abilities.with_requests(waiting_rows)[: CARDS + 1])
    number = waiting_rows.count() if len(rows) > CARDS else len(rows)
    return {
        "queue": showing.cards(rows[:CARDS], actor_of(request), now=now),
        "queue_has_more": len(rows) > CARDS,
        "queued": headline.Queue(number=number, first_until=rows[0].decide_until) if rows else None,
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
