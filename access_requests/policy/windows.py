"""Windows as they are asked for, and what an approval policy allows of them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self

from access_requests.errors import DurationOrEnd

END_OF_TIME = datetime.max.replace(microsecond=0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class AskedWindow:
    """The window as asked for. `starts_at` None: when the last approval commits. Either a duration or an end."""

    starts_at: datetime | None
    ends_at: datetime | None
    duration: timedelta | None

    def __post_init__(self) -> None:
        """Raise DurationOrEnd for both or neither."""
        if (self.ends_at is None) == (self.duration is None):
            raise DurationOrEnd(field="duration_minutes")

    def fixed(self, now: datetime) -> tuple[datetime, datetime]:
        """Return (start, end) as they are if the last approval commits now. Whole seconds, which is what AWS compares."""
        now = now.replace(microsecond=0)
        start = self.starts_at or now
        end = self.ends_at if self.ends_at is not None else _later(start, self.duration or timedelta())
        return max(start, now), end

    @property
    def end_field(self) -> str:
        """The field by which a form and the API say when the window ends."""
        return "ends_at" if self.ends_at is not None else "duration_minutes"


class Allows(Protocol):
    """An approval policy's row, as far as limits are read from it."""

    @property
    def shortest_minutes(self) -> int: ...

    @property
    def longest_minutes(self) -> int: ...

    @property
    def decision_minutes(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an approval policy allows."""

    shortest: timedelta
    longest: timedelta
    decision: timedelta

    @classmethod
    def of(cls, policy: Allows) -> Self:
        return cls(
            shortest=timedelta(minutes=policy.shortest_minutes),
            longest=timedelta(minutes=policy.longest_minutes),
            decision=timedelta(minutes=policy.decision_minutes),
        )


def decision_deadline(asked: AskedWindow, limits: Limits, *, now: datetime) -> datetime:
    """Return until when a decision is good for something: the policy's deadline, or the end where that is fixed and sooner."""
    deadline = now + limits.decision
    if asked.starts_at is None and asked.ends_at is None:
        return deadline
    return min(deadline, asked.fixed(now)[1])


def _later(start: datetime, duration: timedelta) -> datetime:
    """Return the end. A start in the year 9999 is refused for being too far ahead, and must be reckoned with until then."""
    try:
        return start + duration
    except OverflowError:
        return END_OF_TIME
