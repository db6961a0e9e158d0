"""Elevations: who is in production, and ending or prolonging it. Everybody sees who, where and until when."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.models import Elevation
from access_requests.selectors import catalogue, elevations
from access_requests.services.elevations import stop
from access_requests.services.requests import extend
from access_requests.web.elevations.bars import bars
from access_requests.web.elevations.forms import ElevationFilterForm, ExtendForm, StopForm
from access_requests.web.elevations.passes import pass_for
from access_requests.web.timeline import story
from audits.log_ins import showing
from audits.reports import listing
from portal.pages import moments, narrowing
from portal.pages.actor import actor_of, carry_out
from portal.pages.forms import VerbForm
from portal.pages.page import PageRequest, with_headers_of
from portal.pages.paging import page_of
from portal.users.models import User
from portal.verbs import phrases
from portal.verbs.rejections import Rejection

UNUSABLE = 422
READ_OR_SEND = ["GET", "HEAD", "POST"]


@require_safe
def elevation_list(request: PageRequest) -> HttpResponse:
    """Who is in production; `all=1` and a day show what is over too."""
    now, form = timezone.now(), ElevationFilterForm(request.GET)
    form.is_valid()
    over_too = request.GET.get("all") == "1" or form.cleaned_data.get("day") is not None
    found = _narrowed(elevations.everything() if over_too else elevations.current(), form, request.user)
    rows = elevations.with_leave(found)
    order = ["-id"] if over_too else ["ends_at", "id"]
    page = page_of(rows, order=order, among=Elevation.objects.all(), query=request.GET)
    readable = elevations.readable(page.rows, request.user)
    context = {
        "title": _("Access, past ones too") if over_too else _("Who is in production"),
        "page": page,
        "shown": [(row, row.pk in readable) for row in page.rows],
        "form": form,
        "count": narrowing.count_of(found),
        "narrowed": any(form.cleaned_data.values()),
        "over_too": over_too,
        "all_url": request.path + ("?all=1" if over_too else ""),
        "chart": None if over_too else bars(page.rows, now=now, viewer=request.user),
        "groups": catalogue.names(),
    }
    return render(request, "access_requests/elevations/elevation_list.html", context)


def _narrowed(rows: QuerySet[Elevation], form: ElevationFilterForm, person: User) -> QuerySet[Elevation]:
    """Narrow the list to what could be read of the filters; the form says what could not."""
    rows, words, day = rows.filter(**form.filters()), form.cleaned_data.get("words"), form.cleaned_data.get("day")
    if words:
        rows = elevations.having(rows, words, person)
    # The calendar's ends have no midnight in every zone, and nothing was on them.
    if day and day.min < day < day.max:
        rows = elevations.between(rows, moments.midnight(day), moments.midnight(day + timedelta(days=1)))
    return rows


@require_safe
def elevation_page(request: PageRequest, code: str) -> HttpResponse:
    elevation = _find(code)
    in_full = elevations.visible_in_full(elevation, request.user)
    shown = pass_for(request.user, elevation, in_full=in_full, now=timezone.now())
    template = "access_requests/elevations/_elevation.html" if request.htmx else "access_requests/elevations/elevation.html"
    used = showing.of_access(elevation.code, now=timezone.now(), accounts=_accounts(elevation)) if in_full else None
    context = {
        "shown": shown,
        "elevation": elevation,
        "sessions": story.of_sessions(elevation) if in_full else [],
        "used": used,
        "report": listing.of([elevation.code]).get(elevation.code) if in_full else None,
    }
    return render(request, template, context)


def _accounts(elevation: Elevation) -> list[str]:
    """Return the accounts that the access leads to, by AWS's numbers."""
    return sorted({role.account.account_id for role in elevation.work_group.target_roles.all()})


@require_http_methods(READ_OR_SEND)
def elevation_return(request: PageRequest, code: str) -> HttpResponse:
    """The person's own good act."""
    elevation, actor = _find(code), actor_of(request)
    if request.method != "POST":
        return _confirm(request, elevation, VerbForm(), "return")
    act = partial(stop.return_early, elevation_id=elevation.pk, actor=actor, now=timezone.now())
    return _acted(request, elevation, VerbForm(request.POST), act, "return", _("You returned %(group)s."))


@require_http_methods(READ_OR_SEND)
def elevation_stop(request: PageRequest, code: str) -> HttpResponse:
    """The red button of the work group's approvers and of administrators."""
    elevation, actor = _find(code), actor_of(request)
    if request.method != "POST":
        return _confirm(request, elevation, StopForm(), "stop")
    form = StopForm(request.POST)
    comment = request.POST.get("comment", "")
    act = partial(stop.stop, elevation_id=elevation.pk, comment=comment, actor=actor, now=timezone.now())
    return _acted(request, elevation, form, act, "stop", _("You stopped the access by %(group)s."))


@require_http_methods(READ_OR_SEND)
def elevation_extend(request: PageRequest, code: str) -> HttpResponse:
    """The person asks for more time; it is approved again."""
    elevation, actor, now = _find(code), actor_of(request), timezone.now()
    if request.method != "POST":
        return _confirm(request, elevation, ExtendForm(elevation=elevation, now=now), "extend")
    form = ExtendForm(request.POST, elevation=elevation, now=now)
    if not form.is_valid():
        return _confirm(request, elevation, form, "extend", status=UNUSABLE)
    typed = {name: form.cleaned_data[name] for name in ("ends_at", "reason")}
    try:
        made = carry_out(request, lambda: extend.extend(elevation_id=elevation.pk, **typed, actor=actor, now=now))
    except Rejection as rejection:
        form.refuse(rejection)
        return with_headers_of(rejection, _confirm(request, elevation, form, "extend", status=rejection.status))
    messages.success(request, _("You asked for more time. The request has the ID %(code)s.") % {"code": made.code})
    return redirect("request", made.code)


def _find(code: str) -> Elevation:
    found = elevations.in_full(Elevation.objects.filter(code=code)).first()
    if found is None:
        raise Http404
    return found


def _confirm(request: PageRequest, elevation: Elevation, form: VerbForm, act: str, *, status: int = 200) -> HttpResponse:
    context = {"elevation": elevation, "form": form, "longest": _longest(elevation)}
    return render(request, f"access_requests/elevations/elevation_{act}.html", context, status=status)


def _longest(elevation: Elevation) -> str:
    return phrases.duration(elevation.work_group.policy.longest_minutes)


def _acted(
    request: PageRequest, elevation: Elevation, form: VerbForm, act: Callable[[], Elevation], name: str, said: str
) -> HttpResponse:
    """End an access, or show again the page that asked, with the refusal."""
    try:
        carry_out(request, act)
    except Rejection as rejection:
        form.refuse(rejection)
        return _confirm(request, elevation, form, name, status=rejection.status)
    messages.success(request, said % {"group": elevation.work_group.name})
    return redirect("elevation", elevation.code)
