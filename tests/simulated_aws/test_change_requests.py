"""Change requests: from the template to the end of the runbook."""

import copy
import json
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.simulated_aws import control
from tests.simulated_aws.automations import admin_ssm, ended, role_keys, steps, until, until_status
from tests.simulated_aws.refusals import refused
from tests.simulated_aws.runbooks import HELLO, TEMPLATE, as_json, call, publish, with_steps
from tests.simulated_aws.shapes import checked
from tests.stand_ins.aws import ADMIN_KEY, Aws

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CHANGE = "Automation.ChangeTemplate"
REQUEST: dict[str, Any] = {
    "DocumentName": "Template",
    "ChangeRequestName": "member01 into production",
    "ChangeDetails": "### 変更対象\n本番",
    "Runbooks": [{"DocumentName": "Hello", "DocumentVersion": "1", "Parameters": {"Group": ["LeaderGroup"]}}],
}


@pytest.fixture
def ssm(aws: Aws) -> Any:
    """Return the administrator's client, in an account with a runbook and an approved template."""
    ssm = admin_ssm(aws)
    publish(ssm, "Hello", HELLO)
    _publish_template(aws, ssm, TEMPLATE)
    return ssm


def _publish_template(aws: Aws, ssm: Any, template: dict[str, Any], name: str = "Template") -> None:
    publish(ssm, name, template, CHANGE)
    ssm.update_document_metadata(Name=name, DocumentReviews={"Action": "SendForReview"})
    reviewer = aws.client("ssm", **role_keys(aws, "OrganizationAccountAccessRole", name="reviewer"))
    reviewer.update_document_metadata(Name=name, DocumentReviews={"Action": "Approve"})


def _level(name: str, approvers: Iterable[tuple[str, str, int]], **inputs: Any) -> dict[str, Any]:
    lines = [{"approver": who, "type": kind, "minRequiredApprovals": least} for who, kind, least in approvers]
    given = {"Message": "Please.", "EnhancedApprovals": {"Approvers": lines}, **inputs}
    return {"name": name, "action": "aws:approve", "timeoutSeconds": 3600, "inputs": given}


def _with_levels(*levels: dict[str, Any]) -> dict[str, Any]:
    return {**copy.deepcopy(TEMPLATE), "mainSteps": list(levels)}


def _request(ssm: Any, **changes: Any) -> str:
    return str(ssm.start_change_request_execution(**{**REQUEST, **changes})["AutomationExecutionId"])


def _get(ssm: Any, execution_id: str) -> dict[str, Any]:
    found: dict[str, Any] = ssm.get_automation_execution(AutomationExecutionId=execution_id)["AutomationExecution"]
    return found


def _signal(aws: Aws, person: str, execution_id: str, says: str = "Approve", comment: str = "ok") -> None:
    client = checked(aws.person(person).client("ssm"))
    client.send_automation_signal(AutomationExecutionId=execution_id, SignalType=says, Payload={"Comment": [comment]})


def _configure(aws: Aws, **wanted: Any) -> None:
    control.set_change_manager(endpoint=aws.endpoint_url, token=aws.control_token, **wanted)


def test_request_waits_for_its_approver_and_then_runs(aws: Aws, ssm: Any) -> None:
    execution_id = _request(ssm)
    waiting = _get(ssm, execution_id)
    assert (waiting["AutomationExecutionStatus"], waiting["AutomationSubtype"]) == ("PendingApproval", "ChangeRequest")
    assert (waiting["DocumentName"], waiting["ChangeRequestName"]) == ("Template", "member01 into production")
    assert waiting["Runbooks"] == REQUEST["Runbooks"]
    assert waiting["OpsItemId"].startswith("oi-")
    assert waiting["CurrentStepName"] == "Lead"
    assert steps(waiting) == {"Lead": "Waiting", "Hello": "Pending"}
    _signal(aws, "leader01", execution_id, comment="seen 変更")
    done = ended(ssm, execution_id)
    assert done["AutomationExecutionStatus"] == "CompletedWithSuccess"
    assert steps(done) == {"Lead": "Approved", "Hello": "Success"}
    (decision,) = done["StepExecutions"][0]["Outputs"]["ApproverDecisions"]
    assert json.loads(decision)["Approver"] == "arn:aws:iam::111111111111:user/leader01"
    assert json.loads(decision)["Comment"] == "seen 変更"
    (child_id,) = done["StepExecutions"][1]["Outputs"]["ExecutionId"]
    child = _get(ssm, child_id)
    assert (child["ParentAutomationExecutionId"], child["AutomationExecutionStatus"]) == (execution_id, "Success")
    assert child["Outputs"] == {"look.Arn": ["arn:aws:iam::111111111111:group/LeaderGroup"]}


