"""Publishing documents, having them reviewed, and which versions may be run."""

import copy
from typing import Any

import pytest
from pytest_django import Settings

from access_requests.grants.automation.documents import pinned_runbook
from access_requests.grants.change_manager.documents import pinned_change
from access_requests.grants.documents import Difference, State
from access_requests.grants.executions import Purpose
from access_requests.grants.needs import Owner
from portal.aws.errors import BackendBusy, BackendRefused
from portal.simulated_aws import control
from tests.worlds.runbooks import AUTOMATION, CHANGE, DOCUMENTS, END, USER, WINDOW, Desk

GRANT, TEMPLATE = "SekishoGrant-ProdChangeWorkGroup", "SekishoChange-ProdChangeWorkGroup"
LEAD = {
    "name": "Lead",
    "action": "aws:approve",
    "timeoutSeconds": 3600,
    "inputs": {
        "Message": "Please.",
        "EnhancedApprovals": {"Approvers": [{"approver": "leader01", "type": "IamUser", "minRequiredApprovals": 1}]},
    },
}


def states(desk: Desk, owner: Owner = CHANGE) -> dict[str, tuple[str, str]]:
    return {done.document: (done.state.value, done.version) for done in desk.publish(owner)}


def problem(desk: Desk, purpose: Purpose = Purpose.GRANT) -> str:
    """Return why the change cannot be asked for."""
    with pytest.raises(BackendRefused) as refused:
        pinned_change(CHANGE, purpose, desk.caller("starter"))
    return refused.value.problem


def complaints(desk: Desk, owner: Owner = CHANGE) -> list[Difference]:
    return list(DOCUMENTS[owner].differences(owner, desk.caller("publisher")))


def edit_template(desk: Desk, **changed: Any) -> str:
    """Have the company edit its template, send it for review and approve it; return the version."""
    version = desk.edit(TEMPLATE, {**desk.content(TEMPLATE), **changed})
    desk.caller("publisher").client.update_document_metadata(
        Name=TEMPLATE, DocumentVersion=version, DocumentReviews={"Action": "SendForReview"}
    )
    desk.caller("reviewer").client.update_document_metadata(
        Name=TEMPLATE, DocumentVersion=version, DocumentReviews={"Action": "Approve"}
    )
    return version


@pytest.fixture
def approved(desk: Desk) -> None:
    desk.publish(CHANGE)
    desk.review(CHANGE)


# Runbooks


def test_documents_are_made_once(desk: Desk) -> None:
    assert states(desk, AUTOMATION) == {
        f"Sekisho{name}-ProdAutomationWorkGroup": ("created", "1") for name in ("Grant", "Prolong", "Remove")
    }
    assert {state for state, _ in states(desk, AUTOMATION).values()} == {"unchanged"}


def test_new_content_is_a_new_version_and_the_default_one(desk: Desk, settings: Settings) -> None:
    desk.publish(AUTOMATION)
    settings.TTL_TAG_KEY = "sekisho:ttl:of:{group}"
    assert set(states(desk, AUTOMATION).values()) == {("updated", "2")}
    assert pinned_runbook(AUTOMATION, Purpose.GRANT, desk.caller("starter")) == (
        "SekishoGrant-ProdAutomationWorkGroup",
        "2",
    )


def test_what_somebody_changed_is_not_run_and_is_put_back(desk: Desk) -> None:
    desk.publish(AUTOMATION)
    name = "SekishoRemove-ProdAutomationWorkGroup"
    desk.edit(name, {**desk.content(name), "description": "Changed."})
    with pytest.raises(BackendRefused, match=f"runbook_changed: {name}"):
        pinned_runbook(AUTOMATION, Purpose.REMOVE, desk.caller("starter"))
    assert complaints(desk, AUTOMATION) == [Difference(document=name, problem="runbook_changed")]
    # The version that says it is there already: AWS takes no content twice.
    assert states(desk, AUTOMATION)[name] == ("updated", "1")
    assert complaints(desk, AUTOMATION) == []


def test_older_version_is_found_on_a_later_page(desk: Desk) -> None:
    desk.publish(AUTOMATION)
    name = "SekishoRemove-ProdAutomationWorkGroup"
    for number in range(11):
        desk.edit(name, {**desk.content(name), "description": f"Changed {number}."})
    assert states(desk, AUTOMATION)[name] == ("updated", "1")


def test_runbook_that_is_not_there_is_not_run(desk: Desk) -> None:
    with pytest.raises(BackendRefused, match="runbook_missing"):
        pinned_runbook(AUTOMATION, Purpose.GRANT, desk.caller("starter"))
    assert {each.problem for each in complaints(desk, AUTOMATION)} == {"runbook_missing"}


