"""The calls about executions of runbooks."""

import base64
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from portal.simulated_aws import paging, service_roles
from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.errors import InvalidNextToken, NotSimulated, ValidationError
from portal.simulated_aws.gateway import Gateway
from portal.simulated_aws.service_roles import Errand
from portal.simulated_aws.systems_manager import (
    approvals,
    automation_answers,
    documents,
    execution_filters,
    executions,
    given_parameters,
    runs,
    tokens,
    waiting,
)
from portal.simulated_aws.systems_manager.checking import RUNBOOK
from portal.simulated_aws.systems_manager.documents import Document, Place, Version
from portal.simulated_aws.systems_manager.errors import (
    AutomationDefinitionNotFound,
    AutomationDefinitionVersionNotFound,
    InvalidAutomationExecutionParameters,
    InvalidAutomationStatusUpdate,
    InvalidDocument,
    InvalidDocumentVersion,
)
from portal.simulated_aws.systems_manager.executions import SERVICE, Decision, Execution, StepExecution
from portal.simulated_aws.systems_manager.statuses import Status
from portal.simulated_aws.systems_manager.substitution import filled
from portal.simulated_aws.systems_manager.waiting import changed

MOST_TAGS = 5
_PAGE = 50
_BAD_TOKEN = "The specified token is not valid."  # noqa: S105
_LONGEST_COMMENT = 512
_NOT_SIMULATED = (
    *("AlarmConfiguration", "MaxConcurrency", "MaxErrors", "TargetLocations", "TargetLocationsURL", "TargetMaps"),
    *("TargetParameterName", "Targets"),
)


