"""Which session of the portal is which session at a provider, so that it ends when the provider says so."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from access_requests.services.people import sessions
from portal.providers.provider import Provider
from portal.users.models import ProviderSession, User
from portal.verbs.actor import Actor, Door, Process
from portal.verbs.run import run


def keep(request: HttpRequest, person: User, provider: Provider, *, subject: str, sid: str) -> None:
    """Note the session that has just begun. Those that are over are forgotten on the way, so that each person's last is known."""
    ProviderSession.objects.filter(person=person).exclude(session_key__in=Session.objects.values("session_key")).delete()
    ProviderSession.objects.create(
        person=person,
        provider=provider.identity,
        subject=subject,
        sid=sid,
        session_key=request.session.session_key or "",
        began_at=timezone.now(),
    )


def end(provider: Provider, *, sid: str, subject: str, now: datetime) -> None:
    """End the sessions of this `sid`, or all of the subject where none is given, and record them as the provider's doing."""
    there = Q(sid=sid) if sid else Q()
    there &= Q(subject=subject) if subject else Q()
    rows = ProviderSession.objects.filter(there, provider=provider.identity)
    for person in User.objects.filter(pk__in=rows.values("person")):
        run(lambda person=person: _end(person, list(rows.filter(person=person)), provider, now))  # type: ignore[misc]


def _end(person: User, rows: list[ProviderSession], provider: Provider, now: datetime) -> None:
    actor = Actor(person=None, door=Door.CLIENT, credential=Process(), provider=provider.key)
    gone = sessions.take_away(UserSession.objects.filter(user=person, session_key__in=[row.session_key for row in rows]))
    sessions.record_ended(gone, person=person, reason=sessions.LOGGED_OUT_THERE, actor=actor, now=now)
