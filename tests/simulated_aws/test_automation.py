"""Runbooks that really run: every call is made, evaluated and written down."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.simulated_aws.automations import admin_ssm, begin, ended, run, steps, until, until_status
from tests.simulated_aws.refusals import refused
from tests.simulated_aws.runbooks import HELLO, call, publish, with_steps
from tests.stand_ins.aws import ADMIN_KEY, Aws

GROUP, USER = "ProdMemberWorkGroup", "member01"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ADD = call("add", "iam", "AddUserToGroup", inputs={"GroupName": GROUP, "UserName": "{{ User }}"})
FAILS = call("fails", "iam", "GetUser", inputs={"UserName": "nobody"})
LOOK = call("look", "iam", "GetUser", inputs={"UserName": USER})
LOOK_AGAIN = {**LOOK, "name": "again"}
PARAMETERS = {"User": {"type": "String", "allowedPattern": "^[a-z0-9]+$"}}


@pytest.fixture
def ssm(aws: Aws) -> Any:
    return admin_ssm(aws)


def _sleep(name: str = "sleep", duration: str = "PT10M", **rest: Any) -> dict[str, Any]:
    return {"name": name, "action": "aws:sleep", "inputs": {"Duration": duration}, **rest}


def _members(aws: Aws) -> list[str]:
    return [user["UserName"] for user in aws.admin_client("iam").get_group(GroupName=GROUP)["Users"]]


def test_runbook_does_what_it_says(aws: Aws, ssm: Any) -> None:
    execution = run(ssm, with_steps(ADD, parameters=PARAMETERS), User=[USER])
    assert (execution["AutomationExecutionStatus"], _members(aws)) == ("Success", [USER])
    assert execution["Parameters"] == {"User": [USER]}
    assert execution["ExecutedBy"] == "arn:aws:iam::111111111111:user/administrator"
    (step,) = execution["StepExecutions"]
    assert (step["Action"], step["StepStatus"]) == ("aws:executeAwsApi", "Success")
    assert json.loads(step["Inputs"]["UserName"]) == USER
    assert execution["ExecutionStartTime"] <= step["ExecutionStartTime"] <= step["ExecutionEndTime"]


def test_outputs_go_from_step_to_step_and_out(ssm: Any) -> None:
    groups = call("groups", "iam", "ListGroupsForUser", inputs={"UserName": "leader01"})
    groups["outputs"] = [{"Name": "Names", "Selector": "$.Groups[*].GroupName", "Type": "StringList"}]
    first = call("first", "iam", "get_group", inputs={"GroupName": "LeaderGroup"})
    first["outputs"] = [
        {"Name": "Id", "Selector": "$.Users[?(@.UserName == 'leader02')].UserId", "Type": "StringList"},
        {"Name": "Name", "Selector": "$.Group.GroupName", "Type": "String"},
    ]
    tag = call("tag", "iam", "TagUser", inputs={"UserName": "leader01"})
    tag["inputs"]["Tags"] = [{"Key": "of", "Value": "{{ first.Name }} {{ global:ACCOUNT_ID }}"}]
    execution = run(ssm, with_steps(groups, first, tag, outputs=["groups.Names", "first.Id"]))
    assert execution["AutomationExecutionStatus"] == "Success", execution
    assert sorted(execution["Outputs"]["groups.Names"]) == ["ChangeApprovalGroup", "LeaderGroup"]
    assert execution["Outputs"]["first.Id"][0].startswith("AIDA")
    assert json.loads(execution["StepExecutions"][2]["Inputs"]["Tags"])[0]["Value"] == "LeaderGroup 111111111111"


def test_lists_and_numbers_are_given_as_such(ssm: Any) -> None:
    declared = {"Keys": {"type": "StringList"}, "Most": {"type": "Integer", "default": 5}}
    untag = call("untag", "iam", "UntagUser", inputs={"UserName": USER, "TagKeys": "{{ Keys }}"})
    listed = call("list", "iam", "ListUsers", inputs={"MaxItems": "{{ Most }}"})
    execution = run(ssm, with_steps(untag, listed, parameters=declared), Keys=["a", "b"])
    assert execution["AutomationExecutionStatus"] == "Success", execution
    assert json.loads(execution["StepExecutions"][0]["Inputs"]["TagKeys"]) == ["a", "b"]
    assert json.loads(execution["StepExecutions"][1]["Inputs"]["MaxItems"]) == 5
    assert execution["Parameters"]["Most"] == ["5"]


def test_every_service_that_is_here_can_be_called(ssm: Any) -> None:
    instances = call("instances", "sso-admin", "ListInstances")
    instances["outputs"] = [{"Name": "Store", "Selector": "$.Instances[0].IdentityStoreId", "Type": "String"}]
    groups = call("groups", "identitystore", "ListGroups", inputs={"IdentityStoreId": "{{ instances.Store }}"})
    groups["outputs"] = [{"Name": "Names", "Selector": "$..DisplayName", "Type": "StringList"}]
    documents = call("documents", "ssm", "ListDocuments")
    documents["outputs"] = [{"Name": "Names", "Selector": "$.DocumentIdentifiers[*].Name", "Type": "StringList"}]
    execution = run(ssm, with_steps(instances, groups, documents, outputs=["groups.Names", "documents.Names"]))
    assert execution["Outputs"] == {"groups.Names": ["ProdIdentityCenterGroup"], "documents.Names": ["Tested"]}, execution


@pytest.mark.parametrize(
    ("service", "api", "inputs", "says"),
    [
        ("iam", "AddUserToGrup", {}, "iam has no operation AddUserToGrup"),
        ("iam", "GetUser", {"Name": "member01"}, "Unknown parameter in input"),
        ("nowhere", "GetUser", {}, "Unknown service"),
        ("s3", "ListBuckets", {}, "is not simulated"),
    ],
)
def test_call_that_cannot_be_made_fails_its_step(ssm: Any, service: str, api: str, inputs: dict[str, str], says: str) -> None:
    execution = run(ssm, with_steps(call("wrong", service, api, inputs=inputs)))
    assert execution["AutomationExecutionStatus"] == "Failed"
    assert says in execution["FailureMessage"]


def test_failure_ends_it_and_names_aws_own_words(ssm: Any) -> None:
    execution = run(ssm, with_steps(FAILS, LOOK))
    assert execution["AutomationExecutionStatus"] == "Failed"
    assert "NoSuchEntity) when calling the GetUser operation" in execution["FailureMessage"]
    assert steps(execution) == {"fails": "Failed", "look": "Pending"}


@pytest.mark.parametrize(
    ("first", "then", "status", "ran"),
    [
        ({**FAILS, "onFailure": "Continue"}, LOOK, "Success", "Success"),
        ({**FAILS, "onFailure": "Continue", "isCritical": True}, LOOK, "Failed", "Success"),
        ({**FAILS, "onFailure": "step:look"}, LOOK, "Failed", "Success"),
        ({**FAILS, "onFailure": "step:look", "isCritical": False}, LOOK, "Success", "Success"),
        ({**FAILS, "onFailure": "Continue", "isEnd": True}, LOOK, "Success", "Pending"),
        ({**LOOK_AGAIN, "isEnd": True}, LOOK, "Success", "Pending"),
    ],
)
def test_course_after_a_step_is_as_the_step_says(
    ssm: Any, first: dict[str, Any], then: dict[str, Any], status: str, ran: str
) -> None:
    execution = run(ssm, with_steps(first, then))
    assert (execution["AutomationExecutionStatus"], steps(execution)["look"]) == (status, ran)


def test_next_step_leaves_out_what_lies_between(ssm: Any) -> None:
    execution = run(ssm, with_steps({**LOOK, "nextStep": "again"}, FAILS, LOOK_AGAIN))
    assert steps(execution) == {"look": "Success", "fails": "Pending", "again": "Success"}


def test_step_is_tried_as_often_as_it_says(aws: Aws, ssm: Any) -> None:
    execution = run(ssm, with_steps({**FAILS, "maxAttempts": 3}))
    assert execution["AutomationExecutionStatus"] == "Failed"
    trail = aws.client("cloudtrail", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret, region="us-east-1")
    wanted = [{"AttributeKey": "EventName", "AttributeValue": "GetUser"}]
    assert len(trail.lookup_events(LookupAttributes=wanted)["Events"]) == 3


@pytest.mark.parametrize(
    ("selector", "desired", "status"),
    [
        ("$.Group.Path", ["/sekisho/work/"], "Success"),
        ("$.Group.Path", ["/"], "Failed"),
        ("$.Group.Nothing", ["/"], "Failed"),
        ("$.Users[*].UserName", ["member01"], "Failed"),
    ],
)
def test_assertion_holds_or_fails_the_step(ssm: Any, selector: str, desired: list[str], status: str) -> None:
    inputs = {"Service": "iam", "Api": "GetGroup", "GroupName": GROUP, "PropertySelector": selector, "DesiredValues": desired}
    execution = run(ssm, with_steps({"name": "assert", "action": "aws:assertAwsResourceProperty", "inputs": inputs}))
    assert execution["AutomationExecutionStatus"] == status


def test_property_is_waited_for_until_it_is_so(aws: Aws, ssm: Any) -> None:
    inputs = {"Service": "iam", "Api": "GetGroup", "GroupName": GROUP, "DesiredValues": [USER]}
    inputs["PropertySelector"] = "$.Users[*].UserName"
    wait = {"name": "wait", "action": "aws:waitForAwsResourceProperty", "inputs": inputs}
    execution_id = begin(ssm, with_steps(wait))
    until(ssm, execution_id, lambda execution: steps(execution) == {"wait": "InProgress"})
    aws.admin_client("iam").add_user_to_group(GroupName=GROUP, UserName=USER)
    assert ended(ssm, execution_id)["AutomationExecutionStatus"] == "Success"


def test_property_that_never_comes_times_out_by_aws_clock(aws: Aws, ssm: Any) -> None:
    aws.set_clock(at=NOON)
    inputs = {"Service": "iam", "Api": "GetGroup", "GroupName": GROUP, "PropertySelector": "$.Group.Path", "DesiredValues": ["x"]}
    wait = {"name": "wait", "action": "aws:waitForAwsResourceProperty", "timeoutSeconds": 60, "inputs": inputs}
    execution_id = begin(ssm, with_steps(wait, LOOK))
    until_status(ssm, execution_id, "InProgress")
    aws.set_clock(at=NOON + timedelta(seconds=61))
    execution = ended(ssm, execution_id)
    assert execution["AutomationExecutionStatus"] == "TimedOut"
    assert steps(execution) == {"wait": "TimedOut", "look": "Pending"}
    assert execution["ExecutionEndTime"] == NOON + timedelta(seconds=61)


def test_sleep_is_by_aws_clock_and_its_progress_is_seen(aws: Aws, ssm: Any) -> None:
    aws.set_clock(at=NOON)
    execution_id = begin(ssm, with_steps(_sleep(), LOOK))
    until(ssm, execution_id, lambda execution: steps(execution)["sleep"] == "InProgress")
    execution = until_status(ssm, execution_id, "InProgress")
    assert (execution["CurrentStepName"], execution["CurrentAction"]) == ("sleep", "aws:sleep")
    assert "ExecutionEndTime" not in execution
    aws.set_clock(at=NOON + timedelta(minutes=10))
    assert ended(ssm, execution_id)["AutomationExecutionStatus"] == "Success"


def test_cancelled_it_goes_to_the_step_that_tidies_up(ssm: Any) -> None:
    execution_id = begin(ssm, with_steps(_sleep(onCancel="step:again"), LOOK, LOOK_AGAIN))
    until(ssm, execution_id, lambda execution: steps(execution)["sleep"] == "InProgress")
    ssm.stop_automation_execution(AutomationExecutionId=execution_id)
    execution = ended(ssm, execution_id)
    assert execution["AutomationExecutionStatus"] == "Cancelled"
    assert steps(execution) == {"sleep": "Cancelled", "look": "Pending", "again": "Success"}
    with refused("InvalidAutomationStatusUpdateException", status=400):
        ssm.stop_automation_execution(AutomationExecutionId=execution_id)


def test_cancelled_without_such_a_step_it_ends_there(ssm: Any) -> None:
    execution_id = begin(ssm, with_steps(_sleep(), LOOK))
    until(ssm, execution_id, lambda execution: steps(execution)["sleep"] == "InProgress")
    ssm.stop_automation_execution(AutomationExecutionId=execution_id, Type="Cancel")
    assert steps(ended(ssm, execution_id)) == {"sleep": "Cancelled", "look": "Pending"}


def test_completed_it_ends_behind_the_step_that_runs(aws: Aws, ssm: Any) -> None:
    aws.set_clock(at=NOON)
    execution_id = begin(ssm, with_steps(_sleep(), LOOK))
    until(ssm, execution_id, lambda execution: steps(execution)["sleep"] == "InProgress")
    ssm.stop_automation_execution(AutomationExecutionId=execution_id, Type="Complete")
    aws.set_clock(at=NOON + timedelta(minutes=10))
    execution = ended(ssm, execution_id)
    assert (execution["AutomationExecutionStatus"], steps(execution)["look"]) == ("Success", "Pending")


def test_approval_lets_it_go_on_and_rejection_ends_it(aws: Aws, ssm: Any) -> None:
    approve = {"name": "approve", "action": "aws:approve", "inputs": {"Approvers": ["leader01"], "Message": "Please."}}
    publish(ssm, "Asks", with_steps(approve, LOOK))
    leader = aws.person("leader01").client("ssm")
    for signal, status in (("Approve", "Success"), ("Reject", "Failed")):
        execution_id = ssm.start_automation_execution(DocumentName="Asks")["AutomationExecutionId"]
        until_status(ssm, execution_id, "Waiting")
        with refused("InvalidAutomationSignalException", status=400, match="not an approver"):
            ssm.send_automation_signal(AutomationExecutionId=execution_id, SignalType="Approve")
        leader.send_automation_signal(AutomationExecutionId=execution_id, SignalType=signal, Payload={"Comment": ["seen"]})
        execution = ended(ssm, execution_id)
        assert execution["AutomationExecutionStatus"] == status
        (decision,) = execution["StepExecutions"][0]["Outputs"]["ApproverDecisions"]
        assert json.loads(decision)["Approver"] == "arn:aws:iam::111111111111:user/leader01"
        assert json.loads(decision)["Comment"] == "seen"
        with refused("InvalidAutomationSignalException", status=400, match="waits for no approval"):
            leader.send_automation_signal(AutomationExecutionId=execution_id, SignalType="Approve")


@pytest.mark.parametrize(
    ("declared", "given", "says"),
    [
        ({"User": {"type": "String"}}, {}, "Missing required parameter: User in user inputs"),
        ({"User": {"type": "String"}}, {"User": ["a"], "More": ["b"]}, 'Parameter "More" is not defined'),
        ({"User": {"type": "String"}}, {"User": ["a", "b"]}, "has 2 values"),
        ({"User": {"type": "String", "allowedPattern": "^[a-z]+$"}}, {"User": ["A1"]}, "does not match"),
        ({"User": {"type": "String", "allowedValues": ["a", "b"]}}, {"User": ["c"]}, r"not found in \[a, b\]"),
        ({"User": {"type": "StringList", "minItems": 1}}, {"User": []}, "outside of minItems"),
        ({"User": {"type": "StringList", "maxItems": 1}}, {"User": ["a", "b"]}, "outside of minItems and maxItems"),
        ({"User": {"type": "StringList", "allowedPattern": "^a$"}}, {"User": ["a", "b"]}, '"b" that does not match'),
        ({"User": {"type": "String", "maxChars": 2}}, {"User": ["abc"]}, "has 3 characters"),
        ({"User": {"type": "Integer"}}, {"User": ["x"]}, "not of the type Integer"),
        ({"User": {"type": "Boolean"}}, {"User": ["x"]}, "not of the type Boolean"),
        ({"User": {"type": "StringMap"}}, {"User": ["[]"]}, "not of the type StringMap"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(
    ssm: Any, declared: dict[str, Any], given: dict[str, list[str]], says: str
) -> None:
    publish(ssm, "Tested", with_steps(LOOK, parameters=declared))
    with refused("InvalidAutomationExecutionParametersException", status=400, match=says):
        ssm.start_automation_execution(DocumentName="Tested", **({"Parameters": given} if given else {}))
    assert ssm.describe_automation_executions()["AutomationExecutionMetadataList"] == []


def test_only_runbooks_that_are_there_are_run(ssm: Any) -> None:
    with refused("AutomationDefinitionNotFoundException", status=400):
        ssm.start_automation_execution(DocumentName="Nowhere")
    publish(ssm, "Hello", HELLO)
    with refused("AutomationDefinitionVersionNotFoundException", status=400):
        ssm.start_automation_execution(DocumentName="Hello", DocumentVersion="2")
    for rest in ({"TargetParameterName": "Group"}, {"Mode": "Interactive"}, {"MaxErrors": "1"}):
        with refused("NotSimulated", status=501):
            ssm.start_automation_execution(DocumentName="Hello", **rest)
    with refused("ValidationException", status=400, match="5 tags"):
        ssm.start_automation_execution(DocumentName="Hello", Tags=[{"Key": str(n), "Value": ""} for n in range(6)])
    missing = str(uuid.uuid4())
    for ask in (ssm.get_automation_execution, ssm.stop_automation_execution, ssm.describe_automation_step_executions):
        with refused("AutomationExecutionNotFoundException", status=400):
            ask(AutomationExecutionId=missing)


def test_token_makes_a_repeated_start_the_same_one(ssm: Any) -> None:
    publish(ssm, "Hello", HELLO)
    start: dict[str, Any] = {"DocumentName": "Hello", "ClientToken": str(uuid.uuid4()), "Parameters": {"Group": ["LeaderGroup"]}}
    first, again = (ssm.start_automation_execution(**start)["AutomationExecutionId"] for _ in range(2))
    upper = ssm.start_automation_execution(**{**start, "ClientToken": start["ClientToken"].upper()})
    assert first == again == upper["AutomationExecutionId"]
    with refused("IdempotentParameterMismatch", status=400):
        ssm.start_automation_execution(**{**start, "Parameters": {"Group": ["MemberGroup"]}})
    assert len(ssm.describe_automation_executions()["AutomationExecutionMetadataList"]) == 1


def test_version_that_was_asked_for_is_run(ssm: Any) -> None:
    publish(ssm, "Hello", HELLO)
    ssm.update_document(Name="Hello", Content=json.dumps(with_steps(FAILS)), DocumentVersion="$LATEST")
    for version, status in (("1", "Success"), ("$DEFAULT", "Success"), ("2", "Failed"), ("$LATEST", "Failed")):
        started = ssm.start_automation_execution(DocumentName="Hello", DocumentVersion=version)
        assert ended(ssm, started["AutomationExecutionId"])["AutomationExecutionStatus"] == status


def test_executions_are_forgotten_with_their_world(aws: Aws, ssm: Any) -> None:
    execution_id = begin(ssm, with_steps(_sleep(duration="PT1S"), ADD, parameters=PARAMETERS), User=[USER])
    aws.rebuild()
    with refused("AutomationExecutionNotFoundException", status=400):
        ssm.get_automation_execution(AutomationExecutionId=execution_id)
    aws.set_clock(offset_seconds=10)
    assert _members(aws) == []
