"""Log-ins in browsers, as the trail has them: begun, failed, ended. How somebody proved who they are is asked elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from allauth.core.internal import ratelimit
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.http import HttpRequest

from access_requests.messages import Task
from access_requests.services.people import sessions
from access_requests.services.record import locking
from audits import trail
from audits.acts import Act
from portal.outbox import sending as outbox
from portal.users.models import User
from portal.verbs.actor import Actor, Door, Process
from portal.verbs.rejections import PersonDisabled
from portal.verbs.run import run

LOG_IN, FACTOR, CONFIRM = "log_in", "factor", "confirm"
WRONG, DISABLED, HELD, COPIED = "wrong", "disabled", "held", "copied"
NOBODY = "log-in"
# How many failures get an entry, of one person, or of nobody whom the portal knows; and of all together. The others are counted.
ENTRIES = {"of_one": "20/h/key", "of_all": "200/h/key"}
UNRECORDED, A_DAY = "log-ins:failed:unrecorded", 86_400


@dataclass(frozen=True, kw_only=True)
class Place:
    """From where somebody came, and by what program, as that calls itself."""

    address: str
    user_agent: str


def begin(*, session_key: str, place: Place, is_new_device: bool, is_emergency: bool, actor: Actor, now: datetime) -> UserSession:
    """Record a log-in whose session is there already. Raises PersonDisabled for who was disabled while they logged in.

    Whoever disables them waits for the lock, and then finds the session. One by an emergency account is told to everybody who
    watches the portal.
    """
    person = locking.lock_person(actor.who.pk)
    if not person.is_active:
        raise PersonDisabled
    sessions.forget_over(now=now)
    row: UserSession = UserSession.objects.get(session_key=session_key, user=person)
    act = Act.LOGGED_IN
    if is_new_device:
        act, row.data = Act.LOGGED_IN_BY_NEW_DEVICE, {**row.data, "new_device": True}
        row.save(update_fields=["data"])
        outbox.nudge(Task.TELL)
    _record(act, person, row, place, actor, now)
    if is_emergency:
        _record(Act.EMERGENCY_LOG_IN, person, row, place, actor, now)
        outbox.nudge(Task.TELL)
    return row


def end(*, session_key: str, place: Place, actor: Actor, now: datetime) -> None:
    """End the session in which somebody logs out, and record it."""
    for row in sessions.take_away(UserSession.objects.filter(session_key=session_key, user=actor.who)):
        _record(Act.LOGGED_OUT, actor.who, row, place, actor, now)


def fail(*, request: HttpRequest, name: str, step: str, reason: str, place: Place, now: datetime) -> None:
    """Record that a log-in under a name failed, as long as that does not fill the trail. Opens its own transaction.

    Costs the same whether or not there is somebody of this name.
    """
    person = User.objects.filter(username__iexact=name).first()
    subject = NOBODY if person is None else f"person:{person.username}"
    if not _gets_an_entry(request, subject):
        cache.add(UNRECORDED, 0, A_DAY)
        cache.incr(UNRECORDED)
        return
    unrecorded = int(cache.get(UNRECORDED) or 0)
    cache.delete(UNRECORDED)
    nobody = Actor(person=None, door=Door.BROWSER, credential=Process())
    data = {"step": step, "reason": reason, **_said(place), "unrecorded": unrecorded}
    run(lambda: trail.record_act(now=now, act=Act.LOG_IN_FAILED, actor=nobody, subject=subject, data=data))


def _gets_an_entry(request: HttpRequest, subject: str) -> bool:
    kinds = (("of_one", subject), ("of_all", ""))
    return all(
        ratelimit.consume(request, app="log-ins", action=action, config=ENTRIES, key=key, limit_get=True) for action, key in kinds
    )


def _record(act: Act, person: User, row: UserSession, place: Place, actor: Actor, now: datetime) -> None:
    data = {"session": row.pk, **_said(place)}
    trail.record_act(now=now, act=act, actor=actor, subject=f"person:{person.username}", data=data)


def _said(place: Place) -> dict[str, str]:
    return {"address": place.address, "user_agent": place.user_agent}
