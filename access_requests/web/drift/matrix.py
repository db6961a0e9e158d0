"""Who can switch where: the groups for everybody, one's own for oneself, others' for those who read everything."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access_requests.models import IamUserBinding
from access_requests.web.drift import comparison, matrix_person, matrix_table
from portal.pages.page import PageRequest
from portal.users.models import User


@require_safe
def matrix(request: PageRequest) -> HttpResponse:
    """Groups x accounts x roles; `account` narrows it to one. Drift and comparisons are for those who read everything.

    htmx gets the comparison alone: a table that changed by itself would take the reader's place away.
    """
    shown = comparison.shown(request.user, now=timezone.now())
    latest = str(shown.latest.pk) if shown.latest else ""
    if request.htmx:
        seen = request.GET.get("seen", "")
        return render(request, "access_requests/drift/_matrix_news.html", {"comparison": shown, "seen": seen, "latest": latest})
    table = matrix_table.table(account=request.GET.get("account", ""), with_drift=request.user.reads_everything)
    context = {"table": table, "comparison": shown, "seen": latest, "latest": latest}
    return render(request, "access_requests/drift/matrix.html", context)


@require_safe
def person(request: PageRequest, username: str) -> HttpResponse:
    """Where one person can switch now."""
    who = request.user if username == request.user.username else None
    if who is None:
        if not request.user.reads_everything:
            raise PermissionDenied
        who = get_object_or_404(User, username=username)
    context = {
        "person": who,
        "reaches": matrix_person.reaches(who),
        "iam_user": IamUserBinding.objects.filter(person=who).first(),
        "comparison": comparison.shown(request.user, now=timezone.now()),
    }
    return render(request, "access_requests/drift/matrix_person.html", context)
