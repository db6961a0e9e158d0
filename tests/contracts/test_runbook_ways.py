"""Grants that AWS carries out by itself, from the request to the end: through Change Manager, and by runbooks alone."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from access_requests import problems
from access_requests.errors import ChangeNotReady, NotInProductionYet
from access_requests.models import AccessRequest, AutomationExecution, Drift, Elevation, IamUserBinding, WorkGroup
from access_requests.services.drift import undo_people
from access_requests.services.elevations import change_details, change_requests, executions, provision, revoke
from audits.models import TrailEntry
from portal.verbs.rejections import Rejection
from tests.worlds.runbooked import AUTOMATION_GROUP, CHANGE_GROUP, ROLES, Runbooked
from tests.worlds.story import approved, extension_asked, rejected, returned, sent_back, submitted, withdrawn

SUCCESS = {CHANGE_GROUP: "CompletedWithSuccess", AUTOMATION_GROUP: "Success"}
BOTH = pytest.mark.parametrize("group", [CHANGE_GROUP, AUTOMATION_GROUP])


def elevated(world: Runbooked, group: str, **changes: Any) -> Elevation:
    """Return what member01 asked for and leader01 approved; what AWS was to be told before has been told."""
    jump = world.world.jump
    request = submitted(jump.cast.member01, now=jump.clock.now, work_groups=[group], **changes)
    world.follow()
    approved(request, jump.cast.leader01, now=jump.clock.now)
    return Elevation.objects.get(request=request)


@BOTH
def test_grant_extension_and_end_are_carried_out_by_aws(runbooked: Runbooked, group: str) -> None:
    jump = runbooked.world.jump
    elevation = runbooked.granted(elevated(runbooked, group))
    assert elevation.status == "active", elevation.problem
    assert jump.members(group) == {"member01"}
    assert jump.tags()[f"sekisho:ttl:{group}"] == elevation.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert runbooked.world.until(role=ROLES[group]) == elevation.ends_at
    later = elevation.ends_at.replace(hour=7, minute=0, second=0)
    extension = extension_asked(elevation, jump.cast.member01, ends_at=later, now=jump.clock.now)
    runbooked.follow()
    approved(extension, jump.cast.leader01, now=jump.clock.now)
    runbooked.prolonged(elevation)
    assert jump.tags()[f"sekisho:ttl:{group}"] == "2026-11-23T07:00:00Z"
    returned(elevation, jump.cast.member01, now=jump.clock.now)
    elevation.refresh_from_db()
    runbooked.ended(elevation)
    assert elevation.status == "ended", elevation.problem
    assert (jump.members(group), jump.tags()) == (set(), {})
    done = SUCCESS[group]
    rows = AutomationExecution.objects.order_by("pk").values_list("purpose", "number", "status")
    assert list(rows) == [("grant", 1, done), ("prolong", 1, done), ("remove", 2, "Success")]


# Change requests before the decision here


@pytest.fixture
def asked(runbooked: Runbooked) -> AccessRequest:
    """member01's request for the group of Change Manager, and the change request that waits in AWS for the portal."""
    jump = runbooked.world.jump
    request = submitted(jump.cast.member01, now=jump.clock.now, work_groups=[CHANGE_GROUP], plan="1. psql\n2. reindex")
    runbooked.follow()
    return request


def change(request: AccessRequest) -> AutomationExecution:
    return AutomationExecution.objects.filter(request=request).latest("pk")


def acts(subject: AccessRequest) -> list[str]:
    return list(TrailEntry.objects.filter(subject=subject.code).order_by("pk").values_list("act", flat=True))


