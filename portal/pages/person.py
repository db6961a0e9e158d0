"""Each person's language and time zone, on every page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


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
