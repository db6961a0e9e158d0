"""Members of work groups in IAM Identity Center: whoever is in one is in production, with no fence and no gate behind it."""

import pytest

from access_requests.models import Drift, IdentityCenterBinding
from access_requests.services.drift.undoing import undoable
from audits.models import TrailEntry
from tests.app.access_requests.services.drift.conftest import World
from tests.worlds.identity_center import GROUP, Directory
from tests.worlds.jump import granted
from tests.worlds.story import acts, elevated

pytestmark = pytest.mark.usefixtures("directory")


@pytest.fixture
def world(directory: Directory, world: World) -> World:
    """The world after the group was added to the catalogue."""
    return world


def grant(world: World) -> None:
    jump = world.jump
    granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now, work_groups=[GROUP]))


def test_at_rest_and_while_somebody_is_in_nothing_is_drift(world: World) -> None:
    assert world.compare() == set()
    grant(world)
    assert world.compare() == set()
    assert world.latest().problems == []


def test_stranger_is_drift_and_is_told_by_name(world: World, directory: Directory) -> None:
    directory.add("member02")
    assert world.compare() == {f"unexplained_member {GROUP} member02"}
    drift = Drift.objects.get()
    assert (drift.account, drift.work_group and drift.work_group.name, drift.principal) == ("jump", GROUP, "")
    assert undoable(drift)
    assert directory.members() == {"member02"}


def test_stranger_whom_nobody_knows_here_is_told_by_id(world: World, directory: Directory) -> None:
    IdentityCenterBinding.objects.filter(user_name="member02").delete()
    directory.add("member02")
    assert world.compare() == {f"unexplained_member {GROUP} {directory.user_id('member02')}"}


def test_stranger_is_taken_out_where_so_configured(world: World, directory: Directory) -> None:
    world.undo_by_itself(GROUP)
    directory.add("member02")
    directory.make_user("stranger")
    directory.add("stranger")
    assert world.compare() == set()
    assert directory.members() == set()
    assert {row.status for row in Drift.objects.all()} == {"undone"}
    entry = TrailEntry.objects.filter(act="drift.undo_written").first()
    assert entry is not None
    assert "DeleteGroupMembership" in {call["action"] for call in entry.data["calls"]}
    assert world.jump.fences("member02") == {}


def test_whoever_is_approved_stays_while_a_stranger_goes(world: World, directory: Directory) -> None:
    world.undo_by_itself(GROUP)
    grant(world)
    directory.add("member02")
    world.compare()
    assert directory.members() == {"member01"}


def test_missing_member_is_drift_and_is_put_in_again(world: World, directory: Directory) -> None:
    grant(world)
    directory.remove("member01")
    assert world.compare() == {f"member_missing {GROUP} member01"}
    world.undo_by_itself(GROUP)
    assert world.compare() == set()
    assert directory.members() == {"member01"}
    drift = Drift.objects.get()
    assert drift.elevation is not None
    assert acts(drift.elevation)[-1] == "elevation.extension_written"


def test_missing_user_ends_the_access(world: World, directory: Directory) -> None:
    grant(world)
    world.undo_by_itself(GROUP)
    directory.delete_user("member01")
    world.compare()
    elevation = Drift.objects.get(kind="member_missing").elevation
    assert elevation is not None
    assert elevation.stop_reason == "identity_user_missing"
    world.jump.sweep()
    assert world.compare() == set()


def test_missing_group_is_drift_that_an_administrator_puts_right(world: World, directory: Directory) -> None:
    directory.delete_group()
    assert world.compare() == {f"group_gone {GROUP}"}
    assert not undoable(Drift.objects.get())


def test_an_iam_group_of_that_name_is_nobodys_business(world: World) -> None:
    world.jump.iam.create_group(GroupName=GROUP)
    world.jump.iam.add_user_to_group(GroupName=GROUP, UserName="member02")
    assert world.compare() == set()


def test_group_that_cannot_be_read_is_a_problem_and_the_rest_is_compared(world: World, directory: Directory) -> None:
    directory.add("member02")
    world.compare()
    world.add()
    directory.jump.proxy.refuse("ListGroupMemberships", status=400, code="AccessDeniedException")
    assert world.compare() == {f"unexplained_member {GROUP} member02", "unexplained_member ProdMemberWorkGroup member02"}
    assert world.latest().problems == [{"account": "jump", "thing": GROUP, "problem": "AccessDeniedException"}]
    matrix = world.latest().matrix
    assert matrix is not None
    assert [row["problem"] for row in matrix["accounts"] if row["key"] == "jump"] == [""]
    directory.remove("member02")
    assert world.compare() == {"unexplained_member ProdMemberWorkGroup member02"}


def test_one_read_a_group_whoever_is_in_it(world: World, directory: Directory) -> None:
    grant(world)
    for name in ("member02", "leader01", "leader02"):
        directory.add(name)
    world.jump.proxy.forget()
    world.compare()
    for action in ("ListInstances", "GetGroupId", "ListGroupMemberships"):
        assert world.jump.proxy.count(action) == 1
    assert world.jump.proxy.count("LookupEvents") == 0


def test_policies_of_identity_centers_role_are_not_the_portals_to_take_off() -> None:
    role = "AWSReservedSSO_SekishoOperate_0123456789abcdef"
    assert not undoable(Drift(kind="role_policy", account="production", thing=role, name="More", detail={}))