def test_requests_and_their_runbooks_are_found_in_the_list(aws: Aws, ssm: Any) -> None:
    execution_id = _request(ssm)

    def found(key: str, value: str) -> list[str]:
        answer = ssm.describe_automation_executions(Filters=[{"Key": key, "Values": [value]}])
        return [one["AutomationExecutionId"] for one in answer["AutomationExecutionMetadataList"]]

    assert found("AutomationSubtype", "ChangeRequest") == [execution_id]
    assert found("OpsItemId", _get(ssm, execution_id)["OpsItemId"]) == [execution_id]
    assert found("ParentExecutionId", execution_id) == []
    _signal(aws, "leader01", execution_id)
    ended(ssm, execution_id)
    assert len(found("ParentExecutionId", execution_id)) == 1


def test_rejection_ends_it_and_nothing_runs(aws: Aws, ssm: Any) -> None:
    execution_id = _request(ssm)
    _signal(aws, "leader01", execution_id, "Reject", comment="not today")
    done = ended(ssm, execution_id)
    assert done["AutomationExecutionStatus"] == "Rejected"
    assert steps(done) == {"Lead": "Rejected", "Hello": "Pending"}
    assert "not today" in done["FailureMessage"]
    assert done["StepExecutions"][0]["Outputs"]["ApprovalStatus"] == ["Rejected"]
    with refused("InvalidAutomationSignalException", status=400):
        _signal(aws, "leader01", execution_id)


def test_only_approvers_of_the_step_decide_and_each_once(aws: Aws, ssm: Any) -> None:
    template = _with_levels(_level("Both", [("leader01", "IamUser", 1), ("leader02", "IamUser", 1)]))
    _publish_template(aws, ssm, template, "Both")
    execution_id = _request(ssm, DocumentName="Both")
    with refused("InvalidAutomationSignalException", status=400, match="administrator is not an approver"):
        ssm.send_automation_signal(AutomationExecutionId=execution_id, SignalType="Approve")
    with refused("AccessDeniedException", status=400):
        _signal(aws, "member01", execution_id)
    _signal(aws, "leader01", execution_id)
    with refused("InvalidAutomationSignalException", status=400, match="already decided"):
        _signal(aws, "leader01", execution_id)
    assert _get(ssm, execution_id)["AutomationExecutionStatus"] == "PendingApproval"
    _signal(aws, "leader02", execution_id)
    assert ended(ssm, execution_id)["AutomationExecutionStatus"] == "CompletedWithSuccess"


def test_levels_come_one_after_the_other_and_ask_for_groups_and_roles(aws: Aws, ssm: Any) -> None:
    role = "arn:aws:iam::111111111111:role/OrganizationAccountAccessRole"
    levels = (
        _level("Leads", [("ChangeApprovalGroup", "IamGroup", 0)], MinRequiredApprovals=2),
        _level("Role", [(role, "IamRole", 1)]),
    )
    _publish_template(aws, ssm, _with_levels(*levels), "Levels")
    execution_id = _request(ssm, DocumentName="Levels")
    _signal(aws, "leader01", execution_id)
    assert steps(_get(ssm, execution_id)) == {"Leads": "Waiting", "Role": "Pending", "Hello": "Pending"}
    _signal(aws, "leader02", execution_id)
    assert steps(_get(ssm, execution_id)) == {"Leads": "Approved", "Role": "Waiting", "Hello": "Pending"}
    with refused("InvalidAutomationSignalException", status=400, match="not an approver of the step Role"):
        _signal(aws, "leader01", execution_id)
    in_role = checked(aws.client("ssm", **role_keys(aws, "OrganizationAccountAccessRole", name="sekisho")))
    in_role.send_automation_signal(AutomationExecutionId=execution_id, SignalType="Approve")
    done = ended(ssm, execution_id)
    assert done["AutomationExecutionStatus"] == "CompletedWithSuccess"
    (decision,) = done["StepExecutions"][1]["Outputs"]["ApproverDecisions"]
    assert json.loads(decision)["Approver"].endswith("assumed-role/OrganizationAccountAccessRole/sekisho")


