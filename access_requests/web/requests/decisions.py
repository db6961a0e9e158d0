"""Deciding on a request, and what waits for one's decision. Approvers; the requester withdraws."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial, wraps

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from access_requests.errors import PasskeyCopied, PasskeyNeeded
from access_requests.models import AccessRequest, Verdict
from access_requests.selectors import abilities, requests
from access_requests.services.people.factors import using
from access_requests.services.requests import decide, signing
from access_requests.services.requests.signing import Signed
from access_requests.web.people.place import place_of
from access_requests.web.requests import showing
from portal.pages.actor import actor_of, carry_out
from portal.pages.page import PageRequest
from portal.pages.paging import page_of
from portal.verbs.rejections import Rejection

QUEUE = "queue"
# The pages that show requests as cards, with the decision on them.
CARDS = (QUEUE, "home")
QUEUE_ROWS = 20
QUEUE_ITEM = "access_requests/requests/_queue_item.html"
# What a page with cards listens for.
DECIDED = "decided"
OLDEST_DEADLINE_FIRST = ("decide_until", "id")
VERBS: Mapping[Verdict, Callable[..., AccessRequest]] = {
    Verdict.APPROVE: decide.approve,
    Verdict.REJECT: decide.reject,
    Verdict.SEND_BACK: decide.send_back,
}


def _posted(view: Callable[[PageRequest, str], HttpResponse]) -> Callable[..., HttpResponse]:
    """Show the request itself to whoever comes without posting: back from the log-in, or after choosing another language."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def door(request: PageRequest, code: str) -> HttpResponse:
        return view(request, code) if request.method == "POST" else redirect("request", code)

    return door


@require_safe
def queue(request: PageRequest) -> HttpResponse:
    """What waits for this person, or for htmx what changes of it: for approvers, empty for everybody else."""
    now = timezone.now()
    rows = abilities.with_requests(requests.in_full(requests.waiting_for(request.user, now=now)))
    among = requests.visible_to(request.user)
    page = page_of(rows, order=OLDEST_DEADLINE_FIRST, among=among, query=request.GET, size=QUEUE_ROWS)
    items = showing.cards(page.rows, actor_of(request), now=now)
    template = "_queue.html" if request.htmx else "queue.html"
    return render(request, f"access_requests/requests/{template}", {"page": page, "shown": items})


@require_safe
def decided(request: PageRequest) -> HttpResponse:
    """What this person has decided, and what became of it: for approvers, empty for everybody else."""
    rows = requests.decided_by(request.user)
    page = page_of(rows, order=[requests.NEWEST_FIRST], among=requests.visible_to(request.user), query=request.GET)
    own = [next(one for one in row.decisions.all() if one.approver_id == request.user.pk) for row in page.rows]
    context = {"title": _("Decided by me"), "page": page, "shown": list(zip(page.rows, own, strict=True))}
    return render(request, "access_requests/requests/decided.html", context)


@_posted
def approve(request: PageRequest, code: str) -> HttpResponse:
    return _decided(request, code, Verdict.APPROVE, _("You approved %(code)s."))


@_posted
def reject(request: PageRequest, code: str) -> HttpResponse:
    return _decided(request, code, Verdict.REJECT, _("You rejected %(code)s."))


@_posted
def send_back(request: PageRequest, code: str) -> HttpResponse:
    return _decided(request, code, Verdict.SEND_BACK, _("You sent %(code)s back."))


@_posted
def withdraw(request: PageRequest, code: str) -> HttpResponse:
    """The requester's own way out, before a decision."""
    item, now = showing.find(request.user, code), timezone.now()
    return _done(
        request, code, partial(decide.withdraw, request_id=item.pk, actor=actor_of(request), now=now), _("You withdrew %(code)s.")
    )


def _decided(request: PageRequest, code: str, verdict: Verdict, said: str) -> HttpResponse:
    """Decide; or first show what a passkey signs, where the policy wants that or the person does."""
    item, now = showing.find(request.user, code), timezone.now()
    comment, seen = request.POST.get("comment", ""), request.POST.get("seen") or None

    def act() -> AccessRequest:
        signed, actor = _signed(request), actor_of(request)
        return VERBS[verdict](request_id=item.pk, comment=comment, seen=seen, signed=signed, actor=actor, now=now)

    if not request.POST.get("sign"):
        with suppress(PasskeyNeeded):
            return _done(request, code, act, said)
    return _to_sign(request, item, verdict, comment=comment, seen=seen, now=now)


def _signed(request: PageRequest) -> Signed | None:
    """Return what came back from a passkey, where one was asked. Raises SignatureRefused."""
    if "assertion" not in request.POST:
        return None
    return signing.taken(sealed=request.POST.get("document", ""), answer=request.POST["assertion"])


def _to_sign(
    request: PageRequest, item: AccessRequest, verdict: Verdict, *, comment: str, seen: str | None, now: datetime
) -> HttpResponse:
    try:
        offer = decide.to_be_signed(item, verdict, comment=comment, seen=seen, actor=actor_of(request), now=now)
    except Rejection as rejection:
        return _refused(request, item.code, rejection)
    return _answer(request, item.code, to_sign=showing.ToSign(request=item, verdict=verdict, comment=comment, offer=offer))


def _done(request: PageRequest, code: str, act: Callable[[], AccessRequest], said: str) -> HttpResponse:
    """Act, and answer with how things are then; a refusal beside the comment as it was typed."""
    said %= {"code": code}
    try:
        carry_out(request, act)
    except PasskeyNeeded:
        raise
    except Rejection as rejection:
        if isinstance(rejection, PasskeyCopied):
            using.record_copied(rejection, person=request.user, place=place_of(request), now=timezone.now())
        return _refused(request, code, rejection)
    if request.htmx:
        return trigger_client_event(_answer(request, code, said=said), DECIDED)
    messages.success(request, said)
    came_from = request.POST.get("from")
    return redirect(came_from) if came_from in CARDS else redirect("request", code)


def _refused(request: PageRequest, code: str, rejection: Rejection) -> HttpResponse:
    attempt = showing.Attempt(rejection=rejection, comment=request.POST.get("comment", ""))
    return _answer(request, code, status=rejection.status, attempt=attempt)


def _answer(
    request: PageRequest,
    code: str,
    *,
    status: int = 200,
    attempt: showing.Attempt | None = None,
    said: str = "",
    to_sign: showing.ToSign | None = None,
) -> HttpResponse:
    """Return the card where it was decided on one, else the page."""
    now = timezone.now()
    if not request.htmx or request.POST.get("from") not in CARDS:
        return showing.answer(request, code, now=now, status=status, attempt=attempt, said=said, to_sign=to_sign)
    row, actor = showing.find(request.user, code), actor_of(request)
    item = showing.to_decide_on(row, actor, now=now, attempt=attempt, said=said, to_sign=to_sign)
    return render(request, QUEUE_ITEM, {"item": item, "from": request.POST["from"]}, status=status)
