"""Which of the population is looked at: by a seed that nobody of the company chose, and so that anybody can compute it again.

The key of an id is the SHA-256 of `seed|id` in lower hexadecimal; of each stratum the first by their keys are drawn. `verify.py
--sample` and one line of a shell do the same.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

PRESET = 25
# Of each stratum at least so many, where it has them.
LEAST = 3
MOST = 500
LONGEST_SEED = 200


class Stratum(StrEnum):
    """What sets an access apart; the first that fits is its stratum."""

    EMERGENCY = "emergency"
    STOPPED = "stopped"
    FAILED = "failed"
    EXTENDED = "extended"
    ORDINARY = "ordinary"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Keyed:
    """One of the population, ordered as it is drawn."""

    key: str
    id: str
    stratum: Stratum


@dataclass(frozen=True, kw_only=True)
class Draw:
    """`sizes` and `drawn` are by stratum: how many there are, and how many of them were drawn. `sample` in the order of keys."""

    seed: str
    sizes: Mapping[Stratum, int]
    drawn: Mapping[Stratum, int]
    sample: tuple[Keyed, ...]

    @property
    def population(self) -> int:
        return sum(self.sizes.values())


def key_of(seed: str, code: str) -> str:
    return sha256(f"{seed}|{code}".encode()).hexdigest()


def draw(population: Iterable[tuple[str, Stratum]], *, seed: str, count: int = PRESET) -> Draw:
    """Return the sample of so many; the whole population where that has no more."""
    keyed = sorted(Keyed(key=key_of(seed, code), id=code, stratum=stratum) for code, stratum in population)
    counted = Counter(one.stratum for one in keyed)
    sizes = {stratum: counted[stratum] for stratum in Stratum}
    drawn = shares(sizes, count)
    left, sample = dict(drawn), list[Keyed]()
    for one in keyed:
        if left[one.stratum]:
            left[one.stratum] -= 1
            sample.append(one)
    return Draw(seed=seed, sizes=sizes, drawn=drawn, sample=tuple(sample))


def shares(sizes: Mapping[Stratum, int], count: int) -> dict[Stratum, int]:
    """Return how many are drawn of each stratum: LEAST of each while they last, the rest by size and largest remainder."""
    given = dict.fromkeys(sizes, 0)
    left = min(count, sum(sizes.values()))
    for stratum, size in sizes.items():
        given[stratum] = min(size, LEAST, left)
        left -= given[stratum]
    while left:
        rooms = {stratum: size - given[stratum] for stratum, size in sizes.items() if size > given[stratum]}
        added = _by_largest_remainder(rooms, left)
        for stratum, more in added.items():
            given[stratum] += more
        left -= sum(added.values())
    return given


def _by_largest_remainder(rooms: Mapping[Stratum, int], count: int) -> dict[Stratum, int]:
    """Share `count` among what is left of the strata, in whole numbers; of equal remainders the first stratum's comes first."""
    total = sum(rooms.values())
    whole = {stratum: count * room // total for stratum, room in rooms.items()}
    rest = count - sum(whole.values())
    by_remainder = sorted(rooms, key=lambda stratum: -(count * rooms[stratum] % total))
    for stratum in by_remainder[:rest]:
        whole[stratum] += 1
    return whole
