"""The runbooks, run: as the role that starts them, and acting in the role that is theirs."""

import json

import pytest

from access_requests.grants.executions import Purpose
from access_requests.grants.needs import Owner
from tests.simulated_aws.automations import steps
from tests.simulated_aws.refusals import refused
from tests.worlds.runbooks import AUTOMATION, END, USER, Desk

LATER = "2036-11-23T21:00:00Z"
NOTHING: tuple[list[str], None] = ([], None)
UNFORESEEN = [
    ("Group", "JumpAdminGroup"),
    ("User", "member01; rm"),
    ("UserId", "member01"),
    ("Window", "R7K3M9QX"),
    ("Window", "R-7K3M9QX2"),
    ("Window", "R7K3M9QXU"),
    ("Window", "xR7K3M9QX2"),
    ("Role", "AdministratorRole"),
]


@pytest.fixture(autouse=True)
def _published(desk: Desk) -> None:
    desk.publish(AUTOMATION)


@pytest.fixture
def granted(desk: Desk) -> None:
    desk.fence()
    assert desk.run(Purpose.GRANT)["AutomationExecutionStatus"] == "Success"


# Grant


def test_fenced_person_is_tagged_with_the_fences_end_and_let_in(desk: Desk) -> None:
    desk.fence()
    execution = desk.run(Purpose.GRANT)
    assert execution["AutomationExecutionStatus"] == "Success", execution
    assert desk.seen() == ([USER], END)
    assert execution["Outputs"] == {"until.End": [END]}
    assert (steps(execution)["given"], steps(execution)["takeOut"]) == ("Success", "Pending")


def test_granting_twice_changes_nothing(desk: Desk, granted: None) -> None:
    assert desk.run(Purpose.GRANT)["AutomationExecutionStatus"] == "Success"
    assert desk.seen() == ([USER], END)


def test_start_ahead_of_the_portals_decision_lets_nobody_in(desk: Desk) -> None:
    execution = desk.run(Purpose.GRANT)
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Failed", NOTHING)
    assert steps(execution)["fenced1"] == "Failed"


def test_fence_of_another_window_lets_nobody_in(desk: Desk) -> None:
    desk.fence("E0000000A")
    execution = desk.run(Purpose.GRANT)
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Failed", NOTHING)
    assert "but it is E0000000A" in execution["FailureMessage"]


def test_every_role_of_the_group_must_be_fenced(desk: Desk) -> None:
    both = Owner(group=AUTOMATION.group, roles=("Prod_AutomationRole", "Prod_ChangeRole"))
    desk.publish(both)
    desk.fence()
    execution = desk.run(Purpose.GRANT, both)
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Failed", NOTHING)
    assert (steps(execution)["fenced1"], steps(execution)["fenced2"]) == ("Success", "Failed")
    desk.fence(role="Prod_ChangeRole")
    assert desk.run(Purpose.GRANT, both)["AutomationExecutionStatus"] == "Success"


def test_user_made_again_under_the_same_name_is_not_let_in(desk: Desk) -> None:
    desk.fence()
    execution = desk.run(Purpose.GRANT, UserId="AIDASOMEBODYELSE12345")
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Failed", NOTHING)
    assert steps(execution)["known"] == "Failed"


@pytest.mark.parametrize("kind", ["denied", "throttle"])
def test_failed_addition_leaves_neither_member_nor_tag(desk: Desk, kind: str) -> None:
    desk.fence()
    desk.fault(kind, "AddUserToGroup")
    execution = desk.run(Purpose.GRANT)
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Failed", NOTHING)
    assert (steps(execution)["takeOut"], steps(execution)["untag"]) == ("Success", "Success")


def test_failed_tag_adds_nobody(desk: Desk) -> None:
    desk.fence()
    desk.fault("denied", "TagUser")
    execution = desk.run(Purpose.GRANT)
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Failed", NOTHING)
    assert steps(execution)["add"] == "Pending"


def test_throttled_once_it_is_tried_again(desk: Desk) -> None:
    desk.fence()
    desk.fault("throttle", "AddUserToGroup", times=1)
    assert desk.run(Purpose.GRANT)["AutomationExecutionStatus"] == "Success"


def test_tag_stays_where_the_removal_fails_too(desk: Desk) -> None:
    desk.fence()
    desk.fault("denied", "AddUserToGroup")
    desk.fault("denied", "RemoveUserFromGroup")
    execution = desk.run(Purpose.GRANT)
    assert (execution["AutomationExecutionStatus"], desk.tag()) == ("Failed", END)
    assert steps(execution)["untag"] == "Pending"


def test_membership_that_is_never_seen_is_taken_back(desk: Desk) -> None:
    desk.fence()
    desk.fault("stale", "ListGroupsForUser", seconds=600)
    execution_id = desk.begin(Purpose.GRANT)
    desk.until_in(execution_id, "verify")
    desk.aws.set_clock(offset_seconds=70)
    execution = desk.ended(execution_id)
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("TimedOut", NOTHING)


def test_tag_that_cannot_be_read_at_the_end_takes_nothing_back(desk: Desk) -> None:
    desk.fence()
    desk.fault("denied", "ListUserTags")
    assert desk.run(Purpose.GRANT)["AutomationExecutionStatus"] == "Success"
    desk.clear_faults()
    assert desk.seen() == ([USER], END)