def test_approval_that_does_not_come_times_out(aws: Aws, ssm: Any) -> None:
    aws.set_clock(at=NOON)
    execution_id = _request(ssm)
    aws.set_clock(at=NOON + timedelta(seconds=3_601))
    done = ended(ssm, execution_id)
    assert (done["AutomationExecutionStatus"], steps(done)["Lead"]) == ("TimedOut", "TimedOut")
    with refused("InvalidAutomationSignalException", status=400):
        _signal(aws, "leader01", execution_id)


def test_cancelled_it_asks_nobody_any_more(aws: Aws, ssm: Any) -> None:
    execution_id = _request(ssm)
    ssm.stop_automation_execution(AutomationExecutionId=execution_id, Type="Cancel")
    done = ended(ssm, execution_id)
    assert (done["AutomationExecutionStatus"], steps(done)) == ("Cancelled", {"Lead": "Cancelled", "Hello": "Pending"})
    with refused("InvalidAutomationSignalException", status=400):
        _signal(aws, "leader01", execution_id)


def test_cancelled_while_its_runbook_runs_both_end(aws: Aws, ssm: Any) -> None:
    sleep = {"name": "sleep", "action": "aws:sleep", "inputs": {"Duration": "PT10M"}}
    ssm.update_document(Name="Hello", Content=as_json(with_steps(sleep)), DocumentVersion="$LATEST")
    _publish_template(aws, ssm, {**TEMPLATE, "executableRunBooks": [{"name": "Hello", "version": "2"}]}, "Sleeps")
    execution_id = _request(ssm, DocumentName="Sleeps", Runbooks=[{"DocumentName": "Hello", "DocumentVersion": "2"}])
    _signal(aws, "leader01", execution_id)
    until_status(ssm, execution_id, "RunbookInProgress")
    ssm.stop_automation_execution(AutomationExecutionId=execution_id)
    done = ended(ssm, execution_id)
    assert (done["AutomationExecutionStatus"], steps(done)["Hello"]) == ("Cancelled", "Cancelled")
    (child_id,) = done["StepExecutions"][1]["Outputs"]["ExecutionId"]
    assert _get(ssm, child_id)["AutomationExecutionStatus"] == "Cancelled"


def test_runbook_that_fails_is_told(aws: Aws, ssm: Any) -> None:
    execution_id = _request(ssm, Runbooks=[{**REQUEST["Runbooks"][0], "Parameters": {"Group": ["Nowhere"]}}])
    _signal(aws, "leader01", execution_id)
    done = ended(ssm, execution_id)
    assert done["AutomationExecutionStatus"] == "CompletedWithFailure"
    assert "NoSuchEntity" in done["FailureMessage"]


def test_scheduled_it_waits_for_its_time_after_approval(aws: Aws, ssm: Any) -> None:
    aws.set_clock(at=NOON)
    later = NOON + timedelta(hours=2)
    execution_id = _request(ssm, ScheduledTime=later, ScheduledEndTime=later + timedelta(hours=1))
    _signal(aws, "leader01", execution_id)
    scheduled = _get(ssm, execution_id)
    assert (scheduled["AutomationExecutionStatus"], scheduled["ScheduledTime"]) == ("Scheduled", later)
    aws.set_clock(at=later)
    assert ended(ssm, execution_id)["AutomationExecutionStatus"] == "CompletedWithSuccess"


