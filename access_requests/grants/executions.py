"""What Systems Manager does by itself once it was started: runbooks, and change requests that end in one."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from portal.aws.calls import AwsClient

# Of the portal's own making: tokens are derived from it, so that whoever starts something again starts the same.
NAMESPACE = uuid.UUID("5f0d6e5e-7f0c-4c55-9b0a-5a9b2f0c7d11")


class Purpose(StrEnum):
    GRANT = "grant"
    PROLONG = "prolong"
    REMOVE = "remove"


GIVING = (Purpose.GRANT, Purpose.PROLONG)
SUCCEEDED = frozenset({"Success", "CompletedWithSuccess"})
# Ended by somebody, or for want of somebody: trying again would go against that.
REFUSED: Mapping[str, str] = {
    "Rejected": "change_rejected",
    "Cancelled": "execution_cancelled",
    "Cancelling": "execution_cancelled",
    "TimedOut": "change_timed_out",
    "ChangeCalendarOverrideRejected": "calendar_override_rejected",
    "Exited": "execution_cancelled",
}
# What a runbook could not do so often, it cannot do.
MOST_FAILURES = 3
FAILED = frozenset({"Failed", "CompletedWithFailure"})
OVER = SUCCEEDED | FAILED | (frozenset(REFUSED) - {"Cancelling"})
PENDING_APPROVAL, TIMED_OUT = "PendingApproval", "TimedOut"
WAITING = frozenset({PENDING_APPROVAL, "PendingChangeCalendarOverride", "Scheduled"})
APPROVE = "aws:approve"
STEP_WAITS = frozenset({"Waiting", "InProgress"})


@dataclass(frozen=True, kw_only=True)
class Said:
    """What somebody has decided in AWS: the principal's ARN, Approve or Reject, and the comment."""

    approver: str
    decision: str
    comment: str
    at: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step as AWS shows it. `level` counts change request 0 and its runbook 1."""

    name: str
    action: str
    status: str
    message: str = ""
    said: tuple[Said, ...] = ()
    level: int = 0


@dataclass(frozen=True, kw_only=True)
class Execution:
    """An execution as AWS showed it last. `id` and `status` are empty before it is known to have been started.

    `number` counts those of one request and work group; with both it makes the token under which it is started.
    """

    request: str
    purpose: Purpose
    number: int
    id: str = ""
    status: str = ""
    document: str = ""
    message: str = ""
    steps: tuple[Step, ...] = ()
    ended_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        return self.status in OVER

    @property
    def has_succeeded(self) -> bool:
        return self.status in SUCCEEDED

    @property
    def has_failed(self) -> bool:
        """Whether the runbook did not do it: nobody was against it, and another one may well succeed."""
        is_change = any(step.action == APPROVE for step in self.steps)
        return self.status in FAILED or (self.status == TIMED_OUT and not is_change)

    @property
    def waits_for_people(self) -> bool:
        """Whether somebody in AWS must do something before it goes on, or a time must come."""
        return self.status in WAITING

    @property
    def is_open(self) -> bool:
        return bool(self.id) and not self.is_over

    @property
    def waits_for_portal(self) -> bool:
        """Whether it is a change request at its last level of approval, which is the portal's."""
        levels = [step for step in self.steps if step.action == APPROVE]
        return self.status == PENDING_APPROVAL and bool(levels) and levels[-1].status in STEP_WAITS

    def token(self, group: str) -> str:
        """Return the ClientToken: the same for whoever starts this execution, once more or for the first time.

        One that gives never shares it with one that takes, though a worker died before it wrote the first one's number down.
        """
        does = "take" if self.purpose == Purpose.REMOVE else "give"
        return str(uuid.uuid5(NAMESPACE, f"{self.request}:{group}:{does}:{self.number}"))


@dataclass(kw_only=True)
class StepClient(AwsClient):
    """AWS as one step calls it, with what AWS does by itself as it was seen on the way, by request and number."""

    executions: dict[tuple[str, int], Execution] = field(default_factory=dict)

    def note(self, execution: Execution) -> Execution:
        """Have the execution remembered as it is now, however the step ends."""
        self.executions[execution.request, execution.number] = execution
        return execution
