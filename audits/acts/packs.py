"""Data of what happens to an evidence pack."""

from typing import ClassVar

from audits.acts.shape import Done, Moment, Shape


class OfPack(Done):
    about: ClassVar = ("P-",)
    since: ClassVar = 5


class PackAsked(OfPack):
    """Of the entries up to `through`, as the checkpoint of this size and root has them.

    `own_seed`: who ordered it gave the seed, before they were shown the population; else it is the checkpoint's root.
    """

    period: str
    begins: Moment
    ends: Moment
    zone: str
    size: int
    root: str
    through: int
    seed: str
    own_seed: bool
    count: int


class OfStratum(Shape):
    stratum: str
    size: int
    drawn: int


class SampleDrawn(OfPack):
    """`workpaper` is the SHA-256 of the file that has every id with its stratum and its key."""

    period: str
    seed: str
    population: int
    strata: list[OfStratum]
    ids: list[str]
    workpaper: str


class PackMade(OfPack):
    files: int
    bytes: int
    sha256: str


class PackFailed(OfPack):
    problem: str


class PackDownloaded(OfPack):
    sha256: str
