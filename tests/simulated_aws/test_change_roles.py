"""The company's roles for changes: one grant, each step of it by the role that may do it and by no other."""

import copy
from typing import Any

import pytest

from portal.simulated_aws import change_roles
from portal.simulated_aws.change_roles import APPROVER, PUBLISHER, REVIEWER, RUNBOOK, STARTER
from portal.simulated_aws.company import role_arn
from tests.simulated_aws.automations import ended
from tests.simulated_aws.refusals import refused
from tests.simulated_aws.runbooks import TEMPLATE, as_json, call, publish, with_steps
from tests.simulated_aws.shapes import checked
from tests.stand_ins.aws import PORTAL_KEY, Aws

GROUP, USER, FENCE = "ProdChangeWorkGroup", "member01", "sekisho-entry-Prod_ChangeRole"
TAG = f"sekisho:ttl:{GROUP}"
END = "2036-11-23T20:00:00Z"
DECLARED = {
    "User": {"type": "String", "allowedPattern": "^[a-z0-9]+$"},
    "Group": {"type": "String", "allowedValues": [GROUP]},
    "End": {"type": "String"},
}
FENCED = {
    "name": "fenced",
    "action": "aws:assertAwsResourceProperty",
    "inputs": {
        "Service": "iam",
        "Api": "GetUserPolicy",
        "UserName": "{{ User }}",
        "PolicyName": FENCE,
        "PropertySelector": "$.PolicyDocument.Statement[0].Condition.DateGreaterThan['aws:CurrentTime']",
        "DesiredValues": ["{{ End }}"],
    },
}
TAGGED = call("tag", "iam", "TagUser", inputs={"UserName": "{{ User }}"})
TAGGED["inputs"]["Tags"] = [{"Key": "sekisho:ttl:{{ Group }}", "Value": "{{ End }}"}]
ADDED = call("add", "iam", "AddUserToGroup", inputs={"GroupName": "{{ Group }}", "UserName": "{{ User }}"})
SEEN = call("see", "iam", "ListGroupsForUser", inputs={"UserName": "{{ User }}"})
SEEN["outputs"] = [{"Name": "Names", "Selector": f"$.Groups[?(@.GroupName == '{GROUP}')].GroupName", "Type": "StringList"}]
GRANT = with_steps(
    FENCED, TAGGED, ADDED, SEEN, parameters=DECLARED, outputs=["see.Names"], assumeRole=role_arn("jump", f"sekisho/{RUNBOOK}")
)


def _portal(aws: Aws, role: str) -> Any:
    """Return the portal's client in one of its roles."""
    sts = aws.client("sts", key_id=PORTAL_KEY.id, secret=PORTAL_KEY.secret)
    arn = role_arn("jump", f"sekisho/{role}")
    keys = sts.assume_role(RoleArn=arn, RoleSessionName="sekisho")["Credentials"]
    return checked(aws.client("ssm", key_id=keys["AccessKeyId"], secret=keys["SecretAccessKey"], token=keys["SessionToken"]))


@pytest.fixture
def published(aws: Aws) -> dict[str, Any]:
    """Publish runbook and template as the portal will, and return what a request of it says."""
    level = copy.deepcopy(TEMPLATE["mainSteps"][0])
    level["inputs"]["EnhancedApprovals"]["Approvers"] = [{"approver": APPROVER, "type": "IamRole", "minRequiredApprovals": 1}]
    template = {**TEMPLATE, "mainSteps": [level], "executableRunBooks": [{"name": "SekishoGrant", "version": "1"}]}
    publisher, name = _portal(aws, PUBLISHER), "SekishoChange"
    publish(publisher, "SekishoGrant", GRANT)
    publish(publisher, name, template, "Automation.ChangeTemplate")
    publisher.update_document_metadata(Name=name, DocumentReviews={"Action": "SendForReview"})
    with refused("InvalidDocumentOperation", status=400):
        publisher.update_document_metadata(Name=name, DocumentReviews={"Action": "Approve"})
    _portal(aws, REVIEWER).update_document_metadata(Name=name, DocumentReviews={"Action": "Approve"})
    parameters = {"User": [USER], "Group": [GROUP], "End": [END]}
    runbook = {"DocumentName": "SekishoGrant", "DocumentVersion": "1", "Parameters": parameters}
    return {"DocumentName": name, "Runbooks": [runbook]}


