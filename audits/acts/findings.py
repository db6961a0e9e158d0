"""Data of what happens to a finding."""

from datetime import date
from typing import ClassVar

from audits.acts.shape import Data, Done, Moment, Shape


class Finding(Shape):
    """A finding as it is after the act. `key` has the fields that its kind names; people are named by their usernames.

    `evidence_to` is the newest entry that is evidence of it, or 0. `accepted_until` is the last day on which it is accepted;
    `asked_…` is what one administrator asks another one to accept.
    """

    code: str
    kind: str
    key: dict[str, str]
    severity: str
    status: str
    caused_by: list[str]
    first_seen_at: Moment
    last_seen_at: Moment
    opened_at: Moment
    times_opened: int
    evidence_to: int
    closed_at: Moment | None
    owner: str
    due_on: date | None
    accepted_until: date | None
    accepted_by: str
    asked_by: str
    asked_until: date | None
    asked_because: str


class OfFinding(Done):
    about: ClassVar = ("F-",)
    since: ClassVar = 5

    finding: Finding


class Seen(OfFinding):
    """`evidence` are ids of entries of the trail. `remark` says what no entry does."""

    evidence: list[int]
    remark: str


class Assigned(OfFinding):
    before_owner: str
    before_due_on: date | None


class Said(OfFinding):
    comment: str


class NamedFinding(Shape):
    code: str
    kind: str
    key: dict[str, str]
    severity: str
    again: bool


class FindingsTold(Data):
    """`count` findings were opened, or opened again, of which some are named; up to the entry `through`."""

    about: ClassVar = ("findings",)
    since: ClassVar = 5

    count: int
    found: list[NamedFinding]
    through: int
