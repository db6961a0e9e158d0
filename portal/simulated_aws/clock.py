"""What time it is in the simulated AWS: this machine's time, shifted, or standing still. Everything here asks this clock."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from moto.iam import models
from moto.s3 import models as objects


@dataclass(slots=True)
class _Hands:
    offset: timedelta = timedelta()
    standing_at: datetime | None = None


_hands = _Hands()


def now() -> datetime:
    return _hands.standing_at or datetime.now(UTC) + _hands.offset


def shift(offset: timedelta) -> None:
    """Let it run on, so much before or behind this machine's."""
    _hands.offset, _hands.standing_at = offset, None


def stop(at: datetime) -> None:
    """Have it be this moment (aware) until the clock is set again."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    _hands.offset, _hands.standing_at = timedelta(), at.astimezone(UTC)


def reset() -> None:
    shift(timedelta())


def install() -> None:
    """Have moto date what it makes by this clock; its times have no zone."""
    models.utcnow = lambda: now().replace(tzinfo=None)  # type: ignore[attr-defined]
    objects.utcnow = models.utcnow  # type: ignore[attr-defined]
