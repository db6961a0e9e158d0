"""Putting a person into a work group, and writing a later end: the workers against AWS over HTTP."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from access_requests.lifecycle import ElevationStatus
from access_requests.messages import Task
from access_requests.models import Elevation, IamUserBinding
from access_requests.services.elevations import lease, provision, revoke
from audits.models import TrailEntry
from portal.outbox.models import Message
from tests.worlds.jump import MEMBER_GROUP, MEMBER_TAG, Jump, ended, granted
from tests.worlds.story import acts, approved, assert_trail_tells, elevated, extension_asked, returned, submitted

HOUR = timedelta(hours=1)
HALF_PAST_FIVE = "2026-11-23T05:30:00Z"
SIX = "2026-11-23T06:00:00Z"
GIVEN = ["elevation.scheduled", "elevation.granting", "elevation.judged", "elevation.active"]


def approve_access(jump: Jump, **changes: object) -> Elevation:
    return elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now, **changes)


def approve_extension(jump: Jump, elevation: Elevation) -> None:
    extension = extension_asked(elevation, jump.cast.member01, ends_at=elevation.starts_at + HOUR, now=jump.clock.now)
    approved(extension, jump.cast.leader01, now=jump.clock.now)
    elevation.refresh_from_db()


# A grant


def test_grant_fences_first_then_tags_then_joins_and_reads_back(jump: Jump) -> None:
    elevation = granted(approve_access(jump))
    assert jump.proxy.actions == (
        *("GetUser", "PutUserPolicy", "GetUserPolicy", "TagUser", "AddUserToGroup"),
        *("GetGroup", "ListUserTags", "GetUserPolicy"),
    )
    assert elevation.status == ElevationStatus.ACTIVE
    assert jump.members() == {"member01"}
    assert jump.tags()[MEMBER_TAG] == jump.fence() == HALF_PAST_FIVE
    assert acts(elevation) == GIVEN
    assert_trail_tells(elevation)


def test_grant_is_active_only_with_what_was_read_back_and_every_call_on_record(jump: Jump) -> None:
    elevation = granted(approve_access(jump))
    assert (elevation.granted_at, elevation.written_ends_at) == (jump.clock.now, elevation.ends_at)
    assert elevation.seen is not None
    assert elevation.seen["membership"] is True
    assert elevation.seen["entry_fence"] == {"Prod_MemberRole": HALF_PAST_FIVE}
    calls = TrailEntry.objects.get(act="elevation.active").data["calls"]
    assert [call["action"] for call in calls] == list(jump.proxy.actions)
    assert {call["outcome"] for call in calls} == {"ok"}
    assert all(call["request_id"] for call in calls)


def test_grant_that_is_done_twice_has_the_effect_of_one(jump: Jump) -> None:
    elevation = granted(approve_access(jump))
    jump.proxy.forget()
    granted(elevation)
    assert jump.proxy.count() == 0
    assert acts(elevation) == GIVEN


def test_grant_before_the_start_does_nothing_whoever_forged_the_message(jump: Jump) -> None:
    elevation = granted(approve_access(jump, starts_at=jump.clock.now + HOUR))
    assert elevation.status == ElevationStatus.SCHEDULED
    assert jump.proxy.count() == 0
    jump.clock.forward(hours=1)
    assert granted(elevation).status == ElevationStatus.ACTIVE


def test_start_now_does_not_wait_for_anybody(jump: Jump) -> None:
    elevation = approve_access(jump)
    message = Message.objects.get()
    assert (message.task, message.object_id, message.due_at) == (Task.GRANT, elevation.pk, jump.clock.now)


def test_slow_grant_does_not_move_the_end(jump: Jump) -> None:
    elevation = approve_access(jump)
    jump.clock.forward(minutes=10)
    granted(elevation)
    assert jump.tags()[MEMBER_TAG] == HALF_PAST_FIVE


def test_standing_groups_are_left_alone(jump: Jump) -> None:
    before = jump.groups()
    granted(approve_access(jump))
    assert jump.groups() == before | {MEMBER_GROUP}


def test_one_request_for_two_groups_is_two_memberships(jump: Jump) -> None:
    cast = jump.cast
    cast.prod_leader.policy = cast.one_lead
    cast.prod_leader.save()
    request = submitted(cast.member01, now=jump.clock.now, work_groups=[MEMBER_GROUP, "ProdLeaderWorkGroup"])
    approved(request, cast.leader01, now=jump.clock.now)
    jump.sweep()
    assert jump.members() == jump.members("ProdLeaderWorkGroup") == {"member01"}
    assert set(jump.fences()) == {"sekisho-entry-Prod_MemberRole", "sekisho-entry-Prod_LeaderRole"}


# Not given


@pytest.mark.parametrize("lack", ["person_disabled", "work_group_retired", "requester_may_not", "iam_user_rebound", "expired"])
def test_rights_are_checked_again_at_the_moment_of_the_grant(jump: Jump, lack: str) -> None:
    elevation = approve_access(jump)
    if lack == "person_disabled":
        jump.cast.member01.is_active = False
        jump.cast.member01.save()
    elif lack == "work_group_retired":
        jump.cast.prod_member.retired_at = jump.clock.now
        jump.cast.prod_member.save()
    elif lack == "requester_may_not":
        jump.cast.prod_member.everyone_may_request = False
        jump.cast.prod_member.save()
    elif lack == "iam_user_rebound":
        IamUserBinding.objects.filter(person=jump.cast.member01).update(user_id="AIDASOMEBODYELSE")
    else:
        jump.clock.forward(minutes=30)
    granted(elevation)
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.CANCELLED, lack)
    assert jump.proxy.count() == 0


def test_approvers_later_demotion_does_not_undo_the_approval(jump: Jump) -> None:
    elevation = approve_access(jump)
    jump.cast.one_lead.levels.get().approvers.remove(jump.cast.leader01)
    assert granted(elevation).status == ElevationStatus.ACTIVE


def test_person_disabled_between_two_attempts_is_taken_out_of_whatever_was_given(jump: Jump) -> None:
    elevation = approve_access(jump)
    jump.proxy.refuse("GetGroup")
    assert granted(elevation).status == ElevationStatus.GRANTING
    jump.cast.member01.is_active = False
    jump.cast.member01.save()
    assert granted(elevation).status == ElevationStatus.REVOKING
    assert ended(elevation).status == ElevationStatus.ENDED
    assert jump.members() == set()


@pytest.mark.parametrize("change", ["renamed", "made again", "deleted"])
def test_iam_user_that_is_not_the_bound_one_gets_nothing(jump: Jump, change: str) -> None:
    elevation = approve_access(jump)
    if change == "renamed":
        jump.rename("member01", "member99")
    else:
        jump.delete_user("member01")
    if change == "made again":
        jump.iam.create_user(UserName="member01")
    granted(elevation)
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.REVOKING, "grant_refused")
    assert TrailEntry.objects.get(act="elevation.revoking").data["comment"] == "iam_user_changed"
    assert jump.members() == set()
    assert ended(elevation).status == ElevationStatus.ENDED


# Trouble


@pytest.mark.parametrize(
    ("action", "status", "code"),
    [
        ("GetUser", 400, "Throttling"),
        ("PutUserPolicy", 409, "ConcurrentModification"),
        ("TagUser", 500, "InternalFailure"),
        ("AddUserToGroup", 503, "ServiceUnavailable"),
        ("GetGroup", 403, "ExpiredToken"),
        ("ListUserTags", 502, "BadGateway"),
        ("GetUserPolicy", 400, "RequestLimitExceeded"),
    ],
)
def test_busy_aws_is_asked_again_until_it_is_done(jump: Jump, action: str, status: int, code: str) -> None:
    elevation = approve_access(jump)
    jump.proxy.refuse(action, status=status, code=code)
    granted(elevation)
    assert (elevation.status, elevation.problem, elevation.attempts) == (ElevationStatus.GRANTING, code, 1)
    jump.sweep()
    assert granted_at_last(jump, elevation).status == ElevationStatus.ACTIVE


def granted_at_last(jump: Jump, elevation: Elevation) -> Elevation:
    elevation.refresh_from_db()
    if elevation.try_again_at:
        jump.clock.now = elevation.try_again_at
    jump.sweep()
    elevation.refresh_from_db()
    return elevation


@pytest.mark.parametrize("action", ["PutUserPolicy", "TagUser", "AddUserToGroup"])
def test_call_that_took_effect_though_its_answer_was_lost_is_simply_made_again(jump: Jump, action: str) -> None:
    elevation = approve_access(jump)
    jump.lose_answer(action)
    granted(elevation)
    assert (elevation.status, elevation.problem) == (ElevationStatus.GRANTING, "ReadTimeoutError")
    assert granted_at_last(jump, elevation).status == ElevationStatus.ACTIVE
    assert jump.members() == {"member01"}


def test_attempts_back_off_to_a_minute_and_a_human_is_called(jump: Jump, caplog: pytest.LogCaptureFixture) -> None:
    elevation = approve_access(jump, duration_minutes=240)
    jump.proxy.refuse("TagUser", times=None)
    waits = []
    for _ in range(8):
        granted(elevation)
        assert elevation.try_again_at is not None
        waits.append((elevation.try_again_at - jump.clock.now).total_seconds())
        jump.clock.now = elevation.try_again_at
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    assert [record.levelname for record in caplog.records].count("ERROR") == 4
    jump.proxy.heal()
    assert granted(elevation).status == ElevationStatus.ACTIVE
    assert (elevation.attempts, elevation.problem, elevation.try_again_at) == (0, "", None)


def test_attempt_that_is_put_off_is_not_swept_before_its_time(jump: Jump) -> None:
    elevation = approve_access(jump)
    jump.proxy.refuse("TagUser")
    granted(elevation)
    jump.proxy.forget()
    jump.sweep()
    assert jump.proxy.count() == 0


def test_reads_that_lag_behind_are_waited_for(jump: Jump) -> None:
    jump.caller().call("get_group", GroupName=MEMBER_GROUP, MaxItems=1000)
    elevation = approve_access(jump)
    jump.proxy.lag_reads(seconds=60)
    granted(elevation)
    assert (elevation.status, elevation.problem) == (ElevationStatus.GRANTING, "not_shown_yet")
    jump.proxy.heal()
    assert granted_at_last(jump, elevation).status == ElevationStatus.ACTIVE


@pytest.mark.parametrize("action", ["GetUser", "PutUserPolicy", "TagUser", "AddUserToGroup", "GetGroup"])
def test_grant_that_aws_denies_is_taken_back_and_not_repeated(jump: Jump, action: str) -> None:
    elevation = approve_access(jump)
    jump.proxy.refuse(action, status=403, code="AccessDenied")
    granted(elevation)
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.REVOKING, "grant_refused")
    assert elevation.problem_at_end == f"AccessDenied:iam:{action}"
    jump.sweep()
    elevation.refresh_from_db()
    assert elevation.status == ElevationStatus.ENDED
    assert jump.members() == set()
    assert MEMBER_TAG not in jump.tags()
    assert_trail_tells(elevation)


def eleven_groups(jump: Jump) -> None:
    for number in range(10 - len(jump.groups())):
        jump.iam.create_group(GroupName=f"Extra{number}")
        jump.iam.add_user_to_group(GroupName=f"Extra{number}", UserName="member01")


def fifty_tags(jump: Jump) -> None:
    jump.iam.tag_user(UserName="member01", Tags=[{"Key": f"Extra{number}", "Value": ""} for number in range(50)])


def full_policies(jump: Jump) -> None:
    statements = f'{{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::{"x" * 1880}"}}'
    document = f'{{"Version":"2012-10-17","Statement":[{statements}]}}'
    jump.iam.put_user_policy(UserName="member01", PolicyName="Extra", PolicyDocument=document)


@pytest.mark.parametrize(
    ("fill", "cause"),
    [(eleven_groups, "groups_full:10"), (fifty_tags, "tags_full:50"), (full_policies, "user_policies_full:2048")],
)
def test_limit_of_iam_leaves_no_half_made_access_and_is_named_with_its_number(
    jump: Jump, fill: Callable[[Jump], None], cause: str
) -> None:
    fill(jump)
    groups, tags = jump.groups(), jump.tags()
    elevation = granted(approve_access(jump))
    assert elevation.status == ElevationStatus.REVOKING
    assert ended(elevation).status == ElevationStatus.ENDED
    assert (elevation.problem, elevation.problem_at_end) == ("", cause)
    assert TrailEntry.objects.get(act="elevation.revoking").data["comment"] == cause
    assert (jump.groups(), jump.tags(), jump.members()) == (groups, tags, set())


def test_group_that_somebody_deleted_ends_the_grant(jump: Jump) -> None:
    elevation = approve_access(jump)
    jump.iam.delete_group_policy(GroupName=MEMBER_GROUP, PolicyName="SwitchRole")
    jump.iam.delete_group(GroupName=MEMBER_GROUP)
    assert granted(elevation).status == ElevationStatus.REVOKING
    assert ended(elevation).status == ElevationStatus.ENDED
    assert MEMBER_TAG not in jump.tags()


def test_what_aws_did_not_do_before_the_end_is_known_after_it_and_a_grant_that_came_through_has_nothing(jump: Jump) -> None:
    late, good = approve_access(jump), None
    jump.proxy.refuse("TagUser", status=400, code="Throttling")
    granted(late)
    jump.clock.forward(minutes=31)
    jump.proxy.heal()
    assert (ended(late).status, late.problem_at_end) == (ElevationStatus.ENDED, "Throttling")
    good = approve_access(jump)
    jump.proxy.refuse("TagUser", status=400, code="Throttling")
    assert granted(good).problem == "Throttling"
    jump.proxy.heal()
    assert granted_at_last(jump, good).status == ElevationStatus.ACTIVE
    jump.clock.forward(minutes=31)
    assert (ended(good).status, good.problem_at_end) == (ElevationStatus.ENDED, "")


# Beside others


def test_lease_of_another_worker_leaves_everything_as_it_is(jump: Jump) -> None:
    elevation = approve_access(jump)
    assert lease.take(jump.cast.member01.pk, holder="another", now=jump.clock.now)
    granted(elevation)
    assert (elevation.status, jump.proxy.count()) == (ElevationStatus.SCHEDULED, 0)
    jump.clock.forward(seconds=lease.length().total_seconds())
    assert granted(elevation).status == ElevationStatus.ACTIVE


def test_worker_that_lost_its_lease_stops_before_the_next_call_and_writes_nothing(jump: Jump) -> None:
    elevation = approve_access(jump)
    jump.on_call("TagUser", lambda: jump.clock.forward(seconds=lease.length().total_seconds()))
    granted(elevation)
    assert jump.proxy.actions == ("GetUser", "PutUserPolicy", "GetUserPolicy", "TagUser")
    assert elevation.status == ElevationStatus.GRANTING
    assert acts(elevation) == ["elevation.scheduled", "elevation.granting"]
    assert granted(elevation).status == ElevationStatus.ACTIVE


def test_access_returned_while_it_is_being_given_is_taken_out_again(jump: Jump) -> None:
    elevation = approve_access(jump)
    jump.on_call("AddUserToGroup", lambda: returned(elevation, jump.cast.member01, now=jump.clock.now))
    granted(elevation)
    assert elevation.status == ElevationStatus.REVOKING
    assert acts(elevation)[-2:] == ["elevation.revoking", "elevation.overtaken"]
    assert Message.objects.filter(task=Task.END, object_id=elevation.pk).count() == 2
    assert ended(elevation).status == ElevationStatus.ENDED
    assert jump.members() == set()
    assert_trail_tells(elevation)


def test_next_grant_waits_until_the_last_one_has_ended(jump: Jump) -> None:
    first = granted(approve_access(jump))
    returned(first, jump.cast.member01, now=jump.clock.now)
    second = approve_access(jump)
    assert granted(second).status == ElevationStatus.SCHEDULED
    jump.sweep()
    second.refresh_from_db()
    assert second.status == ElevationStatus.ACTIVE
    assert jump.members() == {"member01"}


def test_fence_lets_in_until_the_latest_end_of_what_reaches_the_role(jump: Jump) -> None:
    cast = jump.cast
    cast.prod_leader.policy = cast.one_lead
    cast.prod_leader.save()
    cast.prod_leader.target_roles.set(cast.prod_member.target_roles.all())
    granted(approve_access(jump))
    longer = granted(approve_access(jump, work_groups=["ProdLeaderWorkGroup"], duration_minutes=60))
    assert (longer.status, jump.fence()) == (ElevationStatus.ACTIVE, SIX)
    shorter = Elevation.objects.exclude(pk=longer.pk).get()
    returned(shorter, cast.member01, now=jump.clock.now)
    assert ended(shorter).status == ElevationStatus.ENDED
    assert jump.fence() == SIX
    assert jump.members("ProdLeaderWorkGroup") == {"member01"}


# More time


def test_extension_writes_the_later_end_without_a_gap(jump: Jump) -> None:
    elevation = granted(approve_access(jump))
    approve_extension(jump, elevation)
    jump.proxy.forget()
    provision.prolong(elevation.pk)
    assert "RemoveUserFromGroup" not in jump.proxy.actions
    assert jump.tags()[MEMBER_TAG] == jump.fence() == SIX
    elevation.refresh_from_db()
    assert (elevation.status, elevation.written_ends_at) == (ElevationStatus.ACTIVE, elevation.ends_at)
    assert acts(elevation)[-3:] == ["elevation.extended", "elevation.judged", "elevation.extension_written"]


def test_extension_that_a_worker_lost_is_found_by_the_sweep(jump: Jump) -> None:
    elevation = granted(approve_access(jump))
    approve_extension(jump, elevation)
    jump.sweep()
    assert jump.tags()[MEMBER_TAG] == SIX
    jump.proxy.forget()
    jump.sweep()
    assert jump.proxy.count() == 0


def test_extension_approved_while_the_grant_runs_is_written_next(jump: Jump) -> None:
    elevation = approve_access(jump)
    jump.on_call("AddUserToGroup", lambda: approve_extension(jump, elevation))
    granted(elevation)
    assert elevation.status == ElevationStatus.ACTIVE
    assert elevation.written_ends_at != elevation.ends_at
    jump.sweep()
    assert jump.tags()[MEMBER_TAG] == jump.fence() == SIX


def test_end_at_the_old_time_finds_nothing_to_do_after_an_extension(jump: Jump) -> None:
    elevation = granted(approve_access(jump))
    approve_extension(jump, elevation)
    jump.clock.forward(minutes=30)
    jump.proxy.forget()
    assert ended(elevation).status == ElevationStatus.ACTIVE
    assert jump.proxy.count() == 0


@pytest.mark.parametrize("change", ["renamed", "made again"])
def test_extension_never_lets_in_somebody_else_under_the_same_name(jump: Jump, change: str) -> None:
    elevation = granted(approve_access(jump))
    approve_extension(jump, elevation)
    if change == "renamed":
        jump.rename("member01", "member99")
    else:
        jump.delete_user("member01")
    jump.iam.create_user(UserName="member01")
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.REVOKING, "iam_user_changed")
    assert "member01" not in jump.members()
    revoke.end(elevation.pk)
    assert jump.members() == set()


def test_rights_are_checked_again_before_an_extension_is_written(jump: Jump) -> None:
    elevation = granted(approve_access(jump))
    approve_extension(jump, elevation)
    IamUserBinding.objects.filter(person=jump.cast.member01).delete()
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.REVOKING, "iam_user_rebound")


def test_access_returned_while_an_extension_is_written_is_taken_out(jump: Jump) -> None:
    elevation = granted(approve_access(jump))
    approve_extension(jump, elevation)
    jump.on_call("TagUser", lambda: returned(elevation, jump.cast.member01, now=jump.clock.now))
    provision.prolong(elevation.pk)
    assert ended(elevation).status == ElevationStatus.ENDED
    assert jump.members() == set()
    assert MEMBER_TAG not in jump.tags()


def test_denied_extension_leaves_access_until_the_old_end_in_aws_and_goes_on_trying(jump: Jump) -> None:
    elevation = granted(approve_access(jump))
    approve_extension(jump, elevation)
    jump.proxy.refuse("PutUserPolicy", status=403, code="AccessDenied")
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    assert (elevation.status, elevation.problem) == (ElevationStatus.ACTIVE, "AccessDenied:iam:PutUserPolicy")
    assert jump.fence() == HALF_PAST_FIVE
    assert granted_at_last(jump, elevation).written_ends_at == elevation.ends_at
