"""Drift: what somebody changed in AWS behind the portal's back. Administrators and auditors read all, leads their groups'."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from access_requests.lifecycle import DRIFT_OPEN
from access_requests.models import Drift, Reconciliation
from access_requests.selectors import catalogue
from access_requests.web import drift_showing as showing
from access_requests.web.forms import DriftFilterForm
from access_requests.web.page import PageRequest
from access_requests.web.paging import page_of
from portal.users.models import User

NEWEST_FIRST = ["-id"]


@require_safe
def drift_list(request: PageRequest) -> HttpResponse:
    """What is open; `all=on` shows what was settled too."""
    form = DriftFilterForm(request.GET)
    form.is_valid()
    among = readable_by(request.user)
    page = page_of(_filtered(among, form.cleaned_data), order=NEWEST_FIRST, among=among, query=request.GET)
    context = {
        "form": form,
        "page": page,
        "shown": [showing.shown(row, may_undo=False) for row in page.rows],
        "narrowed": any(form.cleaned_data.values()),
        "groups": catalogue.names(),
        "latest": latest(),
    }
    return render(request, "access_requests/drift_list.html", context)


@require_safe
def drift_page(request: PageRequest, code: str) -> HttpResponse:
    item = showing.shown(find(request.user, code), may_undo=False)
    return render(request, "access_requests/drift.html", {"item": item, "drift": item.drift})


def find(person: User, code: str) -> Drift:
    """Return the drift if the person may read it. Raises Http404, PermissionDenied."""
    found = readable_by(person).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def readable_by(person: User) -> QuerySet[Drift]:
    """Return what the person may read. Raises PermissionDenied for who may read none, whatever there is."""
    rows = Drift.objects.select_related("work_group", "elevation")
    if person.reads_everything:
        return rows
    levels = person.approval_levels.all()
    if not levels.exists():
        raise PermissionDenied
    return rows.filter(work_group__policy__levels__in=levels).distinct()


def open_count() -> int:
    """Return how much is open, for those who read everything."""
    return Drift.objects.filter(status__in=DRIFT_OPEN).count()


def latest() -> Reconciliation | None:
    """Return the last comparison with AWS, or the one that is running."""
    return Reconciliation.objects.order_by("-began_at").first()


def _filtered(rows: QuerySet[Drift], typed: dict[str, Any]) -> QuerySet[Drift]:
    if not typed.get("all"):
        rows = rows.filter(status__in=DRIFT_OPEN)
    exact = {"kind": typed.get("kind"), "work_group__name": typed.get("work_group")}
    rows = rows.filter(**{field: value for field, value in exact.items() if value})
    words = typed.get("words")
    if not words:
        return rows
    fields = ("code", "account", "thing", "name", "principal")
    return rows.filter(*[Q(*[(f"{field}__icontains", words) for field in fields], _connector=Q.OR)])
