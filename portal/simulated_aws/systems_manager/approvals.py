"""Who may approve a step, and whether enough have: by IAM users, groups and roles.

A level has lines, one for each approver that a document names. With `minRequiredApprovals` a line asks for its own number
of approvals, with `MinRequiredApprovals` the level asks for a number in all; whichever asks for more holds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import IAMBackend

from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.systems_manager import change_manager
from portal.simulated_aws.systems_manager.actions import APPROVE
from portal.simulated_aws.systems_manager.errors import AutomationStepNotFound, InvalidAutomationSignal
from portal.simulated_aws.systems_manager.executions import Decision, Execution, StepExecution
from portal.simulated_aws.systems_manager.statuses import Status

# Of a runbook's own approvers, which have no types.
ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    approver: str
    kind: str
    least: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    lines: tuple[Line, ...]
    least: int

    def lines_of(self, caller: Signer, iam: IAMBackend) -> tuple[int, ...]:
        """Return the numbers of the lines that the caller counts for."""
        return tuple(number for number, line in enumerate(self.lines) if _is(line, caller, iam))

    def is_reached(self, decisions: Iterable[Decision]) -> bool:
        approvals = [decision for decision in decisions if decision.says == "Approve"]
        by_line = [sum(number in approval.lines for approval in approvals) for number in range(len(self.lines))]
        return len(approvals) >= self.least and all(count >= line.least for count, line in zip(by_line, self.lines, strict=True))


def level(inputs: Mapping[str, Any]) -> Level:
    """Return the level that the filled inputs of an aws:approve step describe."""
    enhanced = inputs.get("EnhancedApprovals")
    if enhanced:
        lines = tuple(
            Line(approver=item["approver"], kind=item["type"], least=item.get("minRequiredApprovals", 0))
            for item in enhanced["Approvers"]
        )
    else:
        given = inputs["Approvers"]
        lines = tuple(Line(approver=name, kind=ANY) for name in (given if isinstance(given, list) else [given]))
    return Level(lines=lines, least=max(1, int(inputs.get("MinRequiredApprovals", 1))))


def signal(execution: Execution, caller: Signer, decision: Decision, iam: IAMBackend) -> None:
    """Note a decision on whatever the execution waits for. Raises InvalidAutomationSignal, AutomationStepNotFound."""
    if execution.status == Status.PENDING_OVERRIDE:
        _override(execution, caller, decision)
        return
    step = execution.current
    if execution.has_ended or execution.stopping or step is None or step.step.action != APPROVE or is_decided(step):
        raise InvalidAutomationSignal(f"Signal {decision.says} is not valid: the execution {execution.id} waits for no approval.")
    lines = level(step.inputs).lines_of(caller, iam)
    if not lines:
        raise InvalidAutomationSignal(f"{caller.arn} is not an approver of the step {step.step.name}.")
    if any(earlier.approver == decision.approver for earlier in step.decisions):
        raise InvalidAutomationSignal(f"{caller.arn} has already decided on the step {step.step.name}.")
    step.decisions.append(
        Decision(approver=decision.approver, says=decision.says, at=decision.at, comment=decision.comment, lines=lines)
    )


def is_pending(execution: Execution) -> bool:
    """Say whether enough was decided for the execution to go on, and it has not yet."""
    if execution.status == Status.PENDING_OVERRIDE:
        return execution.request is not None and execution.request.override is not None
    step = execution.current
    return step is not None and step.step.action == APPROVE and is_decided(step)


def is_decided(step: StepExecution) -> bool:
    return rejection(step) is not None or level(step.inputs).is_reached(step.decisions)


def rejection(step: StepExecution) -> Decision | None:
    """Return the one rejection, which ends a step."""
    return next((decision for decision in step.decisions if decision.says == "Reject"), None)


def _override(execution: Execution, caller: Signer, decision: Decision) -> None:
    if execution.request is None:
        raise AutomationStepNotFound
    if not change_manager.may_override(frozenset({caller.arn, caller.entity.arn})):
        raise InvalidAutomationSignal(f"{caller.arn} is not an approver for change freeze events.")
    execution.request.override = decision


def _is(line: Line, caller: Signer, iam: IAMBackend) -> bool:
    names = {caller.arn, caller.entity.arn}
    match line.kind:
        case "IamUser":
            return caller.user is not None and line.approver in names | {caller.user.name}
        case "IamGroup":
            return any(caller.user in group.users for group in iam.groups.values() if line.approver in (group.name, group.arn))
        case "IamRole":
            return caller.is_in_role and line.approver in names | {caller.entity.name}
    return line.kind == ANY and line.approver in (names if caller.user is None else names | {caller.user.name})
