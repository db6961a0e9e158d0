"""Data of what happens to the sealed log itself."""

from typing import ClassVar

from audits.acts.shape import Data, Done


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