@pytest.mark.parametrize(("says", "status"), [("Approve", "CompletedWithSuccess"), ("Reject", "ChangeCalendarOverrideRejected")])
def test_closed_calendar_asks_somebody_else_once_more(aws: Aws, ssm: Any, says: str, status: str) -> None:
    _configure(aws, calendar="CLOSED", freeze_approvers=["arn:aws:iam::111111111111:user/leader02"])
    execution_id = _request(ssm)
    _signal(aws, "leader01", execution_id)
    assert _get(ssm, execution_id)["AutomationExecutionStatus"] == "PendingChangeCalendarOverride"
    with refused("InvalidAutomationSignalException", status=400, match="change freeze"):
        _signal(aws, "leader01", execution_id)
    _signal(aws, "leader02", execution_id, says)
    until(ssm, execution_id, lambda execution: execution["AutomationExecutionStatus"] == status)


def test_calendar_that_opens_lets_it_go_on_and_an_emergency_does_not_look(aws: Aws, ssm: Any) -> None:
    _configure(aws, calendar="CLOSED")
    execution_id = _request(ssm)
    _signal(aws, "leader01", execution_id)
    assert _get(ssm, execution_id)["AutomationExecutionStatus"] == "PendingChangeCalendarOverride"
    _publish_template(aws, ssm, {**TEMPLATE, "emergencyChange": True}, "Emergency")
    emergency = _request(ssm, DocumentName="Emergency")
    _signal(aws, "leader01", emergency)
    assert ended(ssm, emergency)["AutomationExecutionStatus"] == "CompletedWithSuccess"
    _configure(aws, calendar="OPEN")
    assert ended(ssm, execution_id)["AutomationExecutionStatus"] == "CompletedWithSuccess"


def test_auto_approval_is_for_templates_that_allow_it(aws: Aws, ssm: Any) -> None:
    with refused("InvalidAutomationExecutionParametersException", status=400, match="not auto-approvable"):
        _request(ssm, AutoApprove=True)
    _publish_template(aws, ssm, {**TEMPLATE, "autoApprovable": True}, "Auto")
    done = ended(ssm, _request(ssm, DocumentName="Auto", AutoApprove=True))
    assert (done["AutomationExecutionStatus"], steps(done)) == ("CompletedWithSuccess", {"Hello": "Success"})
    assert _get(ssm, _request(ssm, DocumentName="Auto"))["AutomationExecutionStatus"] == "PendingApproval"


def test_template_that_nobody_approved_starts_nothing(aws: Aws, ssm: Any) -> None:
    publish(ssm, "New", TEMPLATE, CHANGE)
    for action in (None, "SendForReview"):
        if action:
            ssm.update_document_metadata(Name="New", DocumentReviews={"Action": action})
        with refused("AutomationDefinitionNotApprovedException", status=400):
            _request(ssm, DocumentName="New")
    ssm.update_document(Name="Template", Content=as_json({**TEMPLATE, "description": "2"}), DocumentVersion="$LATEST")
    with refused("AutomationDefinitionNotApprovedException", status=400, match="version 2"):
        _request(ssm, DocumentVersion="2")
    assert _get(ssm, _request(ssm))["DocumentVersion"] == "1"


def test_runbook_is_one_that_the_template_names_with_its_version(aws: Aws, ssm: Any) -> None:
    publish(ssm, "Other", with_steps(call("look", "iam", "GetUser", inputs={"UserName": "member01"})))
    with refused("InvalidAutomationExecutionParametersException", status=400, match="allows only Hello version 1, not Other"):
        _request(ssm, Runbooks=[{"DocumentName": "Other"}])
    ssm.update_document(Name="Hello", Content=as_json({**HELLO, "description": "2"}), DocumentVersion="$LATEST")
    with refused("InvalidAutomationExecutionParametersException", status=400, match="not Hello version 2"):
        _request(ssm, Runbooks=[{"DocumentName": "Hello", "DocumentVersion": "$LATEST"}])
    with refused("InvalidAutomationExecutionParametersException", status=400, match="Colour"):
        _request(ssm, Runbooks=[{"DocumentName": "Hello", "Parameters": {"Colour": ["red"]}}])
    with refused("AutomationDefinitionNotFoundException", status=400):
        _request(ssm, Runbooks=[{"DocumentName": "Nowhere"}])
    with refused("AutomationDefinitionNotFoundException", status=400):
        _request(ssm, DocumentName="Hello")


