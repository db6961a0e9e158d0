"""As whom a runbook acts: what it may, and what CloudTrail tells of it."""

import json
from typing import Any

import pytest

from tests.simulated_aws.automations import admin_ssm, ended, run
from tests.simulated_aws.refusals import refused
from tests.simulated_aws.runbooks import call, publish, with_steps
from tests.simulated_aws.shapes import checked
from tests.stand_ins.aws import ADMIN_KEY, Aws

ROLE = "arn:aws:iam::111111111111:role/Runbook"
ADD = call("add", "iam", "AddUserToGroup", inputs={"GroupName": "MemberGroup", "UserName": "leader01"})
TRUSTED = {"Effect": "Allow", "Principal": {"Service": "ssm.amazonaws.com"}, "Action": "sts:AssumeRole"}
MAY_ADD = {"Effect": "Allow", "Action": "iam:AddUserToGroup", "Resource": "arn:aws:iam::111111111111:group/MemberGroup"}


@pytest.fixture
def ssm(aws: Aws) -> Any:
    return admin_ssm(aws)


def _document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _make_role(aws: Aws, *, trust: dict[str, Any], allowed: dict[str, Any] = MAY_ADD) -> None:
    iam = aws.admin_client("iam")
    iam.create_role(RoleName="Runbook", AssumeRolePolicyDocument=_document(trust))
    iam.put_role_policy(RoleName="Runbook", PolicyName="May", PolicyDocument=_document(allowed))


def _let(aws: Aws, person: str, *actions: str) -> Any:
    """Return a client of somebody who may do this and no more; no boundary and no group's rail keeps them from it."""
    iam = aws.admin_client("iam")
    iam.delete_user_permissions_boundary(UserName=person)
    for group in iam.list_groups_for_user(UserName=person)["Groups"]:
        iam.remove_user_from_group(UserName=person, GroupName=group["GroupName"])
    allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    iam.put_user_policy(UserName=person, PolicyName="Ssm", PolicyDocument=_document(allowed))
    return checked(aws.person(person).client("ssm"))


def _record(aws: Aws, name: str, region: str = "us-east-1") -> dict[str, Any]:
    trail = aws.client("cloudtrail", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret, region=region)
    wanted = [{"AttributeKey": "EventName", "AttributeValue": name}]
    record: dict[str, Any] = json.loads(trail.lookup_events(LookupAttributes=wanted)["Events"][0]["CloudTrailEvent"])
    return record


def test_runbook_acts_in_its_role_and_cloudtrail_says_so(aws: Aws, ssm: Any) -> None:
    _make_role(aws, trust=TRUSTED)
    execution = run(ssm, with_steps(ADD, assumeRole=ROLE))
    assert execution["AutomationExecutionStatus"] == "Success", execution
    record = _record(aws, "AddUserToGroup")
    session = f"Automation-{execution['AutomationExecutionId']}"
    assert record["userIdentity"]["arn"] == f"arn:aws:sts::111111111111:assumed-role/Runbook/{session}"
    assert record["userIdentity"]["invokedBy"] == "ssm.amazonaws.com"
    assert (record["sourceIPAddress"], record["userAgent"]) == ("ssm.amazonaws.com", "ssm.amazonaws.com")
    assert record["requestParameters"] == {"groupName": "MemberGroup", "userName": "leader01"}
    trail = aws.client("cloudtrail", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)
    wanted = [{"AttributeKey": "ResourceName", "AttributeValue": ROLE}]
    (taken_on,) = [json.loads(each["CloudTrailEvent"]) for each in trail.lookup_events(LookupAttributes=wanted)["Events"]]
    assert taken_on["userIdentity"] == {"type": "AWSService", "invokedBy": "ssm.amazonaws.com"}
    assert taken_on["requestParameters"] == {"roleArn": ROLE, "roleSessionName": session}


def test_roles_policy_limits_the_runbook_though_its_starter_may_do_more(aws: Aws, ssm: Any) -> None:
    _make_role(aws, trust=TRUSTED, allowed={**MAY_ADD, "Resource": "arn:aws:iam::111111111111:group/LeaderGroup"})
    execution = run(ssm, with_steps(ADD, assumeRole=ROLE))
    assert execution["AutomationExecutionStatus"] == "Failed"
    assert "is not authorized to perform: iam:AddUserToGroup on resource" in execution["FailureMessage"]
    assert _record(aws, "AddUserToGroup")["errorCode"] == "AccessDenied"


