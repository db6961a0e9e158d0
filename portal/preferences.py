"""Each person's language and time zone, on every page."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from access_requests.services import preferences
from access_requests.web.actor import carry_out
from access_requests.web.page import PageRequest


class PersonMiddleware:
    """Speaks the person's saved language and shows times in their zone.

    Without a saved choice LocaleMiddleware, which ran before, has chosen by cookie, Accept-Language or Japanese.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user if request.user.is_authenticated else None
        if person is not None and person.language:
            translation.activate(person.language)
            request.LANGUAGE_CODE = person.language
        zone = person.zone if person is not None else settings.DEFAULT_PERSON_TIME_ZONE
        with timezone.override(zone):
            return self.get_response(request)


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
