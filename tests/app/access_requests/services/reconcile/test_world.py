"""What somebody changes in the console: each found by one comparison, and undone where the work group says so."""

from collections.abc import Callable

import pytest

from access_requests.models import Drift, TargetRole
from audits.models import TrailEntry
from portal.iam.session_gate import SESSION_GATE_NAME
from tests.app.access_requests.services.reconcile.conftest import World
from tests.jump import MEMBER_GROUP, MEMBER_ROLE, MEMBER_TAG

FENCE = "sekisho-entry-Prod_MemberRole"
OPEN_DOOR = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
Change = Callable[[World], object]


def put_group_policy(world: World) -> None:
    world.jump.iam.put_group_policy(GroupName=MEMBER_GROUP, PolicyName="Everything", PolicyDocument=OPEN_DOOR)


def tag(value: str, user: str = "member01") -> Change:
    return lambda world: world.jump.iam.tag_user(UserName=user, Tags=[{"Key": MEMBER_TAG, "Value": value}])


CHANGES: dict[str, Change] = {
    f"unexplained_member {MEMBER_GROUP} member02": World.add,
    f"member_missing {MEMBER_GROUP} member01": lambda world: world.jump.iam.remove_user_from_group(
        GroupName=MEMBER_GROUP, UserName="member01"
    ),
    f"tag_missing member01 {MEMBER_TAG}": lambda world: world.jump.iam.untag_user(UserName="member01", TagKeys=[MEMBER_TAG]),
    f"tag_edited member01 {MEMBER_TAG}": tag("2036-01-01T00:00:00Z"),
    f"tag_unexplained member02 {MEMBER_TAG}": tag("2036-01-01T00:00:00Z", "member02"),
    f"fence_missing member01 {FENCE}": lambda world: world.jump.iam.delete_user_policy(UserName="member01", PolicyName=FENCE),
    f"fence_edited member01 {FENCE}": lambda world: world.jump.iam.put_user_policy(
        UserName="member01", PolicyName=FENCE, PolicyDocument=OPEN_DOOR
    ),
    f"gate_missing {MEMBER_ROLE} {SESSION_GATE_NAME}": lambda world: world.gated.iam.delete_role_policy(
        RoleName=MEMBER_ROLE, PolicyName=SESSION_GATE_NAME
    ),
    f"gate_edited {MEMBER_ROLE} {SESSION_GATE_NAME}": lambda world: world.gated.put(OPEN_DOOR),
    f"group_policy {MEMBER_GROUP} Everything": put_group_policy,
}


@pytest.mark.parametrize("drift", CHANGES)
def test_change_in_the_console_is_found_and_stays_where_it_is_only_reported(world: World, drift: str) -> None:
    world.grant()
    assert world.compare() == set()
    CHANGES[drift](world)
    found = world.compare()
    assert drift in found
    assert {one for one in found if not one.startswith("switch_allowed")} == {drift}
    row = Drift.objects.get(kind=drift.split(maxsplit=1)[0])
    assert (row.status, row.found_at) == ("open", world.jump.clock.now)
    assert [entry.act for entry in TrailEntry.objects.filter(subject=row.code)][:1] == ["drift.found"]
    assert drift in world.compare()
    row.refresh_from_db()
    assert row.seen_at == world.jump.clock.now
    assert TrailEntry.objects.filter(subject=row.code, act="drift.found").count() == 1


@pytest.mark.parametrize("drift", CHANGES)
def test_change_in_the_console_is_undone_within_one_comparison_where_so_configured(world: World, drift: str) -> None:
    world.undo_by_itself()
    elevation = world.grant()
    world.compare()
    CHANGES[drift](world)
    assert {one for one in world.compare() if not one.startswith("switch_allowed")} == set()
    row = Drift.objects.get(kind=drift.split(maxsplit=1)[0])
    assert (row.status, row.problem) == ("undone", "")
    acts = [entry.act for entry in TrailEntry.objects.filter(subject=row.code).order_by("id")]
    assert acts == ["drift.found", "drift.undoing", "drift.undo_written", "drift.undone", "drift.attributed"]
    assert world.jump.members() == {"member01"}
    assert world.jump.tags()[MEMBER_TAG] == world.jump.fence() == elevation.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert MEMBER_TAG not in world.jump.tags("member02")
    assert set(world.gated.lines()) == {"member01"}
    assert world.compare() == set()
    assert Drift.objects.filter(kind=row.kind).count() == 1


