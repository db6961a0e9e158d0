"""One's own tokens: what acts for one, and ending that. For everybody who is logged in."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access_requests import wording
from access_requests.models import PersonalToken
from access_requests.selectors import personal_tokens as selectors
from access_requests.services.people import personal_tokens
from portal.pages.actor import actor_of, carry_out
from portal.pages.page import PageRequest
from portal.pages.paging import page_of
from portal.verbs import phrases

NEWEST_FIRST = ("-id",)


@dataclass(frozen=True, kw_only=True)
class ShownToken:
    row: PersonalToken

    @property
    def scopes(self) -> Sequence[str]:
        return [wording.scope(word) for word in self.row.scopes]


@require_safe
def token_list(request: PageRequest) -> HttpResponse:
    mine = selectors.of_person(request.user)
    rows = selectors.live(mine, now=timezone.now())
    page = page_of(rows, order=NEWEST_FIRST, among=mine, query=request.GET)
    lasts = phrases.every(settings.PERSONAL_TOKEN_EXPIRES_IN)
    context = {"title": _("Your tokens"), "page": page, "shown": [ShownToken(row=row) for row in page.rows], "lasts": lasts}
    return render(request, "access_requests/people/tokens.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: PageRequest, code: str) -> HttpResponse:
    """End one of one's own tokens. Whoever comes without posting, such as back from the log-in, is shown all of them."""
    rows = selectors.of_person(request.user).filter(code=code)
    if not rows.exists():
        raise Http404
    if request.method == "POST":
        carry_out(request, partial(personal_tokens.revoke, rows=rows, actor=actor_of(request), now=timezone.now()))
        messages.success(request, _("You revoked %(code)s. It opens nothing any more.") % {"code": code})
    return redirect("tokens")


@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke_all(request: PageRequest) -> HttpResponse:
    if request.method == "POST":
        mine = selectors.of_person(request.user)
        carry_out(request, partial(personal_tokens.revoke, rows=mine, actor=actor_of(request), now=timezone.now()))
        messages.success(request, _("You revoked all your tokens. None of them opens anything any more."))
    return redirect("tokens")
