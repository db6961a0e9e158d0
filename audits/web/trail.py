"""The trail: what happened, found by what it is about and when, and each entry with its proof."""

import json
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audits import searching, selectors, showing
from audits.exporting import proving
from audits.models import FARTHEST, MentionKind, TrailEntry
from audits.sealing import status
from audits.searching import NEWEST_FIRST, Filters
from audits.showing import Shown
from audits.web import links
from audits.web.files import file
from audits.web.forms import TrailFilterForm
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest
from portal.pages.paging import NUMBER, Page, page_of

PROOF_KIND = "text/plain; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class Line:
    """An entry as lists show it: `url` leads to what it is about."""

    shown: Shown

    @property
    def entry(self) -> TrailEntry:
        return self.shown.entry

    @property
    def url(self) -> str:
        return links.of_subject(self.entry.subject)


@require_safe
@for_readers
def trail(request: PageRequest) -> HttpResponse:
    form = TrailFilterForm(request.GET)
    if not form.is_valid():
        context = {"form": form, "title": _("Audit trail"), "narrowed": True, "page": Page(rows=[], previous_url="", next_url="")}
        return render(request, "audits/trail.html", context, status=422)
    filters = form.filters()
    found = searching.found(filters)
    page = page_of(
        found.rows,
        order=found.order(NEWEST_FIRST),
        among=found.rows,
        query=request.GET,
        named_by=found.number,
        spelled=NUMBER,
    )
    context = {
        "form": form,
        "title": _("Audit trail"),
        "page": page,
        "shown": [Line(shown=each) for each in showing.shown(found.entries(page.rows))],
        "narrowed": filters.narrows,
        "story_url": _story_url(filters),
        "behind": found.behind,
        "status": status.current(now=timezone.now()),
    }
    return render(request, "audits/trail.html", context)


@require_safe
@for_readers
def entry(request: PageRequest, number: int) -> HttpResponse:
    found = _entry(number)
    (shown,) = showing.shown([found])
    context = {
        "line": Line(shown=shown),
        "entry": found,
        "title": _("Entry %(number)s of the audit trail") % {"number": number},
        "data": json.dumps(shown.data, ensure_ascii=False, indent=2, sort_keys=True),
        "proven": proving.proven(found),
        "is_last": number == selectors.last_id(),
        "more_url": links.trail(about=found.subject),
        "story_url": links.story(found),
    }
    return render(request, "audits/entry.html", context)


@require_safe
@for_readers
def leaf(_request: PageRequest, number: int) -> HttpResponse:
    """Answer the entry as the log has it, byte for byte."""
    return file(proving.proven(_entry(number)).leaf, name=f"entry-{number}.json", kind="application/json")


@require_safe
@for_readers
def proof(_request: PageRequest, number: int) -> HttpResponse:
    """Answer the proof against the newest checkpoint; not there while the entry is not sealed."""
    found = proving.proven(_entry(number)).proof
    if found is None:
        raise Http404
    return file(found, name=f"entry-{number}.tlog-proof", kind=PROOF_KIND)


def _story_url(filters: Filters) -> str:
    """Return where the same is told from its beginning, where that is all that it is narrowed to."""
    kind = next(iter(filters.mentioned), None)
    if len(filters.mentioned) != 1 or kind is None or kind == MentionKind.ABOUT or filters.act or filters.since or filters.until:
        return ""
    return reverse("audit-story-of", args=[kind.value, filters.mentioned[kind]])


def _entry(number: int) -> TrailEntry:
    if number >= FARTHEST:
        raise Http404
    return get_object_or_404(TrailEntry, pk=number)
