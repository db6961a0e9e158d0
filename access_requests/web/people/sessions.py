"""One's own log-ins: in which browsers, from where; and signing out of them. For everybody who is logged in."""

from collections.abc import Sequence
from functools import partial

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.services.people import sessions as verbs
from portal.pages.actor import actor_of, carry_out
from portal.pages.page import PageRequest
from portal.pages.paging import Page
from portal.users import sessions
from portal.verbs import phrases

GET_OR_POST = ["GET", "HEAD", "POST"]
MINUTE = 60


@require_safe
def session_list(request: PageRequest) -> HttpResponse:
    rows = list(sessions.live(now=timezone.now()).filter(user=request.user))
    page = Page(rows=rows, previous_url="", next_url="")
    idle = sessions.idle(administrator=request.user.is_administrator)
    context = {
        "title": _("Your sessions"),
        "page": page,
        "here": _number_of(request, rows),
        "longest": phrases.duration(int(sessions.longest().total_seconds() // MINUTE)),
        "idle": phrases.duration(int(idle.total_seconds() // MINUTE)),
    }
    return render(request, "access_requests/people/sessions.html", context)


@require_http_methods(GET_OR_POST)
def session_end(request: PageRequest, number: int) -> HttpResponse:
    """Sign out of one. Whoever comes without posting, such as back from the log-in, is shown all of them."""
    rows = verbs.of(request.user).filter(pk=number)
    found = rows.first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return redirect("usersessions_list")
    is_here = found.session_key == request.session.session_key
    end = partial(verbs.end, person=request.user, rows=rows, actor=actor_of(request), now=timezone.now())
    carry_out(request, end, ends_own_rights=is_here)
    if is_here:
        logout(request)
        return redirect("account_login")
    messages.success(request, _("You signed out there."))
    return redirect("usersessions_list")


@require_http_methods(GET_OR_POST)
def session_end_others(request: PageRequest) -> HttpResponse:
    """Sign out of all but the one that this is asked in."""
    if request.method == "POST":
        rows = verbs.of(request.user, but=request.session.session_key or "")
        end = partial(verbs.end, person=request.user, rows=rows, actor=actor_of(request), now=timezone.now())
        count = carry_out(request, end)
        messages.success(
            request, ngettext("You signed out in %(n)s place.", "You signed out in %(n)s places.", count) % {"n": count}
        )
    return redirect("usersessions_list")


def _number_of(request: PageRequest, rows: Sequence[UserSession]) -> int:
    key = request.session.session_key
    return next((row.pk for row in rows if row.session_key == key), 0)
