"""The story as it is written down, with the moments at which each thing of it happened."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

FOLDER = Path(__file__).parent / "story"
ZONE = ZoneInfo("Asia/Tokyo")
_SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One thing of a thread: what is done (a function of `acts`), by whom, by which door, and what is said with it."""

    at: datetime
    thread: int
    do: str
    who: str = ""
    by: str = "browser"
    say: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)


def happenings(*, today: date) -> list[Happening]:
    """Return all of it, oldest first. The story counts working days back from `today`; its times are Tokyo's."""
    found = [each for number, thread in enumerate(_threads(), 1) for each in _of(thread, number, today)]
    return sorted(found, key=lambda happening: happening.at)


def first_day(*, today: date) -> datetime:
    """Return when the company began with the portal: the morning before the first thing that happened."""
    first = max(int(thread["day"]) for thread in _threads())
    return datetime.combine(_day(first + 1, today), time(9, 30), ZONE)


def _threads() -> Iterator[dict[str, Any]]:
    for path in sorted(FOLDER.glob("*.yaml")):
        yield from yaml.safe_load(path.read_text(encoding="utf-8"))


def _of(thread: dict[str, Any], number: int, today: date) -> Iterable[Happening]:
    given = {"do": "ask", **thread}
    day, clock, then = given.pop("day"), given.pop("at"), given.pop("then", [])
    began = datetime.combine(_day(day, today), time.fromisoformat(clock), ZONE)
    yield _happening(given, at=began, thread=number)
    for each in then:
        step = dict(each)
        yield _happening(step, at=began + timedelta(minutes=step.pop("after")), thread=number)


def _happening(given: dict[str, Any], *, at: datetime, thread: int) -> Happening:
    known = {name: given.pop(name) for name in ("do", "who", "by", "say") if name in given}
    return Happening(at=at, thread=thread, given=given, **known)


def _day(number: int, today: date) -> date:
    """Return the working day so many before today; 1 is the last one."""
    before = (today - timedelta(days=each) for each in count(1))
    working = (day for day in before if day.weekday() < _SATURDAY)
    return next(day for each, day in enumerate(working, 1) if each == number)
