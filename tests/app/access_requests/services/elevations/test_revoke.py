"""Taking a person out of a work group again, and tidying up: the workers against AWS over HTTP."""

import json
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError
from pytest_django import Settings

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation
from access_requests.services.elevations import lease, provision, revoke
from access_requests.web.timeline import story
from audits.acts import Act
from audits.acts.requests import Submitted
from audits.models import Late, TrailEntry
from portal.aws.sessions import longest_call
from tests.worlds.jump import MEMBER_GROUP, MEMBER_TAG, Jump, ended, granted
from tests.worlds.story import acts, assert_trail_tells, elevated, returned, stopped, trail_refuses_entries

HALF_PAST_FIVE = "2026-11-23T05:30:00Z"


@pytest.fixture
def active(jump: Jump) -> Elevation:
    """member01 in production until half past five."""
    elevation = granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    jump.proxy.forget()
    return elevation


@pytest.fixture(autouse=True)
def spool(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "spool"
    settings.SPOOL_DIR = folder
    return folder


def due(jump: Jump) -> None:
    jump.clock.forward(minutes=30)


# The end


def test_end_fences_removes_reads_back_untags_and_looks_once_more(jump: Jump, active: Elevation) -> None:
    due(jump)
    assert ended(active).status == ElevationStatus.ENDED
    assert jump.proxy.actions == (
        *("GetUser", "PutUserPolicy", "RemoveUserFromGroup", "GetGroup", "UntagUser"),
        *("GetGroup", "ListUserTags", "GetUserPolicy"),
    )
    assert jump.members() == set()
    assert MEMBER_TAG not in jump.tags()
    assert jump.fence() == HALF_PAST_FIVE
    assert (active.ended_at, active.stopped_at, active.stop_reason) == (jump.clock.now, jump.clock.now, "expired")
    assert acts(active)[-2:] == ["elevation.revoking", "elevation.ended"]
    assert_trail_tells(active)


def test_end_before_its_time_does_nothing_whoever_forged_the_message(jump: Jump, active: Elevation) -> None:
    assert ended(active).status == ElevationStatus.ACTIVE
    assert jump.proxy.count() == 0


def test_early_end_fences_to_now(jump: Jump, active: Elevation) -> None:
    jump.clock.forward(minutes=7)
    returned(active, jump.cast.member01, now=jump.clock.now)
    ended(active)
    assert jump.fence() == "2026-11-23T05:07:00Z"


def test_end_that_is_done_twice_has_the_effect_of_one(jump: Jump, active: Elevation) -> None:
    due(jump)
    ended(active)
    jump.proxy.forget()
    before = acts(active)
    ended(active)
    assert (jump.proxy.count(), acts(active)) == (0, before)


def test_end_of_what_never_reached_aws_comes_to_rest_all_the_same(jump: Jump) -> None:
    elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    jump.proxy.refuse("GetUser")
    granted(elevation)
    due(jump)
    assert ended(elevation).status == ElevationStatus.ENDED


def test_end_leaves_everybody_else_and_every_other_group_and_tag(jump: Jump, active: Elevation) -> None:
    granted(elevated(jump.cast.member02, jump.cast.leader01, now=jump.clock.now, duration_minutes=60))
    jump.iam.tag_user(UserName="member01", Tags=[{"Key": "CostCenter", "Value": "42"}])
    standing = jump.groups() - {MEMBER_GROUP}
    due(jump)
    ended(active)
    assert jump.members() == {"member02"}
    assert (jump.groups(), jump.tags()) == (standing, {"CostCenter": "42"})
    assert jump.fence("member02") == "2026-11-23T06:00:00Z"


def test_sweep_ends_what_is_due_whoever_lost_the_message(jump: Jump, active: Elevation) -> None:
    due(jump)
    jump.sweep()
    active.refresh_from_db()
    assert active.status == ElevationStatus.ENDED


def test_outage_over_the_end_of_a_grant_ends_in_nothing_given(jump: Jump) -> None:
    elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    jump.lose_answer("AddUserToGroup")
    granted(elevation)
    assert jump.members() == {"member01"}
    due(jump)
    jump.sweep()
    elevation.refresh_from_db()
    assert (elevation.status, jump.members()) == (ElevationStatus.ENDED, set())


# The person changed meanwhile


def test_renamed_user_is_taken_out_under_the_new_name(jump: Jump, active: Elevation) -> None:
    jump.rename("member01", "member99")
    due(jump)
    assert ended(active).status == ElevationStatus.ENDED
    assert jump.members() == set()
    assert MEMBER_TAG not in jump.tags("member99")
    assert jump.fence("member99") == HALF_PAST_FIVE


def test_renamed_user_is_found_among_many_pages(jump: Jump, active: Elevation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("access_requests.grants.iam_group.backend.PAGE", 2)
    for number in range(5):
        jump.iam.create_user(UserName=f"a{number}")
        jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName=f"a{number}")
    jump.rename("member01", "zebra")
    due(jump)
    ended(active)
    assert jump.members() == {f"a{number}" for number in range(5)}


def test_user_made_again_under_the_same_name_does_not_inherit_access(jump: Jump, active: Elevation) -> None:
    jump.delete_user("member01")
    jump.iam.create_user(UserName="member01")
    jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="member01")
    due(jump)
    assert ended(active).status == ElevationStatus.ENDED
    assert jump.members() == set()


