"""What AWS does by itself, as it showed it: runbooks, and change requests that end in one."""

from audits.acts.shape import Moment, Shape


class Said(Shape):
    """What somebody decided in AWS: the ARN of who it was."""

    approver: str
    decision: str
    comment: str
    at: str


class Step(Shape):
    name: str
    action: str
    status: str
    message: str
    said: list[Said]
    level: int


class Execution(Shape):
    request: str
    purpose: str
    number: int
    id: str
    status: str
    document: str
    message: str
    steps: list[Step]
    ended_at: Moment | None


class EndedInAws(Shape):
    """What ended a request that nobody decided on here."""

    execution_id: str
    status: str
    reason: str
    by: str
