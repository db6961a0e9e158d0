"""Documents of Systems Manager: what is kept, and what is refused as AWS refuses it."""

import copy
from typing import Any

import pytest

from portal.simulated_aws import control
from tests.simulated_aws.refusals import refused
from tests.simulated_aws.runbooks import HELLO, TEMPLATE, as_json, call, publish, with_steps
from tests.simulated_aws.shapes import checked
from tests.stand_ins.aws import ADMIN_KEY, Aws

CHANGE = "Automation.ChangeTemplate"
YAML = """\
schemaVersion: '0.3'
description: メンバーを見る
mainSteps:
  - name: look
    action: aws:executeAwsApi
    inputs: {Service: iam, Api: GetGroup, GroupName: MemberGroup}
"""


@pytest.fixture
def ssm(aws: Aws) -> Any:
    return checked(aws.client("ssm", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret))


def _changed(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(document), **changes}


def _with_step(**changes: Any) -> dict[str, Any]:
    return _changed(HELLO, outputs=[], mainSteps=[{**HELLO["mainSteps"][0], **changes}])


def test_runbook_is_kept_as_it_was_written(ssm: Any) -> None:
    made = publish(ssm, "Hello", HELLO)
    assert (made["Status"], made["DocumentVersion"], made["DefaultVersion"], made["LatestVersion"]) == ("Active", "1", "1", "1")
    assert made["Parameters"] == [{"Name": "Group", "Type": "String", "Description": "Which", "DefaultValue": "MemberGroup"}]
    got = ssm.get_document(Name="Hello")
    assert (got["Content"], got["DocumentFormat"], got["DocumentType"]) == (as_json(HELLO), "JSON", "Automation")
    described = ssm.describe_document(Name="arn:aws:ssm:ap-northeast-1:111111111111:document/Hello")["Document"]
    assert described["Hash"] == made["Hash"]
    assert "ReviewStatus" not in described


def test_yaml_is_a_document_too_and_is_given_in_either_form(ssm: Any) -> None:
    ssm.create_document(Name="Hello", Content=YAML, DocumentType="Automation", DocumentFormat="YAML")
    assert ssm.get_document(Name="Hello")["Content"] == YAML
    assert '"description": "\\u30e1' in ssm.get_document(Name="Hello", DocumentFormat="JSON")["Content"]


def test_versions_are_added_and_one_is_the_default(ssm: Any) -> None:
    publish(ssm, "Hello", HELLO)
    second = _changed(HELLO, description="Another")
    updated = ssm.update_document(Name="Hello", Content=as_json(second), DocumentVersion="$LATEST", VersionName="two")
    assert updated["DocumentDescription"]["DocumentVersion"] == "2"
    assert updated["DocumentDescription"]["DefaultVersion"] == "1"
    assert ssm.get_document(Name="Hello")["DocumentVersion"] == "1"
    assert ssm.get_document(Name="Hello", VersionName="two")["DocumentVersion"] == "2"
    ssm.update_document_default_version(Name="Hello", DocumentVersion="2")
    assert ssm.get_document(Name="Hello")["DocumentVersion"] == "2"
    listed = ssm.list_document_versions(Name="Hello")["DocumentVersions"]
    assert [(one["DocumentVersion"], one["IsDefaultVersion"]) for one in listed] == [("2", True), ("1", False)]
    with refused("InvalidDocumentOperation", status=400):
        ssm.delete_document(Name="Hello", DocumentVersion="2")
    ssm.delete_document(Name="Hello", DocumentVersion="1")
    with refused("InvalidDocumentVersion", status=400):
        ssm.get_document(Name="Hello", DocumentVersion="1")


def test_what_is_there_already_is_not_made_again(ssm: Any) -> None:
    publish(ssm, "Hello", HELLO)
    with refused("DocumentAlreadyExists", status=400):
        publish(ssm, "Hello", HELLO)
    with refused("DuplicateDocumentContent", status=400):
        ssm.update_document(Name="Hello", Content=as_json(HELLO), DocumentVersion="$LATEST")
    ssm.update_document(
        Name="Hello", Content=as_json(_changed(HELLO, description="2")), DocumentVersion="$LATEST", VersionName="v"
    )
    with refused("InvalidDocumentVersion", status=400):
        ssm.update_document(Name="Hello", Content=as_json(_changed(HELLO, description="3")), DocumentVersion="1")
    with refused("DuplicateDocumentVersionName", status=400):
        ssm.update_document(
            Name="Hello", Content=as_json(_changed(HELLO, description="3")), DocumentVersion="$LATEST", VersionName="v"
        )


def test_what_is_not_there_is_said_to_be_so(ssm: Any) -> None:
    for ask in (ssm.get_document, ssm.describe_document, ssm.delete_document, ssm.list_document_versions):
        with refused("InvalidDocument", status=400, match="Nowhere does not exist"):
            ask(Name="Nowhere")
    publish(ssm, "Hello", HELLO)
    ssm.delete_document(Name="Hello")
    with refused("InvalidDocument", status=400):
        ssm.get_document(Name="Hello")


