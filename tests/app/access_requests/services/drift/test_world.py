"""What somebody changes in the console: each found by one comparison, and undone where the work group says so."""

import json
from collections.abc import Callable

import pytest

from access_requests.models import Drift, DriftKind, TargetRole
from access_requests.services.drift import undoing
from audits.models import TrailEntry
from portal.iam.account import Account
from portal.iam.session_gate import SESSION_GATE_NAME
from tests.app.access_requests.services.drift.conftest import World
from tests.worlds.cast import target_role
from tests.worlds.jump import MEMBER_GROUP, MEMBER_ROLE, MEMBER_TAG

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


# That each kind is found, the next test says too.
SOME = [kind if at % 4 == 0 else pytest.param(kind, marks=pytest.mark.exhaustive) for at, kind in enumerate(CHANGES)]


@pytest.mark.parametrize("drift", SOME)
def test_change_in_the_console_is_found_and_stays_where_it_is_only_reported(world: World, drift: str) -> None:
    world.grant()
    assert world.compare() == set()
    CHANGES[drift](world)
    found = world.compare()
    assert drift in found
    assert {one for one in found if not one.startswith("switch_allowed")} == {drift}
    row = Drift.objects.get(kind=drift.split(maxsplit=1)[0])
    assert (row.status, row.found_at) == ("open", world.jump.clock.now)
    acts = TrailEntry.objects.filter(subject=row.code).order_by("id").values_list("act", flat=True)
    assert acts[0] == "drift.found"
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
    target_role(world.jump.cast.production, "Prod_OtherRole")
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


def test_what_only_denies_is_reported_and_never_undone(world: World) -> None:
    """Whoever revokes a role's sessions in an incident puts such a policy on it."""
    world.undo_by_itself()
    there = world.gated.accounts()[1].role_details(MEMBER_ROLE)
    assert there is not None
    declared = [*(name for name in there.inline if name != SESSION_GATE_NAME), *there.attached]
    TargetRole.objects.filter(name=MEMBER_ROLE).update(policies=declared)
    world.gated.iam.put_role_policy(
        RoleName=MEMBER_ROLE, PolicyName="AWSRevokeOlderSessions", PolicyDocument=OPEN_DOOR.replace("Allow", "Deny")
    )
    assert world.compare() == world.compare() == {f"role_policy {MEMBER_ROLE} AWSRevokeOlderSessions"}
    drift = Drift.objects.get()
    assert (drift.status, undoing.undoable(drift)) == ("open", False)
    assert "AWSRevokeOlderSessions" in world.gated.iam.list_role_policies(RoleName=MEMBER_ROLE)["PolicyNames"]


def test_policy_by_which_members_also_switch_is_reported_and_never_taken_off(world: World) -> None:
    world.undo_by_itself()
    edited = json.dumps(world.jump.iam.get_group_policy(GroupName=MEMBER_GROUP, PolicyName="SwitchRole")["PolicyDocument"])
    edited = edited.replace('"sts:AssumeRole"', '["sts:AssumeRole","sts:TagSession"]')
    world.jump.iam.put_group_policy(GroupName=MEMBER_GROUP, PolicyName="SwitchRole", PolicyDocument=edited)
    assert world.compare() == world.compare() == {f"group_policy {MEMBER_GROUP} SwitchRole"}
    assert not undoing.undoable(Drift.objects.get())
    assert world.jump.iam.list_group_policies(GroupName=MEMBER_GROUP)["PolicyNames"] == ["SwitchRole"]


@pytest.mark.parametrize(
    "change",
    [
        ('"Principal": {"AWS": "arn:aws:iam::111111111111:root"}', '"Principal": {"AWS": "*"}'),
        ('"Bool": {"aws:MultiFactorAuthPresent": "true"}', '"Bool": {"aws:SecureTransport": "true"}'),
        ('"${aws:username}"', '["${aws:username}", "*"]'),
        ('"StringLike"', '"StringLikeIfExists"'),
    ],
)
def test_trust_that_lets_in_others_than_the_gate_names_is_told(world: World, change: tuple[str, str]) -> None:
    assert world.compare() == set()
    trust = json.dumps(world.gated.iam.get_role(RoleName=MEMBER_ROLE)["Role"]["AssumeRolePolicyDocument"])
    assert change[0] in trust
    world.gated.iam.update_assume_role_policy(RoleName=MEMBER_ROLE, PolicyDocument=trust.replace(*change))
    assert f"trust_open {MEMBER_ROLE}" in world.compare()
    assert Drift.objects.get(kind="trust_open").status == "open"


