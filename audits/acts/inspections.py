"""Data of daily inspections: every entry to production of a day, signed row by row."""

from datetime import date
from typing import ClassVar

from audits.acts.shape import Done, Moment, Shape


class Head(Shape):
    """The signed head of the trail's log: its origin, how many leaves it has, and the root over them."""

    log: str
    size: int
    root: str


class Row(Shape):
    """A row as it is after the act. `log_in_entry`: the entry that tells of the log-in so."""

    number: int
    log_in: str
    log_in_entry: int
    began_at: Moment
    kind: str
    reason: str
    account: str
    role: str
    who: str
    person: str
    elevation: str
    request: str
    requester: str
    approvers: list[str]
    report: str
    findings: list[str]
    deviations: list[str]
    comment: str
    signed_by: str
    signed_at: Moment | None


class Part(Shape):
    """Of a day; `part` is 0, or counts what came late. `unread`: accounts that cannot be read at all."""

    day: date
    part: int
    due_on: date
    read_until: Moment
    unread: list[str]
    refused: int
    signed_at: Moment | None
    checkpoint: Head | None


class Opened(Done):
    about: ClassVar = ("inspection:",)
    since: ClassVar = 5

    inspection: Part
    rows: list[Row]


class RowSigned(Done):
    about: ClassVar = ("inspection:",)
    since: ClassVar = 5

    row: Row


class Signed(Done):
    """All of its rows are signed."""

    about: ClassVar = ("inspection:",)
    since: ClassVar = 5

    inspection: Part


class Reminded(Done):
    """Told to inspectors on the day on which it is due: how many rows wait."""

    about: ClassVar = ("inspection:",)
    since: ClassVar = 5

    day: date
    part: int
    due_on: date
    waiting: int
