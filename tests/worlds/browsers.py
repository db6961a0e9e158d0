"""People in front of their browsers, logged in."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from portal.users.models import User
from tests.worlds.cast import PASSWORD
from tests.worlds.factors import code_of

SECOND_STEP, FOUND = "/accounts/second-factor/", 302


def logged_in(person: User, *, language: str = "en") -> Client:
    """Return a browser in which the person is logged in and has seen a page: later ones cost what they cost."""
    browser = Client(headers={"accept-language": language})
    browser.force_login(person)
    now = timezone.now()
    seen = {"ip": "127.0.0.1", "created_at": now, "last_seen_at": now}
    UserSession.objects.create(user=person, session_key=browser.session.session_key, **seen)
    return browser


def log_in(browser: Client, person: User, password: str = PASSWORD) -> Any:
    """Log in as people do: by password, and by a one-time code where the person has codes."""
    answer = browser.post("/accounts/login/", {"login": person.username, "password": password})
    if answer.status_code == FOUND and answer["Location"] == SECOND_STEP:
        return browser.post(SECOND_STEP, {"code": code_of(person)})
    return answer
