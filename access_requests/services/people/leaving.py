"""Being nobody at once: what ends in the moment in which a person is shut out, whoever does it.

Log-ins, own tokens and codes, requests that wait, and access that runs or is to come. Accounts in chats stay linked, and open
nothing while the person is disabled; what the person approved stays approved.
"""

from collections.abc import Iterable
from datetime import datetime

from access_requests.lifecycle import UNDECIDED, RequestAction
from access_requests.models import AccessRequest, LinkCode
from access_requests.selectors import personal_tokens as selectors
from access_requests.services.elevations import stop
from access_requests.services.people import personal_tokens, sessions
from access_requests.services.record import locking, transition
from portal.users.models import User
from portal.verbs.actor import Actor

REASON = "person_disabled"


def lock(person_id: int) -> tuple[User, list[AccessRequest]]:
    """Return the person and their waiting requests, locked; requests first, as deciding does.

    A request that came between the two looks waits for nobody's lock yet.
    """
    waiting = _waiting(person_id)
    person = locking.lock_person(person_id)
    known = {request.pk for request in waiting}
    return person, [*waiting, *(request for request in _waiting(person_id) if request.pk not in known)]


def end_all(person: User, requests: Iterable[AccessRequest], *, actor: Actor, now: datetime) -> None:
    """End all that a locked person has. Enabled again, they log in and ask anew, and allow anew what may act for them."""
    LinkCode.objects.filter(person=person).delete()
    open_sessions = sessions.take_away(sessions.of(person))
    tokens = personal_tokens.take_away(selectors.of_person(person))
    stop.stop_all_of(person=person, reason=REASON, actor=actor, now=now)
    for request in requests:
        if request.status in UNDECIDED:
            data = {"reason": REASON}
            transition.apply_to_request(request, RequestAction.WITHDRAW, actor=actor, now=now, data=data)
    personal_tokens.record_revoked(tokens, actor=actor, now=now)
    sessions.record_ended(open_sessions, person=person, reason=sessions.PERSON_DISABLED, actor=actor, now=now)


def _waiting(person_id: int) -> list[AccessRequest]:
    ids = AccessRequest.objects.filter(requester=person_id, status__in=UNDECIDED).order_by("pk").values_list("pk", flat=True)
    return [locking.lock_request(request_id) for request_id in list(ids)]
