"""What CloudTrail remembers: who called what, when, from where, and what came of it. Bounded, a store for each account."""

import itertools
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

_MOST = 20_000
_MOST_READS = 5_000
_counter = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event of one account. `record` is what the field CloudTrailEvent says, as JSON."""

    number: int = field(default_factory=lambda: next(_counter))
    at: datetime
    account_id: str
    region: str
    name: str
    source: str
    user_name: str | None
    key_id: str | None
    is_read: bool
    resources: tuple[tuple[str, str], ...] = ()  # Type and name.
    record: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.record["eventID"])


# What the portal looks at every few seconds does not push out who took on a role, which is a read to CloudTrail too.
_acts: dict[str, deque[Event]] = defaultdict(lambda: deque(maxlen=_MOST))
_looks: dict[str, deque[Event]] = defaultdict(lambda: deque(maxlen=_MOST_READS))


def add(event: Event) -> None:
    kept = _looks if event.is_read and event.name != "AssumeRole" else _acts
    kept[event.account_id].append(event)


def newest_first(*, account_id: str, region: str) -> Iterator[Event]:
    """Yield the events of an account and a Region by time, and by their order where that is the same."""
    every = (event for kept in (_acts, _looks) for event in kept[account_id] if event.region == region)
    yield from sorted(every, key=lambda event: (event.at, event.number), reverse=True)


def forget_all() -> None:
    _acts.clear()
    _looks.clear()
