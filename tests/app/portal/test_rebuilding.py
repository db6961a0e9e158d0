"""The demo's AWS made again from the portal's data: who is in a group of IAM Identity Center, and under which id."""

from datetime import timedelta
from typing import Any

import pytest

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation, IdentityCenterBinding, WorkGroup
from portal.demo import rebuilding
from portal.demo.secret_files import Secrets
from portal.simulated_aws.world import World
from tests.stand_ins.aws import ADMIN_KEY, PEOPLES_CREDENTIALS, PORTAL_KEY
from tests.worlds.cast import add_person, identity_center_user_id, let_portal_in
from tests.worlds.identity_center import GROUP, bind_everybody, work_group
from tests.worlds.jump import Jump
from tests.worlds.story import elevated

SECRETS = Secrets(
    aws_admin=ADMIN_KEY, aws_portal=PORTAL_KEY, aws_people=PEOPLES_CREDENTIALS, client_secret="", slack_signing_secret=""
)


@pytest.fixture
def group(jump: Jump) -> WorkGroup:
    bind_everybody()
    return work_group(jump.cast)


def declared(jump: Jump) -> dict[str, Any]:
    """Return the Jump account of a world that can be built."""
    world = rebuilding.world(SECRETS, now=jump.clock.now)
    World.parsed(world)
    jump_account: dict[str, Any] = world["accounts"][0]
    return jump_account


def members(jump: Jump, name: str = GROUP) -> list[str]:
    (group,) = (group for group in declared(jump)["identity_center"]["groups"] if group["name"] == name)
    return list(group["members"])


@pytest.mark.parametrize(
    ("status", "present"),
    [(ElevationStatus.ACTIVE, ["member01"]), (ElevationStatus.REVOKING, ["member01"]), (ElevationStatus.GRANTING, [])],
)
def test_who_is_in_production_is_in_the_group_and_in_no_iam_group(
    group: WorkGroup, jump: Jump, status: ElevationStatus, present: list[str]
) -> None:
    elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now, work_groups=[GROUP])
    Elevation.objects.filter(pk=elevation.pk).update(
        status=status, granted_at=jump.clock.now, stopped_at=jump.clock.now + timedelta(minutes=1)
    )
    assert members(jump) == present
    account = declared(jump)
    (user,) = (user for user in account["users"] if user["name"] == "member01")
    assert (GROUP in user["groups"], user["tags"], user["inline"]) == (False, {}, {})
    assert GROUP not in {group["name"] for group in account["groups"]}


def test_roles_of_identity_center_have_no_gate(group: WorkGroup, jump: Jump) -> None:
    let_portal_in(jump.cast.production)
    world = rebuilding.world(SECRETS, now=jump.clock.now)
    (role,) = (role for account in world["accounts"] for role in account["roles"] if role["name"].startswith("AWSReservedSSO_"))
    assert set(role["inline"]) == {"AwsSSOInlinePolicy"}


def test_users_have_the_ids_that_are_bound_and_those_who_were_added_are_there(group: WorkGroup, jump: Jump) -> None:
    remembered = "11111111-2222-4333-8444-555555555555"
    IdentityCenterBinding.objects.filter(user_name="member01").update(user_id=remembered)
    person = add_person("newcomer", name="新人")
    added = identity_center_user_id("newcomer")
    IdentityCenterBinding.objects.create(person=person, user_name="newcomer", user_id=added, bound_at=jump.clock.now)
    ids = {user["name"]: user["user_id"] for user in declared(jump)["identity_center"]["users"]}
    assert (ids["member01"], ids["newcomer"]) == (remembered, added)


def test_groups_that_a_catalogue_of_ones_own_has_added_are_there(group: WorkGroup, jump: Jump) -> None:
    other = WorkGroup.objects.create(name="Other", policy=group.policy, everyone_may_request=True, backend="identity_center")
    other.target_roles.set(group.target_roles.all())
    assert members(jump, "Other") == []