def test_without_a_role_the_starter_acts(aws: Aws, ssm: Any) -> None:
    publish(ssm, "Adds", with_steps(ADD))
    leader = _let(aws, "leader01", "ssm:*")
    execution = ended(leader, leader.start_automation_execution(DocumentName="Adds")["AutomationExecutionId"])
    assert "leader01 is not authorized to perform: iam:AddUserToGroup" in execution["FailureMessage"]
    record = _record(aws, "AddUserToGroup")
    assert (record["userIdentity"]["userName"], record["sourceIPAddress"]) == ("leader01", "ssm.amazonaws.com")


def test_who_may_not_pass_the_role_starts_nothing(aws: Aws, ssm: Any) -> None:
    _make_role(aws, trust=TRUSTED)
    publish(ssm, "Adds", with_steps(ADD, assumeRole=ROLE))
    leader = _let(aws, "leader01", "ssm:*")
    with refused("AccessDeniedException", status=400, match=f"iam:PassRole on resource: {ROLE}"):
        leader.start_automation_execution(DocumentName="Adds")
    leader = _let(aws, "leader01", "ssm:*", "iam:PassRole")
    started = leader.start_automation_execution(DocumentName="Adds")
    assert ended(leader, started["AutomationExecutionId"])["AutomationExecutionStatus"] == "Success"


@pytest.mark.parametrize(
    "trust",
    [
        {**TRUSTED, "Principal": {"Service": "ec2.amazonaws.com"}},
        {**TRUSTED, "Principal": {"AWS": "arn:aws:iam::111111111111:root"}},
        {**TRUSTED, "Condition": {"StringEquals": {"aws:SourceAccount": "222222222222"}}},
        {**TRUSTED, "Effect": "Deny"},
    ],
)
def test_role_that_does_not_trust_automation_is_not_taken_on(aws: Aws, ssm: Any, trust: dict[str, Any]) -> None:
    _make_role(aws, trust=trust)
    publish(ssm, "Adds", with_steps(ADD, assumeRole=ROLE))
    with refused("InvalidAutomationExecutionParametersException", status=400, match="unable to be assumed"):
        ssm.start_automation_execution(DocumentName="Adds")


def test_role_may_trust_executions_of_its_own_account_only_and_come_by_parameter(aws: Aws, ssm: Any) -> None:
    here = {"aws:SourceAccount": "111111111111"}
    executions = {"aws:SourceArn": "arn:aws:ssm:*:111111111111:automation-execution/*"}
    _make_role(aws, trust={**TRUSTED, "Condition": {"StringEquals": here, "ArnLike": executions}})
    declared = {"Role": {"type": "AWS::IAM::Role::Arn"}}
    publish(ssm, "Adds", with_steps(ADD, assumeRole="{{ Role }}", parameters=declared))
    started = ssm.start_automation_execution(DocumentName="Adds", Parameters={"Role": [ROLE]})
    assert ended(ssm, started["AutomationExecutionId"])["AutomationExecutionStatus"] == "Success"
    with refused("InvalidAutomationExecutionParametersException", status=400, match="unable to be assumed"):
        ssm.start_automation_execution(DocumentName="Adds", Parameters={"Role": [ROLE.replace("Runbook", "Nobody")]})


def test_rights_are_to_documents_versions_and_executions(aws: Aws, ssm: Any) -> None:
    publish(ssm, "Adds", with_steps(ADD))
    leader, arn = _let(aws, "leader01", "ssm:GetDocument"), "arn:aws:ssm:ap-northeast-1:111111111111"
    with refused("AccessDeniedException", status=400, match=rf"{arn}:automation-definition/Adds:\$DEFAULT"):
        leader.start_automation_execution(DocumentName="Adds")
    with refused("AccessDeniedException", status=400, match=f"{arn}:automation-definition/Adds:2"):
        leader.start_automation_execution(DocumentName="Adds", DocumentVersion="2")
    with refused("AccessDeniedException", status=400, match=f"{arn}:automation-execution/{'0' * 36}"):
        leader.stop_automation_execution(AutomationExecutionId="0" * 36)
    assert leader.get_document(Name="Adds")["DocumentVersion"] == "1"


def test_cloudtrail_tells_of_starts_without_the_values_of_parameters(aws: Aws, ssm: Any) -> None:
    declared = {"User": {"type": "String"}}
    execution = run(ssm, with_steps({**ADD, "onFailure": "Continue"}, parameters=declared), User=["member01"])
    record = _record(aws, "StartAutomationExecution", "ap-northeast-1")
    assert record["eventSource"] == "ssm.amazonaws.com"
    assert record["requestParameters"]["documentName"] == "Tested"
    assert record["requestParameters"]["parameters"] == {"User": ["HIDDEN_DUE_TO_SECURITY_REASONS"]}
    assert record["responseElements"] == {"automationExecutionId": execution["AutomationExecutionId"]}
    assert "invokedBy" not in record["userIdentity"]
