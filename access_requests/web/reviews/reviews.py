"""Access reviews: auditors and administrators see all of them, reviewers those in which something is theirs to look at."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.services.reviews import reviewing
from audits.models import ItemState, Review, ReviewItem
from audits.reports.owing import today
from audits.reviewed import UNDONE
from audits.reviews import deciding
from audits.reviews.opening import Plan
from portal.pages.actor import actor_of, carry_out
from portal.pages.fields import VerbatimField, missing
from portal.pages.forms import VerbForm
from portal.pages.guards import for_administrators
from portal.pages.page import PageRequest, with_headers_of
from portal.pages.paging import page_of
from portal.users.models import User
from portal.verbs.rejections import Rejection

READ_OR_SEND = ["GET", "HEAD", "POST"]
UNUSABLE = 422
# What is usual: two weeks to look, and half a year until it is looked at again.
LOOKING, KEPT = timedelta(days=14), timedelta(days=183)
VERBS: Mapping[str, tuple[Callable[..., ReviewItem], Promise]] = {
    "keep": (reviewing.keep, gettext_lazy("You decided that it is kept.")),
    "remove": (reviewing.remove, gettext_lazy("You decided that it goes.")),
}
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReviewForm(VerbForm):
    name = VerbatimField(label=gettext_lazy("Name"), max_length=100, error_messages=missing())
    due_on = forms.DateField(label=gettext_lazy("Decided by"), widget=DAY)
    kept_until = forms.DateField(
        label=gettext_lazy("What is kept is kept until"), widget=DAY, help_text=gettext_lazy("Then it is looked at again.")
    )
    reviewer = VerbatimField(label=gettext_lazy("Reviewer"), help_text=gettext_lazy("Looks at everything but their own."))
    other = VerbatimField(label=gettext_lazy("Another reviewer"), help_text=gettext_lazy("Looks at what the first reviewer has."))


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An item as the page has it. `may_decide`: it is the viewer's to look at, and not decided; `error` refused them."""

    row: ReviewItem
    may_decide: bool
    error: str = ""
    typed: str = ""


@require_safe
def review_list(request: PageRequest) -> HttpResponse:
    open_items = Count("items", filter=Q(items__state=ItemState.OPEN))
    going = Count("items", filter=Q(items__state=ItemState.REMOVING))
    rows = _visible_to(request.user).annotate(of_all=Count("items"), undecided=open_items, going=going)
    page = page_of(rows, order=["-id"], among=_visible_to(request.user), query=request.GET)
    context = {"title": _("Access reviews"), "page": page, "today": today(timezone.now())}
    return render(request, "access_requests/reviews/review_list.html", context)


@require_http_methods(READ_OR_SEND)
@for_administrators
def review_new(request: PageRequest) -> HttpResponse:
    """Open a campaign over all that there is."""
    now = timezone.now()
    if request.method != "POST":
        days = {"due_on": today(now) + LOOKING, "kept_until": today(now) + KEPT}
        return _new(request, ReviewForm(initial=days))
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _new(request, form, status=UNUSABLE)
    plan, actor = Plan(**form.cleaned_data), actor_of(request)
    try:
        review = carry_out(request, lambda: reviewing.open_campaign(plan=plan, actor=actor, now=now))
    except Rejection as rejection:
        form.refuse(rejection)
        return with_headers_of(rejection, _new(request, form, status=rejection.status))
    messages.success(request, _("The access review %(code)s is open.") % {"code": review.code})
    return redirect("review", review.code)


@require_safe
def review_page(request: PageRequest, code: str) -> HttpResponse:
    return _page(request, _find(request.user, code))


@require_http_methods(READ_OR_SEND)
def review_decide(request: PageRequest, code: str, number: int, verb: str) -> HttpResponse:
    """Keep or remove; a refusal shows the item with it, and with what was typed."""
    review = _find(request.user, code)
    if verb not in VERBS or not review.items.filter(number=number).exists():
        raise Http404
    if request.method != "POST":
        return redirect("review", code)
    act, said = VERBS[verb]
    reason = request.POST.get("reason", "")
    verb_of = partial(act, review=code, number=number, reason=reason, actor=actor_of(request), now=timezone.now())
    try:
        carry_out(request, verb_of)
    except Rejection as rejection:
        page = _page(request, review, refused=(number, _sentence(rejection), reason), status=rejection.status)
        return with_headers_of(rejection, page)
    messages.success(request, str(said))
    return redirect("review", code)


@require_http_methods(READ_OR_SEND)
@for_administrators
def review_assign(request: PageRequest, code: str, number: int) -> HttpResponse:
    """Name another reviewer for an item; a refusal shows the campaign with it."""
    review = _find(request.user, code)
    if not review.items.filter(number=number).exists():
        raise Http404
    if request.method != "POST":
        return redirect("review", code)
    reviewer = request.POST.get("reviewer", "")
    verb = partial(deciding.assign, review=code, number=number, reviewer=reviewer, actor=actor_of(request), now=timezone.now())
    try:
        carry_out(request, verb)
    except Rejection as rejection:
        page = _page(request, review, refused=(number, _sentence(rejection), ""), status=rejection.status)
        return with_headers_of(rejection, page)
    messages.success(request, _("Another reviewer is named."))
    return redirect("review", code)


def _sentence(rejection: Rejection) -> str:
    form = VerbForm()
    form.cleaned_data = {}
    form.refuse(rejection)
    return " ".join(str(each) for each in form.non_field_errors())


def _new(request: PageRequest, form: ReviewForm, *, status: int = 200) -> HttpResponse:
    return render(request, "access_requests/reviews/review_new.html", {"form": form}, status=status)


def _visible_to(person: User) -> QuerySet[Review]:
    if person.reads_everything:
        return Review.objects.all()
    return Review.objects.filter(pk__in=ReviewItem.objects.filter(reviewer=person.username).values("review"))


def _find(person: User, code: str) -> Review:
    found = _visible_to(person).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: PageRequest, review: Review, *, refused: tuple[int, str, str] | None = None, status: int = 200
) -> HttpResponse:
    person = request.user
    rows = review.items.order_by("number")
    if not person.reads_everything:
        rows = rows.filter(reviewer=person.username)
    shown = [_shown(row, person, refused) for row in rows]
    context: dict[str, Any] = {
        "review": review,
        "mine": [one for one in shown if one.may_decide],
        "others": [one for one in shown if not one.may_decide],
        "undone": _count(shown, UNDONE),
        "today": today(timezone.now()),
        "people": User.objects.filter(is_active=True).order_by("username") if person.is_administrator else (),
    }
    return render(request, "access_requests/reviews/review.html", context, status=status)


def _shown(row: ReviewItem, person: User, refused: tuple[int, str, str] | None) -> Shown:
    may_decide = row.state == ItemState.OPEN and row.reviewer == person.username and person.username not in row.people
    error, typed = refused[1:] if refused is not None and refused[0] == row.number else ("", "")
    return Shown(row=row, may_decide=may_decide, error=error, typed=typed)


def _count(shown: Sequence[Shown], states: Sequence[str]) -> int:
    return sum(one.row.state in states for one in shown)
