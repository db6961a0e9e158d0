"""Work reports: what somebody did with their access, and the answer to it. Those who may see the request see its report."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.models import Elevation
from access_requests.selectors import elevations
from access_requests.services.elevations import reporting
from audits.models import ReportStatus, WorkReport
from audits.reports import answering, listing, seen_use
from audits.reports.owing import today
from portal.pages.actor import actor_of, carry_out
from portal.pages.fields import text_field
from portal.pages.forms import VerbForm
from portal.pages.page import PageRequest, with_headers_of
from portal.pages.paging import page_of
from portal.users.models import User
from portal.verbs.rejections import Rejection

READ_OR_SEND = ["GET", "HEAD", "POST"]
ALL, OWED, WAITING = "all", "owed", "waiting"
STATES: Mapping[str, Promise] = {
    OWED: gettext_lazy("I owe"),
    WAITING: gettext_lazy("Waiting for my confirmation"),
    ALL: gettext_lazy("All of them"),
}


class ReportForm(VerbForm):
    """What was done. That it is missing is the verb's to say, which asks first whose access it was."""

    done = text_field(
        gettext_lazy("What was done"),
        rows=4,
        required=True,
        missing=gettext_lazy("Write what you did; or say that the access was not used."),
    )
    deviation = text_field(gettext_lazy("What was otherwise than planned"), rows=2, help_text=gettext_lazy("Empty: nothing."))


class AnswerForm(VerbForm):
    comment = text_field(
        gettext_lazy("Comment"),
        rows=2,
        help_text=gettext_lazy("Needed to ask back."),
        missing=gettext_lazy("Asking back needs a question. Write it here."),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


@require_safe
def report_list(request: PageRequest) -> HttpResponse:
    """What one owes, what waits for one's confirmation, and all that one may see. For everybody."""
    now, state = timezone.now(), request.GET.get("state", "")
    if state not in STATES:
        state = WAITING if listing.waiting_for(request.user).exists() else OWED
    narrowed = {OWED: listing.owed_by, WAITING: listing.waiting_for, ALL: listing.told_to}[state](request.user)
    page = page_of(narrowed.distinct(), order=["-id"], among=listing.told_to(request.user), query=request.GET)
    context = {
        "title": _("Work reports"),
        "page": page,
        "state": state,
        "states": [(f"?state={each}", label, each == state) for each, label in STATES.items()],
        "today": today(now),
    }
    return render(request, "access_requests/elevations/report_list.html", context)


@require_http_methods(READ_OR_SEND)
def report(request: PageRequest, code: str) -> HttpResponse:
    """Show the report; its person writes it here."""
    elevation, now = _find(request, code), timezone.now()
    if request.method != "POST":
        return _page(request, elevation)
    form, is_unused = ReportForm(request.POST), bool(request.POST.get("unused"))
    typed = {name: request.POST.get(name, "") for name in ("done", "deviation")}
    act = partial(reporting.report, elevation=elevation, **typed, is_unused=is_unused, actor=actor_of(request), now=now)
    return _done(request, elevation, act, form, _("You reported on %(code)s. Somebody who approved it confirms."))


@require_http_methods(READ_OR_SEND)
def confirm(request: PageRequest, code: str) -> HttpResponse:
    """For who approved the request, or is of its last level."""
    return _answered(request, code, reporting.confirm, _("You confirmed the work report of %(code)s."))


@require_http_methods(READ_OR_SEND)
def ask_back(request: PageRequest, code: str) -> HttpResponse:
    """As `confirm`: for more than it says."""
    return _answered(request, code, reporting.ask_back, _("You asked the work report of %(code)s back."))


def _answered(request: PageRequest, code: str, verb: Callable[..., WorkReport], said: str) -> HttpResponse:
    elevation = _find(request, code)
    if request.method != "POST":
        return redirect("elevation-report", code)
    form = AnswerForm(request.POST)
    form.is_valid()
    typed = {"comment": request.POST.get("comment", ""), "seen": form.cleaned_data.get("seen")}
    act = partial(verb, elevation=elevation, **typed, actor=actor_of(request), now=timezone.now())
    return _done(request, elevation, act, form, said)


def _find(request: PageRequest, code: str) -> Elevation:
    found = elevations.in_full(Elevation.objects.filter(code=code)).first()
    if found is None or not elevations.visible_in_full(found, request.user):
        raise Http404
    return found


def _done(request: PageRequest, elevation: Elevation, act: Callable[[], WorkReport], form: VerbForm, said: str) -> HttpResponse:
    """Act, or show the report as it is now with the refusal and what was typed."""
    try:
        carry_out(request, act)
    except Rejection as rejection:
        form.refuse(rejection)
        return with_headers_of(rejection, _page(request, elevation, typed=form, status=rejection.status))
    messages.success(request, said % {"code": elevation.code})
    return redirect("elevation-report", elevation.code)


def _page(request: PageRequest, elevation: Elevation, *, typed: VerbForm | None = None, status: int = 200) -> HttpResponse:
    row = listing.of([elevation.code]).get(elevation.code)
    is_mine = elevation.person_id == request.user.pk
    writes = row is not None and is_mine and row.is_unwritten
    may_answer = row is not None and row.status == ReportStatus.WRITTEN and answering.may_answer(row, request.user.username)
    seen = seen_use.of(elevation.code)
    context: dict[str, Any] = {
        "elevation": elevation,
        "report": row,
        "answerers": User.objects.filter(username__in=row.answerers.values("username")) if row else (),
        "is_late": row is not None and row.is_unwritten and row.due_on < today(timezone.now()),
        "errors": typed,
        "seen": seen,
        "form": _written(row, typed, seen) if writes else None,
        "answer": _answer(row, typed) if may_answer else None,
    }
    return render(request, "access_requests/elevations/report.html", context, status=status)


def _written(row: WorkReport | None, typed: VerbForm | None, seen: seen_use.SeenUse) -> VerbForm:
    """Return the form with what was typed, what was said before it was asked back, or the log-ins that AWS saw."""
    said = {"done": row.done or seen.draft, "deviation": row.deviation} if row is not None else {}
    return typed if isinstance(typed, ReportForm) else ReportForm(initial=said)


def _answer(row: WorkReport | None, typed: VerbForm | None) -> VerbForm:
    """Return the form, always for the report as it is shown now."""
    form = typed if isinstance(typed, AnswerForm) else AnswerForm()
    if row is not None:
        form.data = {**dict(form.data.items()), "seen": str(row.entry_id)}
        form.fields["seen"].initial = row.entry_id
    return form
