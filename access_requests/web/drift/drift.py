"""Drift: what somebody changed in AWS behind the portal's back. Administrators and auditors read all, leads their groups'."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.models import Drift
from access_requests.selectors import catalogue
from access_requests.selectors import drift as selectors
from access_requests.services.drift import answering
from access_requests.web.drift import comparison
from access_requests.web.drift import drift_showing as showing
from access_requests.web.drift.forms import DriftFilterForm
from access_requests.web.timeline import story
from portal.pages.actor import actor_of, carry_out
from portal.pages.page import PageRequest
from portal.pages.paging import page_of
from portal.users.models import User
from portal.verbs import phrases
from portal.verbs.rejections import Rejection


@require_safe
def drift_list(request: PageRequest) -> HttpResponse:
    """What is open; `all=on` shows what was settled too."""
    now, form = timezone.now(), DriftFilterForm(request.GET)
    form.is_valid()
    among = selectors.in_full(_visible_to(request.user))
    rows = selectors.filtered(among, form.filters())
    page = page_of(rows, order=[selectors.NEWEST_FIRST], among=among, query=request.GET)
    context = {
        "form": form,
        "page": page,
        "shown": showing.listed(page.rows, request.user),
        "narrowed": form.narrows,
        "groups": catalogue.names(),
        "comparison": comparison.shown(request.user, now=now),
    }
    return render(request, f"access_requests/drift/{'_' if request.htmx else ''}drift_list.html", context)


@require_safe
def drift_page(request: PageRequest, code: str) -> HttpResponse:
    return _page(request, code)


@require_http_methods(["GET", "HEAD", "POST"])
def drift_undo(request: PageRequest, code: str) -> HttpResponse:
    """Asks first: it writes in AWS."""
    said = _("You asked to have %(code)s undone. A worker writes it in AWS and reads it back.")
    return _answer(request, code, answering.undo, may=lambda item: item.may_undo, page="drift_undo", said=said)


@require_http_methods(["GET", "HEAD", "POST"])
def drift_accept(request: PageRequest, code: str) -> HttpResponse:
    """Asks first: no comparison tells of it again."""
    said = _("You accepted %(code)s: it is known as right from now on.")
    return _answer(request, code, answering.accept, may=lambda item: item.may_accept, page="drift_accept", said=said)


def _answer(
    request: PageRequest,
    code: str,
    verb: Callable[..., Drift],
    *,
    may: Callable[[showing.ShownDrift], bool],
    page: str,
    said: str,
) -> HttpResponse:
    """Ask, and on POST run the verb. Where this person may not, or no longer, answer so, the drift itself is shown."""
    item = showing.of(_find(request.user, code), request.user)
    if request.method != "POST":
        if not may(item):
            return redirect("drift", code)
        return render(request, f"access_requests/drift/{page}.html", {"item": item, "drift": item.drift})
    seen = request.POST.get("seen", "")
    try:
        carry_out(request, partial(verb, code=code, seen=seen, actor=actor_of(request), now=timezone.now()))
    except Rejection as rejection:
        return _page(request, code, status=rejection.status, refusal=phrases.sentence(rejection))
    messages.success(request, said % {"code": code})
    return redirect("drift", code)


def _page(request: PageRequest, code: str, *, status: int = 200, refusal: str = "") -> HttpResponse:
    """Show a drift as it is now, with why the last act was refused."""
    found = _find(request.user, code)
    item = showing.of(found, request.user)
    context = {"item": item, "drift": found, "items": story.of_drift(found), "refusal": refusal}
    context["finding"] = selectors.finding_of(found) if request.user.reads_everything else None
    template = "access_requests/drift/_drift_page.html" if request.htmx else "access_requests/drift/drift.html"
    return render(request, template, context, status=status)


def _find(person: User, code: str) -> Drift:
    """Return the drift if the person may see it. Raises Http404, PermissionDenied."""
    found = selectors.in_full(_visible_to(person)).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _visible_to(person: User) -> QuerySet[Drift]:
    """Return what the person may see. Raises PermissionDenied for who may see none, whatever there is."""
    if not selectors.may_see_any(person):
        raise PermissionDenied
    return selectors.visible_to(person)
