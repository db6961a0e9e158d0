"""The demo's AWS made again from the portal's data: who is in a group of IAM Identity Center, and under which id."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation, IdentityCenterBinding, WorkGroup
from access_requests.services.catalogue.designing import designed
from access_requests.services.catalogue.state import State
from portal.demo import database, rebuilding
from portal.demo.secret_files import Secrets
from portal.iam.account_design import declared
from portal.iam.account_design.design import Design
from portal.simulated_aws.company import ADMIN_ROLE
from portal.simulated_aws.deployment import Administrator, NotDeployed, Stack
from portal.simulated_aws.world import World
from tests.stand_ins.aws import ADMIN_KEY, PEOPLES_CREDENTIALS, PORTAL_KEY, REGION
from tests.worlds.cast import add_person, identity_center_user_id, let_portal_in
from tests.worlds.gated import Gated, admin_in
from tests.worlds.identity_center import GROUP, bind_everybody, work_group
from tests.worlds.jump import MEMBER_GROUP, Jump, granted
from tests.worlds.story import elevated

SECRETS = Secrets(
    aws_admin=ADMIN_KEY, aws_portal=PORTAL_KEY, aws_people=PEOPLES_CREDENTIALS, client_secret="", slack_signing_secret=""
)


@pytest.fixture
def group(jump: Jump) -> WorkGroup:
    bind_everybody()
    return work_group(jump.cast)


def newcomers(jump: Jump, design: Design | None = None) -> list[dict[str, Any]]:
    """Return who comes to the Jump account, and to production, in a form that can be added."""
    world = rebuilding.newcomers(design or companys(), SECRETS, now=jump.clock.now)
    World.parsed(world)
    accounts: list[dict[str, Any]] = world["accounts"]
    return accounts


def companys(catalogue: State | None = None) -> Design:
    declaration = declared.read(Path(settings.BASE_DIR, "portal/simulated_aws/account_design.yaml").read_text())
    return designed(catalogue or database.companys_own(), declaration, today=date(2026, 11, 23))


def members(jump: Jump, name: str = GROUP) -> list[str]:
    (group,) = (group for group in newcomers(jump)[0]["identity_center"]["groups"] if group["name"] == name)
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
    account, _ = newcomers(jump)
    (user,) = (user for user in account["users"] if user["name"] == "member01")
    assert (GROUP in user["groups"], user["tags"], user["inline"]) == (False, {}, {})
    assert GROUP not in {group["name"] for group in account["groups"]}


def test_roles_of_identity_center_have_no_gate(group: WorkGroup, jump: Jump) -> None:
    let_portal_in(jump.cast.production)
    (role,) = newcomers(jump)[1]["roles"]
    assert (role["name"][:15], set(role["inline"])) == ("AWSReservedSSO_", {"AwsSSOInlinePolicy"})


def test_users_have_the_ids_that_are_bound_and_those_who_were_added_are_there(group: WorkGroup, jump: Jump) -> None:
    remembered = "11111111-2222-4333-8444-555555555555"
    IdentityCenterBinding.objects.filter(user_name="member01").update(user_id=remembered)
    person = add_person("newcomer", name="新人")
    added = identity_center_user_id("newcomer")
    IdentityCenterBinding.objects.create(person=person, user_name="newcomer", user_id=added, bound_at=jump.clock.now)
    ids = {user["name"]: user["user_id"] for user in newcomers(jump)[0]["identity_center"]["users"]}
    assert (ids["member01"], ids["newcomer"]) == (remembered, added)


def test_groups_that_a_catalogue_of_ones_own_has_added_are_there(group: WorkGroup, jump: Jump) -> None:
    other = WorkGroup.objects.create(name="Other", policy=group.policy, everyone_may_request=True, backend="identity_center")
    other.target_roles.set(group.target_roles.all())
    assert members(jump, "Other") == []


def test_group_that_was_retired_is_there_while_somebody_is_in_it(gated: Gated) -> None:
    """No template makes it any more, and the end of what was given takes that person out."""
    jump = gated.jump
    elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    Elevation.objects.filter(pk=elevation.pk).update(status=ElevationStatus.ACTIVE, granted_at=jump.clock.now)
    own = database.companys_own()
    without = companys(replace(own, work_groups={name: each for name, each in own.work_groups.items() if name != MEMBER_GROUP}))
    account, _ = newcomers(jump, without)
    (group,) = account["groups"]
    assert (group["name"], group["path"]) == (MEMBER_GROUP, "/sekisho/work/")
    (user,) = (user for user in account["users"] if user["name"] == "member01")
    assert MEMBER_GROUP in user["groups"]
    assert newcomers(jump)[0]["groups"] == []


def test_catalogue_of_ones_own_without_the_companys_groups_lets_its_people_be(gated: Gated) -> None:
    own = database.companys_own()
    bare = companys(replace(own, standing_groups={}, work_groups={}, roles={}))
    account, production = newcomers(gated.jump, bare)
    assert {user["name"]: user["groups"] for user in account["users"]}["member01"] == []
    assert production["roles"][0]["managed"] == ["arn:aws:iam::aws:policy/ReadOnlyAccess"]


def test_organisation_is_founded_and_peopled_and_who_is_in_production_stays_in(gated: Gated) -> None:
    """Its stacks are deployed by CloudFormation; people, memberships, fences and gates come after them."""
    jump, aws = gated.jump, gated.aws
    elevation = granted(elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now))
    gate, fences, tags = gated.lines(), jump.fences(), jump.tags()
    design = companys()
    administrator = Administrator(endpoint=aws.endpoint_url, region=REGION, key=ADMIN_KEY, role=ADMIN_ROLE)
    rebuilding.found(design, administrator, SECRETS, token=aws.control_token, is_first=True)
    assert {each["StackName"] for each in admin_in(aws, "production", "cloudformation").describe_stacks()["Stacks"]} == {
        "sekisho-production"
    }
    assert not jump.iam.list_users(PathPrefix="/")["Users"][2:]
    (trail,) = admin_in(aws, "production", "cloudtrail").describe_trails()["trailList"]
    assert (trail["IsOrganizationTrail"], trail["LogFileValidationEnabled"]) == (True, True)
    assert admin_in(aws, "production", "cloudtrail").get_trail_status(Name=trail["Name"])["IsLogging"] is True
    rebuilding.populate(design, administrator, SECRETS, now=jump.clock.now, token=aws.control_token)
    assert (jump.members(), jump.fences(), jump.tags()) == ({"member01"}, fences, tags)
    # The administrator's sessions are others now.
    assert replace(gated, iam=admin_in(aws, "production")).lines() == gate
    assert jump.iam.get_user(UserName="member01")["User"]["UserId"] == elevation.iam_user_id
    group = {"Type": "AWS::IAM::Group", "Properties": {"GroupName": "MemberGroup"}}
    broken = Stack(name="sekisho-broken", template=json.dumps({"Resources": {"Group": group}}))
    with pytest.raises(NotDeployed, match=r"sekisho-broken: Group: .*MemberGroup.*already exists"):
        administrator.deploy(design.jump.id, broken)
