"""The backend through Change Manager: a change request from the work group's template, whose approval runs the runbook."""

from dataclasses import replace

from django.conf import settings

from access_requests.grants import documents, executions
from access_requests.grants.contract import Grant
from access_requests.grants.documents import CHANGE_MANAGER
from access_requests.grants.executions import Execution, StepClient
from access_requests.grants.runbooks import ByRunbook, owner, parameters, starter, stop
from portal.aws.errors import BackendRefused
from portal.aws.sessions import ssm_of

# AWS's own bounds.
COMMENT, DETAILS, NAME = 512, 32_768, 1024
# Somebody else was faster, or has stopped it: what it is now says the next look.
ANSWERED = frozenset({"InvalidAutomationSignalException", "AutomationStepNotFoundException"})


class ChangeManagerBackend(ByRunbook):
    """The change request begins with the request here, and waits for the portal, which approves once all have decided here.

    An approval ahead of that adds nobody: the runbook asks for the entry fence of this window, which is not there before.
    """

    by = CHANGE_MANAGER
    announces = True

    def start(self, grant: Grant, execution: Execution, ssm: StepClient) -> Execution:
        pinned = documents.pinned_change(owner(grant, self.by), execution.purpose, ssm)
        if grant.change is None:
            raise ValueError(f"{grant.request} says nothing of itself")
        runbook = {
            "DocumentName": pinned.runbook,
            "DocumentVersion": pinned.runbook_version,
            "Parameters": parameters(grant, execution.purpose),
        }
        answer = ssm.call(
            "start_change_request_execution",
            DocumentName=pinned.template,
            DocumentVersion=pinned.template_version,
            Runbooks=[runbook],
            ChangeRequestName=_text(grant.change.name, NAME),
            ChangeDetails=_text(grant.change.details, DETAILS),
            ClientToken=execution.token(grant.group),
        )
        return replace(execution, id=answer["AutomationExecutionId"])

    def announce(self, grant: Grant, execution: Execution, aws: StepClient) -> Execution:
        """Start the change request and return it as AWS shows it. It waits there for the decision here. Raises BackendError."""
        return self.look_at(aws.note(self.start(grant, execution, starter(aws))), aws)

    def look_at(self, execution: Execution, aws: StepClient) -> Execution:
        """Return it as AWS shows it now. Raises BackendError."""
        return aws.note(executions.read(execution, starter(aws)))

    def approve(self, grant: Grant, execution: Execution, aws: StepClient) -> Execution:
        _signal(execution, "Approve", grant.change.approval if grant.change else "", aws)
        return self.look_at(execution, aws)

    def reject(self, execution: Execution, comment: str, aws: StepClient) -> Execution:
        """Say no where it waits for the portal, and return what became of it. Raises BackendError."""
        _signal(execution, "Reject", comment, aws)
        return self.look_at(execution, aws)

    def cancel(self, execution: Execution, aws: StepClient) -> Execution:
        """Stop it, and return what became of it. Raises BackendError."""
        stop(execution, starter(aws))
        return self.look_at(execution, aws)


def _signal(execution: Execution, says: str, comment: str, aws: StepClient) -> None:
    approver = aws.through(ssm_of(settings.AWS_CHANGE_APPROVER_ROLE_ARN, settings.AWS_REGION))
    payload = {"Comment": [_text(comment, COMMENT)]} if comment else {}
    try:
        approver.call("send_automation_signal", AutomationExecutionId=execution.id, SignalType=says, Payload=payload)
    except BackendRefused as error:
        if error.problem not in ANSWERED:
            raise


def _text(said: str, longest: int) -> str:
    """Return what AWS takes of a text at most."""
    return said if len(said) <= longest else said[: longest - 1] + "…"
