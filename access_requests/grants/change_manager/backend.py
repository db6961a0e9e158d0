"""Its verbs: a change request that begins with the request, waits for the portal, and runs the runbook once that approves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.conf import settings

from access_requests.grants.automation import reading, steps
from access_requests.grants.automation.by_runbook import ByRunbook
from access_requests.grants.automation.grant import RunbookGrant
from access_requests.grants.change_manager import probe
from access_requests.grants.change_manager.documents import CHANGE_DOCUMENTS, pinned_change
from access_requests.grants.change_manager.needs import APPROVER, NEEDS
from access_requests.grants.change_manager.words import WORDS
from access_requests.grants.contract import Change, Facts, Grant
from access_requests.grants.executions import Execution, StepClient
from access_requests.grants.needs import Missing
from portal.aws.errors import BackendRefused
from portal.aws.sessions import ssm_of

# AWS's own bounds.
COMMENT, DETAILS, NAME = 512, 32_768, 1024
# Somebody else was faster, or has stopped it: what it is now says the next look.
ANSWERED = frozenset({"InvalidAutomationSignalException", "AutomationStepNotFoundException"})


@dataclass(frozen=True, kw_only=True)
class ChangeGrant(RunbookGrant):
    """`change` is what its change request says of itself; a removal has none."""

    change: Change | None = None


class ChangeManagerBackend(ByRunbook[ChangeGrant]):
    """The change request begins with the request here, and waits for the portal, which approves once all have decided here.

    An approval ahead of that adds nobody: the runbook asks for the entry fence of this window, which is not there before.
    """

    words = WORDS
    needs = NEEDS
    documents = CHANGE_DOCUMENTS
    announces = True

    def of(self, grant: Grant, facts: Facts) -> ChangeGrant:
        return ChangeGrant.made(grant, facts, change=facts.change())

    def told_by_start(self, execution_id: str, problem: str) -> Iterator[Missing]:
        return probe.told_by_start(execution_id, problem)

    def start(self, grant: ChangeGrant, execution: Execution, ssm: StepClient) -> Execution:
        pinned = pinned_change(grant.owner, execution.purpose, ssm)
        if grant.change is None:
            raise ValueError(f"{grant.request} says nothing of itself")
        runbook = {
            "DocumentName": pinned.runbook,
            "DocumentVersion": pinned.runbook_version,
            "Parameters": grant.parameters(execution.purpose),
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

    def announce(self, grant: ChangeGrant, execution: Execution, aws: StepClient) -> Execution:
        """Start the change request and return it as AWS shows it. It waits there for the decision here. Raises BackendError."""
        return self.look_at(aws.note(self.start(grant, execution, steps.starter(aws))), aws)

    def look_at(self, execution: Execution, aws: StepClient) -> Execution:
        """Return it as AWS shows it now. Raises BackendError."""
        return aws.note(reading.read(execution, steps.starter(aws)))

    def approve(self, grant: ChangeGrant, execution: Execution, aws: StepClient) -> Execution:
        _signal(execution, "Approve", grant.change.approval if grant.change else "", aws)
        return self.look_at(execution, aws)

    def reject(self, execution: Execution, comment: str, aws: StepClient) -> Execution:
        """Say no where it waits for the portal, and return what became of it. Raises BackendError."""
        _signal(execution, "Reject", comment, aws)
        return self.look_at(execution, aws)

    def cancel(self, execution: Execution, aws: StepClient) -> Execution:
        """Stop it, and return what became of it. Raises BackendError."""
        steps.stop(execution, steps.starter(aws))
        return self.look_at(execution, aws)


def _signal(execution: Execution, says: str, comment: str, aws: StepClient) -> None:
    approver = aws.through(ssm_of(getattr(settings, APPROVER), settings.AWS_REGION))
    payload = {"Comment": [_text(comment, COMMENT)]} if comment else {}
    try:
        approver.call("send_automation_signal", AutomationExecutionId=execution.id, SignalType=says, Payload=payload)
    except BackendRefused as error:
        if error.problem not in ANSWERED:
            raise


def _text(said: str, longest: int) -> str:
    """Return what AWS takes of a text at most."""
    return said if len(said) <= longest else said[: longest - 1] + "…"
