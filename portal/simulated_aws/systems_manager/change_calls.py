"""The call that starts a change request."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult

from portal.simulated_aws.systems_manager import change_manager, change_requests, executions, runs, tokens, waiting
from portal.simulated_aws.systems_manager.automation_calls import AutomationCalls
from portal.simulated_aws.systems_manager.checking import RUNBOOK, TEMPLATE
from portal.simulated_aws.systems_manager.definitions import Step
from portal.simulated_aws.systems_manager.documents import Document, Version
from portal.simulated_aws.systems_manager.errors import (
    AutomationDefinitionNotApproved,
    InvalidAutomationExecutionParameters,
)
from portal.simulated_aws.systems_manager.executions import ChangeRequest, Execution, StepExecution
from portal.simulated_aws.systems_manager.reviews import APPROVED
from portal.simulated_aws.systems_manager.statuses import Status
from portal.simulated_aws.systems_manager.templates import Template


class ChangeCalls(AutomationCalls):
    def start_change_request_execution(self) -> ActionResult:
        change_manager.check_available()
        self.refuse_not_simulated(self.params["Runbooks"][0])
        earlier = tokens.earlier(self.place, self.asked.action, self.params)
        if earlier is None:
            execution = self._change_request()
            executions.keep(execution)
            self._start(execution)
            earlier = execution.id
            tokens.remember(self.place, self.asked.action, self.params, earlier)
        self.outcome.response = {"automationExecutionId": earlier}
        return ActionResult({"AutomationExecutionId": earlier})

    def _start(self, execution: Execution) -> None:
        """Have it run, and answer once it waits for its first approval or has none to wait for."""
        request = execution.request
        if request is None:
            return
        runs.start(execution, lambda started: change_requests.run(started, request))
        waiting.settle(lambda: execution.steps[0].status is not Status.PENDING or execution.has_ended)

    def _change_request(self) -> Execution:
        document, version = self.wanted(self.params["DocumentName"], self.params.get("DocumentVersion"), TEMPLATE)
        review, template = document.reviews[version.number], version.says
        if review.status != APPROVED:
            raise AutomationDefinitionNotApproved(name=document.name, version=version.number, status=review.status)
        if not isinstance(template, Template):
            raise TypeError(document.name)
        is_auto = bool(self.params.get("AutoApprove"))
        if is_auto and not template.is_auto_approvable:
            raise InvalidAutomationExecutionParameters(f"The change template {document.name} is not auto-approvable.")
        execution = self.execution_of(document, version, self.params.get("Parameters", {}))
        child = self._child(template, execution)
        execution.request = ChangeRequest(
            name=self.params.get("ChangeRequestName"),
            runbook=self.params["Runbooks"][0],
            ops_item_id=f"oi-{secrets.token_hex(6)}",
            scheduled_at=_moment(self.params.get("ScheduledTime")),
            is_emergency=template.is_emergency,
            child=child,
        )
        execution.status = Status.APPROVED if is_auto else Status.PENDING_APPROVAL
        execution.steps = [*([] if is_auto else execution.steps), _runbook_step(child)]
        return execution

    def _child(self, template: Template, parent: Execution) -> Execution:
        """Return the execution of the one runbook, which the template must name with this version."""
        asked: Mapping[str, Any] = self.params["Runbooks"][0]
        document, version = self.wanted(asked["DocumentName"], asked.get("DocumentVersion"), RUNBOOK)
        if template.runbooks and not self._is_named(template, document, version):
            named = ", ".join(f"{name} version {number}" for name, number in template.runbooks)
            message = f"The change template allows only {named}, not {document.name} version {version.number}."
            raise InvalidAutomationExecutionParameters(message)
        child = self.execution_of(document, version, asked.get("Parameters", {}))
        child.parent_id = parent.id
        return child

    def _is_named(self, template: Template, document: Document, version: Version) -> bool:
        return any(
            name == document.name and self.wanted(name, number, RUNBOOK)[1] is version for name, number in template.runbooks
        )


def _runbook_step(child: Execution) -> StepExecution:
    inputs = {
        "DocumentName": child.document.name,
        "DocumentVersion": str(child.version.number),
        "RuntimeParameters": child.parameters,
    }
    return StepExecution(step=Step(name=child.document.name, action="aws:executeAutomation", inputs=inputs))


def _moment(given: datetime | None) -> datetime | None:
    """Return the time with its zone, which the parser leaves out."""
    return given.replace(tzinfo=given.tzinfo or UTC) if given else None
