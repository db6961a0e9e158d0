"""Whether who acts may still act, asked in the very transaction of the act.

A call is let in when it arrives, and may wait: for a body, a lock, a thread. A password that was set meanwhile, a person who
was disabled, a token or a client that was revoked end what it may do.
"""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from portal.users.models import FactorKind
from portal.verbs.actor import Actor, OfNobody, Process
from portal.verbs.proving import Proven, Strength
from portal.verbs.rejections import FactorMissing, NotAnAdministrator, RightsEnded

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
    actor.who.forget_factors()
    now: Mapping[str, bool] | None = actor.credential.still_lets_in(actor.who).filter(is_active=True).values(*RIGHTS).first()
    if now is None:
        raise RightsEnded
    for name, value in now.items():
        setattr(actor.who, name, value)
    return now


def check_administrator(actor: Actor) -> None:
    """Raise NotAnAdministrator for everybody else, and for an administrator who is disabled; FactorMissing for one without."""
    if not (actor.who.is_active and actor.who.is_administrator):
        raise NotAnAdministrator
    if settings.SECOND_FACTOR_REQUIRED and not has_factor(actor):
        raise FactorMissing


def check_proven_administrator(actor: Actor, act: str, *, now: datetime) -> None:
    """As `check_administrator` does, and raise StepUpNeeded without the proof that the act needs.

    Which acts need which is the policy's to say: the settings name where, for verbs that may not know it.
    """
    import_string(settings.CHECK_PROVEN_ADMINISTRATOR)(actor, act, now=now)


def proven(actor: Actor) -> tuple[Proven, ...]:
    """Return what the person has proven that counts now: nothing by a factor that they no longer have."""
    theirs = {factor.code for factor in actor.who.second_factors.values()}
    return tuple(one for one in actor.proven if not one.factor or one.factor in theirs)


def has_factor(actor: Actor) -> bool:
    """Whether the person has a second factor, recovery codes aside, or a provider that vouches for them asks for one."""
    if any(factor.kind != FactorKind.RECOVERY for factor in actor.who.second_factors.values()):
        return True
    if any(one.strength >= Strength.SECOND_FACTOR for one in proven(actor)):
        return True
    asking = [one.identity for one in settings.LOGIN_PROVIDERS if one.factor.is_configured]
    return bool(asking) and actor.who.linked_identities.filter(provider__in=asking, verified_at__isnull=False).exists()
