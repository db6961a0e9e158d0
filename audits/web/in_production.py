"""Who was in production between two times, and what may have been; from the trail alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from audits import presence, selectors
from audits.models import Stay
from audits.sealing import status
from audits.web import accesses, sheets
from audits.web.accesses import ShownAccess
from audits.web.periods import Period, PeriodForm, initial, presets
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest
from portal.pages.paging import Page, page_of

UNUSABLE = 422
ORDER = ("-granting_at", "-subject")
# So many are listed of those of whom it is not known; and so many go into a file.
FEW, MOST = 50, 5000


@require_safe
@for_readers
def in_production(request: PageRequest) -> HttpResponse:
    now = timezone.now()
    asked = bool(request.GET.keys() & {"since", "until"})
    form = PeriodForm(request.GET if asked else initial(presets(now)[0]))
    context: dict[str, Any] = {"form": form, "presets": presets(now), "now": now}
    if not form.is_valid():
        context["title"] = _("Who was in production")
        return render(request, "audits/in_production.html", context, status=UNUSABLE)
    return render(request, "audits/in_production.html", context | _found(request, form.period, now))


@require_safe
@for_readers
def download(request: PageRequest) -> HttpResponse:
    """Answer the same as a table. More than a file holds is refused: the list's pages show them all."""
    form = PeriodForm(request.GET)
    if not form.is_valid():
        return HttpResponse(_("Name a period: since and until."), status=UNUSABLE, content_type="text/plain; charset=utf-8")
    period = form.period
    rows = [
        query.order_by(*ORDER)[: MOST + 1] for query in (presence.been(*_times(period)), presence.maybe_been(*_times(period)))
    ]
    if any(len(found) > MOST for found in rows):
        said = _("These are more than %(n)s accesses. Name a shorter period.") % {"n": MOST}
        return HttpResponse(said, status=UNUSABLE, content_type="text/plain; charset=utf-8")
    return sheets.of_accesses(*rows, name=f"in-production-{timezone.localtime(period.since):%Y%m%dT%H%M}.csv")


def _found(request: PageRequest, period: Period, now: datetime) -> dict[str, Any]:
    # The newest entry first: whatever is read after it has at least all that it has.
    last = selectors.numbered().order_by("-pk").first()
    seal = status.current(now=now)
    sealed_until = seal.until.pk if seal.until else 0
    page = page_of(presence.been(*_times(period)), order=ORDER, among=Stay.objects.all(), query=request.GET, named_by="subject")
    maybe = list(presence.maybe_been(*_times(period)).order_by(*ORDER)[: FEW + 1])
    shown = accesses.shown(page.rows, sealed_until=sealed_until)
    return {
        "title": _title(page, shown),
        "period": period,
        "page": page,
        "shown": shown,
        "maybe": accesses.shown(maybe[:FEW], sealed_until=sealed_until),
        "maybe_has_more": len(maybe) > FEW,
        "last": last,
        "status": seal,
        "unsealed": max((last.pk if last else 0) - sealed_until, 0),
    }


def _title(page: Page[Stay], shown: Sequence[ShownAccess]) -> str:
    """Say how many people they were, where one page has them all."""
    if page.previous_url or page.next_url:
        return _("Who was in production")
    people = {str(each.access.said.get("person", "")) for each in shown}
    if not people:
        return _("Nobody was in production")
    return ngettext("%(n)s person was in production", "%(n)s people were in production", len(people)) % {"n": len(people)}


def _times(period: Period) -> tuple[datetime, datetime]:
    return period.since, period.until
