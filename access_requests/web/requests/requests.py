"""The list of requests, and one of them. Everybody sees their own, approvers what is theirs to decide, auditors all."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access_requests.selectors import catalogue, requests
from access_requests.selectors.requests import Filters
from access_requests.web.requests import showing
from access_requests.web.requests.forms import FilterForm
from portal.pages import moments, narrowing
from portal.pages.page import PageRequest
from portal.pages.paging import page_of


@require_safe
def request_list(request: PageRequest) -> HttpResponse:
    now = timezone.now()
    form = FilterForm(request.GET)
    among = requests.visible_to(request.user)
    found = requests.filtered(among, _filters(form), request.user, now=now)
    rows = requests.in_brief(found)
    page = page_of(rows, order=[requests.NEWEST_FIRST], among=among, query=request.GET)
    context = {
        "title": _("Requests"),
        "page": page,
        "form": form,
        "count": narrowing.count_of(found),
        "narrowed": any(form.cleaned_data.values()),
        "groups": catalogue.names(),
    }
    return render(request, "access_requests/requests/request_list.html", context)


@require_safe
def request_page(request: PageRequest, code: str) -> HttpResponse:
    return showing.answer(request, code, now=timezone.now())


def _filters(form: FilterForm) -> Filters:
    """Return what could be read of the filters; the form says what could not."""
    form.is_valid()
    data = form.cleaned_data
    since, until = data.get("since"), data.get("until")
    return Filters(
        state=data.get("state", ""),
        requester=data.get("requester", ""),
        work_group=data.get("work_group", ""),
        # Neither end of the calendar has a midnight in every zone, nor narrows anything.
        since=moments.midnight(since) if since and since > since.min else None,
        until=moments.midnight(until) + timedelta(days=1) if until and until < until.max else None,
        waiting_for_me=data.get("waiting_for_me", False),
        words=data.get("words", ""),
    )
