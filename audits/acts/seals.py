"""Data of what happens to the sealed log itself."""

from typing import ClassVar

from audits.acts.shape import Data, Done, Moment, Shape


class NewLogOrdered(Done):
    """`origin` is that of the log that cannot go on."""

    about: ClassVar = ("seal",)

    origin: str
    reason: str


class LogBegun(Data):
    """The first leaf of a log that was ordered, which is no entry's: the log before, and its newest checkpoint."""

    about: ClassVar = ("log:",)

    after: str
    checkpoint: str
    reason: str


class KeyChanged(Data):
    """Verifier keys in C2SP's form."""

    about: ClassVar = ("seal",)

    before: str
    after: str
    signed_by_both: bool


class PersonalErased(Done):
    """So many texts were deleted that told of a person, of everybody where that is empty, and were recorded before a time."""

    about: ClassVar = ("personal",)

    person: str
    recorded_before: Moment | None
    reason: str
    count: int


class SealOverdue(Data):
    """`state` is why nothing is sealed, as the sealer said; empty where it is dead, or never was."""

    about: ClassVar = ("seal",)

    state: str
    waiting: int
    waiting_since: Moment


class SealStopped(Data):
    about: ClassVar = ("seal",)

    state: str
    detail: str


class SealCaughtUp(Data):
    about: ClassVar = ("seal",)


class GuardTouched(Data):
    """Somebody deleted or overwrote what the guard keeps, which is there all the same."""

    about: ClassVar = ("seal",)

    remark: str


class LateEntry(Shape):
    id: int
    act: str
    subject: str
    at: Moment
    recorded_at: Moment


class RecordedLate(Data):
    """`count` entries were recorded long after they say that it happened, or before, and do not say why; some are named."""

    about: ClassVar = ("trail",)

    count: int
    entries: list[LateEntry]