def test_documents_are_listed_by_filter_and_in_pages(ssm: Any) -> None:
    for number in range(12):
        publish(ssm, f"Hello-{number:02}", HELLO)
    publish(ssm, "Template", TEMPLATE, CHANGE)
    mine = [{"Key": "Owner", "Values": ["Self"]}]
    pages = list(ssm.get_paginator("list_documents").paginate(Filters=mine))
    assert [len(page["DocumentIdentifiers"]) for page in pages] == [10, 3]
    of_type = ssm.list_documents(Filters=[{"Key": "DocumentType", "Values": [CHANGE]}])["DocumentIdentifiers"]
    assert [one["Name"] for one in of_type] == ["Template"]
    assert of_type[0]["ReviewStatus"] == "NOT_REVIEWED"
    assert ssm.list_documents(Filters=[{"Key": "Owner", "Values": ["Amazon"]}])["DocumentIdentifiers"] == []
    with refused("InvalidFilterKey", status=400):
        ssm.list_documents(Filters=[{"Key": "PlatformTypes", "Values": ["Linux"]}])
    with refused("InvalidNextToken", status=400):
        ssm.list_documents(NextToken="!")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "JSON not well-formed"),
        ("[]", "no map"),
        (as_json(_changed(HELLO, colour="red")), "colour is not a valid attribute"),
        (as_json(_changed(HELLO, mainSteps=[])), "at least one step"),
        (as_json(_changed(HELLO, outputs=["look.Nothing"])), "no output of a step"),
        (as_json(_changed(HELLO, parameters={"Group": {"type": "Text"}})), "no valid type"),
        (as_json(_changed(HELLO, parameters={"Group": {"type": "String", "allowedPattern": "("}})), "no regular expression"),
        (as_json(_with_step(isEnd="yes")), "isEnd cannot be 'yes'"),
        (as_json(_with_step(nextStep="nowhere")), "leads to nowhere"),
        (as_json(_with_step(onFailure="Retry")), "onFailure is Abort, Continue or step:NAME"),
        (as_json(_with_step(onFailure="step:nowhere")), "leads to nowhere"),
        (as_json(_with_step(inputs={"Service": "iam"})), "Api is required"),
        (as_json(_with_step(inputs={"Service": "iam", "Api": "{{ Unknown }}"})), "{{ Unknown }} is neither"),
        (as_json(_with_step(outputs=[{"Name": "x"}])), "an output has Name, Selector and Type"),
        (as_json(_with_step(outputs=[{"Name": "x", "Selector": 1, "Type": "String"}])), "an output has Name, Selector and Type"),
        (as_json(_changed(HELLO, assumeRole={})), "assumeRole is an ARN"),
        (as_json(_changed(HELLO, parameters={"Group": {"type": "String", "allowedValues": "x"}})), "allowedValues is a list"),
        (as_json(with_steps(*HELLO["mainSteps"] * 2, parameters=HELLO["parameters"])), "same name"),
        (as_json(with_steps({"name": "s", "action": "aws:sleep", "inputs": {"Duration": "soon"}})), "no duration"),
        (as_json(with_steps({"name": "s", "action": "aws:sleep", "inputs": {"Duration": "P8D"}})), "longer than"),
    ],
)
def test_text_that_is_no_runbook_is_refused_with_its_fault(ssm: Any, text: str, says: str) -> None:
    with refused("InvalidDocumentContent", status=400, match=says):
        ssm.create_document(Name="Hello", Content=text, DocumentType="Automation")
    assert ssm.list_documents()["DocumentIdentifiers"] == []


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (_with_step(action="aws:runCommand"), "the action aws:runCommand is not simulated; there are aws:approve"),
        (_changed(HELLO, variables=[]), "variables of a runbook are not simulated"),
        (_with_step(outputs=[{"Name": "x", "Selector": "$.a[?(@.b > 1)]", "Type": "String"}]), "selector"),
    ],
)
def test_what_is_not_simulated_says_so_when_it_is_made(ssm: Any, document: dict[str, Any], says: str) -> None:
    with refused("NotSimulated", status=501, match=says):
        publish(ssm, "Hello", document)


