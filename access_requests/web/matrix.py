"""Who can switch where: the groups for everybody, one's own for oneself, others' for those who read everything."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from access_requests.web import drift, matrix_person, matrix_table
from access_requests.web.page import PageRequest
from portal.users.models import User


@require_safe
def matrix(request: PageRequest) -> HttpResponse:
    """Groups x accounts x roles. Drift is for those who read everything."""
    context = {"table": matrix_table.table(with_drift=request.user.reads_everything), "latest": drift.latest()}
    return render(request, "access_requests/matrix.html", context)


@require_safe
def person(request: PageRequest, username: str) -> HttpResponse:
    """Where one person can switch now."""
    who = request.user if username == request.user.username else None
    if who is None:
        if not request.user.reads_everything:
            raise PermissionDenied
        who = get_object_or_404(User, username=username)
    context = {"person": who, "reaches": matrix_person.reaches(who)}
    return render(request, "access_requests/matrix_person.html", context)
