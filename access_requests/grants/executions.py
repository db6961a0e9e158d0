"""What Systems Manager does by itself once it was started: runbooks, and change requests that end in one."""

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal.aws.calls import AwsClient
from portal.storable import storable

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
FAILED = frozenset({"Failed", "CompletedWithFailure"})
OVER = SUCCEEDED | FAILED | (frozenset(REFUSED) - {"Cancelling"})
PENDING_APPROVAL, TIMED_OUT = "PendingApproval", "TimedOut"
WAITING = frozenset({PENDING_APPROVAL, "PendingChangeCalendarOverride", "Scheduled"})
APPROVE, RUNBOOK = "aws:approve", "aws:executeAutomation"
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


def read(execution: Execution, ssm: AwsClient) -> Execution:
    """Return it as AWS shows it now, with the steps of the runbook that a change request started. Raises BackendError.

    One call, and one more for the runbook of a change request. Source: Systems Manager GetAutomationExecution.
    """
    shown = _get(execution.id, ssm)
    steps = list(_steps(shown))
    for child in _children(shown):
        steps += _steps(_get(child, ssm), level=1)
    return replace(
        execution,
        status=shown["AutomationExecutionStatus"],
        document=shown.get("DocumentName", ""),
        message=shown.get("FailureMessage", ""),
        steps=tuple(steps),
        ended_at=shown.get("ExecutionEndTime"),
    )


def _get(execution_id: str, ssm: AwsClient) -> Mapping[str, Any]:
    answer = ssm.call("get_automation_execution", AutomationExecutionId=execution_id)
    # Comments are anybody's who may approve or reject there: what no database takes would keep an end from being settled.
    shown: Mapping[str, Any] = storable(answer["AutomationExecution"])
    return shown


def _steps(shown: Mapping[str, Any], *, level: int = 0) -> Iterator[Step]:
    for step in shown.get("StepExecutions", ()):
        yield Step(
            name=step["StepName"],
            action=step.get("Action", ""),
            status=step.get("StepStatus", ""),
            message=step.get("FailureMessage", ""),
            said=tuple(_said(step.get("Outputs", {}))),
            level=level,
        )


def _children(shown: Mapping[str, Any]) -> Iterator[str]:
    for step in shown.get("StepExecutions", ()):
        if step.get("Action") == RUNBOOK:
            yield from step.get("Outputs", {}).get("ExecutionId", ())


def _said(outputs: Mapping[str, Any]) -> Iterator[Said]:
    """Yield who decided what. Each is JSON in a text; one that is not is left out: it is told, and decides nothing here."""
    for text in outputs.get("ApproverDecisions", ()):
        try:
            one = storable(json.loads(text))
            yield Said(
                approver=str(one["Approver"]),
                decision=str(one["Decision"]),
                comment=str(one.get("Comment", "")),
                at=str(one.get("DecisionTime", "")),
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            continue
