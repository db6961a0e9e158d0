"""A change request from its first approval to the end of its runbook.

Levels of approval one after the other, then the scheduled time, then the change calendar, then the runbook, which is an
execution of its own with this one as its parent.
"""

from portal.simulated_aws import clock
from portal.simulated_aws.systems_manager import actions, change_manager, executions, runs, waiting
from portal.simulated_aws.systems_manager.executions import ChangeRequest, Execution, StepExecution
from portal.simulated_aws.systems_manager.statuses import Status
from portal.simulated_aws.systems_manager.waiting import changed

_OF_LEVELS = {Status.SUCCESS: Status.APPROVED, Status.FAILED: Status.REJECTED}
_OF_RUNBOOK = {Status.SUCCESS: Status.COMPLETED_WITH_SUCCESS, Status.CANCELLED: Status.CANCELLED}


def run(execution: Execution, request: ChangeRequest) -> Status:
    """Take the request through, and return how it ended. Raises Cancelled, Forgotten."""
    with changed:  # Given up while waiting only, so that nobody sees it between two states.
        for step in execution.steps:
            if step.step.action != actions.APPROVE:
                continue
            ended = runs.attempt(execution, step)
            step.status = _OF_LEVELS.get(ended, ended)
            if step.status is not Status.APPROVED:
                return step.status
        execution.status = Status.APPROVED
        _await_schedule(execution, request)
        if not _is_let_through(execution, request):
            return Status.OVERRIDE_REJECTED
        return _runbook(execution, request)


def _await_schedule(execution: Execution, request: ChangeRequest) -> None:
    if request.scheduled_at and request.scheduled_at > clock.now():
        execution.status = Status.SCHEDULED
        changed.notify_all()
        waiting.until_time(execution, request.scheduled_at)


def _is_let_through(execution: Execution, request: ChangeRequest) -> bool:
    """Wait while the calendar is closed; return whether an approver for such times let it through, or the calendar opened."""
    if request.is_emergency or not change_manager.is_frozen():
        return True
    execution.status = Status.PENDING_OVERRIDE
    changed.notify_all()
    waiting.until(execution, done=lambda: request.override is not None or not change_manager.is_frozen())
    if request.override is None:
        return True
    execution.status = Status.OVERRIDE_APPROVED
    return request.override.says == "Approve"


def _runbook(execution: Execution, request: ChangeRequest) -> Status:
    child, step = request.child, execution.steps[-1]
    child.started_at = step.started_at = clock.now()
    execution.status, step.status = Status.RUNBOOK_IN_PROGRESS, Status.IN_PROGRESS
    step.inputs = step.step.inputs
    executions.keep(child)
    runs.start(child, runs.runbook)
    changed.notify_all()
    try:
        waiting.until(execution, done=lambda: child.has_ended)
    except waiting.Cancelled:
        _cancel(execution, child)
    _end(step, child)
    execution.failure = child.failure
    return _OF_RUNBOOK.get(child.status, Status.COMPLETED_WITH_FAILURE)


def _cancel(execution: Execution, child: Execution) -> None:
    """Have the runbook cancelled too, and wait for what it does then."""
    execution.is_winding_down = True
    if not child.has_ended:
        child.stopping, child.status = "Cancel", Status.CANCELLING
        changed.notify_all()
    waiting.until(execution, done=lambda: child.has_ended)


def _end(step: StepExecution, child: Execution) -> None:
    step.status, step.ended_at, step.failure = child.status, clock.now(), child.failure
    step.values = {"ExecutionId": child.id, "Status": str(child.status)}
