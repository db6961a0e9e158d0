"""The filters of the lists of executions and of steps."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from portal.simulated_aws.errors import InvalidFilterKey
from portal.simulated_aws.systems_manager.errors import InvalidFilterValue
from portal.simulated_aws.systems_manager.executions import Execution, StepExecution

Item = TypeVar("Item", Execution, StepExecution)
Given = Iterable[Mapping[str, Any]]


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidFilterValue(f"{text} is not a time in ISO 8601.") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)


_OF_EXECUTIONS: Mapping[str, Callable[[Execution, str], bool]] = {
    "DocumentNamePrefix": lambda each, value: each.document.name.startswith(value),
    "ExecutionStatus": lambda each, value: each.status == value,
    "ExecutionId": lambda each, value: each.id == value,
    "ParentExecutionId": lambda each, value: each.parent_id == value,
    "CurrentAction": lambda each, value: each.current is not None and each.current.step.action == value,
    "StartTimeBefore": lambda each, value: each.started_at <= _moment(value),
    "StartTimeAfter": lambda each, value: each.started_at >= _moment(value),
    "AutomationType": lambda _each, value: value == "Local",
    "AutomationSubtype": lambda each, value: each.request is not None and value == "ChangeRequest",
    "OpsItemId": lambda each, value: each.request is not None and each.request.ops_item_id == value,
    "TagKey": lambda each, value: any(tag["Key"] == value for tag in each.tags),
}
_OF_STEPS: Mapping[str, Callable[[StepExecution, str], bool]] = {
    "StartTimeBefore": lambda each, value: each.started_at is not None and each.started_at <= _moment(value),
    "StartTimeAfter": lambda each, value: each.started_at is not None and each.started_at >= _moment(value),
    "StepExecutionStatus": lambda each, value: each.status == value,
    "StepExecutionId": lambda each, value: each.id == value,
    "StepName": lambda each, value: each.step.name == value,
    "Action": lambda each, value: each.step.action == value,
}


def executions(every: Iterable[Execution], filters: Given) -> list[Execution]:
    """Return those that every filter lets through. Raises InvalidFilterKey, InvalidFilterValue."""
    return _through(every, filters, _OF_EXECUTIONS)


def steps(every: Iterable[StepExecution], filters: Given) -> list[StepExecution]:
    """Return those that every filter lets through. Raises InvalidFilterKey, InvalidFilterValue."""
    return _through(every, filters, _OF_STEPS)


def _through(every: Iterable[Item], filters: Given, known: Mapping[str, Callable[[Item, str], bool]]) -> list[Item]:
    kept = list(every)
    for given in filters:
        wants = known.get(given["Key"])
        if wants is None:
            raise InvalidFilterKey(f"The filter {given['Key']} is not simulated")
        kept = [item for item in kept if any(wants(item, value) for value in given["Values"])]
    return kept