def test_other_schema_type_size_and_name_are_refused(ssm: Any) -> None:
    with refused("InvalidDocumentSchemaVersion", status=400):
        publish(ssm, "Hello", _changed(HELLO, schemaVersion="2.2"))
    with refused("NotSimulated", status=501, match="type Command"):
        ssm.create_document(Name="Hello", Content=as_json(HELLO))
    with refused("MaxDocumentSizeExceeded", status=400):
        publish(ssm, "Hello", _changed(HELLO, description="x" * 65_536))
    with refused("ValidationException", status=400, match="reserved by AWS"):
        publish(ssm, "AWS-Hello", HELLO)
    with refused("ValidationException", status=400, match="regular expression"):
        ssm.create_document(Name="no spaces", Content=as_json(HELLO), DocumentType="Automation")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"templateInformation": " "}, "templateInformation is required"),
        ({"mainSteps": TEMPLATE["mainSteps"] * 6}, "same name|at most 5 levels"),
        ({"mainSteps": [call("x", "iam", "GetUser")]}, "allows only aws:approve"),
        ({"executableRunBooks": ["Hello"]}, "name and a version"),
        ({"executableRunBooks": 1}, "is a list"),
        ({"autoApprovable": "no"}, "true or false"),
        ({"assumeRole": "arn:aws:iam::111111111111:role/x"}, "assumeRole is not a valid attribute"),
        ({"mainSteps": [{**TEMPLATE["mainSteps"][0], "inputs": {"Approvers": ["leader01"]}}]}, "EnhancedApprovals"),
    ],
)
def test_text_that_is_no_change_template_is_refused(ssm: Any, changes: dict[str, Any], says: str) -> None:
    with refused("InvalidDocumentContent", status=400, match=says):
        publish(ssm, "Template", _changed(TEMPLATE, **changes), CHANGE)


def test_template_is_reviewed_by_somebody_else_than_its_author(aws: Aws, ssm: Any) -> None:
    reviewer = checked(aws.client("ssm", **_of_role(aws)))
    publish(ssm, "Template", TEMPLATE, CHANGE)
    review: dict[str, Any] = {"Name": "Template", "DocumentVersion": "1"}
    approve = {"Action": "Approve", "Comment": [{"Type": "Comment", "Content": "fine"}]}
    with refused("InvalidDocumentOperation", status=400, match="not pending"):
        reviewer.update_document_metadata(**review, DocumentReviews=approve)
    ssm.update_document_metadata(**review, DocumentReviews={"Action": "SendForReview"})
    assert ssm.describe_document(Name="Template")["Document"]["PendingReviewVersion"] == "1"
    with refused("InvalidDocumentOperation", status=400, match="whoever wrote it"):
        ssm.update_document_metadata(**review, DocumentReviews=approve)
    reviewer.update_document_metadata(**review, DocumentReviews=approve)
    document = ssm.describe_document(Name="Template")["Document"]
    assert (document["ReviewStatus"], document["ApprovedVersion"]) == ("APPROVED", "1")
    assert document["ReviewInformation"][0]["Reviewer"] == "reviewer"
    (said,) = ssm.list_document_metadata_history(**review, Metadata="DocumentReviews")["Metadata"]["ReviewerResponse"]
    assert (said["ReviewStatus"], said["Comment"][0]["Content"]) == ("APPROVED", "fine")


def test_new_version_of_an_approved_template_is_reviewed_anew(aws: Aws, ssm: Any) -> None:
    reviewer = aws.client("ssm", **_of_role(aws))
    publish(ssm, "Template", TEMPLATE, CHANGE)
    for action, who in (("SendForReview", ssm), ("Reject", reviewer), ("SendForReview", ssm), ("Approve", reviewer)):
        who.update_document_metadata(Name="Template", DocumentReviews={"Action": action})
    ssm.update_document(Name="Template", Content=as_json(_changed(TEMPLATE, description="2")), DocumentVersion="$LATEST")
    statuses = [one["ReviewStatus"] for one in ssm.list_document_versions(Name="Template")["DocumentVersions"]]
    assert statuses == ["NOT_REVIEWED", "APPROVED"]
    publish(ssm, "Hello", HELLO)
    with refused("InvalidDocumentOperation", status=400):
        ssm.update_document_metadata(Name="Hello", DocumentReviews={"Action": "SendForReview"})
    with refused("NotSimulated", status=501):
        ssm.update_document_metadata(Name="Template", DocumentReviews={"Action": "UpdateReview"})


def test_account_without_change_manager_makes_no_templates_but_runbooks(aws: Aws, ssm: Any) -> None:
    control.set_change_manager(endpoint=aws.endpoint_url, token=aws.control_token, available=False)
    with refused("NoLongerSupportedException", status=400):
        publish(ssm, "Template", TEMPLATE, CHANGE)
    assert publish(ssm, "Hello", HELLO)["Status"] == "Active"


def test_who_may_not_write_documents_does_not(aws: Aws) -> None:
    member = aws.person("member01").client("ssm")
    with refused(
        "AccessDeniedException", status=400, match="ssm:CreateDocument on resource: arn:aws:ssm:ap-northeast-1:111111111111:doc"
    ):
        publish(member, "Hello", HELLO)


def _of_role(aws: Aws) -> dict[str, Any]:
    """Return the keys of somebody else than the administrator."""
    answer = aws.admin_client("sts").assume_role(
        RoleArn="arn:aws:iam::111111111111:role/OrganizationAccountAccessRole", RoleSessionName="reviewer"
    )
    keys = answer["Credentials"]
    return {"key_id": keys["AccessKeyId"], "secret": keys["SecretAccessKey"], "token": keys["SessionToken"]}