def test_cancelled_in_between_it_takes_back_what_it_gave(desk: Desk) -> None:
    desk.fence()
    desk.fault("latency", "AddUserToGroup", seconds=30)
    execution_id = desk.begin(Purpose.GRANT)
    desk.until_in(execution_id, "add")
    desk.starter.stop_automation_execution(AutomationExecutionId=execution_id, Type="Cancel")
    desk.clear_faults()
    execution = desk.ended(execution_id)
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Cancelled", NOTHING)
    assert (steps(execution)["add"], steps(execution)["untag"]) == ("Success", "Success")


@pytest.mark.parametrize("purpose", list(Purpose))
def test_aws_itself_refuses_what_is_not_foreseen(desk: Desk, purpose: Purpose) -> None:
    for parameter, value in UNFORESEEN:
        with refused("InvalidAutomationExecutionParametersException", status=400, match=parameter):
            desk.begin(purpose, **{parameter: value})


# Prolong


def test_member_gets_the_fences_new_end(desk: Desk, granted: None) -> None:
    desk.fence("E0000000A", LATER)
    execution = desk.run(Purpose.PROLONG, Window="E0000000A")
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Success", ([USER], LATER))


def test_who_is_out_already_is_not_prolonged(desk: Desk) -> None:
    desk.fence()
    execution = desk.run(Purpose.PROLONG)
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Failed", NOTHING)
    assert steps(execution)["member"] == "Failed"


def test_extension_that_the_portal_did_not_decide_on_changes_no_end(desk: Desk, granted: None) -> None:
    execution = desk.run(Purpose.PROLONG, Window="E0000000A")
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Failed", ([USER], END))


# Remove


def test_member_is_taken_out_and_untagged_and_a_second_time_is_as_good(desk: Desk, granted: None) -> None:
    for _ in range(2):
        execution = desk.run(Purpose.REMOVE)
        assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Success", NOTHING)
    assert (steps(execution)["settle"], steps(execution)["isMember"]) == ("Pending", "Failed")


def test_end_needs_no_fence_and_no_id(desk: Desk, granted: None) -> None:
    execution = desk.run(Purpose.REMOVE, Window="E0000000A", UserId="AIDASOMEBODYELSE12345")
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Success", NOTHING)


@pytest.mark.parametrize("action", ["RemoveUserFromGroup", "ListGroupsForUser"])
def test_tag_stays_until_absence_is_read_back(desk: Desk, granted: None, action: str) -> None:
    desk.fault("denied", action)
    execution = desk.run(Purpose.REMOVE)
    assert (execution["AutomationExecutionStatus"], desk.tag()) == ("Failed", END)
    assert steps(execution)["untag"] == "Pending"


def test_absence_that_shows_late_is_waited_for(desk: Desk, granted: None) -> None:
    desk.fault("stale", "ListGroupsForUser", times=1, seconds=600)
    execution_id = desk.begin(Purpose.REMOVE)
    desk.until_in(execution_id, "settle")
    assert desk.tag() == END
    desk.aws.set_clock(offset_seconds=20)
    execution = desk.ended(execution_id)
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Success", NOTHING)
    assert steps(execution)["lookAgain"] == "Success"


def test_member_who_is_put_back_meanwhile_keeps_the_tag(desk: Desk, granted: None) -> None:
    desk.fault("stale", "ListGroupsForUser", times=1, seconds=600)
    execution_id = desk.begin(Purpose.REMOVE)
    desk.until_in(execution_id, "settle")
    desk.put_back()
    desk.aws.set_clock(offset_seconds=20)
    execution = desk.ended(execution_id)
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Failed", ([USER], END))


def test_absence_that_only_one_way_of_reading_shows_keeps_the_tag(desk: Desk, granted: None) -> None:
    name = "SekishoRemove-ProdAutomationWorkGroup"
    unreadable = json.loads(json.dumps(desk.content(name)).replace('"Contains"', '"StartsWith"'))
    unreadable["mainSteps"] = [step for step in unreadable["mainSteps"] if step["name"] != "takeOut"]
    desk.edit(name, unreadable)
    parameters = {"User": [USER], "UserId": [desk.user_id()], "Window": ["E0000000A"]}
    answer = desk.starter.start_automation_execution(DocumentName=name, Parameters=parameters)
    execution = desk.ended(answer["AutomationExecutionId"])
    assert (execution["AutomationExecutionStatus"], desk.seen()) == ("Failed", ([USER], END))
    assert (steps(execution)["isMember"], steps(execution)["untag"]) == ("Success", "Pending")


def test_member_who_is_still_shown_keeps_the_tag(desk: Desk, granted: None) -> None:
    desk.fault("stale", "ListGroupsForUser", seconds=600)
    execution_id = desk.begin(Purpose.REMOVE)
    desk.until_in(execution_id, "settle")
    desk.aws.set_clock(offset_seconds=20)
    execution = desk.ended(execution_id)
    assert (execution["AutomationExecutionStatus"], desk.tag()) == ("Failed", END)
    assert "still a member" in execution["FailureMessage"]
