"""Whether who acts may still act, asked in the very transaction of the act.

A call is let in when it arrives, and may wait: for a body, a lock, a thread. A password that was set meanwhile, a person who
was disabled, a token or a client that was revoked end what it may do.
"""

from collections.abc import Mapping

from portal.verbs.actor import Actor, OfNobody, Process
from portal.verbs.rejections import NotAnAdministrator, RightsEnded

# What a person's row says that they may.
RIGHTS = ("is_administrator", "is_auditor")


def check(actor: Actor) -> Mapping[str, bool]:
    """Have the actor's person say what they may now, and return it. Raises RightsEnded where what let them in is over.

    One statement for whoever is somebody, none for the portal's own processes.
    """
    if isinstance(actor.credential, Process):
        return {}
    if isinstance(actor.credential, OfNobody):
        if not actor.credential.is_good():
            raise RightsEnded
        return {}
    now: Mapping[str, bool] | None = actor.credential.still_lets_in(actor.who).filter(is_active=True).values(*RIGHTS).first()
    if now is None:
        raise RightsEnded
    for name, value in now.items():
        setattr(actor.who, name, value)
    return now


def check_administrator(actor: Actor) -> None:
    """Raise NotAnAdministrator for everybody else, and for an administrator who is disabled."""
    if not (actor.who.is_active and actor.who.is_administrator):
        raise NotAnAdministrator