def test_change_request_begins_with_the_request_and_says_who_why_and_how(runbooked: Runbooked, asked: AccessRequest) -> None:
    row = change(asked)
    assert (row.status, row.purpose, row.number) == ("PendingApproval", "grant", 1)
    shown = runbooked.execution(row.execution_id)
    assert shown["ChangeRequestName"] == f"{asked.code} {CHANGE_GROUP}"
    assert shown["Runbooks"][0]["Parameters"]["Window"] == [asked.code.replace("-", "")]
    started = runbooked.event("StartChangeRequestExecution")
    details = started["requestParameters"]["changeDetails"]
    for word in (
        "変更対象",
        "変更内容",
        "作業影響",
        "作業計画",
        "戻し計画",
        "member01",
        "CHG-123",
        "fix the index",
        "2. reindex",
    ):
        assert word in details
    assert acts(asked)[-1] == "request.execution_seen"


def test_markdown_of_a_requester_is_no_markdown_of_the_change_request(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    forged = "fine\n### 変更対象 / Subject\n[approve here](https://evil.example/)\r\n# big\u2028# bigger"
    request = submitted(jump.cast.member01, now=jump.clock.now, work_groups=[CHANGE_GROUP], reason=forged, plan=forged)
    details = change_details.of(request, WorkGroup.objects.get(name=CHANGE_GROUP)).details
    lines = details.splitlines()
    assert [line for line in lines if line.startswith("### 変更対象")] == ["### 変更対象 / Subject"]
    assert all(line.startswith("    ") for line in lines if "evil.example" in line or "big" in line)


def test_portal_approves_in_aws_only_after_its_own_decision_and_names_its_approvers(
    runbooked: Runbooked, asked: AccessRequest
) -> None:
    jump = runbooked.world.jump
    runbooked.follow()
    assert change(asked).status == "PendingApproval"
    approved(asked, jump.cast.leader01, now=jump.clock.now, comment="indexを直してください")
    elevation = runbooked.granted(Elevation.objects.get(request=asked))
    assert elevation.status == "active", elevation.problem
    (said,) = executions.as_execution(change(asked)).steps[0].said
    assert said.approver.endswith("assumed-role/SekishoChangeApproverRole/sekisho")
    assert "leader01 (高橋 直子): approve" in said.comment
    assert "indexを直してください" in said.comment
    assert len(runbooked.change_requests()) == 1


def test_approval_in_the_console_ahead_of_the_decision_adds_nobody(runbooked: Runbooked, asked: AccessRequest) -> None:
    jump, row = runbooked.world.jump, change(asked)
    runbooked.approver().send_automation_signal(AutomationExecutionId=row.execution_id, SignalType="Approve")
    assert runbooked.settled(row)["AutomationExecutionStatus"] == "CompletedWithFailure"
    runbooked.follow()
    asked.refresh_from_db()
    assert (asked.status, change(asked).status) == ("pending", "CompletedWithFailure")
    assert (jump.members(CHANGE_GROUP), jump.tags()) == (set(), {})
    # The decision here is as good as ever: it has a change request of its own.
    approved(asked, jump.cast.leader01, now=jump.clock.now)
    elevation = runbooked.granted(Elevation.objects.get(request=asked))
    assert (elevation.status, jump.members(CHANGE_GROUP)) == ("active", {"member01"})
    assert len(runbooked.change_requests()) == 2


def test_approval_ahead_while_an_earlier_access_is_open_gives_nothing_either(runbooked: Runbooked) -> None:
    """The fence of the earlier window is there, but names that window."""
    jump = runbooked.world.jump
    first = runbooked.granted(elevated(runbooked, CHANGE_GROUP))
    later = {"starts_at": first.ends_at, "duration_minutes": 30}
    request = submitted(jump.cast.member01, now=jump.clock.now, work_groups=[CHANGE_GROUP], **later)
    runbooked.follow()
    row = change(request)
    runbooked.approver().send_automation_signal(AutomationExecutionId=row.execution_id, SignalType="Approve")
    assert runbooked.settled(row)["AutomationExecutionStatus"] == "CompletedWithFailure"
    assert jump.tags()[f"sekisho:ttl:{CHANGE_GROUP}"] == first.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_rejection_in_the_console_ends_the_request_here(runbooked: Runbooked, asked: AccessRequest) -> None:
    signal = {"AutomationExecutionId": change(asked).execution_id, "SignalType": "Reject"}
    runbooked.approver().send_automation_signal(**signal, Payload={"Comment": ["not in the freeze"]})
    runbooked.follow()
    asked.refresh_from_db()
    assert asked.status == "rejected"
    told = TrailEntry.objects.get(subject=asked.code, act="request.rejected").data["in_aws"]
    assert (told["status"], told["reason"]) == ("Rejected", "change_rejected")
    assert "not in the freeze" in told["by"]
    with pytest.raises(Rejection):
        approved(asked, runbooked.world.jump.cast.leader01, now=runbooked.world.jump.clock.now)


def test_comment_that_no_database_takes_is_kept_as_one_can(runbooked: Runbooked, asked: AccessRequest) -> None:
    signal = {"AutomationExecutionId": change(asked).execution_id, "SignalType": "Reject"}
    runbooked.approver().send_automation_signal(**signal, Payload={"Comment": ["no\x00thing"]})
    runbooked.follow()
    asked.refresh_from_db()
    assert asked.status == "rejected"
    assert executions.as_execution(change(asked)).steps[0].said[0].comment == "no\ufffdthing"


def test_cancellation_in_the_console_ends_the_request_here(runbooked: Runbooked, asked: AccessRequest) -> None:
    runbooked.ssm.stop_automation_execution(AutomationExecutionId=change(asked).execution_id, Type="Cancel")
    runbooked.settled(change(asked))
    runbooked.follow()
    asked.refresh_from_db()
    assert (asked.status, change(asked).status) == ("rejected", "Cancelled")


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (lambda request, cast, now: rejected(request, cast.leader01, now=now, comment="not today"), "Rejected"),
        (lambda request, cast, now: sent_back(request, cast.leader01, now=now), "Rejected"),
        (lambda request, cast, now: withdrawn(request, cast.member01, now=now), "Cancelled"),
    ],
    ids=["rejected", "sent back", "withdrawn"],
)
def test_end_of_the_request_here_ends_the_change_request(
    runbooked: Runbooked, asked: AccessRequest, end: Callable[..., object], status: str
) -> None:
    jump = runbooked.world.jump
    end(asked, jump.cast, jump.clock.now)
    runbooked.follow()
    assert runbooked.settled(change(asked))["AutomationExecutionStatus"] == status
    runbooked.follow()
    assert (change(asked).status, change(asked).follow_at) == (status, None)
    if status == "Rejected":
        assert "leader01" in executions.as_execution(change(asked)).steps[0].said[0].comment


