"""Data of what happens to drift."""

from typing import ClassVar

from pydantic import Field

from audits.acts.shape import Call, Data, Done, Json, Moment, PersonalText, Shape


class Event(Shape):
    """CloudTrail's event, by its own names."""

    eventID: str | None = None  # noqa: N815  CloudTrail's.
    eventName: str | None = None  # noqa: N815
    eventTime: str | None = None  # noqa: N815
    sourceIPAddress: PersonalText | None = None  # noqa: N815
    userAgent: PersonalText | None = None  # noqa: N815
    requestParameters: Json = None  # noqa: N815
    requestID: str | None = None  # noqa: N815


class Drift(Shape):
    """`detail` is what AWS shows and what it should be, by names of its kind."""

    code: str
    status: str
    kind: str
    account: str
    thing: str
    name: str
    work_group: str | None
    elevation: str | None
    detail: dict[str, Json]
    found_at: Moment
    seen_at: Moment
    principal: str
    event: Event | None
    undone_before: int
    another_tool: bool
    undo_asked_by: str
    problem: str


class OfDrift(Done):
    about: ClassVar = ("D-",)

    drift: Drift


class Found(OfDrift):
    to: str


class DriftMoved(OfDrift):
    from_: str = Field(alias="from")
    to: str


class Undoing(OfDrift):
    calls: list[Call]


class Difference(Shape):
    code: str
    kind: str
    account: str
    thing: str
    name: str
    work_group: str | None


class DriftTold(Data):
    """`count` differences, of which some are named; they were found up to the entry `through`."""

    about: ClassVar = ("comparison",)

    count: int
    found: list[Difference]
    through: int
