"""Everybody whom the portal knows, and what they are here. For those who read everything."""

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access_requests.lifecycle import UNSETTLED
from access_requests.models import ApprovalLevel, Elevation
from access_requests.web.catalogue import lines
from access_requests.web.people.forms import PeopleFilterForm
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest
from portal.pages.paging import page_of
from portal.users.models import User


@require_safe
@for_readers
def people(request: PageRequest) -> HttpResponse:
    """The list; `disable=NAME` shows the lines of the catalogue file that take all from that person."""
    form = PeopleFilterForm(request.GET)
    form.is_valid()
    words = form.cleaned_data.get("words", "")
    rows = _in_full(User.objects.filter(Q(username__icontains=words) | Q(name__icontains=words)))
    page = page_of(rows, order=["username"], among=User.objects.all(), query=request.GET, named_by="username")
    to_disable = User.objects.filter(username=request.GET.get("disable", ""), is_active=True).first()
    context = {
        "title": _("People"),
        "page": page,
        "form": form,
        "narrowed": bool(words),
        "to_disable": to_disable,
        "disable": lines.disable_person(to_disable.username) if to_disable else "",
        "add": lines.add_person(),
        "check": lines.CHECK,
        "load": lines.LOAD,
    }
    return render(request, "access_requests/people/people.html", context)


def _in_full(rows: QuerySet[User]) -> QuerySet[User]:
    """Return them with all that a row shows, in a constant number of queries."""
    now_open = Elevation.objects.filter(status__in=UNSETTLED).select_related("work_group").order_by("ends_at")
    approves = ApprovalLevel.objects.filter(approvers=OuterRef("pk"))
    rows = rows.annotate(approves=Exists(approves)).select_related("iam_user", "identity_center_user")
    return rows.prefetch_related("standing_groups", Prefetch("elevations", now_open))
