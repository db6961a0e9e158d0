"""Whether each backend could grant now, as workers saw it. For administrators and auditors; the former have it checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.models import BackendHealth
from access_requests.selectors import system
from access_requests.services.elevations import health
from portal.pages.actor import actor_of, carry_out_or_error_page
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest
from portal.verbs import phrases


@dataclass(frozen=True, kw_only=True)
class Card:
    """One backend: the work groups that it grants, and what was found when it was last checked, if it was."""

    alias: str
    groups: Sequence[str]
    health: BackendHealth | None
    now: datetime

    @property
    def is_stale(self) -> bool:
        return self.health is not None and system.is_stale(self.health.checked_at, now=self.now)

    @property
    def results(self) -> dict[str, Any]:
        """The findings; empty before the first check."""
        return self.health.results if self.health else {}


@require_safe
@for_readers
def backend_list(request: PageRequest) -> HttpResponse:
    now = timezone.now()
    kept = {row.alias: row for row in BackendHealth.objects.all()}
    cards = [
        Card(alias=alias, groups=[owner.group for owner in owners], health=kept.get(alias), now=now)
        for alias, owners in health.owners().items()
    ]
    context = {"cards": cards, "every": phrases.every(settings.HEALTH_SECONDS)}
    return render(request, f"access_requests/catalogue/{'_backend_list' if request.htmx else 'backends'}.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: PageRequest) -> HttpResponse:
    """Have all checked now. Whoever comes without posting, such as back from the log-in, is shown the page."""
    if request.method == "POST":
        carry_out_or_error_page(request, lambda: health.ask(actor=actor_of(request), now=timezone.now()))
        messages.success(request, _("You asked for a check. A worker asks AWS as soon as it is free."))
    return redirect("backends")
