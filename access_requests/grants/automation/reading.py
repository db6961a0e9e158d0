"""Executions as AWS has them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from access_requests.grants.executions import Execution, Said, Step
from portal.aws.calls import AwsClient
from portal.storable import storable

RUNBOOK = "aws:executeAutomation"


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