def _fence(aws: Aws, end: str) -> None:
    deny = {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": role_arn("production", "Prod_ChangeRole")}
    statement = {**deny, "Condition": {"DateGreaterThan": {"aws:CurrentTime": end}}}
    document = as_json({"Version": "2012-10-17", "Statement": [statement]})
    aws.admin_client("iam").put_user_policy(UserName=USER, PolicyName=FENCE, PolicyDocument=document)


def _members(aws: Aws) -> list[str]:
    return [user["UserName"] for user in aws.admin_client("iam").get_group(GroupName=GROUP)["Users"]]


def test_grant_goes_from_role_to_role_into_the_work_group(aws: Aws, published: dict[str, Any]) -> None:
    _fence(aws, END)
    starter, approver = _portal(aws, STARTER), _portal(aws, APPROVER)
    execution_id = starter.start_change_request_execution(**published)["AutomationExecutionId"]
    with refused("AccessDeniedException", status=400, match="ssm:SendAutomationSignal"):
        starter.send_automation_signal(AutomationExecutionId=execution_id, SignalType="Approve")
    approver.send_automation_signal(AutomationExecutionId=execution_id, SignalType="Approve", Payload={"Comment": ["高橋"]})
    done = ended(starter, execution_id)
    assert done["AutomationExecutionStatus"] == "CompletedWithSuccess", done
    assert _members(aws) == [USER]
    tags = aws.admin_client("iam").list_user_tags(UserName=USER)["Tags"]
    assert {"Key": TAG, "Value": END} in tags


def test_approval_ahead_of_the_fence_adds_nobody(aws: Aws, published: dict[str, Any]) -> None:
    _fence(aws, "2020-01-01T00:00:00Z")
    starter, approver = _portal(aws, STARTER), _portal(aws, APPROVER)
    execution_id = starter.start_change_request_execution(**published)["AutomationExecutionId"]
    approver.send_automation_signal(AutomationExecutionId=execution_id, SignalType="Approve")
    done = ended(starter, execution_id)
    assert done["AutomationExecutionStatus"] == "CompletedWithFailure"
    assert "but it is 2020-01-01T00:00:00Z" in done["FailureMessage"]
    assert _members(aws) == []


def test_same_runbook_grants_without_a_change_request(aws: Aws, published: dict[str, Any]) -> None:
    _fence(aws, END)
    starter, (runbook,) = _portal(aws, STARTER), published["Runbooks"]
    execution_id = starter.start_automation_execution(**runbook)["AutomationExecutionId"]
    done = ended(starter, execution_id)
    assert (done["AutomationExecutionStatus"], _members(aws)) == ("Success", [USER])
    assert done["Outputs"]["see.Names"] == [GROUP]


def test_runbooks_role_reaches_work_groups_and_ttl_tags_only(aws: Aws) -> None:
    steps = [
        call("standing", "iam", "AddUserToGroup", inputs={"GroupName": "JumpAdminGroup", "UserName": USER}),
        call("tag", "iam", "TagUser", inputs={"UserName": USER, "Tags": [{"Key": "Team", "Value": "x"}]}),
        call("fence", "iam", "DeleteUserPolicy", inputs={"UserName": USER, "PolicyName": FENCE}),
    ]
    tried = [{**step, "onFailure": "Continue"} for step in steps]
    publish(_portal(aws, PUBLISHER), "SekishoTries", with_steps(*tried, assumeRole=role_arn("jump", f"sekisho/{RUNBOOK}")))
    starter = _portal(aws, STARTER)
    done = ended(starter, starter.start_automation_execution(DocumentName="SekishoTries")["AutomationExecutionId"])
    for step in done["StepExecutions"]:
        assert "AccessDenied" in step["FailureMessage"]


def test_each_role_does_its_own_part_only(aws: Aws, published: dict[str, Any]) -> None:
    for role in (REVIEWER, STARTER, APPROVER, change_roles.IDENTITY_CENTER):
        with refused("AccessDeniedException", status=400, match="ssm:CreateDocument"):
            publish(_portal(aws, role), "SekishoOther", GRANT)
    for role in (PUBLISHER, REVIEWER, APPROVER, change_roles.IDENTITY_CENTER):
        with refused("AccessDeniedException", status=400, match="ssm:StartChangeRequestExecution"):
            _portal(aws, role).start_change_request_execution(**published)
    with refused("AccessDeniedException", status=400, match="document/Other"):
        publish(_portal(aws, PUBLISHER), "Other", GRANT)
    with refused("AccessDenied", status=403):
        aws.person("leader01").client("sts").assume_role(
            RoleArn=role_arn("jump", f"sekisho/{APPROVER}"), RoleSessionName="leader01"
        )
