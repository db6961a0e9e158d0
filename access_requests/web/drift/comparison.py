"""The comparison of AWS with the portal, as pages show it: the last one, the one under way, and asking for one now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access_requests.models import AwsAccount, Reconciliation
from access_requests.selectors import drift
from access_requests.services.drift import answering, running
from portal.pages.actor import actor_of, carry_out_or_error_page
from portal.pages.page import PageRequest
from portal.users.models import User
from portal.verbs import phrases

LIST, MATRIX = "drift-list", "matrix"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """`broken_off`: the worker of one that says it runs must have died. `beyond`: accounts that none reads, by choice."""

    latest: Reconciliation | None
    under_way: Reconciliation | None
    broken_off: Reconciliation | None
    beyond: Sequence[AwsAccount]
    may_ask: bool
    now: datetime

    @property
    def ago(self) -> str:
        """How long ago the last one ended."""
        if self.latest is None or self.latest.ended_at is None:
            return ""
        minutes = int((self.now - self.latest.ended_at).total_seconds()) // 60
        return _("%(time)s ago") % {"time": phrases.duration(minutes)} if minutes > 0 else _("less than a minute ago")

    @property
    def every(self) -> str:
        return phrases.every(settings.RECONCILE_SECONDS)

    @property
    def looks_again_in(self) -> str:
        """How long one that somebody asked for waits, at most, for what AWS may only show late."""
        return phrases.every(settings.SETTLING_SECONDS)

    @property
    def again_in(self) -> int:
        """In how many seconds a page that shows this asks again."""
        return 2 if self.under_way else 5 if self.may_ask else 20


def shown(person: User, *, now: datetime) -> Comparison:
    """Return how things are, in three queries."""
    under_way = drift.under_way()
    is_alive = under_way is not None and under_way.alive_at > now - running.LONGEST_SILENCE
    return Comparison(
        latest=drift.latest(),
        under_way=under_way if is_alive else None,
        broken_off=None if is_alive else under_way,
        beyond=list(drift.never_read()),
        may_ask=person.is_administrator,
        now=now,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: PageRequest) -> HttpResponse:
    """Have AWS compared now. Whoever comes without posting, such as back from the log-in, is shown the list."""
    page = MATRIX if request.POST.get("from") == MATRIX else LIST
    if request.method == "POST":
        carry_out_or_error_page(request, lambda: answering.ask(actor=actor_of(request), now=timezone.now()))
        messages.success(request, _("You asked for a comparison with AWS. It begins as soon as a worker is free."))
    return redirect(page)
