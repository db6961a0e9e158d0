"""The log of notices: what was sent to whom, and what came of it. Administrators and auditors read; the former send again."""

import json
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.models import Delivery, DeliveryStatus
from access_requests.selectors import notices
from access_requests.services.notices import redelivery
from access_requests.web.notices.webhook_forms import DeliveryFilterForm
from portal.pages.actor import actor_of, carry_out_or_error_page
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest
from portal.pages.paging import page_of
from portal.verbs import phrases
from portal.verbs.rejections import Rejection


@require_safe
@for_readers
def delivery_list(request: PageRequest) -> HttpResponse:
    form = DeliveryFilterForm(request.GET)
    form.is_valid()
    page = page_of(
        notices.filtered(form.filters()), order=[notices.NEWEST_FIRST], among=Delivery.objects.all(), query=request.GET
    )
    context = {
        "form": form,
        "page": page,
        "narrowed": form.narrows,
        "names": notices.names_of_webhooks(),
        "backlog": notices.backlog(),
        "now": timezone.now(),
    }
    return render(request, f"access_requests/notices/{'_' if request.htmx else ''}delivery_list.html", context)


@require_safe
@for_readers
def delivery_page(request: PageRequest, code: str) -> HttpResponse:
    return _page(request, code)


@require_http_methods(["GET", "HEAD", "POST"])
def delivery_again(request: PageRequest, code: str) -> HttpResponse:
    """Send it again. Whoever comes without posting, such as back from the log-in, is shown it."""
    if request.method != "POST":
        return redirect("delivery", code)
    again = partial(redelivery.again, code=code, actor=actor_of(request), now=timezone.now())
    try:
        made = carry_out_or_error_page(request, again)
    except Rejection as rejection:
        return _page(request, code, status=rejection.status, refusal=phrases.sentence(rejection))
    messages.success(request, _("It is sent again, as %(code)s.") % {"code": made.code})
    return redirect("delivery", str(made.code))


def _page(request: PageRequest, code: str, *, status: int = 200, refusal: str = "") -> HttpResponse:
    found = Delivery.objects.select_related("redelivers").filter(code=code).first()
    if found is None:
        raise Http404
    context = {
        "delivery": found,
        "names": notices.names_of_webhooks(),
        "body": json.dumps(found.body, ensure_ascii=False, indent=2) if found.body else "",
        "is_moving": found.status == DeliveryStatus.WAITING,
        "refusal": refusal,
    }
    template = f"access_requests/notices/{'_delivery_page' if request.htmx else 'delivery'}.html"
    return render(request, template, context, status=status)
