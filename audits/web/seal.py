"""The seal: until where the trail is sealed, by which key, where its checkpoints lie, and what stops it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from audits import verifying
from audits.sealing import keys, ordering, status
from audits.sealing.status import Status
from portal.pages.actor import actor_of, carry_out_or_error_page
from portal.pages.forms import VerbForm
from portal.pages.guards import for_administrators, for_readers
from portal.pages.page import PageRequest
from portal.verbs.rejections import Conflict, Unusable


class ReasonForm(VerbForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


@require_safe
@for_readers
def seal(request: PageRequest) -> HttpResponse:
    return render(request, "audits/seal.html", _context(ReasonForm()))


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def begin_another_log(request: PageRequest) -> HttpResponse:
    """Order it. Whoever comes without posting, such as back from the log-in, is shown the page."""
    form = ReasonForm(request.POST or None)
    if request.method != "POST":
        return redirect("audit-seal")
    if not form.is_valid():
        return render(request, "audits/seal.html", _context(form), status=422)
    reason = form.cleaned_data["reason"]
    try:
        carry_out_or_error_page(
            request, lambda: ordering.order_new_log(reason=reason, actor=actor_of(request), now=timezone.now())
        )
    except (Conflict, Unusable) as refusal:
        form.refuse(refusal)
        return render(request, "audits/seal.html", _context(form), status=refusal.status)
    messages.success(request, _("You ordered another log. The sealer begins it with its next round."))
    return redirect("audit-seal")


def _context(form: ReasonForm) -> dict[str, Any]:
    now = status.current(now=timezone.now())
    terms = keys.terms(now.log) if now.log else []
    return {"status": now, "title": _title(now), "keys": terms, "form": form, "verified": verifying.latest()}


def _title(now: Status) -> str:
    if now.stopped:
        return _("The seal is stopped")
    if now.waiting:
        return ngettext("%(n)s entry waits to be sealed", "%(n)s entries wait to be sealed", now.waiting) % {"n": now.waiting}
    return _("Every entry is sealed") if now.newest else _("Nothing is sealed yet")
