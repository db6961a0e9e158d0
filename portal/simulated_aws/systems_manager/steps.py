"""What each action does."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.simulated_aws import clock
from portal.simulated_aws.service_calls import CallFailed, ServiceCalls
from portal.simulated_aws.systems_manager import actions, approvals, branching, selectors, waiting
from portal.simulated_aws.systems_manager.declared_parameters import plain_type
from portal.simulated_aws.systems_manager.definitions import Output
from portal.simulated_aws.systems_manager.executions import SERVICE, Decision, Execution, StepExecution
from portal.simulated_aws.systems_manager.statuses import Status
from portal.simulated_aws.systems_manager.substitution import text
from portal.simulated_aws.systems_manager.waiting import changed

Values = dict[str, Any]
_OF_CALLS = {"Service", "Api", "PropertySelector", "DesiredValues"}
_POLL = timedelta(seconds=1)


class StepFailed(Exception):
    """The step has failed; the message says of what."""


def perform(execution: Execution, step: StepExecution, *, deadline: datetime | None) -> Values:
    """Return the step's outputs. Raises StepFailed, and what waiting raises."""
    return _ACTIONS[step.step.action](execution, step, deadline)


def _call(execution: Execution, step: StepExecution, _deadline: datetime | None) -> Values:
    answer = _answer(execution, step)
    return {output.name: _output(output, answer) for output in step.step.outputs}


def _assert(execution: Execution, step: StepExecution, _deadline: datetime | None) -> Values:
    found = _property(execution, step)
    if not _is_desired(found, step.inputs):
        wanted = f"{step.inputs['PropertySelector']} to be one of {_desired(step.inputs)}"
        raise StepFailed(f"Expected property value {wanted}, but it is {text(found)}.")
    return {}


def _wait(execution: Execution, step: StepExecution, deadline: datetime | None) -> Values:
    while not _is_desired(_property(execution, step), step.inputs):
        waiting.until_time(execution, clock.now() + _POLL, deadline=deadline)
    return {}


def _sleep(execution: Execution, step: StepExecution, deadline: datetime | None) -> Values:
    given = str(next(iter(step.inputs.values())))
    try:
        if "Duration" in step.inputs:
            end = clock.now() + timedelta(seconds=actions.seconds(given))
        else:
            end = datetime.fromisoformat(given)
    except ValueError as error:
        raise StepFailed(str(error)) from error
    waiting.until_time(execution, end if end.tzinfo else end.replace(tzinfo=UTC), deadline=deadline)
    return {}


def _approve(execution: Execution, step: StepExecution, deadline: datetime | None) -> Values:
    """Wait for approvers; the last of them lets it go on, and a rejection ends it."""
    _check_approvers(step)
    with changed:
        before, step.status = execution.status, Status.WAITING
        execution.status = Status.PENDING_APPROVAL if execution.request else Status.WAITING
        changed.notify_all()
    waiting.until(execution, done=lambda: approvals.is_decided(step), deadline=deadline)
    if rejection := approvals.rejection(step):
        raise StepFailed(f"Step {step.step.name} was rejected by {rejection.approver}: {rejection.comment or '-'}")
    with changed:
        execution.status = before
    return {"ApprovalStatus": "Approved", "ApproverDecisions": [decided(decision) for decision in step.decisions]}


def _branch(_execution: Execution, step: StepExecution, _deadline: datetime | None) -> Values:
    try:
        step.chosen = branching.chosen(step.inputs)
    except (TypeError, ValueError) as error:
        raise StepFailed(f"The choices of the step {step.step.name} cannot be evaluated: {error}") from error
    return {}


_ACTIONS: Mapping[str, Callable[[Execution, StepExecution, datetime | None], Values]] = {
    actions.APPROVE: _approve,
    actions.ASSERT: _assert,
    actions.BRANCH: _branch,
    actions.CALL: _call,
    actions.SLEEP: _sleep,
    actions.WAIT: _wait,
}


def decided(decision: Decision) -> Values:
    """Return a decision as ApproverDecisions shows it."""
    return {
        "Approver": decision.approver,
        "Decision": decision.says,
        "DecisionTime": decision.at.isoformat(),
        "Comment": decision.comment or "",
    }


def _check_approvers(step: StepExecution) -> None:
    """Raise StepFailed for approvers that came by parameters and are none."""
    try:
        approvals.level(step.inputs)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise StepFailed(f"The approvers of the step {step.step.name} cannot be read: {error}") from error


def _answer(execution: Execution, step: StepExecution) -> Values:
    inputs = {name: value for name, value in step.inputs.items() if name not in _OF_CALLS}
    service, api = str(step.inputs["Service"]), str(step.inputs["Api"])
    try:
        return ServiceCalls(execution.acts_as, region=execution.place[1], by=SERVICE).call(service, api, inputs)
    except CallFailed as error:
        raise StepFailed(str(error)) from error


def _property(execution: Execution, step: StepExecution) -> Any:
    selector = str(step.inputs["PropertySelector"])
    try:
        return selectors.select(selector, _answer(execution, step))
    except selectors.NothingFound as error:
        raise StepFailed(f"The property {error} is not in the answer of {step.inputs['Api']}.") from error
    except selectors.UnknownSelector as error:
        raise StepFailed(f"The selector {error}") from error


def _desired(inputs: Mapping[str, Any]) -> list[str]:
    wanted = inputs["DesiredValues"]
    return [text(value) for value in (wanted if isinstance(wanted, list) else [wanted])]


def _is_desired(found: Any, inputs: Mapping[str, Any]) -> bool:
    """Say whether the value is a desired one; of several, all must be."""
    values = found if isinstance(found, list) else [found]
    return bool(values) and all(text(value) in _desired(inputs) for value in values)


def _output(output: Output, answer: Values) -> Any:
    try:
        found = selectors.select(output.selector, answer)
        return _as_type(plain_type(output.type), found)
    except selectors.NothingFound as error:
        raise StepFailed(f"The output {output.name} is not in the answer: {error} leads to nothing.") from error
    except (TypeError, ValueError) as error:
        raise StepFailed(f"The output {output.name} is not of the type {output.type}.") from error


def _as_type(kind: str, found: Any) -> Any:
    match kind:
        case "String":
            return text(found)
        case "Integer":
            return int(found)
        case "StringList":
            return [text(item) for item in (found if isinstance(found, list) else [found])]
    wanted = {"Boolean": bool, "StringMap": dict, "MapList": list}[kind]
    if not isinstance(found, wanted):
        raise TypeError(kind)
    return found