def test_throttled_publishing_is_for_later(desk: Desk) -> None:
    desk.fault("throttle", "CreateDocument")
    with pytest.raises(BackendBusy):
        desk.publish(AUTOMATION)


def test_denied_reading_is_no_missing_document(desk: Desk) -> None:
    desk.fault("denied", "GetDocument")
    with pytest.raises(BackendRefused, match="AccessDenied"):
        complaints(desk)


# Templates and their review


def test_template_is_usable_once_somebody_else_has_approved_it(desk: Desk) -> None:
    assert problem(desk) == "template_missing"
    assert states(desk)[TEMPLATE] == ("created", "1")
    assert problem(desk) == "template_not_approved"
    assert [(done.document, done.state) for done in desk.review(CHANGE)] == [(TEMPLATE, State.APPROVED)]
    pinned = pinned_change(CHANGE, Purpose.GRANT, desk.caller("starter"))
    assert (pinned.template, pinned.template_version, pinned.runbook, pinned.runbook_version) == (TEMPLATE, "1", GRANT, "1")
    assert pinned_change(CHANGE, Purpose.PROLONG, desk.caller("starter")).runbook.startswith("SekishoProlong-")
    assert complaints(desk) == []


def test_approved_template_is_neither_published_nor_reviewed_again(desk: Desk, approved: None) -> None:
    assert states(desk)[TEMPLATE] == ("unchanged", "1")
    assert [done.state for done in desk.review(CHANGE)] == [State.UNCHANGED]


def test_group_without_a_template_has_nothing_to_review(desk: Desk) -> None:
    assert desk.review(AUTOMATION) == []


def test_template_that_is_not_there_is_not_reviewed(desk: Desk) -> None:
    with pytest.raises(BackendRefused, match="template_missing"):
        desk.review(CHANGE)


def test_published_template_is_sent_for_review_if_nobody_did(desk: Desk) -> None:
    desk.publish(CHANGE)
    desk.edit(TEMPLATE, {**desk.content(TEMPLATE), "description": "Ours."})
    with pytest.raises(BackendRefused, match="template_not_pending"):
        desk.review(CHANGE)
    assert states(desk)[TEMPLATE] == ("unchanged", "2")
    # It waits for a person now: it says something of its own.
    with pytest.raises(BackendRefused, match="template_differs"):
        desk.review(CHANGE)


def test_new_runbook_is_pinned_by_a_new_version_that_is_reviewed_again(desk: Desk, settings: Settings, approved: None) -> None:
    settings.TTL_TAG_KEY = "sekisho:ttl:of:{group}"
    assert problem(desk) == "template_not_pinned"
    assert set(states(desk).values()) == {("updated", "2")}
    assert problem(desk) == "template_not_approved"
    assert [done.state for done in desk.review(CHANGE)] == [State.APPROVED]
    assert pinned_change(CHANGE, Purpose.GRANT, desk.caller("starter")).runbook_version == "2"


def test_runbook_that_was_changed_is_not_reviewed_into_use(desk: Desk) -> None:
    desk.publish(CHANGE)
    desk.edit(GRANT, {**desk.content(GRANT), "description": "Changed."})
    with pytest.raises(BackendRefused, match="runbook_changed"):
        desk.review(CHANGE)


# What a company may change


def test_levels_of_the_companys_own_before_the_portals_are_kept(desk: Desk, settings: Settings, approved: None) -> None:
    version = edit_template(desk, mainSteps=[LEAD, *desk.content(TEMPLATE)["mainSteps"]])
    assert states(desk)[TEMPLATE] == ("unchanged", version)
    assert pinned_change(CHANGE, Purpose.GRANT, desk.caller("starter")).template_version == version
    settings.TTL_TAG_KEY = "sekisho:ttl:of:{group}"
    assert states(desk)[TEMPLATE] == ("updated", "3")
    assert [step["name"] for step in desk.content(TEMPLATE)["mainSteps"]] == ["Lead", "Portal"]
    assert {item["version"] for item in desk.content(TEMPLATE)["executableRunBooks"]} == {"2"}


def test_template_whose_last_level_is_not_the_portals_is_put_right_with_its_levels_kept(desk: Desk, approved: None) -> None:
    edit_template(desk, mainSteps=[*desk.content(TEMPLATE)["mainSteps"], LEAD])
    assert problem(desk) == "template_not_pinned"
    assert complaints(desk) == [Difference(document=TEMPLATE, problem="template_not_pinned")]
    assert states(desk)[TEMPLATE] == ("updated", "3")
    assert [step["name"] for step in desk.content(TEMPLATE)["mainSteps"]] == ["Lead", "Portal"]


