"""How often a client, and a person through all clients together, may call."""

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from ninja.throttling import BaseThrottle
from redis.exceptions import RedisError

from access_requests.api.auth import Caller

logger = logging.getLogger(__name__)
MINUTE = 60


class CallsPerMinute(BaseThrottle):
    """Counts calls in each minute of the clock.

    ninja's own throttles keep the call's state on the one object that all threads share. When the cache is down nobody is
    refused: a decision must not wait for it.
    """

    def __init__(self, *, setting: str, of: Callable[[Caller], str | None]) -> None:
        self.setting = setting
        self.of = of

    def allow_request(self, request: HttpRequest) -> bool:
        who = self.of(request.auth)  # type: ignore[attr-defined]  # Bearer ran before.
        if who is None:
            return True
        try:
            limit: int = getattr(settings, self.setting)
            return _count(f"api-calls:{who}:{int(time.time() // MINUTE)}") <= limit
        except RedisError:
            logger.warning("Calls are not counted: the cache is down.")
            return True

    def wait(self) -> float:
        return MINUTE - time.time() % MINUTE


def _count(key: str) -> int:
    try:
        return cache.incr(key)
    except ValueError:  # Nobody has called in this minute.
        cache.add(key, 1, timeout=2 * MINUTE)
        return 1


def of_client(caller: Caller) -> str:
    return f"client:{caller.client.pk}"


def of_person(caller: Caller) -> str | None:
    return f"person:{caller.person.pk}" if caller.person is not None else None


LIMITS: list[BaseThrottle] = [
    CallsPerMinute(setting="API_CLIENT_CALLS_PER_MINUTE", of=of_client),
    CallsPerMinute(setting="API_PERSON_CALLS_PER_MINUTE", of=of_person),
]
