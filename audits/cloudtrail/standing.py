"""Who may always take which roles: as it was declared at the time of a log-in, and not as it is now."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

# Clocks of AWS and of the portal may differ by so much.
SKEW = timedelta(seconds=60)
# A role's ARN, and AWS's id where it is known.
Role = tuple[str, str]
T = TypeVar("T")


class Timeline(Generic[T]):
    """What something was, and since when. Before its beginning it was nothing."""

    def __init__(self, steps: Iterable[tuple[datetime, T]] = ()) -> None:
        self._values: list[T] = []
        self._since: list[datetime] = []
        for since, value in sorted(steps, key=lambda step: step[0]):
            self._since.append(since)
            self._values.append(value)

    def at(self, moment: datetime) -> T | None:
        place = bisect_right(self._since, moment)
        return self._values[place - 1] if place else None

    def near(self, moment: datetime) -> Sequence[T]:
        """Return what it was then, and whatever it was by a clock that differs by SKEW."""
        first = max(bisect_left(self._since, moment - SKEW) - 1, 0)
        return self._values[first : bisect_right(self._since, moment + SKEW)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """A person at a time: the standing groups, and AWS's ids of their users. Of somebody disabled there is none of either."""

    groups: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """`groups`: standing group -> the roles that it leads to. `people`: username -> what is declared of them."""

    groups: Timeline[Mapping[str, frozenset[Role]]] = field(default_factory=Timeline)
    people: Mapping[str, Timeline[Declared]] = field(default_factory=dict)

    def roles_of(self, person: str, user: str, at: datetime) -> frozenset[Role]:
        """Return the roles that somebody might always take then. An empty `user` is one whose id AWS did not say."""
        said = self.people[person].near(at) if person in self.people else ()
        mine = {group for each in said if not user or user in each.users for group in each.groups}
        return frozenset(role for groups in self.groups.near(at) for name in mine for role in groups.get(name, ()))

    def of_anybody(self, at: datetime) -> frozenset[Role]:
        return frozenset(role for groups in self.groups.near(at) for roles in groups.values() for role in roles)
