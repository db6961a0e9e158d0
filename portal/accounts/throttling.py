"""How often a log-in may fail before the next is not looked at. Nobody can lock somebody else out by failing in their name.

What counts is the name and the network together: a stranger elsewhere holds up nobody here. A device in which the person has
logged in before is counted by itself, so that not even a stranger in the same network holds it up. Unknown names are counted as
known ones. Tries are counted when they begin and taken back when they succeed: many at once get no further than one by one.
"""

import unicodedata

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest

from portal.accounts import known_devices
from portal.users.models import User

# Failures of one name from one network, of one name with one known device, and from one network whatever the name.
LIMITS = {"name_and_network": "5/5m/key", "known_device": "5/5m/key", "network": "20/m/key"}
# Guesses at one name from everywhere, after which each network has one try in the place of five.
EVERYWHERE, UNDER_ATTACK = {"name": "100/h/key"}, {"name_and_network": "1/5m/key"}

# Of second factors: from one known device, and from all that are not known together.
CODE_LIMITS = {"code_of_known_device": "5/5m/key,20/h/key", "code": "10/h/key"}


def begin(request: HttpRequest, name: str) -> RateLimitUsage | None:
    """Count a try; return what takes it back if it succeeds, or None where it may not even be made."""
    name = unicodedata.normalize("NFKC", name).strip().casefold()
    device = known_devices.of(request, name)
    if device:
        return _count(request, "known_device", f"{device}:{name}", LIMITS)
    network = ratelimit.get_ip(request)
    everywhere = _count(request, "name", name, EVERYWHERE)
    limits = {**LIMITS, **({} if everywhere else UNDER_ATTACK)}
    pair = _count(request, "name_and_network", f"{network}:{name}", limits)
    whole = _count(request, "network", network, limits) if pair else None
    counted = [usage for usage in (everywhere, pair, whole) if usage]
    together = RateLimitUsage(usage=[single for usage in counted for single in usage.usage])
    if whole is None:
        # What is not even looked at is no guess.
        together.rollback()
        return None
    return together


def begin_code(request: HttpRequest, person: User) -> RateLimitUsage | None:
    """Count a try at a person's second factor, as `begin` counts those at a password.

    Who tries knows the password. A code has six digits: from devices that are not known so few tries are looked at, wherever they
    come from, that nobody guesses one; whoever has the password of somebody else can hold them up there, and in no other device.
    """
    device = known_devices.of(request, person.username)
    if device:
        return _count(request, "code_of_known_device", f"{device}:{person.pk}", CODE_LIMITS)
    return _count(request, "code", str(person.pk), CODE_LIMITS)


def _count(request: HttpRequest, action: str, key: str, limits: dict[str, str]) -> RateLimitUsage | None:
    usage: RateLimitUsage | None = ratelimit.consume(request, app="log-in", action=action, config=limits, key=key, limit_get=True)
    return usage