def test_deleted_user_has_nothing_to_be_taken_out_of(jump: Jump, active: Elevation) -> None:
    jump.delete_user("member01")
    due(jump)
    assert ended(active).status == ElevationStatus.ENDED


def test_user_taken_out_in_the_console_already_is_ended_too(jump: Jump, active: Elevation) -> None:
    jump.iam.remove_user_from_group(GroupName=MEMBER_GROUP, UserName="member01")
    jump.iam.untag_user(UserName="member01", TagKeys=[MEMBER_TAG])
    due(jump)
    assert ended(active).status == ElevationStatus.ENDED


# Trouble


@pytest.mark.parametrize(
    ("action", "status", "code"),
    [
        ("GetUser", 403, "AccessDenied"),
        ("RemoveUserFromGroup", 403, "AccessDenied"),
        ("RemoveUserFromGroup", 400, "Throttling"),
        ("GetGroup", 500, "InternalFailure"),
        ("UntagUser", 503, "ServiceUnavailable"),
        ("ListUserTags", 403, "ExpiredToken"),
    ],
)
def test_nothing_says_ended_before_aws_showed_it_and_no_end_gives_up(
    jump: Jump, active: Elevation, action: str, status: int, code: str
) -> None:
    due(jump)
    jump.proxy.refuse(action, status=status, code=code, times=7)
    for _ in range(7):
        ended(active)
        assert (active.status, active.problem) == (
            ElevationStatus.REVOKING,
            f"{code}:iam:{action}" if code == "AccessDenied" else code,
        )
        assert active.try_again_at is not None
        assert active.try_again_at <= jump.clock.now + timedelta(minutes=1)
        jump.clock.now = active.try_again_at
    jump.sweep()
    active.refresh_from_db()
    assert (active.status, jump.members()) == (ElevationStatus.ENDED, set())
    assert acts(active).count("elevation.end_attempt_failed") == 7
    assert_trail_tells(active)


def test_tag_stays_as_long_as_the_membership(jump: Jump, active: Elevation) -> None:
    due(jump)
    jump.proxy.refuse("RemoveUserFromGroup")
    ended(active)
    assert (jump.members(), jump.tags()[MEMBER_TAG]) == ({"member01"}, HALF_PAST_FIVE)


@pytest.mark.parametrize("action", ["PutUserPolicy", "RemoveUserFromGroup", "UntagUser"])
def test_call_that_took_effect_though_its_answer_was_lost_is_simply_made_again(
    jump: Jump, active: Elevation, action: str
) -> None:
    due(jump)
    jump.lose_answer(action)
    assert ended(active).problem == "ReadTimeoutError"
    assert active.try_again_at is not None
    jump.clock.now = active.try_again_at
    assert ended(active).status == ElevationStatus.ENDED


def test_user_that_takes_no_fence_is_taken_out_all_the_same(jump: Jump, active: Elevation) -> None:
    due(jump)
    jump.proxy.refuse("PutUserPolicy", status=403, code="AccessDenied")
    assert ended(active).status == ElevationStatus.ENDED
    assert jump.members() == set()


def test_reads_that_show_no_member_yet_do_not_keep_anybody_in(jump: Jump) -> None:
    jump.caller().call("get_group", GroupName=MEMBER_GROUP, MaxItems=1000)
    elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    jump.proxy.lag_reads(seconds=60)
    granted(elevation)
    returned(elevation, jump.cast.member01, now=jump.clock.now)
    ended(elevation)
    assert jump.members() == set()


