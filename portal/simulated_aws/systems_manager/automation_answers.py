"""Executions and steps as answers show them."""

import json
from collections.abc import Mapping
from typing import Any

from portal.simulated_aws.systems_manager import actions, approvals, steps
from portal.simulated_aws.systems_manager.definitions import STEP
from portal.simulated_aws.systems_manager.executions import Execution, StepExecution
from portal.simulated_aws.systems_manager.statuses import Status
from portal.simulated_aws.systems_manager.substitution import text

Answer = dict[str, Any]
_NOTHING_YET = "No output available yet because the step is not successfully executed"


def whole(execution: Execution) -> Answer:
    """Return what GetAutomationExecution says."""
    shown = {
        **_of_both(execution),
        "StepExecutions": [step(each) for each in execution.steps],
        "StepExecutionsTruncated": False,
        "Parameters": execution.parameters,
    }
    return _without_none(shown)


def line(execution: Execution) -> Answer:
    """Return the line of DescribeAutomationExecutions."""
    return _without_none({**_of_both(execution), "AutomationType": "Local"})


def step(shown: StepExecution) -> Answer:
    said = shown.step
    return _without_none(
        {
            "StepName": said.name,
            "Action": said.action,
            "StepExecutionId": shown.id,
            "StepStatus": str(shown.status),
            "ExecutionStartTime": shown.started_at,
            "ExecutionEndTime": shown.ended_at,
            "TimeoutSeconds": said.timeout_seconds or actions.USUAL_TIMEOUT.get(said.action),
            "OnFailure": said.on_failure,
            "MaxAttempts": said.max_attempts,
            "IsEnd": said.is_end,
            "IsCritical": said.is_critical,
            "NextStep": said.next_step,
            "ValidNextSteps": _next_steps(shown),
            "Inputs": {name: json.dumps(value, ensure_ascii=False, default=str) for name, value in shown.inputs.items()},
            "Outputs": _outputs(shown) or None,
            "FailureMessage": shown.failure,
        }
    )


def _of_both(execution: Execution) -> Answer:
    current = execution.current
    return {
        "AutomationExecutionId": execution.id,
        "DocumentName": execution.document.name,
        "DocumentVersion": str(execution.version.number),
        "AutomationExecutionStatus": str(execution.status),
        "ExecutionStartTime": execution.started_at,
        "ExecutionEndTime": execution.ended_at,
        "ExecutedBy": execution.caller.arn,
        "Mode": "Auto",
        "ParentAutomationExecutionId": execution.parent_id,
        "CurrentStepName": current.step.name if current else None,
        "CurrentAction": current.step.action if current else None,
        "FailureMessage": execution.failure,
        "Outputs": _of_execution(execution),
        "Targets": [],
        "ResolvedTargets": {"ParameterValues": [], "Truncated": False},
        **_of_request(execution),
    }


def _of_request(execution: Execution) -> Answer:
    request = execution.request
    if request is None:
        return {}
    return {
        "AutomationSubtype": "ChangeRequest",
        "ChangeRequestName": request.name,
        "OpsItemId": request.ops_item_id,
        "ScheduledTime": request.scheduled_at,
        "Runbooks": [dict(request.runbook)],
    }


def _of_execution(execution: Execution) -> dict[str, list[str]]:
    return {name: _output_of(execution, name) for name in execution.version.definition.outputs}


def _output_of(execution: Execution, name: str) -> list[str]:
    try:
        return _listed(execution.value(name))
    except KeyError:
        return [_NOTHING_YET]


def _outputs(shown: StepExecution) -> Mapping[str, list[str]]:
    """Return what the step put out; an approval shows what was decided so far."""
    if shown.step.action != actions.APPROVE or shown.status is Status.PENDING:
        return {name: _listed(value) for name, value in shown.values.items()}
    rejected, waits = approvals.rejection(shown), shown.status in (Status.WAITING, Status.IN_PROGRESS)
    status = "Rejected" if rejected else "Waiting" if waits else "Approved" if shown.values else str(shown.status)
    return {"ApprovalStatus": [status], "ApproverDecisions": [text(steps.decided(each)) for each in shown.decisions]}


def _next_steps(shown: StepExecution) -> list[str] | None:
    said = shown.step
    courses = [said.on_failure.removeprefix(STEP)] if said.on_failure.startswith(STEP) else []
    return [*([said.next_step] if said.next_step else []), *courses] or None


def _listed(value: Any) -> list[str]:
    return [text(item) for item in value] if isinstance(value, list) else [text(value)]


def _without_none(shown: Answer) -> Answer:
    return {name: value for name, value in shown.items() if value is not None}
