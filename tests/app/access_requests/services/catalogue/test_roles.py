"""Which role in AWS a name is: as AWS shows it, or as the file declares it whole where nobody can ask."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from access_requests.lifecycle import ElevationStatus
from access_requests.models import AwsAccount, Elevation, TargetRole
from portal.aws.directory import IamRole
from tests.app.access_requests.services.catalogue.loading import (
    DEMO,
    an_elevation,
    edited,
    find_role,
    load,
    refused,
    signs,
)

pytestmark = pytest.mark.django_db
ROLE, GROUP = "Prod_MemberRole", "ProdMemberWorkGroup"
PLAIN = f"arn:aws:iam::444444444444:role/{ROLE}"
IN_TEAM = PLAIN.replace("role/", "role/team/")
HEAD = "      Prod_MemberRole:\n        level: member\n"
# Production without a role of the portal's: one role, whose ARN is declared, and one work group that leads there.
UNGATED = """
accounts:
  jump: {id: "111111111111", name: Jump, kind: jump}
  production:
    id: "444444444444"
    name: Production
    kind: production
    roles:
      Prod_MemberRole: {level: member, arn: "ARN"}
policies:
  one-lead: {shortest: 15m, longest: 4h, decision: 1d, levels: [{approvers: [lead01]}]}
work_groups:
  ProdMemberWorkGroup: {policy: one-lead, target_roles: [production/Prod_MemberRole], requesters: everyone}
people:
  admin: {name: Administrator, administrator: true}
  lead01: {name: Lead}
"""


def shown(**changes: str) -> dict[str, Any]:
    """Have AWS show the member's role otherwise; all others are as ever."""
    there = find_role("arn:aws:iam::444444444444:role/sekisho/SekishoGateRole", ROLE)
    assert there is not None
    other = replace(there, **changes)
    return {"role": lambda portal, name: other if name == ROLE else find_role(portal, name)}


def switches(*arns: str) -> Mapping[str, frozenset[str]]:
    return {GROUP.lower(): frozenset(arns)}


def member_role() -> TargetRole:
    return TargetRole.objects.select_related("account").get(name=ROLE)


# Read


def test_arn_and_id_are_those_that_aws_shows(now: datetime) -> None:
    load(DEMO, now, **shown(arn=IN_TEAM, role_id="AROATEAM000000000001"))
    role = member_role()
    assert (role.arn, role.role_id, role.read_at, role.is_known) == (IN_TEAM, "AROATEAM000000000001", now, True)
    assert AwsAccount.objects.get(key="production").gate_role_arn == "arn:aws:iam::444444444444:role/sekisho/SekishoGateRole"


@pytest.mark.parametrize(
    ("there", "file", "mistake"),
    [
        ({"name": "prod_MEMBERrole"}, HEAD, 'roles.Prod_MemberRole: AWS spells this "prod_MEMBERrole"'),
        ({"arn": IN_TEAM}, f"{HEAD}        arn: {PLAIN}\n", f"is {IN_TEAM} in AWS, not {PLAIN}"),
        ({}, f"{HEAD}        role_id: AROASOMEBODYELSE0001\n", "in AWS, not AROASOMEBODYELSE0001"),
        ({"arn": PLAIN.replace("role/", "role/te*m/")}, HEAD, "cannot be named in a policy and nothing else with it"),
        ({}, f"{HEAD}        arn: {PLAIN.replace('444444444444', '555555555555')}\n", "this is not the ARN of"),
        ({}, f"{HEAD}        arn: {PLAIN}s\n", "this is not the ARN of"),
        ({}, f"{HEAD}        arn: {PLAIN.replace(ROLE, '*')}\n", "the ARN of a role in full"),
    ],
)
def test_another_spelling_is_refused_and_aws_named(now: datetime, there: dict[str, str], file: str, mistake: str) -> None:
    assert mistake in refused(edited((HEAD, file)), now, **shown(**there))


