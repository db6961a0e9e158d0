"""Log-ins in browsers: which there are, and for how long each is good.

Django's row of a session opens the portal; allauth's beside it says whose it is, from where, and when it was last used. One that
has no row beside it has only just begun, and gets one with its first page (`portal.pages.sessions`).
"""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.users.models import User

# How seldom its last use is written down.
SELDOM = timedelta(minutes=1)


def longest() -> timedelta:
    return timedelta(seconds=settings.SESSION_COOKIE_AGE)


def idle(*, administrator: bool) -> timedelta:
    minutes = settings.SESSION_IDLE_MINUTES
    return timedelta(minutes=min(minutes, settings.SESSION_IDLE_MINUTES_ADMINISTRATOR) if administrator else minutes)


def over(*, now: datetime) -> Q:
    """Return the condition of sessions whose time is over, be it the longest there is or that without use."""
    unused = Q(last_seen_at__lte=now - idle(administrator=False))
    of_administrator = Q(user__is_administrator=True, last_seen_at__lte=now - idle(administrator=True))
    return Q(created_at__lte=now - longest()) | unused | of_administrator


def is_over(session: UserSession, person: User, *, now: datetime) -> bool:
    """Say of one session what `over` says, without a query."""
    begun, used = session.created_at, session.last_seen_at
    return bool(begun <= now - longest() or used <= now - idle(administrator=person.is_administrator))


def live(*, now: datetime) -> QuerySet[UserSession]:
    """Return the sessions that let somebody in now, the one used last first."""
    opens = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now)
    rows: QuerySet[UserSession] = UserSession.objects.filter(Exists(opens)).exclude(over(now=now))
    return rows.order_by("-last_seen_at", "-pk")
