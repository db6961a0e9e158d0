"""Running an execution from step to step, in a thread of its own: callers see how far it is."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from portal.simulated_aws import clock
from portal.simulated_aws.systems_manager import actions, steps, waiting
from portal.simulated_aws.systems_manager.definitions import Step, target_of
from portal.simulated_aws.systems_manager.executions import Execution, StepExecution
from portal.simulated_aws.systems_manager.statuses import Status
from portal.simulated_aws.systems_manager.steps import StepFailed
from portal.simulated_aws.systems_manager.substitution import filled
from portal.simulated_aws.systems_manager.waiting import changed

Body = Callable[[Execution], Status]
_BAD = (Status.FAILED, Status.TIMED_OUT, Status.CANCELLED)


def start(execution: Execution, body: Body) -> None:
    """Have the body run, and end the execution with the status that it returns."""
    threading.Thread(target=_live, args=(execution, body), name=f"automation-{execution.id}", daemon=True).start()


def _live(execution: Execution, body: Body) -> None:
    status = Status.FAILED  # Whatever goes wrong here, nobody waits for ever.
    try:
        status = body(execution)
    except waiting.Cancelled:
        status = Status.CANCELLED
    except waiting.Forgotten:
        pass
    finally:
        with changed:
            execution.status, execution.ended_at = status, clock.now()
            changed.notify_all()


def runbook(execution: Execution) -> Status:
    """Run the steps until one of them ends it, and return how it ended."""
    with changed:
        waiting.check(execution)
        execution.status = Status.IN_PROGRESS
    position: int | None = 0
    final = Status.SUCCESS
    while position is not None and position < len(execution.steps):
        step = execution.steps[position]
        ended = attempt(execution, step)
        if ended is Status.CANCELLED:
            execution.is_winding_down = True
            final = Status.CANCELLED
        elif ended in _BAD and final is not Status.CANCELLED and _counts(step.step):
            final = ended
        position = None if execution.stopping == "Complete" else _next(execution, position, ended)
    return final


def attempt(execution: Execution, step: StepExecution) -> Status:
    """Try the step as often as it allows, and return how it ended. Raises Forgotten."""
    status = Status.FAILED
    for _ in range(step.step.max_attempts):
        status = _once(execution, step)
        if status is not Status.FAILED:
            break
    with changed:
        step.status, step.ended_at = status, clock.now()
        if status in _BAD and step.failure:
            execution.failure = step.failure
        changed.notify_all()
    return status


def _once(execution: Execution, step: StepExecution) -> Status:
    try:
        waiting.check(execution)
        _begin(execution, step)
        seconds = step.step.timeout_seconds or actions.USUAL_TIMEOUT.get(step.step.action)
        deadline = clock.now() + timedelta(seconds=seconds) if seconds else None
        values = steps.perform(execution, step, deadline=deadline)
    except StepFailed as failure:
        return _failed(step, Status.FAILED, f"Step fails when it is Execute/Cancelling action. {failure}")
    except waiting.TimedOut:
        return _failed(step, Status.TIMED_OUT, f"Step timed out while step is waiting: {step.step.name}.")
    except waiting.Cancelled:
        return Status.CANCELLED
    with changed:
        step.values, step.failure = values, None
    return Status.SUCCESS


def _begin(execution: Execution, step: StepExecution) -> None:
    with changed:
        step.status, step.started_at, step.ended_at = Status.IN_PROGRESS, clock.now(), None
        try:
            step.inputs = filled(dict(step.step.inputs), lambda name: _value(execution, name))
        except KeyError as error:
            raise StepFailed(f"The output {error} of a step is not there, since that step has not succeeded.") from error


def _failed(step: StepExecution, status: Status, message: str) -> Status:
    with changed:
        step.failure = message
    return status


def _counts(step: Step) -> bool:
    """Say whether a failure of the step is one of the execution: not by default where it goes on regardless."""
    return step.on_failure != "Continue" if step.is_critical is None else step.is_critical


def _next(execution: Execution, position: int, ended: Status) -> int | None:
    """Return where to go on, None for nowhere."""
    definition, step = execution.version.definition, execution.steps[position].step
    chosen = execution.steps[position].chosen
    if ended is Status.CANCELLED or (ended in _BAD and step.on_failure != "Continue"):
        target = target_of(step.on_cancel if ended is Status.CANCELLED else step.on_failure)
        return definition.position(target) if target else None
    if chosen:
        return definition.position(chosen)
    if step.is_end:
        return None
    return definition.position(step.next_step) if step.next_step else position + 1


def _value(execution: Execution, name: str) -> Any:
    """Return what a reference stands for. Raises KeyError for what a step has not put out."""
    if name in execution.values:
        return execution.values[name]
    account, region = execution.place
    known = {
        "global:ACCOUNT_ID": account,
        "global:REGION": region,
        "global:DATE": f"{execution.started_at:%Y-%m-%d}",
        "global:DATE_TIME": f"{execution.started_at:%Y-%m-%d_%H.%M.%S}",
        "automation:EXECUTION_ID": execution.id,
    }
    return known[name] if name in known else execution.value(name)
