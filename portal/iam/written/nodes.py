"""A value of a file, and where it stands in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """`twice` are keys that the mapping has more than once; the last one counts."""

    value: Scalar | Sequence["Node"] | Mapping[str, "Node"]
    place: Place
    keys: Mapping[str, Place] = field(default_factory=dict)
    twice: tuple[tuple[str, Place], ...] = ()

    def get(self, key: str) -> "Node | None":
        return self.value.get(key) if isinstance(self.value, Mapping) else None

    def at(self, *keys: str) -> "Node | None":
        """Return what lies below these keys, if it is there."""
        found: Node | None = self
        for key in keys:
            found = found.get(key) if found else None
        return found

    def items(self) -> Iterator[tuple[str, "Node"]]:
        yield from self.value.items() if isinstance(self.value, Mapping) else ()

    def listed(self) -> Sequence["Node"]:
        """Return the members of a list, else the one value by itself."""
        return self.value if isinstance(self.value, list) else (self,)

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    def plain(self) -> Any:
        if isinstance(self.value, Mapping):
            return {key: node.plain() for key, node in self.value.items()}
        return [node.plain() for node in self.value] if isinstance(self.value, list) else self.value

    def placed(self, place: Place) -> "Node":
        """Return the same with everything at one place: what is written inside of a text."""
        value = self.value
        if isinstance(value, Mapping):
            value = {key: node.placed(place) for key, node in value.items()}
        elif isinstance(value, list):
            value = [node.placed(place) for node in value]
        twice = tuple((key, place) for key, _ in self.twice)
        return replace(self, value=value, place=place, keys=dict.fromkeys(self.keys, place), twice=twice)
