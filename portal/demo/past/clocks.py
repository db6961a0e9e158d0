"""The clocks of whoever prepares the demo, moved together: Python's, the database's and the simulated AWS's.

Nothing of the portal knows of it: verbs ask Python, the trail's trigger asks SQLite, and AWS judges by its own clock. What is
written then has the time at which it is said to have happened, recorded at that time, too (docs/decisions, 0030).
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import time_machine
from django.db import connection
from django.db.backends.signals import connection_created
from django.utils import timezone
from time_machine import escape_hatch

from portal.simulated_aws import control

# By which SQLite's expressions, defaults and triggers ask what time it is: Django's Now(), and the trail's trigger.
_ASKS_THE_TIME = ("strftime", "julianday")


@dataclass(frozen=True, kw_only=True)
class Clocks:
    """All of them run on from where they were put, and never back."""

    python: time_machine.Traveller
    endpoint: str
    token: str

    def put(self, moment: datetime) -> None:
        """Have it be this moment (aware); one that has passed is now."""
        if moment <= timezone.now():
            return
        self.python.move_to(moment.astimezone(UTC))
        control.set_clock(endpoint=self.endpoint, token=self.token, offset_seconds=(moment - _really()).total_seconds())


@contextmanager
def moved(to: datetime, *, endpoint: str, token: str) -> Iterator[Clocks]:
    """Move all clocks of this process, and AWS's, until the end. Nobody else may use either database or AWS meanwhile."""
    connection.close()
    connection_created.connect(_move_database)
    try:
        with time_machine.travel(to.astimezone(UTC), tick=True) as python:
            control.set_clock(endpoint=endpoint, token=token, offset_seconds=(to - _really()).total_seconds())
            yield Clocks(python=python, endpoint=endpoint, token=token)
    finally:
        control.set_clock(endpoint=endpoint, token=token)
        connection_created.disconnect(_move_database)
        connection.close()


def _really() -> datetime:
    now: datetime = escape_hatch.datetime.datetime.now(UTC)
    return now


def _move_database(*, connection: Any, **_signal: object) -> None:
    """Have SQLite ask Python what time it is. The triggers stay, and judge by it."""
    own = sqlite3.connect(":memory:")
    for name in _ASKS_THE_TIME:
        connection.connection.create_function(name, -1, _asking_python(own, name))


def _asking_python(own: sqlite3.Connection, name: str) -> Callable[..., Any]:
    """Return SQLite's own function, to which "now" is Python's now."""

    def function(*arguments: Any) -> Any:
        given = [timezone.now().replace(tzinfo=None).isoformat(" ") if _is_now(each) else each for each in arguments]
        return own.execute(f"SELECT {name}({', '.join('?' * len(given))})", given).fetchone()[0]

    return function


def _is_now(argument: object) -> bool:
    return isinstance(argument, str) and argument.lower() == "now"
