"""Who can switch where, as AWS was last seen to allow it, and what else a comparison keeps for the pages."""

import pytest
from pytest_django import DjangoAssertNumQueries

from access_requests.models import Drift, IamUserBinding, RoleGate
from access_requests.selectors import drift as drift_selector
from access_requests.selectors import matrix as matrix_selector
from portal.aws import inventory
from tests.app.access_requests.services.drift.conftest import World
from tests.worlds.jump import MEMBER_GROUP


def test_room_of_roles_and_mfa_devices_are_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inventory, "mfa_serials", lambda _aws, *, user_name: [f"arn:aws:iam::111111111111:mfa/{user_name}"])
    world.compare()
    assert all(size and size > 100 for size in RoleGate.objects.values_list("others_size", flat=True))
    assert IamUserBinding.objects.get(user_name="member02").mfa_serials == ["arn:aws:iam::111111111111:mfa/member02"]


def test_the_matrix_says_who_can_switch_where_now(world: World) -> None:
    elevation = world.grant()
    world.compare()
    matrix = matrix_selector.latest()
    assert matrix is not None
    group = next(group for group in matrix.groups if group.name == MEMBER_GROUP)
    assert (group.kind, group.roles["production/Prod_MemberRole"].aws) == ("work", "allowed")
    assert group.roles["production/Prod_LeaderRole"].aws == "denied"
    assert "production/Prod_MemberRole" in {role.key for role in matrix.roles}
    me, other = matrix_selector.of_person("member01"), matrix_selector.of_person("member02")
    assert me is not None
    assert other is not None
    reach = me.roles["production/Prod_MemberRole"]
    assert (reach.decision, reach.gate, reach.via, reach.until) == ("allowed", "open", [MEMBER_GROUP], elevation.ends_at)
    assert me.roles["production/Prod_ReadOnlyRole"].via == ["MemberGroup"]
    assert me.roles["production/Prod_ReadOnlyRole"].gate == "none"
    assert other.roles["production/Prod_MemberRole"].decision == "denied"
    assert matrix_selector.of_person("nobody") is None


def test_a_forged_member_is_shut_out_by_the_gate_and_the_matrix_says_so(world: World) -> None:
    world.add()
    world.compare()
    other = matrix_selector.of_person("member02")
    assert other is not None
    reach = other.roles["production/Prod_MemberRole"]
    assert (reach.decision, reach.gate) == ("denied", "shut")


def test_where_the_portal_has_no_role_a_switch_is_denied_or_not_known(world: World) -> None:
    world.jump.cast.production.gate_role = world.jump.cast.production.gate_role_arn = ""
    world.jump.cast.production.save()
    world.grant()
    world.compare()
    me = matrix_selector.of_person("member01")
    assert me is not None
    reach = me.roles["production/Prod_MemberRole"]
    assert (reach.decision, list(reach.why)) == ("unknown", ["no_gate_role"])
    assert me.roles["production/Prod_LeaderRole"].decision == "denied"


def test_reads_for_the_pages_take_one_query(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for name in ("member02", "leader01", "leader02"):
        world.add(name)
    world.compare()
    rows = drift_selector.in_full(Drift.objects.all())
    with django_assert_num_queries(1):
        found = drift_selector.filtered(rows, drift_selector.Filters(work_group=MEMBER_GROUP, words="member02"))
        assert [row.work_group and row.work_group.name for row in found] == [MEMBER_GROUP]
    with django_assert_num_queries(1):
        assert matrix_selector.of_person("member01") is not None
    world.undo_by_itself()
    world.compare()
    assert not drift_selector.filtered(rows, drift_selector.Filters()).exists()
    assert drift_selector.filtered(rows, drift_selector.Filters(settled_too=True, kind="unexplained_member")).count() == 3
    assert drift_selector.latest() == world.latest()
    assert drift_selector.under_way() is None
