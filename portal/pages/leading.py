"""Leading somebody to prove themselves first, and back to what they were doing: nothing that was typed is lost.

What was sent waits in the person's own session, under a number that no other site knows. It is sent again as it was, by the very
person, and every rule is asked anew.
"""

import copy
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils import timezone

from portal.pages.page import PageRequest
from portal.verbs import phrases
from portal.verbs.rejections import FactorMissing, StepUpNeeded

SESSION_KEY = "acts_that_wait"
GOOD_FOR = timedelta(minutes=10)
# Of several windows in which somebody began something.
MOST = 4
# What the form of a page says beside what was typed.
TOKEN = "csrfmiddlewaretoken"  # noqa: S105  A field's name.


class ConfirmFirst(Exception):
    """What was sent waits until the person has confirmed that it is them."""

    def __init__(self, request: HttpRequest, needed: StepUpNeeded) -> None:
        super().__init__(needed.code)
        self.request, self.needed = request, needed


class EnrolFirst(Exception):
    """The person has to set up a second factor first."""

    def __init__(self, missing: FactorMissing) -> None:
        super().__init__(missing.code)
        self.missing = missing


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What was sent, and what it needs. `act` is a key of what is guarded; `fields` are as a form sends them."""

    path: str
    query: str
    fields: str
    act: str
    acr_values: str
    max_age: int
    sent_at: str

    def is_over(self, *, now: datetime) -> bool:
        return datetime.fromisoformat(self.sent_at) <= now - GOOD_FOR


class LeadsToProof:
    """Answers ConfirmFirst and EnrolFirst with the page that comes first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: PageRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ConfirmFirst):
            number = _keep(exception.request, exception.needed)
            return _led(request, f"{reverse('account_reauthenticate')}?{urlencode({'act': number})}")
        if isinstance(exception, EnrolFirst):
            messages.warning(request, phrases.sentence(exception.missing))
            return _led(request, reverse("factors"))
        return None


def waiting(request: HttpRequest, number: str) -> Waiting | None:
    """Return what waits under the number in this session, if it is not over."""
    kept = _all(request).get(number)
    return kept if kept is not None and not kept.is_over(now=timezone.now()) else None


def go_on(request: PageRequest, number: str) -> HttpResponseBase | None:
    """Send what waits once more, as the person who is logged in; None where nothing waits."""
    sent = waiting(request, number)
    left = {each: kept for each, kept in _all(request).items() if each != number}
    _write(request, left)
    # Of two calls at once, which read the same session, one claims it.
    if sent is None or not cache.add(f"went-on:{number}", "", timeout=GOOD_FOR.total_seconds()):
        return None
    again = copy.copy(request)
    again.method, again.path, again.path_info = "POST", sent.path, sent.path
    again.GET, again.POST = QueryDict(sent.query), QueryDict(sent.fields)
    again.META = {**request.META, "REQUEST_METHOD": "POST", "PATH_INFO": sent.path, "QUERY_STRING": sent.query}
    found = again.resolver_match = resolve(sent.path)
    response: HttpResponseBase = found.func(again, *found.args, **found.kwargs)
    return response


def _keep(request: HttpRequest, needed: StepUpNeeded) -> str:
    number, typed = secrets.token_urlsafe(16), request.POST.copy()
    typed.pop(TOKEN, None)
    sent = Waiting(
        path=request.path,
        query=request.GET.urlencode(),
        fields=typed.urlencode(),
        act=str(needed.data["act"]),
        acr_values=str(needed.data["acr_values"]),
        max_age=int(str(needed.data["max_age"])),
        sent_at=timezone.now().isoformat(),
    )
    others = list(_all(request).items())[-(MOST - 1) :]
    _write(request, {**dict(others), number: sent})
    return number


def _all(request: HttpRequest) -> Mapping[str, Waiting]:
    return {number: Waiting(**kept) for number, kept in request.session.get(SESSION_KEY, {}).items()}


def _write(request: HttpRequest, acts: Mapping[str, Waiting]) -> None:
    request.session[SESSION_KEY] = {number: asdict(sent) for number, sent in acts.items()}


def _led(request: PageRequest, address: str) -> HttpResponse:
    """Lead the whole page there, also where htmx asked for a part."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