def test_reads_that_still_show_the_member_are_not_taken_for_an_end(jump: Jump, active: Elevation) -> None:
    due(jump)
    jump.proxy.lag_reads(seconds=60)
    ended(active)
    assert (active.status, active.problem) == (ElevationStatus.REVOKING, "still_a_member")
    jump.proxy.heal()
    assert active.try_again_at is not None
    jump.clock.now = active.try_again_at
    assert ended(active).status == ElevationStatus.ENDED


def test_member_put_back_by_somebody_at_the_last_moment_is_not_called_ended(jump: Jump, active: Elevation) -> None:
    due(jump)
    jump.on_call("UntagUser", lambda: jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="member01"))
    ended(active)
    assert (active.status, active.problem) == (ElevationStatus.REVOKING, "still_shown")


def test_worker_that_lost_its_lease_ends_nothing(jump: Jump, active: Elevation) -> None:
    due(jump)
    jump.on_call("PutUserPolicy", lambda: jump.clock.forward(seconds=lease.length().total_seconds()))
    assert ended(active).status == ElevationStatus.REVOKING
    assert jump.proxy.actions == ("GetUser", "PutUserPolicy")
    assert ended(active).status == ElevationStatus.ENDED


# Tidying


def test_fence_goes_when_nobody_can_still_write_the_membership(jump: Jump, active: Elevation) -> None:
    due(jump)
    ended(active)
    jump.clock.forward(seconds=lease.length().total_seconds() - 1)
    jump.sweep()
    assert jump.fence() == HALF_PAST_FIVE
    jump.clock.forward(seconds=1)
    jump.sweep()
    assert jump.fences() == {}
    assert acts(active)[-1] == "elevation.fence_removed"
    jump.proxy.forget()
    jump.sweep()
    assert jump.proxy.count() == 0


def test_fence_is_gone_within_two_minutes_of_the_end() -> None:
    assert lease.length() <= timedelta(minutes=2)


@pytest.mark.parametrize("jump_role", ["", "arn:aws:iam::111111111111:role/sekisho/Portal"])
def test_no_call_outlives_the_lease_that_it_is_made_under_in_whichever_account(settings: Settings, jump_role: str) -> None:
    settings.AWS_JUMP_ROLE_ARN = jump_role
    assert lease.length() > longest_call(in_target=True)


def test_fence_that_the_next_access_needs_stays(jump: Jump, active: Elevation) -> None:
    due(jump)
    ended(active)
    granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    jump.clock.forward(seconds=lease.length().total_seconds())
    revoke.tidy(active.pk)
    assert jump.fence() == "2026-11-23T06:00:00Z"
    assert jump.members() == {"member01"}
    active.refresh_from_db()
    assert acts(active)[-1] == "elevation.fence_left"
    # What AWS shows is the next access's, and no word about this one.
    assert active.seen is not None
    assert active.seen["membership"] is False


def test_membership_that_landed_after_the_end_goes_before_its_fence_does(jump: Jump, active: Elevation) -> None:
    due(jump)
    ended(active)
    jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="member01")
    jump.clock.forward(seconds=lease.length().total_seconds())
    jump.proxy.forget()
    jump.sweep()
    assert jump.proxy.actions.index("RemoveUserFromGroup") < jump.proxy.actions.index("DeleteUserPolicy")
    assert (jump.members(), jump.fences()) == (set(), {})


def test_tidying_that_failed_is_done_later(jump: Jump, active: Elevation) -> None:
    due(jump)
    ended(active)
    jump.clock.forward(seconds=lease.length().total_seconds())
    jump.proxy.refuse("DeleteUserPolicy")
    jump.sweep()
    assert jump.fence() == HALF_PAST_FIVE
    jump.clock.forward(seconds=2)
    jump.sweep()
    assert jump.fences() == {}
    active.refresh_from_db()
    assert (active.status, active.problem, active.fence_due_at) == (ElevationStatus.ENDED, "", None)


# The trail cannot be written


def test_overdue_end_goes_ahead_and_is_recorded_once_before_its_row_is_settled(
    jump: Jump, active: Elevation, spool: Path
) -> None:
    due(jump)
    with trail_refuses_entries():
        for _ in range(3):
            ended(active)
    assert (active.status, jump.members()) == (ElevationStatus.ACTIVE, set())
    (file,) = spool.iterdir()
    (line,) = map(json.loads, file.read_text().splitlines())
    assert (line["outcome"], line["calls"][-1]["action"]) == ("ended", "GetUserPolicy")
    assert ended(active).status == ElevationStatus.ENDED
    assert acts(active)[-3:] == ["elevation.end_recorded_late", "elevation.revoking", "elevation.ended"]
    assert TrailEntry.objects.get(act="elevation.end_recorded_late").data["calls"] == line["calls"]


