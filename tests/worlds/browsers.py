"""People in front of their browsers, logged in."""

from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from portal.users.models import User


def logged_in(person: User, *, language: str = "en") -> Client:
    """Return a browser in which the person is logged in and has seen a page: later ones cost what they cost."""
    browser = Client(headers={"accept-language": language})
    browser.force_login(person)
    now = timezone.now()
    seen = {"ip": "127.0.0.1", "created_at": now, "last_seen_at": now}
    UserSession.objects.create(user=person, session_key=browser.session.session_key, **seen)
    return browser
