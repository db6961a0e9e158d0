"""Executions of runbooks, and change requests, which AWS keeps as such: what each account and Region remembers of them."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.systems_manager.definitions import Step
from portal.simulated_aws.systems_manager.documents import Document, Place, Version
from portal.simulated_aws.systems_manager.errors import AutomationExecutionNotFound
from portal.simulated_aws.systems_manager.statuses import ENDED, Status
from portal.simulated_aws.systems_manager.waiting import changed

SERVICE = "ssm.amazonaws.com"
_MOST = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an approver said: `Approve` or `Reject`. `approver` is the ARN of whoever called."""

    approver: str
    says: str
    at: datetime
    comment: str | None
    # The lines of the template's approvers that it counts for.
    lines: tuple[int, ...] = ()


@dataclass(slots=True, kw_only=True)
class StepExecution:
    """A step as it was, is or will be run; `values` are its outputs with their types."""

    step: Step
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: Status = Status.PENDING
    started_at: datetime | None = None
    ended_at: datetime | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    # Where the choices of a branch lead; None is on to what comes next.
    chosen: str | None = None
    failure: str | None = None
    decisions: list[Decision] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class ChangeRequest:
    """What an execution has besides if it is a change request."""

    name: str | None
    runbook: Mapping[str, Any]
    ops_item_id: str
    scheduled_at: datetime | None
    is_emergency: bool
    # What its runbook will be once it runs.
    child: "Execution"
    override: Decision | None = None


@dataclass(slots=True, kw_only=True)
class Execution:
    """One execution; `acts_as` has the credentials of its calls. `stopping` is Cancel or Complete once it was asked for."""

    place: Place
    document: Document
    version: Version
    parameters: Mapping[str, list[str]]
    values: Mapping[str, Any]
    caller: Signer
    acts_as: Signer
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    tags: Sequence[Mapping[str, str]] = ()
    parent_id: str | None = None
    request: ChangeRequest | None = None
    steps: list[StepExecution] = field(default_factory=list)
    status: Status = Status.PENDING
    started_at: datetime
    ended_at: datetime | None = None
    failure: str | None = None
    stopping: str | None = None
    is_winding_down: bool = False
    is_forgotten: bool = False

    @property
    def has_ended(self) -> bool:
        return self.status in ENDED

    @property
    def current(self) -> StepExecution | None:
        """Return the step that is being run."""
        running = (Status.IN_PROGRESS, Status.WAITING, Status.CANCELLING)
        return next((step for step in self.steps if step.status in running), None)

    def value(self, name: str) -> Any:
        """Return a step's output. Raises KeyError while the step has put out nothing."""
        step, _, output = name.rpartition(".")
        return next(found for found in self.steps if found.step.name == step).values[output]


_executions: dict[Place, dict[str, Execution]] = defaultdict(dict)


def keep(execution: Execution) -> None:
    """Remember it; the oldest that have ended are forgotten once there are too many."""
    kept = _executions[execution.place]
    kept[execution.id] = execution
    for old in [old.id for old in kept.values() if old.has_ended][: max(0, len(kept) - _MOST)]:
        del kept[old]


def find(place: Place, execution_id: str) -> Execution:
    """Return the execution. Raises AutomationExecutionNotFound."""
    execution = _executions[place].get(execution_id)
    if execution is None:
        raise AutomationExecutionNotFound(id=execution_id)
    return execution


def newest_first(place: Place) -> list[Execution]:
    return list(reversed(_executions[place].values()))


def forget_all() -> None:
    """Have every execution stop where it is, as if it had never been."""
    with changed:
        for kept in _executions.values():
            for execution in kept.values():
                execution.is_forgotten = True
        _executions.clear()
        changed.notify_all()