def test_undo_of_a_gate_that_aws_refuses_says_so(world: World) -> None:
    world.undo_by_itself()
    world.gated.put(OPEN_DOOR)
    world.jump.proxy.refuse("PutRolePolicy", status=403, code="AccessDenied", times=None)
    assert world.compare() == {f"gate_edited {MEMBER_ROLE} {SESSION_GATE_NAME}"}
    drift = Drift.objects.get(kind="gate_edited")
    assert (drift.status, drift.problem.partition(":")[0]) == ("undoing", "AccessDenied")
    attempts = TrailEntry.objects.filter(subject=drift.code, act__startswith="drift.undo_")
    assert [(entry.act, [call["action"] for call in entry.data["calls"]]) for entry in attempts] == [
        ("drift.undo_attempt_failed", ["PutRolePolicy", "ListRolePolicies"])
    ]


def test_undo_that_breaks_is_told_and_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.undo_by_itself()

    def broken(*_: object) -> bool:
        raise RuntimeError("odd")

    monkeypatch.setitem(undoing.UNDOS, DriftKind.UNEXPLAINED_MEMBER, broken)
    world.add()
    world.gated.put(OPEN_DOOR)
    assert f"gate_edited {MEMBER_ROLE} {SESSION_GATE_NAME}" not in world.compare()
    stuck = Drift.objects.get(kind="unexplained_member")
    assert (stuck.status, stuck.problem) == ("undoing", "RuntimeError")


def test_what_was_changed_since_somebody_asked_is_looked_at_again_before_it_is_undone(world: World) -> None:
    there = world.gated.accounts()[1].role_details(MEMBER_ROLE)
    assert there is not None
    declared = [*(name for name in there.inline if name != SESSION_GATE_NAME), *there.attached]
    TargetRole.objects.filter(name=MEMBER_ROLE).update(policies=declared)
    world.gated.iam.put_role_policy(RoleName=MEMBER_ROLE, PolicyName="More", PolicyDocument=OPEN_DOOR)
    world.compare()
    Drift.objects.update(status="undoing", undo_asked_by="admin01")
    world.gated.iam.put_role_policy(RoleName=MEMBER_ROLE, PolicyName="More", PolicyDocument=OPEN_DOOR.replace("Allow", "Deny"))
    world.compare()
    assert Drift.objects.get().problem == "not_undoable"
    assert "More" in world.gated.iam.list_role_policies(RoleName=MEMBER_ROLE)["PolicyNames"]


def test_listing_without_somebody_ends_nobodys_access_before_aws_is_asked_for_that_user(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    elevation = world.grant()
    world.compare()
    monkeypatch.setattr(Account, "user_by_id", lambda *_: None)
    monkeypatch.setattr(Account, "user", lambda *_: None)
    assert f"user_gone member01 {elevation.iam_user_id}" in world.compare()
    elevation.refresh_from_db()
    assert elevation.status == "active"


def test_a_switch_that_the_catalogue_does_not_have_is_told_and_so_is_one_that_aws_does_not_allow(world: World) -> None:
    policy = OPEN_DOOR.replace('"Action":"*"', '"Action":"sts:AssumeRole"')
    world.jump.iam.put_group_policy(GroupName="MemberGroup", PolicyName="More", PolicyDocument=policy)
    world.jump.iam.delete_group_policy(GroupName=MEMBER_GROUP, PolicyName="SwitchRole")
    assert world.compare() == {
        "switch_allowed MemberGroup production/Prod_MemberRole",
        "switch_allowed MemberGroup production/Prod_LeaderRole",
        f"switch_denied {MEMBER_GROUP} production/Prod_MemberRole",
    }