def test_what_is_too_long_or_too_much_is_refused(aws: Aws, ssm: Any) -> None:
    for changes in (
        {"ChangeDetails": "x" * 32_769},
        {"Tags": [{"Key": str(number), "Value": ""} for number in range(6)]},
        {"Runbooks": REQUEST["Runbooks"] * 2},
        {"ClientToken": "x" * 36},
    ):
        with refused("ValidationException", status=400):
            _request(ssm, **changes)
    execution_id = _request(ssm, ChangeDetails="x" * 32_768)
    with refused("ValidationException", status=400):
        _signal(aws, "leader01", execution_id, comment="x" * 513)
    _signal(aws, "leader01", execution_id, comment="x" * 512)


def test_token_makes_a_repeated_request_the_same_one(ssm: Any) -> None:
    token = str(uuid.uuid4())
    assert _request(ssm, ClientToken=token) == _request(ssm, ClientToken=token)
    with refused("IdempotentParameterMismatch", status=400):
        _request(ssm, ClientToken=token, ChangeRequestName="another")
    with refused("IdempotentParameterMismatch", status=400):
        ssm.start_automation_execution(DocumentName="Hello", ClientToken=token)


def test_account_without_change_manager_says_so(aws: Aws, ssm: Any) -> None:
    _configure(aws, available=False)
    with refused("NoLongerSupportedException", status=400, match="no longer open to new customers"):
        _request(ssm)
    started = ssm.start_automation_execution(DocumentName="Hello")
    assert ended(ssm, started["AutomationExecutionId"])["AutomationExecutionStatus"] == "Success"


def test_other_signals_are_not_simulated(ssm: Any) -> None:
    with refused("NotSimulated", status=501):
        ssm.send_automation_signal(AutomationExecutionId=_request(ssm), SignalType="StopStep")


def test_cloudtrail_tells_of_the_request_and_of_who_decided(aws: Aws, ssm: Any) -> None:
    execution_id = _request(ssm)
    _signal(aws, "leader01", execution_id)
    trail = aws.client("cloudtrail", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)

    def record(name: str) -> Any:
        wanted = [{"AttributeKey": "EventName", "AttributeValue": name}]
        return json.loads(trail.lookup_events(LookupAttributes=wanted)["Events"][0]["CloudTrailEvent"])

    started, signalled = record("StartChangeRequestExecution"), record("SendAutomationSignal")
    assert started["requestParameters"]["changeRequestName"] == "member01 into production"
    assert started["requestParameters"]["runbooks"][0]["documentName"] == "Hello"
    assert started["responseElements"]["automationExecutionId"] == execution_id
    assert signalled["userIdentity"]["userName"] == "leader01"
    assert signalled["requestParameters"]["signalType"] == "Approve"
    assert signalled["readOnly"] is False


def test_auto_approval_can_be_denied_by_policy(aws: Aws, ssm: Any) -> None:
    _publish_template(aws, ssm, {**TEMPLATE, "autoApprovable": True}, "Auto")
    denied = {"Effect": "Deny", "Action": "ssm:StartChangeRequestExecution", "Resource": "*"}
    denied["Condition"] = {"Bool": {"ssm:AutoApprove": "true"}}  # type: ignore[assignment]
    document = as_json({"Version": "2012-10-17", "Statement": [denied]})
    aws.admin_client("iam").put_user_policy(UserName="administrator", PolicyName="NoAuto", PolicyDocument=document)
    with refused("AccessDeniedException", status=400, match="explicit deny"):
        _request(ssm, DocumentName="Auto", AutoApprove=True)
    assert _request(ssm, DocumentName="Auto")
