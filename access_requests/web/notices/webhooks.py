"""Webhooks: administrators keep them, auditors read. A secret is shown once, by the answer that made it."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.models import DeliveryStatus, WebhookEndpoint
from access_requests.selectors import catalogue, notices
from access_requests.services.notices.webhooks import addresses, bodies, channel, keeping
from access_requests.web.notices.webhook_forms import WebhookForm
from portal.pages.actor import actor_of, carry_out_or_error_page
from portal.pages.guards import for_administrators, for_readers
from portal.pages.page import PageRequest
from portal.pages.paging import page_of
from portal.verbs.rejections import Rejection

UNUSABLE = 422
LATEST = 10
GET_OR_POST = ["GET", "HEAD", "POST"]
T = TypeVar("T")


@require_safe
@for_readers
def webhook_list(request: PageRequest) -> HttpResponse:
    among = WebhookEndpoint.objects.prefetch_related("work_groups")
    page = page_of(among, order=["name"], among=among, query=request.GET)
    context = {"title": _("Webhooks"), "page": page, "backlog": notices.backlog()}
    return render(request, "access_requests/notices/webhook_list.html", context)


@require_safe
@for_readers
def webhook_page(request: PageRequest, code: str) -> HttpResponse:
    """One, with the latest that was sent there; while something is on its way the page asks again by itself."""
    endpoint = _find(code)
    latest = list(notices.filtered(notices.Filters(channel=channel.KEY)).filter(target=code)[:LATEST])
    context = {
        "endpoint": endpoint,
        "latest": latest,
        "tested": next((row for row in latest if row.act == bodies.TEST), None),
        "is_moving": any(row.status == DeliveryStatus.WAITING for row in latest),
        "now": timezone.now(),
    }
    return render(request, f"access_requests/notices/{'_webhook_page' if request.htmx else 'webhook'}.html", context)


@require_http_methods(GET_OR_POST)
@for_administrators
def webhook_new(request: PageRequest) -> HttpResponse:
    return _form(request, None, lambda form: _show_secret(request, *_carried_out(request, keeping.add, wishes=_looked_at(form))))


@require_http_methods(GET_OR_POST)
@for_administrators
def webhook_change(request: PageRequest, code: str) -> HttpResponse:
    def change(form: WebhookForm) -> HttpResponse:
        _carried_out(request, keeping.change, code=code, wishes=_looked_at(form))
        messages.success(request, _("Saved."))
        return redirect("webhook", code)

    return _form(request, _find(code), change)


@require_http_methods(GET_OR_POST)
@for_administrators
def webhook_rotate(request: PageRequest, code: str) -> HttpResponse:
    if request.method != "POST":
        return _asked(request, code, "webhook_rotate")
    return _show_secret(request, *_carried_out(request, keeping.rotate, code=code))


@require_http_methods(GET_OR_POST)
@for_administrators
def webhook_delete(request: PageRequest, code: str) -> HttpResponse:
    if request.method != "POST":
        return _asked(request, code, "webhook_delete")
    endpoint = _carried_out(request, keeping.delete, code=code)
    messages.success(request, _("The webhook %(name)s is deleted.") % {"name": endpoint.name})
    return redirect("webhook-list")


@require_http_methods(GET_OR_POST)
@for_readers
def webhook_enable(request: PageRequest, code: str) -> HttpResponse:
    return _posted(request, code, keeping.enable, _("The webhook is enabled: what happens from now on is sent there."))


@require_http_methods(GET_OR_POST)
@for_readers
def webhook_disable(request: PageRequest, code: str) -> HttpResponse:
    return _posted(request, code, keeping.disable, _("The webhook is disabled: nothing is sent there."))


@require_http_methods(GET_OR_POST)
@for_readers
def webhook_test(request: PageRequest, code: str) -> HttpResponse:
    return _posted(request, code, keeping.send_test, _("A test is on its way. What came of it is shown below."))


def _posted(request: PageRequest, code: str, verb: Callable[..., object], said: str) -> HttpResponse:
    """Do it. Whoever comes without posting, such as back from the log-in, is shown the page."""
    if request.method == "POST":
        _carried_out(request, verb, code=code)
        messages.success(request, said)
    return redirect("webhook", code)


def _form(
    request: PageRequest, endpoint: WebhookEndpoint | None, carry_out: Callable[[WebhookForm], HttpResponse]
) -> HttpResponse:
    """Show the form, or carry out what was typed; where that is refused, show it again with what is wrong."""
    initial = WebhookForm.initial_of(endpoint) if endpoint else None
    form = WebhookForm(request.POST if request.method == "POST" else None, initial=initial, groups=_groups(endpoint))
    status = UNUSABLE if form.is_bound else 200
    if form.is_valid():
        try:
            return carry_out(form)
        except Rejection as rejection:
            form.refuse(rejection)
            status = rejection.status
    return render(request, "access_requests/notices/webhook_form.html", {"form": form, "endpoint": endpoint}, status=status)


def _groups(endpoint: WebhookEndpoint | None) -> list[str]:
    """Return the groups that may be chosen: with those it has, though they were retired. None chosen would mean all."""
    own = [group.name for group in endpoint.work_groups.all()] if endpoint else []
    return sorted({*catalogue.names(), *own})


def _looked_at(form: WebhookForm) -> keeping.Wishes:
    """Return what is wished, once its address was found to be public. In no transaction: name servers may take their time."""
    wishes = form.wishes()
    addresses.check(wishes.url)
    return wishes


def _asked(request: PageRequest, code: str, template: str) -> HttpResponse:
    """Ask once more before it is done."""
    return render(request, f"access_requests/notices/{template}.html", {"endpoint": _find(code)})


def _show_secret(request: PageRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    return render(request, "access_requests/notices/webhook_secret.html", {"endpoint": endpoint, "secret": secret})


def _carried_out(request: PageRequest, verb: Callable[..., T], **given: Any) -> T:
    """Run a verb of an administrator's. Raises PermissionDenied, Http404, and what else the verb refuses."""
    return carry_out_or_error_page(request, partial(verb, **given, actor=actor_of(request), now=timezone.now()))


def _find(code: str) -> WebhookEndpoint:
    found = WebhookEndpoint.objects.prefetch_related("work_groups").filter(code=code).first()
    if found is None:
        raise Http404
    return found
