"""Data of what happens to an elevation."""

from typing import ClassVar

from pydantic import ConfigDict, Field

from audits.acts.automation import Execution
from audits.acts.reports import Owed
from audits.acts.shape import Call, Done, Moment, Shape


class Elevation(Shape):
    code: str
    request: str
    status: str
    person: str
    work_group: str
    backend: str
    iam_user_name: str
    iam_user_id: str
    identity_center_user_name: str
    identity_center_user_id: str
    starts_at: Moment
    ends_at: Moment
    # The code of the request whose approval fixed the end as it is now.
    ends_by: str
    granting_at: Moment | None
    granted_at: Moment | None
    stopped_at: Moment | None
    stop_reason: str
    ended_at: Moment | None


class Seen(Shape):
    """What AWS showed, read back; times are as tag, fence and gate have them. `session_gate` is null where there can be none."""

    membership: bool
    ttl: str | None
    entry_fence: dict[str, str | None]
    session_gate: dict[str, str | None] | None
    at: Moment
    group_id: str


class GrantedRole(Shape):
    """A role of the work group, as the catalogue calls it, and which one in AWS it was when it was given."""

    role: str
    arn: str | None
    role_id: str | None


class SessionsEnded(Shape):
    """The Session Manager sessions of one role and Region that were open at the end."""

    role: str
    region: str
    ended: list[str]
    problem: str


class RoleEvaluation(Shape):
    role: str
    decision: str
    by: str
    gate: str
    why: list[str]


class Evaluation(Shape):
    """Whether the person can switch, over the policies as AWS had them. `of` is the state in which it was asked."""

    decision: str
    at: Moment
    roles: list[RoleEvaluation]
    tries: int
    of: str | None = None


class OfElevation(Done):
    about: ClassVar = ("E-",)
    since: ClassVar = 5

    elevation: Elevation


class Scheduled(OfElevation):
    to: str


class Moved(OfElevation):
    from_: str = Field(alias="from")
    to: str


class EndBegun(Moved):
    """`reason` is a word; `comment` is somebody's text, or AWS's error code."""

    reason: str
    comment: str = ""


class ReadBack(OfElevation):
    """`roles` are those that a step that gives has given."""

    calls: list[Call]
    roles: list[GrantedRole] = []
    seen: Seen
    open_sessions: list[SessionsEnded] = []


class MovedAsReadBack(Moved, ReadBack):
    pass


class Ended(MovedAsReadBack):
    """`report` is what the person owes afterwards; null where the policy wants no report."""

    report: Owed | None = None


class Cancelled(EndBegun):
    """`report` as of `Ended`: what was never granted was not used, which takes a word."""

    report: Owed | None = None


class Extended(OfElevation):
    """`by` is the extension's code."""

    from_end: Moment
    to_end: Moment
    by: str


class ExtensionRefused(Extended):
    problem: str


class Attempt(OfElevation):
    """What a step came to: what was read back, or in `detail` what AWS said."""

    calls: list[Call]
    seen: Seen | None = None
    open_sessions: list[SessionsEnded] = []
    roles: list[GrantedRole] = []
    detail: str | None = None


class AttemptFailed(Attempt):
    problem: str
    attempt: int
    try_again_at: Moment


class Evaluated(OfElevation):
    judged: Evaluation
    moment: str
    expected: str | None = None
    calls: list[Call] = []


class KeptLine(Shape):
    """A line that a worker kept on disk, with whatever else it says: no line may hold up an end."""

    model_config = ConfigDict(extra="allow")

    spool_id: str
    calls: list[Call] = []
    seen: Seen | None = None
    open_sessions: list[SessionsEnded] = []


class EndRecordedLate(OfElevation, KeptLine):
    pass


class ElevationExecutionSeen(OfElevation):
    execution: Execution
    calls: list[Call] = []
