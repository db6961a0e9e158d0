"""Data of the settings that decide, as a process that starts finds them."""

from typing import ClassVar

from audits.acts.shape import Data, Json


class SettingsChanged(Data):
    """Name -> value of each setting that decides who may do what; `before` is null the first time that a service says them.

    A value that is long, or tells too much of the inside, is there as its SHA-256.
    """

    about: ClassVar = ("settings:",)
    since: ClassVar = 5

    before: dict[str, Json] | None
    after: dict[str, Json]
