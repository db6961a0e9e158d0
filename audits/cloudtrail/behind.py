"""What may remain after the end of an access (残存物). The list is data: `behind.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LIST = Path(__file__).with_suffix(".yaml")
LONGEST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """`kind` is a word of the list; `name` is what remains, as far as the event names it."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    source: str
    event: str
    kind: str
    names: tuple[str, ...]
    needs: str = ""


@cache
def lines() -> tuple[Line, ...]:
    read = yaml.safe_load(LIST.read_text())
    return tuple(Line(**{**one, "names": tuple(one["names"])}) for one in read)


def left(raw: Mapping[str, Any]) -> Left | None:
    """Return what may remain of a call that succeeded, or None."""
    source, name = str(raw.get("eventSource", "")).removesuffix(".amazonaws.com"), str(raw["eventName"])
    for line in lines():
        if line.source == source and fnmatchcase(name, line.event) and (not line.needs or _at(raw, line.needs)):
            named = (_at(raw, path) for path in line.names)
            return Left(kind=line.kind, name=next((one[:LONGEST] for one in named if isinstance(one, str) and one), ""))
    return None


def _at(raw: Any, path: str) -> Any:
    value = raw
    for step in path.split("."):
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value