def test_overdue_end_goes_ahead_although_its_entry_is_in_no_shape(
    jump: Jump, active: Elevation, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    due(jump)
    with monkeypatch.context() as release:
        release.setattr(Act.ELEVATION_REVOKING, "shape", Submitted)  # As if a field had been forgotten.
        ended(active)
    assert (active.status, jump.members()) == (ElevationStatus.ACTIVE, set())
    assert len(list(spool.iterdir())) == 1
    assert ended(active).status == ElevationStatus.ENDED
    assert acts(active)[-3:] == ["elevation.end_recorded_late", "elevation.revoking", "elevation.ended"]


def test_what_was_kept_is_recorded_at_the_time_at_which_aws_was_told_and_says_that_it_is_late(
    jump: Jump, active: Elevation, spool: Path
) -> None:
    due(jump)
    told_at = jump.clock.now
    with trail_refuses_entries():
        ended(active)
    jump.clock.forward(hours=3)
    ended(active)
    entry = TrailEntry.objects.get(act="elevation.end_recorded_late")
    assert (entry.at, entry.late) == (told_at, Late.SPOOLED)
    assert set(TrailEntry.objects.exclude(pk=entry.pk).values_list("late", flat=True)) == {""}
    (note, *_) = [item.notes for item in story.of_request(active.request, now=jump.clock.now) if item.key == f"trail-{entry.pk}"]
    assert str(Late.SPOOLED.label) in note[0]


@pytest.mark.parametrize(
    "at", ["null", '"yesterday"', '"2026-11-23T05:00:00"', '"2999-01-01T00:00:00Z"', '"0001-01-01T00:00:00Z"']
)
def test_kept_line_whose_time_cannot_be_is_recorded_at_the_time_of_recording(
    jump: Jump, active: Elevation, spool: Path, at: str
) -> None:
    due(jump)
    spool.mkdir()
    (spool / f"{active.code}.jsonl").write_text(f'{{"spool_id": "1", "at": {at}, "outcome": "ended"}}\n')
    ended(active)
    assert TrailEntry.objects.get(act="elevation.end_recorded_late").at == jump.clock.now


def test_end_whose_last_entry_cannot_be_written_is_kept_too(jump: Jump, active: Elevation, spool: Path) -> None:
    stopped(active, jump.cast.leader01, now=jump.clock.now)
    with trail_refuses_entries():
        ended(active)
    assert (active.status, jump.members()) == (ElevationStatus.REVOKING, set())
    (file,) = spool.iterdir()
    assert len(file.read_text().splitlines()) == 1
    jump.clock.forward(seconds=lease.length().total_seconds())
    assert ended(active).status == ElevationStatus.ENDED
    assert acts(active).count("elevation.end_recorded_late") == 1


def test_end_goes_on_trying_while_neither_trail_nor_aws_answers(jump: Jump, active: Elevation, spool: Path) -> None:
    due(jump)
    jump.proxy.refuse("RemoveUserFromGroup", status=503, code="ServiceUnavailable")
    with trail_refuses_entries():
        ended(active)
        assert jump.members() == {"member01"}
        ended(active)
        assert jump.members() == set()
    (file,) = spool.iterdir()
    assert [json.loads(line)["outcome"] for line in file.read_text().splitlines()] == ["ServiceUnavailable", "ended"]
    ended(active)
    assert acts(active).count("elevation.end_recorded_late") == 2


def test_file_that_outlived_its_commit_is_recorded_once(jump: Jump, active: Elevation, spool: Path) -> None:
    due(jump)
    with trail_refuses_entries():
        ended(active)
    # Within a test nothing commits, so that the file stays as after a death between the commit and the removal.
    ended(active)
    (file,) = spool.iterdir()
    file.write_text(file.read_text() + '{"spool_id": "half a li')
    Elevation.objects.filter(pk=active.pk).update(status=ElevationStatus.REVOKING)
    ended(active)
    late = TrailEntry.objects.filter(act="elevation.end_recorded_late").order_by("id")
    assert [entry.data.get("unreadable") for entry in late] == [None, '{"spool_id": "half a li']


# JSON that is no object or no line of the spool's, JSON that no database takes, and what only looks like JSON.
OTHER_LINES = [
    *(
        "null",
        "7",
        '"ended"',
        "[]",
        "[[1]]",
        "true",
        "{}",
        '{"spool_id": null}',
        '{"spool_id": {"a": 1}}',
        '{"spool_id": "x", "elevation": 5}',
        '{"spool_id": "x", "proof": {"method": "totp"}}',
        '{"spool_id": "x", "calls": "none"}',
        '{"spool_id": "x", "seen": {"at": 5}}',
        '{"outcome": "ended"}',
    ),
    *(
        '{"spool_id": "x", "calls": 0.5}',
        '{"spool_id": "x", "calls": NaN}',
        '{"spool_id": "x", "calls": 1e999}',
        '{"spool_id": "x", "spool_id": "y"}',
    ),
    *(
        "[" * 100_000,
        '{"spool_id": "x", "calls": ' + "[" * 700 + "]" * 700 + "}",
        "\0\x1b",
        "\ud800".encode("utf-8", "surrogatepass"),
    ),
]


@pytest.mark.parametrize("line", OTHER_LINES, ids=lambda line: repr(line[:24]))
def test_line_that_says_nothing_holds_up_no_end_and_is_recorded_as_it_stands(
    jump: Jump, active: Elevation, spool: Path, line: str | bytes
) -> None:
    spool.mkdir()
    (spool / f"{active.code}.jsonl").write_bytes((line if isinstance(line, bytes) else line.encode()) + b"\n")
    due(jump)
    with trail_refuses_entries():
        ended(active)
    assert jump.members() == set()
    assert ended(active).status == ElevationStatus.ENDED
    late = TrailEntry.objects.filter(act="elevation.end_recorded_late").order_by("id")
    assert ["unreadable" in entry.data for entry in late] == [True, False]


def test_line_with_what_no_database_takes_is_recorded(jump: Jump, active: Elevation, spool: Path) -> None:
    spool.mkdir()
    (spool / f"{active.code}.jsonl").write_text(r'{"spool_id": "x\u0000", "outcome": "\u0000\ud800"}' + "\n")
    due(jump)
    assert ended(active).status == ElevationStatus.ENDED
    entry = TrailEntry.objects.get(act="elevation.end_recorded_late")
    assert (entry.data["spool_id"], entry.data["outcome"]) == ("x\ufffd", "\ufffd\ufffd")


def test_file_that_cannot_be_read_holds_up_no_end_and_stays(
    jump: Jump, active: Elevation, spool: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (spool / f"{active.code}.jsonl").mkdir(parents=True)
    due(jump)
    with trail_refuses_entries():
        ended(active)
    assert jump.members() == set()
    assert ended(active).status == ElevationStatus.ENDED
    assert "cannot be read" in caplog.text
    assert len(list(spool.iterdir())) == 1


@pytest.mark.parametrize("there", [None, 0o755, 0o777])
def test_spool_is_the_workers_alone_whatever_the_umask_says(
    jump: Jump, active: Elevation, spool: Path, there: int | None
) -> None:
    if there is not None:
        spool.mkdir()
        spool.chmod(there)
    before = os.umask(0)
    try:
        due(jump)
        with trail_refuses_entries():
            ended(active)
    finally:
        os.umask(before)
    (file,) = spool.iterdir()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (spool, file)] == [0o700, 0o600]


def test_folder_that_is_anothers_keeps_what_is_told(
    jump: Jump, active: Elevation, spool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a volume that root owns and the worker's group may write."""

    def refuse(*_: object) -> None:
        raise PermissionError

    spool.mkdir()
    spool.chmod(0o770)
    monkeypatch.setattr(Path, "chmod", refuse)
    due(jump)
    with trail_refuses_entries():
        ended(active)
    assert len(list(spool.iterdir())) == 1


@pytest.mark.django_db(transaction=True)
def test_file_goes_once_its_entries_have_committed(jump: Jump, active: Elevation, spool: Path) -> None:
    due(jump)
    with trail_refuses_entries():
        ended(active)
    ended(active)
    assert list(spool.iterdir()) == []


def test_disk_that_is_full_too_does_not_hold_up_the_end(
    jump: Jump, active: Elevation, spool: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spool.write_text("a file where the folder should be")
    due(jump)
    with trail_refuses_entries():
        ended(active)
    assert jump.members() == set()
    assert "neither trail nor spool can be written" in caplog.text


def test_access_that_is_not_due_is_left_alone_when_the_trail_cannot_be_written(jump: Jump, active: Elevation) -> None:
    with trail_refuses_entries():
        ended(active)
    assert (jump.proxy.count(), jump.members()) == (0, {"member01"})


def test_no_grant_without_its_entry(jump: Jump) -> None:
    elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    with trail_refuses_entries(), pytest.raises(DatabaseError):
        provision.grant(elevation.pk)
    assert jump.proxy.count() == 0
