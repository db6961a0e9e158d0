"""Data of comparisons of the tables with what the trail tells."""

from typing import ClassVar

from audits.acts.shape import Data, Shape


class Apart(Shape):
    """One difference: of which thing, in which facts. `what` is `differs`, `unknown` to the trail, or `missing` in the tables."""

    kind: str
    key: str
    what: str
    facts: list[str]


class Counts(Shape):
    """`things` were compared by `facts`; `untold` facts no entry tells, and of `erased` ones the text is no more."""

    things: int
    facts: int
    untold: int
    erased: int


class ComparisonDone(Data):
    """Entries up to `through` were read; `checkpoint` is the newest that the log had then.

    `apart` names some of the `differences`.
    """

    about: ClassVar = ("comparison",)
    since: ClassVar = 5

    through: int
    checkpoint: str | None
    counts: Counts
    differences: int
    apart: list[Apart]
    milliseconds: int
