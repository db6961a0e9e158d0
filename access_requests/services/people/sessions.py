"""Ending log-ins in browsers. The trail says which, from where and by what, and never by which key they opened."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet

from audits import trail
from audits.acts import Act
from portal.users import sessions
from portal.users.models import User
from portal.verbs.actor import Actor

SIGNED_OUT, PASSWORD_SET, PERSON_DISABLED = "signed_out", "password_set", "person_disabled"
FACTORS_RESET = "factors_reset"
# By a provider of log-in: the person logged out there, or their account there lets them in no more.
LOGGED_OUT_THERE, IDENTITY_ENDED = "logged_out_there", "identity_ended"


def end(*, person: User, rows: QuerySet[UserSession], actor: Actor, now: datetime) -> int:
    """End these log-ins of a person at once; return how many there were. A call of theirs that is on its way acts no more."""
    gone = take_away(rows.filter(user=person))
    record_ended(gone, person=person, reason=SIGNED_OUT, actor=actor, now=now)
    return len(gone)


def take_away(rows: QuerySet[UserSession]) -> list[UserSession]:
    """Delete these sessions and return them: the trail's writer, for whom others wait, must not wait for their locks."""
    gone = list(rows.select_for_update())
    Session.objects.filter(session_key__in=[row.session_key for row in gone]).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return gone


def of(person: User, *, but: str = "") -> QuerySet[UserSession]:
    """Return a person's sessions, those that are over too, without the one that has this key."""
    rows: QuerySet[UserSession] = UserSession.objects.filter(user=person).exclude(session_key=but).order_by("pk")
    return rows


def record_ended(gone: Iterable[UserSession], *, person: User, reason: str, actor: Actor, now: datetime) -> None:
    """Say in one entry which sessions ended that had not ended by themselves; none where there are none."""
    ended = [describe(row) for row in gone if not sessions.is_over(row, person, now=now)]
    if ended:
        data = {"reason": reason, "sessions": ended}
        trail.record_act(now=now, act=Act.SESSIONS_ENDED, actor=actor, subject=f"person:{person.username}", data=data)


def describe(row: UserSession) -> dict[str, Any]:
    return {
        "id": row.pk,
        "address": row.ip,
        "user_agent": row.user_agent,
        "begun_at": row.created_at,
        "last_used_at": row.last_seen_at,
    }


def forget_over(*, now: datetime) -> None:
    """Delete what opens nothing any more."""
    for rows in (Session.objects.filter(expire_date__lt=now), UserSession.objects.filter(sessions.over(now=now))):
        if rows.exists():
            rows.delete()
