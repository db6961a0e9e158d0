"""What a channel is.

Later          the recipient did not take it now: busy, away, too slow. It is tried again.
Undeliverable  it will never be taken: no such recipient, no permission. It is given up at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.utils.functional import Promise

from access_requests.models import Delivery
from audits.models import TrailEntry


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A recipient who is to be told, and what, where that is decided now."""

    target: str
    body: Mapping[str, Any] = field(default_factory=dict)


class Later(Exception):
    """`after` is how long the recipient asks to be left alone, if it says."""

    def __init__(self, reason: str, *, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.after = after


class Undeliverable(Exception):
    pass


class Channel(Protocol):
    """Somewhere to tell. `key` is what deliveries call it, `name` what pages do.

    `answers` are the words for what the channel itself says of a delivery; what a receiver answered is shown as it came.
    """

    key: str
    name: Promise | str
    answers: Mapping[str, Promise]

    def wants(self, entry: TrailEntry, *, now: datetime) -> Iterable[Wanted]:
        """Yield who is to be told of an entry.

        In a transaction that holds up other telling: reads, rows of its own, and no calls.
        """
        ...

    def send(self, delivery: Delivery, *, now: datetime) -> str:
        """Send, in no transaction; return what was answered. May run twice for one delivery. Raises Later, Undeliverable.

        All of it takes less than sending.LOST_AFTER.
        """
        ...
