"""API clients: which programs there are and what they may. Administrators keep them, auditors read."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from access_requests.models import ApiClient, KeptIn
from access_requests.selectors import catalogue
from access_requests.selectors import clients as selectors
from access_requests.services.people import clients
from access_requests.services.people.clients import Made
from access_requests.web.people.client_form import NewClientForm, TermsForm, initial_of
from access_requests.web.people.client_showing import ShownClient
from portal.pages.actor import actor_of, carry_out
from portal.pages.guards import for_administrators, for_readers
from portal.pages.page import PageRequest
from portal.pages.paging import page_of
from portal.verbs import phrases
from portal.verbs.rejections import Rejection

UNUSABLE = 422
GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
@for_readers
def client_list(request: PageRequest) -> HttpResponse:
    """Those that may call; `all=1` shows revoked ones too."""
    everything, revoked_too = selectors.in_full(now=timezone.now()), request.GET.get("all") == "1"
    rows = everything if revoked_too else everything.filter(retired_at=None)
    page = page_of(rows, order=["key"], among=everything, query=request.GET, named_by="key")
    shown = [ShownClient(row=row) for row in page.rows]
    title = _("Clients, revoked ones too") if revoked_too else pgettext("navigation", "Clients")
    context = {"title": title, "page": page, "shown": shown, "revoked_too": revoked_too}
    return render(request, "access_requests/people/clients.html", context)


@require_safe
@for_readers
def client_page(request: PageRequest, key: str) -> HttpResponse:
    return show(request, key)


@require_http_methods(GET_OR_POST)
@for_administrators
def client_new(request: PageRequest) -> HttpResponse:
    groups = catalogue.names()
    if request.method != "POST":
        return _form(request, NewClientForm(groups=groups))
    form = NewClientForm(request.POST, groups=groups)
    if not form.is_valid():
        return _form(request, form, status=UNUSABLE)
    key, kind, now = form.cleaned_data["key"], form.cleaned_data["kind"], timezone.now()
    add = partial(clients.add, key=key, client_id=key, kind=kind, terms=form.terms(), kept_in=KeptIn.BROWSER)
    try:
        made = carry_out(request, partial(add, actor=actor_of(request), now=now))
    except Rejection as rejection:
        form.refuse(rejection)
        return _form(request, form, status=rejection.status)
    return once(request, made, _("You made %(key)s.") % {"key": key})


@require_http_methods(GET_OR_POST)
@for_administrators
def client_change(request: PageRequest, key: str) -> HttpResponse:
    client, groups = find(key), catalogue.names()
    if request.method != "POST":
        if client.kept_in == KeptIn.FILE or client.retired_at is not None:
            return redirect("client", key)
        return _form(request, TermsForm(initial=initial_of(client), groups=groups), client=client)
    form = TermsForm(request.POST, groups=groups)
    if not form.is_valid():
        return _form(request, form, client=client, status=UNUSABLE)
    change = partial(clients.change, client=client, terms=form.terms(), kept_in=KeptIn.BROWSER)
    try:
        carry_out(request, partial(change, actor=actor_of(request), now=timezone.now()))
    except Rejection as rejection:
        form.refuse(rejection)
        return _form(request, form, client=client, status=rejection.status)
    messages.success(request, _("Saved."))
    return redirect("client", key)


def find(key: str) -> ApiClient:
    found = selectors.in_full(now=timezone.now()).filter(key=key).first()
    if found is None:
        raise Http404
    return found


def show(request: PageRequest, key: str, *, refusal: Rejection | None = None) -> HttpResponse:
    """Show a client as it is now, with why the last act was refused."""
    context = {"item": ShownClient(row=find(key)), "refusal": phrases.sentence(refusal) if refusal is not None else ""}
    status = refusal.status if refusal is not None else 200
    return render(request, "access_requests/people/client.html", context, status=status)


def once(request: PageRequest, made: Made, said: str) -> HttpResponse:
    """Show the secret in the answer itself: it is stored nowhere, and a page that is sent again makes no other one."""
    if not made.secret:
        messages.success(request, said)
        return redirect("client", made.client.key)
    context = {"client": made.client, "secret": made.secret, "said": said}
    return render(request, "access_requests/people/client_secret.html", context)


def _form(request: PageRequest, form: TermsForm, *, client: ApiClient | None = None, status: int = 200) -> HttpResponse:
    return render(request, "access_requests/people/client_form.html", {"form": form, "client": client}, status=status)