def test_nothing_is_drift_at_rest_nor_during_a_whole_access(world: World) -> None:
    assert world.compare() == set()
    elevation = world.grant()
    assert world.compare(later=0) == set()
    assert world.compare() == set()
    world.jump.clock.now = elevation.ends_at
    assert world.compare(later=0) == set()
    world.jump.sweep()
    assert world.compare(later=0) == set()
    assert world.compare() == set()
    world.jump.sweep()
    assert world.compare() == set()
    assert not Drift.objects.exists()
    assert world.latest().problems == []


@pytest.mark.parametrize("kind", ["user_renamed", "user_remade", "user_gone"])
def test_access_of_another_user_than_the_bound_one_is_stopped_whatever_the_group_says(world: World, kind: str) -> None:
    elevation = world.grant()
    world.compare()
    if kind == "user_renamed":
        world.jump.rename("member01", "member99")
    else:
        world.jump.delete_user("member01")
    if kind == "user_remade":
        world.jump.iam.create_user(UserName="member01")
    found = world.compare()
    assert {one.split()[0] for one in found} == {kind}
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == ("revoking", "iam_user_changed")
    world.jump.sweep()
    assert world.jump.members() == set()
    assert world.gated.lines() == {}
    # The person is bound to a user who is not there: that is for an administrator to put right.
    assert {one.split()[0] for one in world.compare()} == {kind}


def test_groups_and_roles_that_are_gone_are_told(world: World) -> None:
    world.jump.iam.delete_group_policy(GroupName="ProdLeaderWorkGroup", PolicyName="SwitchRole")
    world.jump.iam.delete_group(GroupName="ProdLeaderWorkGroup")
    TargetRole.objects.create(account=world.jump.cast.production, name="Prod_OtherRole", level="member")
    assert world.compare() == {"group_gone ProdLeaderWorkGroup", "role_gone Prod_OtherRole"}


def test_policies_of_a_role_are_compared_once_they_are_declared(world: World) -> None:
    world.undo_by_itself()
    role = TargetRole.objects.get(name=MEMBER_ROLE)
    there = world.gated.accounts()[1].role_details(MEMBER_ROLE)
    assert there is not None
    world.gated.iam.put_role_policy(RoleName=MEMBER_ROLE, PolicyName="Extra", PolicyDocument=OPEN_DOOR)
    assert world.compare() == set()
    role.policies = [*(name for name in there.inline if name != SESSION_GATE_NAME), *there.attached, "Missing"]
    role.save()
    assert world.compare() == {f"role_policy_missing {MEMBER_ROLE} Missing"}
    extra = Drift.objects.get(kind="role_policy")
    assert (extra.status, extra.detail["document"]["Statement"][0]["Action"]) == ("undone", "*")
    assert "Extra" not in world.gated.iam.list_role_policies(RoleName=MEMBER_ROLE)["PolicyNames"]


def test_a_switch_that_the_catalogue_does_not_have_is_told_and_so_is_one_that_aws_does_not_allow(world: World) -> None:
    policy = OPEN_DOOR.replace('"Action":"*"', '"Action":"sts:AssumeRole"')
    world.jump.iam.put_group_policy(GroupName="MemberGroup", PolicyName="More", PolicyDocument=policy)
    world.jump.iam.delete_group_policy(GroupName=MEMBER_GROUP, PolicyName="SwitchRole")
    assert world.compare() == {
        "switch_allowed MemberGroup production/Prod_MemberRole",
        "switch_allowed MemberGroup production/Prod_LeaderRole",
        f"switch_denied {MEMBER_GROUP} production/Prod_MemberRole",
    }