@pytest.mark.parametrize(
    "change",
    [
        {"onFailure": "Continue"},
        {"Approvers": [{"approver": "leader01", "type": "IamUser", "minRequiredApprovals": 1}]},
        {"Approvers": [{"approver": "OtherRole", "type": "IamRole", "minRequiredApprovals": 1}]},
        {
            "Approvers": [
                {"approver": "SekishoChangeApproverRole", "type": "IamRole", "minRequiredApprovals": 0},
                {"approver": "leader01", "type": "IamUser", "minRequiredApprovals": 0},
            ]
        },
    ],
    ids=["failure passes", "somebody else", "another role", "one of two"],
)
def test_last_level_that_somebody_else_can_pass_is_not_accepted(desk: Desk, approved: None, change: dict[str, Any]) -> None:
    (last,) = copy.deepcopy(desk.content(TEMPLATE)["mainSteps"])
    if "Approvers" in change:
        last["inputs"]["EnhancedApprovals"] = change
    else:
        last |= change
    edit_template(desk, mainSteps=[last])
    assert problem(desk) == "template_not_pinned"


@pytest.mark.parametrize(
    "runbooks",
    [
        [],
        [{"name": GRANT}],
        [{"name": GRANT, "version": "$LATEST"}],
        [{"name": GRANT, "version": "1"}, {"name": GRANT, "version": "2"}],
        [{"name": "SekishoProlong-ProdChangeWorkGroup", "version": "1"}],
    ],
    ids=["any", "moving", "latest", "two", "another"],
)
def test_template_names_exactly_one_version_of_the_runbook(desk: Desk, approved: None, runbooks: list[Any]) -> None:
    edit_template(desk, executableRunBooks=runbooks)
    assert problem(desk) == "template_not_pinned"


def test_other_runbooks_of_the_companys_stay_in_the_template(desk: Desk, approved: None) -> None:
    other = {"name": "Theirs", "version": "1"}
    edit_template(desk, executableRunBooks=[other])
    assert states(desk)[TEMPLATE] == ("updated", "3")
    assert [item["name"] for item in desk.content(TEMPLATE)["executableRunBooks"]][:2] == ["Theirs", GRANT]


def test_pinned_version_that_is_gone_or_says_something_else_is_not_run(desk: Desk, approved: None) -> None:
    changed = desk.edit(GRANT, {**desk.content(GRANT), "description": "Changed."})
    edit_template(desk, executableRunBooks=[{"name": GRANT, "version": changed}])
    assert problem(desk) == "template_not_pinned"
    edit_template(desk, executableRunBooks=[{"name": GRANT, "version": "7"}])
    assert problem(desk) == "runbook_missing"


def test_account_without_change_manager_is_told_so(desk: Desk) -> None:
    control.set_change_manager(endpoint=desk.aws.endpoint_url, token=desk.aws.control_token, available=False)
    with pytest.raises(BackendRefused, match="change_manager_unavailable"):
        desk.publish(CHANGE)


# A change request of the published template


def request(desk: Desk) -> str:
    """Ask for the change as the portal does, sign in the portal's role, and return how it ended."""
    pinned = pinned_change(CHANGE, Purpose.GRANT, desk.caller("starter"))
    parameters = {"User": [USER], "UserId": [desk.user_id()], "Window": [WINDOW]}
    asked = {"DocumentName": pinned.runbook, "DocumentVersion": pinned.runbook_version, "Parameters": parameters}
    execution_id = desk.starter.start_change_request_execution(
        DocumentName=pinned.template, DocumentVersion=pinned.template_version, Runbooks=[asked]
    )["AutomationExecutionId"]
    desk.caller("approver").client.send_automation_signal(AutomationExecutionId=execution_id, SignalType="Approve")
    return str(desk.ended(execution_id)["AutomationExecutionStatus"])


def test_change_request_grants_after_the_portals_approval(desk: Desk, approved: None) -> None:
    desk.fence(role="Prod_ChangeRole")
    assert request(desk) == "CompletedWithSuccess"
    assert (desk.members(CHANGE), desk.tag(CHANGE)) == ([USER], END)


def test_change_request_that_is_approved_ahead_of_the_decision_grants_nothing(desk: Desk, approved: None) -> None:
    assert request(desk) == "CompletedWithFailure"
    assert (desk.members(CHANGE), desk.tag(CHANGE)) == ([], None)
