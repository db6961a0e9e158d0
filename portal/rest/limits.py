"""How often a client, and a person through all clients together, may call."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from ninja.throttling import BaseThrottle
from redis.exceptions import RedisError

from portal.rest.caller import Caller

logger = logging.getLogger(__name__)
MINUTE = 60


class CallsPerMinute(BaseThrottle):
    """Counts calls in each minute of the clock.

    ninja's own throttles keep the call's state on the one object that all threads share. When Redis is down nobody is
    refused: a decision must not wait for it.
    """

    def __init__(self, *, setting: str, of: Callable[[Caller], str | None]) -> None:
        self.setting = setting
        self.of = of

    def allow_request(self, request: HttpRequest) -> bool:
        who = self.of(request.auth)  # type: ignore[attr-defined]  # Bearer ran before.
        if who is None:
            return True
        limit: int = getattr(settings, self.setting)
        return count(who, 1) <= limit

    def wait(self) -> float:
        return seconds_to_wait()


def count(what: str, more: int) -> int:
    """Add to what was counted in this minute and return the sum; 0 when the cache is down."""
    key = f"api-calls:{what}:{int(time.time() // MINUTE)}"
    try:
        return caches["calls"].incr(key, more)
    except ValueError:  # The first of this minute.
        caches["calls"].add(key, more, timeout=2 * MINUTE)
        return more
    except RedisError:
        logger.warning("Calls are not counted: the cache is down.")
        return 0


def seconds_to_wait() -> float:
    return MINUTE - time.time() % MINUTE


def of_client(caller: Caller) -> str | None:
    return caller.counted_as[0]


def of_person(caller: Caller) -> str | None:
    return caller.counted_as[1]


LIMITS: list[BaseThrottle] = [
    CallsPerMinute(setting="API_CLIENT_CALLS_PER_MINUTE", of=of_client),
    CallsPerMinute(setting="API_PERSON_CALLS_PER_MINUTE", of=of_person),
]