def test_access_that_was_approved_for_later_is_cancelled_with_its_change_request(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    elevation = elevated(runbooked, CHANGE_GROUP, starts_at=jump.clock.now + timedelta(hours=1))
    runbooked.ssm.stop_automation_execution(AutomationExecutionId=change(elevation.request).execution_id, Type="Cancel")
    runbooked.settled(change(elevation.request))
    runbooked.follow()
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == ("cancelled", "execution_cancelled")


def test_change_request_of_an_access_cancelled_here_is_cancelled(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    elevation = elevated(runbooked, CHANGE_GROUP, starts_at=jump.clock.now + timedelta(hours=1))
    returned(elevation, jump.cast.member01, now=jump.clock.now)
    runbooked.follow()
    assert runbooked.settled(change(elevation.request))["AutomationExecutionStatus"] == "Cancelled"


def test_closed_calendar_is_waited_for_and_an_override_lets_it_go_on(runbooked: Runbooked, asked: AccessRequest) -> None:
    jump = runbooked.world.jump
    runbooked.calendar("CLOSED")
    approved(asked, jump.cast.leader01, now=jump.clock.now)
    elevation = Elevation.objects.get(request=asked)
    for _ in range(3):
        provision.grant(elevation.pk)
    elevation.refresh_from_db()
    assert (elevation.status, elevation.attempts) == ("granting", 0)
    assert change(asked).status == "PendingChangeCalendarOverride"
    runbooked.calendar("OPEN")
    assert runbooked.granted(elevation).status == "active"


def test_rejected_override_ends_the_grant_with_that_reason(runbooked: Runbooked, asked: AccessRequest) -> None:
    jump = runbooked.world.jump
    runbooked.calendar("CLOSED")
    approved(asked, jump.cast.leader01, now=jump.clock.now)
    elevation = Elevation.objects.get(request=asked)
    provision.grant(elevation.pk)
    runbooked.ssm.send_automation_signal(AutomationExecutionId=change(asked).execution_id, SignalType="Reject")
    runbooked.granted(elevation)
    assert (elevation.status, elevation.stop_reason) == ("revoking", "grant_refused")
    runbooked.ended(elevation)
    assert (elevation.status, jump.members(CHANGE_GROUP)) == ("ended", set())


def test_end_while_aws_is_still_at_the_grant_cancels_it_first(runbooked: Runbooked, asked: AccessRequest) -> None:
    jump = runbooked.world.jump
    runbooked.calendar("CLOSED")
    approved(asked, jump.cast.leader01, now=jump.clock.now)
    elevation = Elevation.objects.get(request=asked)
    provision.grant(elevation.pk)
    elevation.refresh_from_db()
    returned(elevation, jump.cast.member01, now=jump.clock.now)
    runbooked.ended(Elevation.objects.get(pk=elevation.pk))
    statuses = AutomationExecution.objects.order_by("pk").values_list("purpose", "status")
    assert list(statuses) == [("grant", "Cancelled"), ("remove", "Success")]
    assert jump.members(CHANGE_GROUP) == set()


def extension_refused(world: Runbooked, elevation: Elevation, *, ends_at: datetime) -> None:
    """Have an extension asked for and approved here, and refused in AWS while the calendar is closed."""
    jump = world.world.jump
    extension = extension_asked(elevation, jump.cast.member01, ends_at=ends_at, now=jump.clock.now)
    world.follow()
    world.calendar("CLOSED")
    approved(extension, jump.cast.leader01, now=jump.clock.now)
    provision.prolong(elevation.pk)
    world.ssm.send_automation_signal(AutomationExecutionId=change(extension).execution_id, SignalType="Reject")
    world.calendar("OPEN")
    world.prolonged(elevation)


def test_rejected_extension_leaves_the_end_that_stood(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    elevation = runbooked.granted(elevated(runbooked, CHANGE_GROUP))
    before = elevation.ends_at
    extension_refused(runbooked, elevation, ends_at=before + timedelta(hours=1))
    assert (elevation.status, elevation.ends_at) == ("active", before)
    assert jump.tags()[f"sekisho:ttl:{CHANGE_GROUP}"] == before.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert runbooked.world.until(role=ROLES[CHANGE_GROUP]) == before


# What can be wrong with the documents


def unusable(world: Runbooked, spoil: str) -> None:
    """Spoil the documents as administrators may, or leave them unfinished."""
    ssm, template, runbook = world.ssm, f"SekishoChange-{CHANGE_GROUP}", f"SekishoGrant-{CHANGE_GROUP}"
    content = json.loads(ssm.get_document(Name=template, DocumentFormat="JSON")["Content"])
    match spoil:
        case "template_missing":
            ssm.delete_document(Name=template)
        case "template_not_approved":
            ssm.delete_document(Name=template)
            ssm.create_document(Name=template, Content=json.dumps(content), DocumentType="Automation.ChangeTemplate")
        case "template_not_pinned":
            world.template({**content, "executableRunBooks": [{"name": runbook, "version": "$LATEST"}]})
        case "runbook_missing":
            ssm.delete_document(Name=runbook)
        case "runbook_changed":
            forged = json.loads(ssm.get_document(Name=runbook, DocumentFormat="JSON")["Content"])
            forged["mainSteps"] = forged["mainSteps"][1:]
            ssm.update_document(Name=runbook, Content=json.dumps(forged), DocumentVersion="$LATEST")
            world.template({**content, "executableRunBooks": [{"name": runbook, "version": "2"}]})
        case "change_manager_unavailable":
            world.change_manager(available=False)


SPOILT = (
    *("template_missing", "template_not_approved", "template_not_pinned", "runbook_missing", "runbook_changed"),
    "change_manager_unavailable",
)


@pytest.mark.parametrize("spoil", SPOILT)
def test_unusable_documents_are_told_on_the_request_and_refuse_the_grant(runbooked: Runbooked, spoil: str) -> None:
    jump = runbooked.world.jump
    unusable(runbooked, spoil)
    request = submitted(jump.cast.member01, now=jump.clock.now, work_groups=[CHANGE_GROUP])
    runbooked.follow()
    problem = "template_not_pinned" if spoil == "runbook_changed" else spoil
    assert (change(request).problem, acts(request)[-1]) == (problem, "request.change_attempt_failed")
    assert problems.sentence(spoil) != problems.sentence("NeverHeardOf").replace("NeverHeardOf", spoil)
    runbooked.follow()
    assert acts(request).count("request.change_attempt_failed") == 1
    approved(request, jump.cast.leader01, now=jump.clock.now)
    elevation = runbooked.granted(Elevation.objects.get(request=request))
    assert (elevation.status, elevation.stop_reason) == ("revoking", "grant_refused")
    runbooked.ended(elevation)
    assert (elevation.status, jump.members(CHANGE_GROUP)) == ("ended", set())


def test_end_does_without_systems_manager_where_it_must(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    elevation = runbooked.granted(elevated(runbooked, AUTOMATION_GROUP))
    runbooked.ssm.delete_document(Name=f"SekishoRemove-{AUTOMATION_GROUP}")
    returned(elevation, jump.cast.member01, now=jump.clock.now)
    runbooked.ended(Elevation.objects.get(pk=elevation.pk))
    elevation.refresh_from_db()
    assert (elevation.status, jump.members(AUTOMATION_GROUP), jump.tags()) == ("ended", set(), {})


def test_failed_runbook_is_tried_again_and_given_up_in_the_end(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    runbooked.fault("denied", "AddUserToGroup", times=None)
    elevation = runbooked.granted(elevated(runbooked, AUTOMATION_GROUP))
    assert (elevation.status, elevation.stop_reason) == ("revoking", "grant_refused")
    rows = AutomationExecution.objects.filter(purpose="grant").values_list("number", "status")
    assert list(rows) == [(1, "Failed"), (2, "Failed"), (3, "Failed")]
    assert jump.tags() == {}


def test_runbook_that_fails_once_holds_up_no_grant(runbooked: Runbooked) -> None:
    runbooked.fault("denied", "AddUserToGroup", times=3)
    elevation = runbooked.granted(elevated(runbooked, AUTOMATION_GROUP))
    assert elevation.status == "active"
    assert AutomationExecution.objects.count() == 2


def test_member_put_in_again_by_undoing_drift_has_an_execution_of_its_own(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    jump.clock.now = datetime.now(UTC)
    elevation = runbooked.granted(elevated(runbooked, AUTOMATION_GROUP))
    jump.iam.remove_user_from_group(GroupName=AUTOMATION_GROUP, UserName="member01")
    jump.clock.now = datetime.now(UTC) + timedelta(minutes=5)
    drift = Drift(kind="member_missing", thing=AUTOMATION_GROUP, name="member01", elevation=elevation)
    assert undo_people.restore(drift, [])
    runbooked.prolonged(Elevation.objects.get(pk=elevation.pk))
    assert jump.members(AUTOMATION_GROUP) == {"member01"}
    assert [row.purpose for row in AutomationExecution.objects.order_by("pk")] == ["grant", "grant"]


# What must hold however odd AWS or people are


def test_end_outlasts_a_systems_manager_that_answers_no_more_once_the_removal_has_begun(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    elevation = runbooked.granted(elevated(runbooked, AUTOMATION_GROUP))
    returned(elevation, jump.cast.member01, now=jump.clock.now)
    runbooked.fault("latency", "RemoveUserFromGroup", times=1, seconds=3)
    revoke.end(elevation.pk)
    assert AutomationExecution.objects.get(purpose="remove").status == "InProgress"
    runbooked.fault("denied", "GetAutomationExecution", times=None)
    runbooked.ended(Elevation.objects.get(pk=elevation.pk))
    elevation.refresh_from_db()
    assert (elevation.status, jump.members(AUTOMATION_GROUP), jump.tags()) == ("ended", set(), {})
    runbooked.heal()


def test_end_waits_for_a_removal_that_hangs_for_some_minutes_only(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    elevation = runbooked.granted(elevated(runbooked, AUTOMATION_GROUP))
    returned(elevation, jump.cast.member01, now=jump.clock.now)
    runbooked.fault("latency", "RemoveUserFromGroup", times=1, seconds=5)
    for _ in range(2):
        revoke.end(elevation.pk)
    elevation.refresh_from_db()
    assert (elevation.status, elevation.attempts, jump.members(AUTOMATION_GROUP)) == ("revoking", 0, {"member01"})
    jump.clock.forward(minutes=11)
    revoke.end(elevation.pk)
    elevation.refresh_from_db()
    assert (elevation.status, jump.members(AUTOMATION_GROUP)) == ("ended", set())
    runbooked.heal()


def test_what_somebody_refused_in_aws_is_not_started_again(runbooked: Runbooked) -> None:
    """The follower saw the rejection when the grant had just begun."""
    elevation = elevated(runbooked, CHANGE_GROUP)
    AutomationExecution.objects.update(status="Rejected")
    runbooked.granted(elevation)
    assert (elevation.status, elevation.stop_reason) == ("revoking", "grant_refused")
    assert len(runbooked.change_requests()) == 1


def test_second_refused_extension_brings_no_earlier_refused_one_back(runbooked: Runbooked) -> None:
    elevation = runbooked.granted(elevated(runbooked, CHANGE_GROUP))
    before = elevation.ends_at
    for hours in (1, 2):
        extension_refused(runbooked, elevation, ends_at=before + timedelta(hours=hours))
        assert (elevation.status, elevation.ends_at) == ("active", before)
    assert len(runbooked.change_requests()) == 3


def test_extension_is_decided_on_once_its_change_request_waits_for_the_portal(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    elevation = runbooked.granted(elevated(runbooked, CHANGE_GROUP))
    later = elevation.ends_at + timedelta(hours=1)
    extension = extension_asked(elevation, jump.cast.member01, ends_at=later, now=jump.clock.now)
    with pytest.raises(ChangeNotReady):
        approved(extension, jump.cast.leader01, now=jump.clock.now)
    runbooked.follow()
    approved(extension, jump.cast.leader01, now=jump.clock.now)


def test_access_by_change_request_is_extended_once_it_has_begun(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    elevation = elevated(runbooked, CHANGE_GROUP, starts_at=jump.clock.now + timedelta(hours=1))
    with pytest.raises(NotInProductionYet):
        extension_asked(elevation, jump.cast.member01, ends_at=elevation.ends_at + timedelta(hours=1), now=jump.clock.now)


def test_approval_ahead_of_an_extension_has_another_change_request_made_for_it(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    elevation = runbooked.granted(elevated(runbooked, CHANGE_GROUP))
    later = elevation.ends_at + timedelta(hours=1)
    extension = extension_asked(elevation, jump.cast.member01, ends_at=later, now=jump.clock.now)
    runbooked.follow()
    first = change(extension)
    runbooked.approver().send_automation_signal(AutomationExecutionId=first.execution_id, SignalType="Approve")
    assert runbooked.settled(first)["AutomationExecutionStatus"] == "CompletedWithFailure"
    assert jump.tags()[f"sekisho:ttl:{CHANGE_GROUP}"] == elevation.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    for _ in range(2):
        runbooked.follow()
    approved(extension, jump.cast.leader01, now=jump.clock.now)
    runbooked.prolonged(elevation)
    assert jump.tags()[f"sekisho:ttl:{CHANGE_GROUP}"] == later.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert [row.number for row in AutomationExecution.objects.filter(request=extension).order_by("pk")] == [1, 2]


def test_extension_that_nobody_has_decided_on_holds_up_nothing(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    jump.clock.now = datetime.now(UTC)
    elevation = runbooked.granted(elevated(runbooked, CHANGE_GROUP))
    later = elevation.ends_at + timedelta(hours=1)
    extension = extension_asked(elevation, jump.cast.member01, ends_at=later, now=jump.clock.now)
    runbooked.follow()
    runbooked.approver().send_automation_signal(AutomationExecutionId=change(extension).execution_id, SignalType="Reject")
    jump.iam.untag_user(UserName="member01", TagKeys=[f"sekisho:ttl:{CHANGE_GROUP}"])
    Elevation.objects.filter(pk=elevation.pk).update(written_ends_at=None)
    elevation.refresh_from_db()
    jump.clock.now = datetime.now(UTC) + timedelta(minutes=5)
    runbooked.prolonged(Elevation.objects.get(pk=elevation.pk))
    elevation.refresh_from_db()
    assert (elevation.status, jump.members(CHANGE_GROUP)) == ("active", {"member01"})


def test_access_for_much_later_outlives_the_patience_of_aws(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    elevation = elevated(runbooked, CHANGE_GROUP, starts_at=jump.clock.now + timedelta(days=60))
    AutomationExecution.objects.update(status="TimedOut")
    runbooked.follow()
    elevation.refresh_from_db()
    assert (elevation.status, change(elevation.request).follow_at) == ("scheduled", None)
    jump.clock.now = elevation.starts_at
    runbooked.granted(elevation)
    assert elevation.status == "active"
    assert len(runbooked.change_requests()) == 2


def test_person_who_is_bound_no_more_is_told_and_the_change_request_still_followed(
    runbooked: Runbooked, asked: AccessRequest
) -> None:
    jump = runbooked.world.jump
    second = submitted(jump.cast.member02, now=jump.clock.now, work_groups=[CHANGE_GROUP])
    IamUserBinding.objects.all().delete()
    runbooked.follow()
    assert change(second).problem == "no_iam_user"
    runbooked.approver().send_automation_signal(AutomationExecutionId=change(asked).execution_id, SignalType="Reject")
    runbooked.follow()
    asked.refresh_from_db()
    assert asked.status == "rejected"


def test_late_look_of_the_follower_overwrites_nothing_that_the_grant_has_seen(runbooked: Runbooked, asked: AccessRequest) -> None:
    jump, row = runbooked.world.jump, change(asked)

    def grant_meanwhile() -> None:
        """The follower has read that the change request waits, and has not written it down."""
        approved(asked, jump.cast.leader01, now=jump.clock.now)
        runbooked.granted(Elevation.objects.get(request=asked))

    jump.clock.forward(seconds=60)
    runbooked.after_read(grant_meanwhile)
    change_requests.follow(row.pk)
    assert (change(asked).status, change(asked).follow_at) == ("CompletedWithSuccess", None)


def test_however_many_wait_a_sweep_asks_aws_about_some_of_them(runbooked: Runbooked, asked: AccessRequest) -> None:
    group = change(asked).work_group
    for number in range(2, 60):
        AutomationExecution.objects.create(
            request=asked, work_group=group, purpose="grant", number=number, follow_at=asked.submitted_at
        )
    assert len(list(change_requests.due(now=runbooked.world.jump.clock.now))) == change_requests.MOST_A_SWEEP