def test_role_that_is_not_there_is_refused(now: datetime) -> None:
    def gone(portal: str, name: str) -> IamRole | None:
        return None if name == ROLE else find_role(portal, name)

    assert 'roles.Prod_MemberRole: there is no role "Prod_MemberRole" in the account' in refused(DEMO, now, role=gone)


def test_aws_is_asked_only_about_roles_that_are_new_or_unread(demo: None, later: datetime) -> None:
    asked = []

    def role(portal: str, name: str) -> IamRole | None:
        asked.append(name)
        return find_role(portal, name)

    TargetRole.objects.filter(name=ROLE).update(arn=None, role_id=None, read_at=None)
    assert signs(load(DEMO, later, role=role)) == ["~ role production/Prod_MemberRole"]
    assert (asked, member_role().arn) == ([ROLE], PLAIN)


def test_role_made_again_is_another_one_until_the_file_names_its_id(demo: None, later: datetime) -> None:
    again = shown(arn=IN_TEAM, role_id="AROAAGAIN00000000001")
    assert load(DEMO, later, **again).changes == []
    elevation = an_elevation("member01", GROUP, ElevationStatus.ACTIVE, later)
    Elevation.objects.update(written_ends_at=elevation.ends_at)
    said = [line for change in load(edited((HEAD, f"{HEAD}        role_id: AROAAGAIN00000000001\n")), later, **again).changes
            for line in change.lines()]  # fmt: skip
    assert f'    arn: "{PLAIN}" -> "{IN_TEAM}"' in said
    elevation.refresh_from_db()
    assert elevation.written_ends_at is None  # Its fence is written anew.


def test_more_target_roles_than_entry_fences_fit_on_a_user_are_refused(now: datetime) -> None:
    names = [f"Role{number}" for number in range(8)]
    text = edited(
        ("Stg_ReadOnlyRole: read_only", ", ".join(["Stg_ReadOnlyRole: read_only", *(f"{name}: member" for name in names)])),
        ("[production/Prod_MemberRole]", f"[{', '.join(f'staging/{name}' for name in names)}]"),
    )

    def far(portal: str, name: str) -> IamRole | None:
        found = find_role(portal, name)
        return replace(found, arn=found.arn.replace("role/", f"role/{'team' * 20}/")) if found else None

    load(text, now)
    TargetRole.objects.filter(name__startswith="Role").update(arn=None, role_id=None)
    assert "their entry fences do not fit" in refused(text, now, role=far)


# Declared


def test_role_in_an_account_without_one_of_the_portals_is_declared_whole(now: datetime) -> None:
    load(UNGATED.replace("ARN", IN_TEAM), now, secrets={}, switches=switches(IN_TEAM))
    role = member_role()
    assert (role.arn, role.role_id, role.read_at, role.is_known) == (IN_TEAM, None, None, True)
    assert load(UNGATED.replace("ARN", IN_TEAM), now, secrets={}).changes == []


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        (', arn: "ARN"', "", "without a gate_role here nobody can ask AWS about it: write its ARN in full"),
        ('"ARN"', f'"{PLAIN}", role_id: AROASOMEBODYELSE0001', "role_id: without a gate_role here nobody can compare it"),
    ],
)
def test_what_nobody_can_ask_aws_about_is_said_in_full(now: datetime, old: str, new: str, mistake: str) -> None:
    assert mistake in refused(UNGATED.replace(old, new), now)


@pytest.mark.parametrize(
    "allowed",
    [
        (),
        (PLAIN,),
        ("*",),
        ("arn:aws:iam::444444444444:role/*",),
        (IN_TEAM, PLAIN),
        (IN_TEAM.lower(),),
        (IN_TEAM.replace("arn:aws:", "arn:aws-cn:"),),
    ],
)
def test_work_groups_own_policies_must_allow_exactly_the_declared_arn(now: datetime, allowed: tuple[str, ...]) -> None:
    said = refused(UNGATED.replace("ARN", IN_TEAM), now, switches=switches(*allowed))
    assert f"must allow the switch to exactly {IN_TEAM}" in said
