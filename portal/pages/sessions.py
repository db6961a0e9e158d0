"""How long a log-in lasts: looked at with every page, and in the transaction of every act (`portal.pages.actor`)."""

import logging
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from portal.users import sessions
from portal.users.models import User

logger = logging.getLogger(__name__)


class SessionsEnd:
    """Logs out whoever's session is over, and writes down that the others are used: once a minute, in no page's way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person = request.user
        if isinstance(person, User):
            _look_at(request, person)
        return self.get_response(request)


def _look_at(request: HttpRequest, person: User) -> None:
    now = timezone.now()
    row = UserSession.objects.filter(session_key=request.session.session_key).first()
    if row is None:
        UserSession.objects.create_from_request(request)
    elif row.user_id != person.pk or sessions.is_over(row, person, now=now):
        row.delete()
        logout(request)
    elif row.last_seen_at <= now - sessions.SELDOM and not _looks_by_itself(request):
        _note_use(row.pk)


def _looks_by_itself(request: HttpRequest) -> bool:
    """Whether a page asks for its news: a browser that is left open is not used."""
    return request.method == "GET" and "HX-Request" in request.headers


def _note_use(session_id: int) -> None:
    now = timezone.now()
    try:
        # Of two pages at once one writes.
        UserSession.objects.filter(pk=session_id, last_seen_at__lte=now - sessions.SELDOM).update(last_seen_at=now)
    except DatabaseError:
        logger.warning("The use of session %s was not written down.", session_id, exc_info=True)
