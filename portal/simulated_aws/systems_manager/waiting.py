"""Waiting for a time by AWS's clock, or until something was done to an execution."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from portal.simulated_aws import clock
from portal.simulated_aws.gateway import one_at_a_time

# Notified whenever an execution was approved, stopped or forgotten, and when somebody set the clock.
changed = threading.Condition(one_at_a_time)
# Nobody waits longer than this without looking: the clock is read again.
_LONGEST_SECONDS = 5.0


class Awaited(Protocol):
    """An execution, as far as waiting goes."""

    stopping: str | None
    is_winding_down: bool
    is_forgotten: bool


class Forgotten(Exception):
    """There is no such execution any more."""


class Cancelled(Exception):
    """Somebody has cancelled the execution."""


class TimedOut(Exception):
    """The time for a step is over."""


def check(execution: Awaited) -> None:
    """Raise Forgotten or Cancelled. What is done after a cancellation is not cancelled again."""
    if execution.is_forgotten:
        raise Forgotten
    if execution.stopping == "Cancel" and not execution.is_winding_down:
        raise Cancelled


def until(
    execution: Awaited, *, done: Callable[[], bool], wake_at: datetime | None = None, deadline: datetime | None = None
) -> None:
    """Return once it is done; `wake_at` is when it may be by time alone. Raises Cancelled, Forgotten, TimedOut."""
    moments = [moment for moment in (wake_at, deadline) if moment]
    with changed:
        while True:
            check(execution)
            if done():
                return
            if deadline and clock.now() >= deadline:
                raise TimedOut
            changed.wait(_seconds_to(moments))


def until_time(execution: Awaited, at: datetime, *, deadline: datetime | None = None) -> None:
    """Return at the moment, by AWS's clock. Raises Cancelled, Forgotten, TimedOut."""
    until(execution, done=lambda: clock.now() >= at, wake_at=at, deadline=deadline)


def settle(done: Callable[[], bool]) -> None:
    """Return once an execution has taken in what was done to it, so that whoever did it sees the outcome at once."""
    with changed:
        changed.wait_for(done, timeout=_LONGEST_SECONDS)


def _seconds_to(moments: list[datetime]) -> float:
    left = [(moment - clock.now()).total_seconds() for moment in moments]
    return min([seconds for seconds in left if seconds > 0] + [_LONGEST_SECONDS])
