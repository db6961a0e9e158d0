"""What AWS merely has not shown yet is not drift; what it can't explain is found all the same."""

from datetime import timedelta

import pytest

from access_requests.models import Drift
from access_requests.services.drift import running
from tests.app.access_requests.services.drift.conftest import World
from tests.worlds.jump import MEMBER_GROUP, ended
from tests.worlds.story import approved, extension_asked, returned


def look_once(world: World) -> None:
    """Have the proxy know an answer of now, to give it again later."""
    assert running.run() is not None
    world.jump.proxy.lag_reads(seconds=3600)


def test_a_grant_that_reads_do_not_show_yet_is_not_drift(world: World) -> None:
    look_once(world)
    world.jump.proxy.heal()
    world.grant()
    world.jump.proxy.lag_reads(seconds=3600)
    assert world.compare(later=5) == set()
    world.jump.proxy.heal()
    assert world.compare() == set()
    assert not Drift.objects.exists()


def test_an_end_that_reads_do_not_show_yet_is_not_drift(world: World) -> None:
    elevation = world.grant()
    world.compare()
    look_once(world)
    world.jump.proxy.heal()
    returned(elevation, world.jump.cast.member01, now=world.jump.clock.now)
    assert ended(elevation).status == "ended"
    world.jump.proxy.lag_reads(seconds=3600)
    assert world.compare(later=5) == set()
    world.jump.proxy.heal()
    assert world.compare() == set()


def test_an_extension_on_its_way_is_not_drift(world: World) -> None:
    elevation = world.grant()
    world.compare()
    later = elevation.ends_at + timedelta(minutes=30)
    extension = extension_asked(elevation, world.jump.cast.member01, ends_at=later, now=world.jump.clock.now)
    approved(extension, world.jump.cast.leader01, now=world.jump.clock.now)
    assert world.compare(later=0) == set()
    world.jump.sweep()
    assert world.compare(later=0) == set()
    assert world.compare() == set()


def test_reads_that_stay_behind_for_longer_than_aws_takes_are_told(world: World) -> None:
    look_once(world)
    world.jump.proxy.heal()
    world.grant()
    world.jump.proxy.lag_reads(seconds=3600)
    assert f"member_missing {MEMBER_GROUP} member01" in world.compare(later=61)
    world.jump.proxy.heal()
    world.compare()
    assert {row.status for row in Drift.objects.all()} == {"gone"}


def test_a_member_who_never_had_access_is_found_at_once(world: World) -> None:
    world.grant()
    world.add()
    assert world.compare(later=0) == {f"unexplained_member {MEMBER_GROUP} member02"}


def test_a_removal_just_after_a_grant_is_found_by_who_waits_and_by_the_next_comparison(world: World) -> None:
    world.grant()
    world.jump.iam.remove_user_from_group(GroupName=MEMBER_GROUP, UserName="member01")
    assert world.compare(later=0) == set()
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        world.jump.clock.forward(seconds=seconds)

    assert running.run(pause=wait) is not None
    assert world.open() == {f"member_missing {MEMBER_GROUP} member01"}
    assert waited == [60.0]


def test_who_is_removed_and_read_back_late_is_not_found_again(world: World) -> None:
    world.undo_by_itself()
    world.add()
    world.compare(later=0)
    world.add()
    assert world.compare(later=5) == set()
    assert Drift.objects.count() == 1
    world.compare()
    assert [row.status for row in Drift.objects.all()] == ["undone", "undone"]


@pytest.mark.parametrize("late", [True, False])
def test_an_undo_that_aws_does_not_show_yet_stays_open_until_it_does(world: World, *, late: bool) -> None:
    world.undo_by_itself()
    world.add()
    # The membership itself is read back by GetGroup; only the whole account is listed late.
    assert running.run() is not None
    assert [row.status for row in Drift.objects.all()] == ["undone"]
    if late:
        world.jump.proxy.lag_reads(seconds=3600)
    assert world.compare(later=1) == set()
