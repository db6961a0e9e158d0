"""The defects of the prototype that this product grew out of, none of which it may have."""

from datetime import datetime, timedelta

import pytest

from access_requests import errors
from access_requests.lifecycle import ElevationStatus
from access_requests.models import Drift, TargetRole
from access_requests.services.drift import running
from access_requests.services.elevations import revoke
from portal.iam import contexts
from portal.iam.evaluation import evaluate
from portal.iam.principals import Call
from portal.verbs import rejections
from tests.worlds.gated import Gated
from tests.worlds.jump import MEMBER_GROUP, MEMBER_ROLE, MEMBER_TAG, Jump, granted
from tests.worlds.story import approved, elevated, refused, returned, submitted

LEADER_ROLE = "Prod_LeaderRole"


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
    with refused(rejections.NaiveTime):
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
    jump: Jump, ends_in: timedelta, refusal: type[rejections.Unusable]
) -> None:
    with refused(refusal):
        submitted(jump.cast.member01, now=jump.clock.now, ends_at=jump.clock.now + ends_in)


def test_defect_9_leader01_may_approve_leader01s_own_request(jump: Jump) -> None:
    request = submitted(jump.cast.leader01, now=jump.clock.now, work_groups=[MEMBER_GROUP])
    with refused(errors.OwnRequest):
        approved(request, jump.cast.leader01, now=jump.clock.now)


def test_defect_7_leaving_the_group_does_not_end_live_sessions(gated: Gated) -> None:
    jump = gated.jump
    elevation = granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    began = jump.clock.now
    assert may(gated, MEMBER_ROLE, "ec2:StopInstances", issued_at=began)
    jump.clock.forward(minutes=1)
    returned(elevation, elevation.person, now=jump.clock.now)
    jump.sweep()
    assert not may(gated, MEMBER_ROLE, "ec2:StopInstances", issued_at=began)


def test_defect_10_leaders_role_has_no_guard_rail_and_nothing_denies_deleting_from_s3(gated: Gated) -> None:
    jump = gated.jump
    jump.cast.prod_leader.policy = jump.cast.one_lead
    jump.cast.prod_leader.save()
    request = submitted(jump.cast.member01, now=jump.clock.now, work_groups=["ProdLeaderWorkGroup"])
    approved(request, jump.cast.leader01, now=jump.clock.now)
    granted(request.elevations.get())
    assert may(gated, LEADER_ROLE, "ec2:RunInstances", issued_at=jump.clock.now)
    for action in ("s3:DeleteObject", "s3:DeleteBucket", "s3:PutLifecycleConfiguration", "cloudtrail:StopLogging"):
        assert not may(gated, LEADER_ROLE, action, issued_at=jump.clock.now)
    # Whoever takes the rail off is found out.
    rail = "arn:aws:iam::444444444444:policy/sekisho/rails/SekishoRails1"
    TargetRole.objects.filter(name=LEADER_ROLE).update(policies=[rail])
    gated.iam.detach_role_policy(RoleName=LEADER_ROLE, PolicyArn=rail)
    jump.clock.forward(minutes=2)
    running.run()
    assert Drift.objects.get(kind="role_policy_missing").name == rail


def may(gated: Gated, role_name: str, action: str, *, issued_at: datetime) -> bool:
    """Whether member01's session of the role, begun with MFA, may do this to anything now."""
    role = gated.accounts()[1].role(role_name)
    assert role is not None
    context = contexts.of_session(
        role_arn=role.arn, role_id=role.role_id, session_name="member01", issued_at=issued_at, at=gated.jump.clock.now, mfa=True
    )
    return evaluate(role.session("member01"), Call(action=action, resource="*", context=context)).allowed
