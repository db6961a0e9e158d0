"""Calls as they come over the wire: what no client of AWS's own would send, and all that they do send, against the model."""

import json
import uuid
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from portal.simulated_aws import resources
from portal.simulated_aws.company_directory import WORK_GROUP
from tests.simulated_aws.automations import admin_ssm, ended, role_keys
from tests.simulated_aws.runbooks import HELLO, TEMPLATE, as_json, publish
from tests.simulated_aws.shapes import checked
from tests.stand_ins.aws import ADMIN_KEY, Aws

TESTED_ELSEWHERE = {"StartSession", "TerminateSession", "DescribeSessions"}
CHANGE = "Automation.ChangeTemplate"


def _send(aws: Aws, target: str, body: bytes) -> tuple[int, dict[str, Any]]:
    scope = f"Credential={ADMIN_KEY.id}/20261123/ap-northeast-1/ssm/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AmazonSSM.{target}",
    }
    try:
        with urlopen(Request(aws.endpoint_url, data=body, headers=headers, method="POST"), timeout=30) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"Name": 1}',
        b'{"Name": ["x"]}',
        b'{"Name": {"x": 1}}',
        b'{"Name": "Hello", "DocumentVersion": true}',
    ],
)
def test_what_is_of_another_type_than_the_models_is_refused(aws: Aws, body: bytes) -> None:
    status, answer = _send(aws, "GetDocument", body)
    assert status == 400
    assert answer["__type"].rpartition("#")[2] in ("SerializationException", "ValidationException")


@pytest.mark.parametrize("parameters", ["x", ["x"], {"Group": "x"}, {"Group": [1]}, {"Group": [["x"]]}])
def test_maps_and_their_lists_are_looked_into(aws: Aws, parameters: object) -> None:
    body = json.dumps({"DocumentName": "Hello", "Parameters": parameters}).encode()
    status, answer = _send(aws, "StartAutomationExecution", body)
    assert (status, answer["__type"].rpartition("#")[2]) == (400, "SerializationException")


def test_values_in_maps_are_held_against_the_model(aws: Aws) -> None:
    for parameters in ({"x" * 51: ["v"]}, {"Group": ["v" * 513]}, {"Group": [""]}):
        body = json.dumps({"DocumentName": "Hello", "Parameters": parameters}).encode()
        status, answer = _send(aws, "StartAutomationExecution", body)
        assert (status, answer["__type"].rpartition("#")[2]) == (400, "ValidationException")


def _count(client: Any, called: set[str]) -> Any:
    client.meta.events.register("after-call.*.*", lambda model, **_rest: called.add(model.name))
    return client


def test_every_operation_of_systems_manager_answers_as_the_model_says(aws: Aws) -> None:
    called: set[str] = set()
    ssm = _count(admin_ssm(aws), called)
    reviewer = checked(aws.client("ssm", **role_keys(aws, "OrganizationAccountAccessRole", name="reviewer")))
    publish(ssm, "Hello", HELLO)
    ssm.update_document(Name="Hello", Content=as_json({**HELLO, "description": "2"}), DocumentVersion="$LATEST")
    ssm.update_document_default_version(Name="Hello", DocumentVersion="1")
    publish(ssm, "Template", TEMPLATE, CHANGE)
    ssm.update_document_metadata(Name="Template", DocumentReviews={"Action": "SendForReview"})
    reviewer.update_document_metadata(Name="Template", DocumentReviews={"Action": "Approve"})
    for name in ("Hello", "Template"):
        ssm.get_document(Name=name)
        ssm.describe_document(Name=name)
        ssm.list_document_versions(Name=name)
    ssm.list_document_metadata_history(Name="Template", Metadata="DocumentReviews")
    ssm.list_documents()
    started = ssm.start_automation_execution(DocumentName="Hello", ClientToken=str(uuid.uuid4()))["AutomationExecutionId"]
    runbooks = [{"DocumentName": "Hello", "DocumentVersion": "1"}]
    asked = ssm.start_change_request_execution(DocumentName="Template", Runbooks=runbooks)["AutomationExecutionId"]
    other = ssm.start_change_request_execution(DocumentName="Template", Runbooks=runbooks)["AutomationExecutionId"]
    _count(checked(aws.person("leader01").client("ssm")), called).send_automation_signal(
        AutomationExecutionId=asked, SignalType="Approve"
    )
    ssm.stop_automation_execution(AutomationExecutionId=other)
    for execution_id in (started, asked, other):
        ended(ssm, execution_id)
        ssm.describe_automation_step_executions(AutomationExecutionId=execution_id)
    assert len(ssm.describe_automation_executions()["AutomationExecutionMetadataList"]) == 4
    ssm.delete_document(Name="Template")
    assert called == set(resources._RESOURCES["ssm"]) - TESTED_ELSEWHERE


def test_every_operation_of_identity_center_answers_as_the_model_says(aws: Aws) -> None:
    called: set[str] = set()
    keys = {"key_id": ADMIN_KEY.id, "secret": ADMIN_KEY.secret}
    admin = _count(checked(aws.client("sso-admin", **keys)), called)  # type: ignore[arg-type]
    store = _count(checked(aws.client("identitystore", **keys)), called)  # type: ignore[arg-type]
    (instance,) = admin.list_instances()["Instances"]
    admin.describe_instance(InstanceArn=instance["InstanceArn"])
    at = {"IdentityStoreId": instance["IdentityStoreId"]}
    name = {"GivenName": "A", "FamilyName": "B"}
    user = store.create_user(**at, UserName="new", DisplayName="New", Name=name)["UserId"]
    group = store.create_group(**at, DisplayName="New")["GroupId"]
    pair = {**at, "GroupId": group, "MemberId": {"UserId": user}}
    membership = {**at, "MembershipId": store.create_group_membership(**pair)["MembershipId"]}
    store.get_group_membership_id(**pair)
    store.describe_group_membership(**membership)
    store.list_group_memberships(**at, GroupId=group)
    store.list_group_memberships_for_member(**at, MemberId=pair["MemberId"])
    store.is_member_in_groups(**at, MemberId=pair["MemberId"], GroupIds=[group])
    store.get_user_id(**at, AlternateIdentifier={"UniqueAttribute": {"AttributePath": "UserName", "AttributeValue": "new"}})
    by_name = {"UniqueAttribute": {"AttributePath": "DisplayName", "AttributeValue": WORK_GROUP}}
    store.get_group_id(**at, AlternateIdentifier=by_name)
    store.describe_user(**at, UserId=user)
    store.describe_group(**at, GroupId=group)
    store.list_users(**at)
    store.list_groups(**at)
    store.delete_group_membership(**membership)
    store.delete_user(**at, UserId=user)
    store.delete_group(**at, GroupId=group)
    assert called == set(resources._RESOURCES["identitystore"]) | set(resources._RESOURCES["sso-admin"])
