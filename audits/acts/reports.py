"""Data of what happens to a work report: what somebody says after their access that they did."""

from datetime import date
from typing import ClassVar

from audits.acts.shape import Done, Moment, Shape


class Owed(Shape):
    """What the end of an access has its person report, by the policy as it was then.

    `days`: until `due_on`, in the portal's zone. `overdue_blocks`: after that day the person asks for nothing new. `approvers`
    approved the request; `last_level` are those who may be its last approvers. Each of them but the person may confirm.
    """

    days: int
    due_on: date
    overdue_blocks: bool
    approvers: list[str]
    last_level: list[str]
    plan: str
    roles: list[str]


class Report(Shape):
    """A report as it is after the act. `answer` is what was asked back, or said with the confirmation."""

    elevation: str
    request: str
    person: str
    work_group: str
    status: str
    due_on: date
    is_unused: bool
    done: str
    deviation: str
    written_at: Moment
    client: str
    answered_by: str
    answered_at: Moment | None
    answer: str


class OfReport(Done):
    about: ClassVar = ("E-",)
    since: ClassVar = 5

    report: Report
