"""Everybody whom the portal knows, and what they are here. For those who read everything."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access_requests.selectors import people as selectors
from access_requests.web.catalogue import lines
from access_requests.web.people.forms import PeopleFilterForm
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest
from portal.pages.paging import page_of
from portal.users.models import User


@require_safe
@for_readers
def people(request: PageRequest) -> HttpResponse:
    form = PeopleFilterForm(request.GET)
    form.is_valid()
    rows = selectors.in_full(selectors.filtered(form.filters()))
    page = page_of(rows, order=["username"], among=User.objects.all(), query=request.GET, named_by="username")
    context = {
        "title": _("People"),
        "page": page,
        "form": form,
        "narrowed": form.narrows,
        "add": lines.add_person(),
        "check": lines.CHECK,
        "load": lines.LOAD,
    }
    return render(request, "access_requests/people/people.html", context)
