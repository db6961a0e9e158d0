"""How often LookupEvents may be called: so many times a second by an account in a Region, where the world says how many.

By this machine's clock, whatever AWS's shows: it is real callers who are to wait.
"""

import time
from collections import defaultdict, deque
from dataclasses import dataclass

from portal.simulated_aws.errors import Throttling


@dataclass(slots=True)
class _Limit:
    most: int | None = None


_limit = _Limit()
_calls: dict[tuple[str, str], deque[float]] = defaultdict(deque)


def limit(most: int | None) -> None:
    _limit.most = most if most is not None else _limit.most


def count(account_id: str, region: str) -> None:
    """Raise Throttling for one call too many."""
    if _limit.most is None:
        return
    now, calls = time.monotonic(), _calls[account_id, region]
    while calls and calls[0] <= now - 1:
        calls.popleft()
    if len(calls) >= _limit.most:
        raise Throttling("Rate exceeded")
    calls.append(now)


def forget_all() -> None:
    _limit.most = None
    _calls.clear()