class AutomationCalls(Gateway):
    @property
    def place(self) -> Place:
        return self.caller.account_id, self.region

    def start_automation_execution(self) -> ActionResult:
        self.refuse_not_simulated(self.params)
        if self.params.get("Mode", "Auto") != "Auto":
            raise NotSimulated("Interactive executions are not simulated")
        earlier = tokens.earlier(self.place, self.asked.action, self.params)
        if earlier is None:
            document, version = self.wanted(self.params["DocumentName"], self.params.get("DocumentVersion"), RUNBOOK)
            execution = self.execution_of(document, version, self.params.get("Parameters", {}))
            executions.keep(execution)
            runs.start(execution, runs.runbook)
            earlier = execution.id
            tokens.remember(self.place, self.asked.action, self.params, earlier)
        self.outcome.response = {"automationExecutionId": earlier}
        return ActionResult({"AutomationExecutionId": earlier})

    def stop_automation_execution(self) -> ActionResult:
        execution = self._execution()
        if execution.has_ended:
            raise InvalidAutomationStatusUpdate(f"The execution {execution.id} has ended already: {execution.status}.")
        execution.stopping = self.params.get("Type", "Cancel")
        if execution.stopping == "Cancel":
            execution.status = Status.CANCELLING
        changed.notify_all()
        return EmptyResult()

    def send_automation_signal(self) -> ActionResult:
        says, payload = self.params["SignalType"], self.params.get("Payload", {})
        if says not in ("Approve", "Reject"):
            raise NotSimulated(f"The signal {says} is not simulated")
        comment = next(iter(payload.get("Comment", ())), None)
        if comment and len(comment) > _LONGEST_COMMENT:
            raise ValidationError(f"A comment has at most {_LONGEST_COMMENT} characters.")
        decision = Decision(approver=self.caller.arn, says=says, at=self.envelope.at, comment=comment)
        execution = self._execution()
        approvals.signal(execution, self.caller, decision, self.asked.iam)
        changed.notify_all()
        waiting.settle(lambda: execution.has_ended or not approvals.is_pending(execution))
        return EmptyResult()

    def get_automation_execution(self) -> ActionResult:
        return ActionResult({"AutomationExecution": automation_answers.whole(self._execution())})

    def describe_automation_executions(self) -> ActionResult:
        every = execution_filters.executions(executions.newest_first(self.place), self.params.get("Filters", ()))
        page, token = self._after([(execution.id, execution) for execution in every])
        return ActionResult({"AutomationExecutionMetadataList": [automation_answers.line(each) for each in page], **token})

    def describe_automation_step_executions(self) -> ActionResult:
        every = execution_filters.steps(self._execution().steps, self.params.get("Filters", ()))
        ordered = every[::-1] if self.params.get("ReverseOrder") else every
        size, refusal = self._get_int_param("MaxResults", _PAGE), InvalidNextToken(_BAD_TOKEN)
        page, token = paging.cut(ordered, marker=self.params.get("NextToken"), size=size, refusal=refusal)
        shown = {"StepExecutions": [automation_answers.step(each) for each in page]}
        return ActionResult({**shown, **({"NextToken": token} if token else {})})

    # What change requests do too

    def refuse_not_simulated(self, given: Mapping[str, Any]) -> None:
        for name in _NOT_SIMULATED:
            if given.get(name):
                raise NotSimulated(f"{name} of an execution is not simulated")
        if len(self.params.get("Tags", ())) > MOST_TAGS:
            raise ValidationError(f"An execution starts with at most {MOST_TAGS} tags.")

    def wanted(self, name: str, version: str | None, kind: str) -> tuple[Document, Version]:
        """Return the document that is to be run. Raises AutomationDefinitionNotFound and its like."""
        try:
            document = documents.find(self.place, name)
            if document.kind != kind:
                raise AutomationDefinitionNotFound(name=name)
            return document, document.version(version)
        except InvalidDocument as error:
            raise AutomationDefinitionNotFound(name=name) from error
        except InvalidDocumentVersion as error:
            raise AutomationDefinitionVersionNotFound(name=name, version=version) from error

    def execution_of(self, document: Document, version: Version, given: Mapping[str, Sequence[str]]) -> Execution:
        """Return an execution that can begin. Raises AccessDenied, InvalidAutomationExecutionParameters."""
        definition, execution_id = version.definition, str(uuid.uuid4())
        parameters = given_parameters.complete(definition.parameters, given)
        values = given_parameters.typed(definition.parameters, parameters)
        return Execution(
            id=execution_id,
            place=self.place,
            document=document,
            version=version,
            parameters=parameters,
            values=values,
            caller=self.caller,
            acts_as=self._acts_as(filled(definition.assume_role, values.__getitem__), execution_id),
            tags=self.params.get("Tags", ()),
            steps=[StepExecution(step=step) for step in definition.steps],
            started_at=self.envelope.at,
        )

    def _acts_as(self, role_arn: str | None, execution_id: str) -> Signer:
        """Return who makes the calls: the role's session, without a role whoever started it."""
        if not role_arn:
            return self.caller
        errand = Errand(
            service=SERVICE,
            source_arn=f"arn:aws:ssm:{self.region}:{self.caller.account_id}:automation-execution/{execution_id}",
            session_name=f"Automation-{execution_id}",
        )
        refusal = InvalidAutomationExecutionParameters("The defined assume role is unable to be assumed.")
        return service_roles.caller_in(role_arn, self.asked, self.envelope, errand=errand, refusal=refusal)

    def _execution(self) -> Execution:
        return executions.find(self.place, self.params["AutomationExecutionId"])

    def _after(self, items: list[tuple[str, Execution]]) -> tuple[list[Execution], dict[str, str]]:
        """Return the page behind the token, which names the last item given: new ones come in before it meanwhile."""
        token, ids = self.params.get("NextToken"), [key for key, _ in items]
        first = 0
        if token:
            try:
                first = ids.index(base64.b64decode(token, validate=True).decode()) + 1
            except ValueError as error:
                raise InvalidNextToken(_BAD_TOKEN) from error
        size = self._get_int_param("MaxResults", _PAGE)
        page = items[first : first + size]
        more = {"NextToken": base64.b64encode(page[-1][0].encode()).decode()} if len(items) > first + size else {}
        return [item for _, item in page], more
