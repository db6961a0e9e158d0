"""The statuses of executions and steps, of which the model has one list."""

from enum import StrEnum


class Status(StrEnum):
    PENDING = "Pending"
    IN_PROGRESS = "InProgress"
    WAITING = "Waiting"
    SUCCESS = "Success"
    FAILED = "Failed"
    TIMED_OUT = "TimedOut"
    CANCELLING = "Cancelling"
    CANCELLED = "Cancelled"
    # Of change requests only.
    PENDING_APPROVAL = "PendingApproval"
    APPROVED = "Approved"
    REJECTED = "Rejected"
    SCHEDULED = "Scheduled"
    RUNBOOK_IN_PROGRESS = "RunbookInProgress"
    PENDING_OVERRIDE = "PendingChangeCalendarOverride"
    OVERRIDE_APPROVED = "ChangeCalendarOverrideApproved"
    OVERRIDE_REJECTED = "ChangeCalendarOverrideRejected"
    COMPLETED_WITH_SUCCESS = "CompletedWithSuccess"
    COMPLETED_WITH_FAILURE = "CompletedWithFailure"


# Of an execution; a step that was approved has ended too.
ENDED = frozenset(
    {
        *(Status.SUCCESS, Status.FAILED, Status.TIMED_OUT, Status.CANCELLED, Status.REJECTED),
        *(Status.OVERRIDE_REJECTED, Status.COMPLETED_WITH_SUCCESS, Status.COMPLETED_WITH_FAILURE),
    }
)
