"""The daily inspection: auditors and administrators see it, inspectors sign it."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.services.inspections import inspecting
from access_requests.web.inspections.days import EARLIEST, LATEST, Sheet, month_of, sheet_of
from audits.cloudtrail.classes import SETTLED
from audits.inspections import listing, plan, population
from audits.inspections.signing import Mark
from audits.models import Inspection
from portal.pages.actor import actor_of, carry_out
from portal.pages.forms import VerbForm
from portal.pages.page import PageRequest, with_headers_of
from portal.verbs.rejections import Rejection

READ_OR_SEND = ["GET", "HEAD", "POST"]
# What public holidays are called in each language of the portal, as the library names languages.
HOLIDAYS_IN = {"ja": "ja", "en": "en_US"}
View = Callable[..., HttpResponse]


def for_inspection(view: View) -> View:
    """Let in who reads everything, and the inspectors."""

    @wraps(view)
    def guarded(request: PageRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not listing.may_see(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_inspection
def inspection_month(request: PageRequest) -> HttpResponse:
    """A month on one page, the newest that has begun unless another one is asked for."""
    now = timezone.now()
    year, month = month_of(request.GET.get("month", ""), today=plan.day_of(now))
    language = HOLIDAYS_IN.get(translation.get_language() or "", "")
    before, after = ((f"{each[0]:04}-{each[1]:02}", date(*each, 1)) for each in listing.neighbours(year, month))
    wanted = plan.current()
    context = {
        "plan": wanted,
        "inspectors": sorted(wanted.inspectors) if wanted else [],
        "first": date(year, month, 1),
        "days": sheet_of(listing.month(year, month, now=now, language=language)),
        "before": before,
        "after": after if after[1] <= plan.day_of(now) else None,
        "reach": population.reach(),
        "waiting": len(listing.waiting_for(request.user)),
    }
    return render(request, "access_requests/inspections/month.html", context)


@require_safe
@for_inspection
def inspection_day(request: PageRequest, day: str) -> HttpResponse:
    return _page(request, _day(day))


@require_http_methods(READ_OR_SEND)
@for_inspection
def inspection_sign(request: PageRequest, day: str) -> HttpResponse:
    """Sign the rows that were chosen, all or none; a refusal shows the day with what was typed."""
    found = _day(day)
    if request.method != "POST":
        return redirect("inspection-day", day)
    verb = partial(inspecting.sign, day=found, marks=_marks(request), actor=actor_of(request), now=timezone.now())
    try:
        parts: list[Inspection] = carry_out(request, verb)
    except Rejection as rejection:
        form = VerbForm()
        form.cleaned_data = {}
        form.refuse(rejection)
        return with_headers_of(rejection, _page(request, found, refused=form, status=rejection.status))
    messages.success(request, _said(len(_marks(request)), parts))
    return redirect("inspection-day", day)


def _said(number: int, parts: Sequence[Inspection]) -> str:
    said = ngettext("You signed %(n)s row.", "You signed %(n)s rows.", number) % {"n": number}
    is_whole = all(part.signed_at is not None for part in parts)
    whole = _("The day is signed.")
    return f"{said} {whole}" if is_whole else said


def _marks(request: PageRequest) -> list[Mark]:
    """Return the rows that were chosen. One that is not named as rows are is the number 0, which there is nowhere."""
    found = []
    for key in request.POST.getlist("rows"):
        part, _dash, number = key.partition("-")
        known = part.isdecimal() and number.isdecimal() and len(key) < 10  # noqa: PLR2004  Of a part nobody counts so far.
        at = (int(part), int(number)) if known else (0, 0)
        comment, seen = request.POST.get(f"comment-{key}", ""), request.POST.get(f"seen-{key}", "")
        found.append(Mark(part=at[0], number=at[1], comment=comment, seen=seen))
    return found


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if not EARLIEST <= found.year <= LATEST:
        raise Http404
    return found


def _page(request: PageRequest, day: date, *, refused: VerbForm | None = None, status: int = 200) -> HttpResponse:
    sheet = Sheet.of(day, viewer=request.user, typed=request.POST, now=timezone.now())
    context: dict[str, Any] = {
        "sheet": sheet,
        "errors": refused,
        "read_ends": plan.span(day)[1] + SETTLED,
    }
    return render(request, "access_requests/inspections/day.html", context, status=status)
