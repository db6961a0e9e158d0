"""Members of a work group that no IAM group has, and whose users carry fences and TTL tags all the same."""

import pytest

from access_requests.models import Drift
from tests.app.access_requests.services.drift.conftest import World
from tests.worlds.gated import Gated
from tests.worlds.jump import MEMBER_GROUP, MEMBER_TAG
from tests.worlds.tagged import KEY


@pytest.fixture
def world(tagged: Gated, world: World) -> World:
    assert world.gated is tagged
    return world


def untag(world: World, key: str, user: str = "member01") -> None:
    world.jump.iam.untag_user(UserName=user, TagKeys=[key])


def add(world: World, user: str = "member02") -> None:
    world.jump.iam.tag_user(UserName=user, Tags=[{"Key": KEY, "Value": "by hand"}])


def of_policies(found: set[str]) -> set[str]:
    """What policies come to: the company's have never heard of the tag."""
    return {one for one in found if one.startswith("switch_")}


def test_member_whom_no_elevation_explains_is_found_and_taken_out(world: World) -> None:
    rest = of_policies(world.compare())
    add(world)
    assert world.compare() - rest == {f"unexplained_member {MEMBER_GROUP} member02"}
    world.undo_by_itself()
    world.compare()
    assert Drift.objects.get(kind="unexplained_member").status == "undone"
    assert KEY not in world.jump.tags("member02")


def test_membership_tag_and_fence_that_are_missing_are_found_and_given_again(world: World) -> None:
    world.grant()
    rest = of_policies(world.compare())
    untag(world, KEY)
    untag(world, MEMBER_TAG)
    world.jump.iam.delete_user_policy(UserName="member01", PolicyName="sekisho-entry-Prod_MemberRole")
    assert {one.split()[0] for one in world.compare() - rest} == {"member_missing", "tag_missing", "fence_missing"}
    world.undo_by_itself()
    world.compare()
    assert {KEY, MEMBER_TAG} <= set(world.jump.tags())
    assert world.jump.fence() == world.jump.tags()[MEMBER_TAG]
