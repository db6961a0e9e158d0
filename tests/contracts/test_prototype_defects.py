"""The defects of the prototype that this product grew out of, none of which it may have.

Those of the permissions themselves (live sessions, guard rails) are not of this layer.
"""

from datetime import timedelta

import pytest

from access_requests import errors
from access_requests.lifecycle import ElevationStatus
from access_requests.services import revoke
from tests.jump import MEMBER_GROUP, MEMBER_TAG, Jump, granted
from tests.story import approved, elevated, refused, submitted


@pytest.mark.parametrize("group", ["JumpAdminGroup", "LeaderGroup", "ChangeApprovalGroup"])
def test_defect_1_group_is_free_text_so_that_a_member_can_ask_for_the_administrators_group(jump: Jump, group: str) -> None:
    with refused(errors.UnknownWorkGroup):
        submitted(jump.cast.member01, now=jump.clock.now, work_groups=[group])


def test_defect_1_anybodys_user_can_be_named_where_the_person_is_the_requesters_own_binding(jump: Jump) -> None:
    elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    assert elevation.iam_user_name == jump.cast.member01.iam_user.user_name == "member01"


def test_defect_2_expiry_untags_before_it_removes_so_that_a_failed_removal_lasts_for_ever(jump: Jump) -> None:
    elevation = granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    jump.clock.forward(minutes=30)
    jump.proxy.forget()
    jump.proxy.refuse("RemoveUserFromGroup")
    revoke.end(elevation.pk)
    assert "UntagUser" not in jump.proxy.actions
    assert (jump.members(), MEMBER_TAG in jump.tags()) == ({"member01"}, True)
    jump.clock.forward(seconds=2)
    jump.sweep()
    assert jump.members() == set()


def test_defect_3_tag_that_is_no_date_aborts_the_sweep_of_its_user(jump: Jump) -> None:
    jump.iam.tag_user(UserName="member01", Tags=[{"Key": "CostCenter", "Value": "42"}])
    elevation = granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    jump.iam.tag_user(UserName="member01", Tags=[{"Key": MEMBER_TAG, "Value": "never"}])
    jump.clock.forward(minutes=30)
    jump.sweep()
    elevation.refresh_from_db()
    assert (elevation.status, jump.members(), jump.tags()) == (ElevationStatus.ENDED, set(), {"CostCenter": "42"})


def test_defect_4_member_without_a_tag_is_never_taken_out(jump: Jump) -> None:
    granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    jump.iam.untag_user(UserName="member01", TagKeys=[MEMBER_TAG])
    jump.clock.forward(minutes=30)
    jump.sweep()
    assert jump.members() == set()


def test_defect_5_users_beyond_the_first_hundred_are_never_seen(jump: Jump) -> None:
    for number in range(110):
        jump.iam.create_user(UserName=f"a{number:03}")
    elevation = granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    jump.rename("member01", "zebra")
    jump.clock.forward(minutes=30)
    jump.sweep()
    elevation.refresh_from_db()
    assert (elevation.status, jump.members()) == (ElevationStatus.ENDED, set())


def test_defect_6_times_are_naive_and_in_tokyo(jump: Jump) -> None:
    with refused(errors.NaiveTime):
        submitted(jump.cast.member01, now=jump.clock.now, starts_at=jump.clock.now.replace(tzinfo=None))
    tokyo = (jump.clock.now + timedelta(minutes=20)).astimezone(jump.cast.member01.zone)
    granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now, ends_at=tokyo))
    assert jump.tags()[MEMBER_TAG] == jump.fence() == "2026-11-23T05:20:00Z"


@pytest.mark.parametrize(
    ("ends_in", "refusal"),
    [
        (timedelta(minutes=-1), errors.InThePast),
        (timedelta(minutes=241), errors.TooLongAccess),
        (timedelta(days=365 * 1000), errors.TooLongAccess),
    ],
)
def test_defect_8_end_is_unbounded_and_may_lie_in_the_past(
    jump: Jump, ends_in: timedelta, refusal: type[errors.Unusable]
) -> None:
    with refused(refusal):
        submitted(jump.cast.member01, now=jump.clock.now, ends_at=jump.clock.now + ends_in)


def test_defect_9_leader01_may_approve_leader01s_own_request(jump: Jump) -> None:
    request = submitted(jump.cast.leader01, now=jump.clock.now, work_groups=[MEMBER_GROUP])
    with refused(errors.OwnRequest):
        approved(request, jump.cast.leader01, now=jump.clock.now)
