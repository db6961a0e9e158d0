"""One's own language and time zone, and who one is in Slack. For everybody who is logged in."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access_requests.services.notices.slack import api as slack
from access_requests.services.people import identities, preferences
from access_requests.web.people.forms import PreferencesForm
from portal.pages.actor import actor_of, carry_out
from portal.pages.page import PageRequest
from portal.users.models import LinkedIdentity, User
from portal.verbs.rejections import NotFound

UNUSABLE = 422
SLACK = "slack"


@require_http_methods(["GET", "HEAD", "POST"])
def me(request: PageRequest) -> HttpResponse:
    person = request.user
    form = _form(person, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, form, status=UNUSABLE if form.is_bound else 200)
    chosen = form.cleaned_data
    carry_out(request, lambda: preferences.choose(person=person, language=chosen["language"], time_zone=chosen["time_zone"]))
    with translation.override(chosen["language"] or translation.get_language()):
        messages.success(request, _("Saved."))
    return redirect("me")


@require_http_methods(["GET", "HEAD", "POST"])
def link_slack(request: PageRequest) -> HttpResponse:
    """Make a code and show it, this once."""
    if request.method != "POST" or not slack.is_heard():
        return redirect("me")
    code = carry_out(request, lambda: identities.make_code(person=request.user, actor=actor_of(request), now=timezone.now()))
    minutes = int(identities.GOOD_FOR / timedelta(minutes=1))
    return _page(request, _form(request.user), link={"line": f"/prod link {code}", "minutes": minutes})


@require_http_methods(["GET", "HEAD", "POST"])
def unlink_slack(request: PageRequest) -> HttpResponse:
    """Ask, then forget who the person is in Slack."""
    if request.method != "POST":
        return render(request, "access_requests/people/me_unlink.html", {"links": _links(request.user).filter(provider=SLACK)})
    act = partial(identities.unlink, person=request.user, provider=SLACK, actor=actor_of(request), now=timezone.now())
    try:
        carry_out(request, act)
    except NotFound:
        return redirect("me")
    messages.success(request, _("You are unlinked from Slack."))
    return redirect("me")


def _form(person: User, typed: QueryDict | None = None) -> PreferencesForm:
    return PreferencesForm(typed, initial={"language": person.language, "time_zone": person.time_zone})


def _links(person: User) -> QuerySet[LinkedIdentity]:
    return person.linked_identities.filter(verified_at__isnull=False).order_by("provider", "external_id")


def _page(request: PageRequest, form: PreferencesForm, *, status: int = 200, link: dict[str, Any] | None = None) -> HttpResponse:
    links = list(_links(request.user))
    may_link = slack.is_heard() and not any(each.provider == SLACK for each in links)
    context = {"form": form, "links": links, "may_link": may_link, "link": link}
    return render(request, "access_requests/people/me.html", context, status=status)


@login_not_required
@require_POST
def set_language(request: PageRequest) -> HttpResponse:
    """Keep the chosen language, with the person or, before log-in, in a cookie; then back to the page. Open to everybody."""
    answer = HttpResponseRedirect(_way_back(request))
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return answer
    if request.user.is_authenticated:
        person = request.user
        carry_out(request, lambda: preferences.choose(person=person, language=language, time_zone=person.time_zone))
    else:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", httponly=True, secure=settings.LANGUAGE_COOKIE_SECURE
        )
    return answer


def _way_back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return "/"
