"""The policies that the documentation gives to administrators, against the calls that workers really make in both accounts."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from access_requests.models import Drift, Elevation, TargetRole, WorkGroup
from access_requests.services.catalogue import current
from access_requests.services.catalogue.designing import designed
from access_requests.services.drift import designs, looking, running
from access_requests.services.elevations import evaluating, gates, lease, provision, revoke
from audits.models import Matched, Reading
from portal.aws.directory import find_iam_user
from portal.iam.account_design.design import Declared
from portal.iam.session_gate import SESSION_GATE_NAME
from portal.simulated_aws.company import ACCOUNTS
from tests.app.audits.log_ins.test_files import make_trail
from tests.app.audits.log_ins.test_reading import Look, forward, look  # noqa: F401  A fixture.
from tests.stand_ins.aws import PORTAL_KEY
from tests.stand_ins.aws_proxy import Call
from tests.worlds.gated import Gated
from tests.worlds.jump import MEMBER_GROUP, MEMBER_ROLE, granted
from tests.worlds.story import approved, elevated, extension_asked, returned

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = {"jump": "portal-jump.json", "gate": "portal-gate.json"}
POLICIES = {where: json.loads((ROOT / "portal" / "aws" / "policies" / name).read_text()) for where, name in FILES.items()}
DOCUMENT = (ROOT / "docs" / "aws" / "permissions.md").read_text()
OPEN_DOOR = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
MANAGED = "arn:aws:iam::aws:policy/AdministratorAccess"
WORK_GROUPS = ("arn:aws:iam::*:group/sekisho/work/*", None)
TTL_TAGS = (
    "arn:aws:iam::*:user/*",
    {"ForAllValues:StringLike": {"aws:TagKeys": "sekisho:ttl:*"}, "Null": {"aws:TagKeys": "false"}},
)
PEOPLE = (
    "arn:aws:iam::*:user/*",
    {"ArnLike": {"iam:PermissionsBoundary": "arn:aws:iam::*:policy/sekisho/SekishoPersonBoundary"}},
)
WORK_ROLES = (
    "arn:aws:iam::*:role/*",
    {"ArnLike": {"iam:PermissionsBoundary": "arn:aws:iam::*:policy/sekisho/SekishoWorkRoleBoundary"}},
)
NO_GUARD_RAILS = {"ArnNotLike": {"iam:PolicyARN": "arn:aws:iam::*:policy/sekisho/rails/*"}}
# What is not only read: on what, and under which condition.
WRITES: Mapping[str, Mapping[str, tuple[str, Any]]] = {
    "jump": {
        "iam:AddUserToGroup": WORK_GROUPS,
        "iam:RemoveUserFromGroup": WORK_GROUPS,
        "iam:DeleteGroupPolicy": WORK_GROUPS,
        "iam:DetachGroupPolicy": (WORK_GROUPS[0], NO_GUARD_RAILS),
        "iam:TagUser": TTL_TAGS,
        "iam:UntagUser": TTL_TAGS,
        "iam:PutUserPolicy": PEOPLE,
        "iam:DeleteUserPolicy": PEOPLE,
        "sts:AssumeRole": ("arn:aws:iam::*:role/sekisho/SekishoGateRole", None),
    },
    "gate": {
        "iam:PutRolePolicy": WORK_ROLES,
        "iam:DeleteRolePolicy": WORK_ROLES,
        "iam:DetachRolePolicy": (WORK_ROLES[0], {**WORK_ROLES[1], **NO_GUARD_RAILS}),
        "ssm:TerminateSession": ("arn:aws:ssm:*:*:session/*", None),
        "kms:Decrypt": ("*", {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}),
    },
}
# What reading CloudTrail takes in each account, by a test of its own: sessions are as old as AWS's clock says there.
OF_LOG_INS = {
    "jump": {"account:ListRegions", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:LookupEvents"},
    "gate": {
        *("account:ListRegions", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:ListPublicKeys"),
        *("cloudtrail:LookupEvents", "s3:GetObject", "s3:ListBucket"),
    },
}
# The simulated AWS encrypts no files, and files of the Jump account's own trail lie in the archive's bucket.
NOT_MADE = {"kms:Decrypt", "cloudtrail:ListPublicKeys"}
READS = ("Get", "List", "Describe", "Lookup")
# Asked by whoever wants to know who they are: needs no permission, and no policy can deny it.
NEEDS_NO_PERMISSION = "sts:GetCallerIdentity"


def actions_of(statement: Mapping[str, Any]) -> list[str]:
    actions = statement["Action"]
    return actions if isinstance(actions, list) else [actions]


def allowed(where: str) -> list[str]:
    return sorted(action for statement in POLICIES[where]["Statement"] for action in actions_of(statement))


def by_action(where: str) -> dict[str, tuple[str, Any]]:
    statements = POLICIES[where]["Statement"]
    return {action: (one["Resource"], one.get("Condition")) for one in statements for action in actions_of(one)}


def where(call: Call) -> str:
    """The portal signs with its own key in the Jump account, and with those of a session in the others."""
    return "jump" if call.key_id == PORTAL_KEY.id else "gate"


def names(calls: Iterable[Call], account: str) -> set[str]:
    return {f"{call.service}:{call.action}" for call in calls if where(call) == account} - {NEEDS_NO_PERMISSION}


def live_through_everything(world: Gated) -> None:
    """Have the workers do all they can: for people who come and go, are renamed and added in the console, and roles that go."""
    find_iam_user("member01")
    assert designs.with_quotas(designed(current.read(), Declared(hosts=()), today=world.jump.clock.now.date()))[1] == []
    for role_id in list(gates.due(now=world.jump.clock.now)):
        gates.refresh(role_id)
    declare_policies(world)
    live_through_an_access(world)
    live_through_drift(world)
    live_through_losses(world)


def declare_policies(world: Gated) -> None:
    """Have the catalogue say of the role what stands in AWS, and have the work group's drift undone."""
    there = world.accounts()[1].role_details(MEMBER_ROLE)
    assert there is not None
    declared = [*(name for name in there.inline if name != SESSION_GATE_NAME), *there.attached]
    TargetRole.objects.filter(name=MEMBER_ROLE).update(policies=declared)
    WorkGroup.objects.filter(name=MEMBER_GROUP).update(drift="undo")


def live_through_an_access(world: Gated) -> None:
    """A grant, an extension, and an end with a shell open, of a person renamed meanwhile; the tidying, and what is evaluated."""
    jump, cast = world.jump, world.jump.cast
    elevation = granted(elevated(cast.member01, cast.leader01, now=jump.clock.now))
    evaluating.evaluate_due()
    extension = extension_asked(elevation, cast.member01, ends_at=elevation.starts_at.replace(hour=6), now=jump.clock.now)
    approved(extension, cast.leader01, now=jump.clock.now)
    provision.prolong(elevation.pk)
    world.aws.set_clock(at=jump.clock.now)
    world.aws.switch("member01").client("ssm").start_session(Target="i-0123456789abcdef0")
    jump.rename("member01", "member99")
    returned(elevation, cast.member01, now=jump.clock.now)
    jump.sweep()
    jump.clock.forward(seconds=lease.length().total_seconds())
    jump.sweep()
    elevation.refresh_from_db()
    assert (elevation.status, elevation.fence_due_at, jump.members()) == ("ended", None, set())
    jump.rename("member99", "member01")


def live_through_drift(world: Gated) -> None:
    """Whatever the portal undoes, done by an administrator in the console."""
    iam, roles = world.jump.iam, world.iam
    iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="leader02")
    iam.tag_user(UserName="leader01", Tags=[{"Key": f"sekisho:ttl:{MEMBER_GROUP}", "Value": "2036-01-01T00:00:00Z"}])
    iam.put_group_policy(GroupName=MEMBER_GROUP, PolicyName="More", PolicyDocument=OPEN_DOOR)
    iam.attach_group_policy(GroupName=MEMBER_GROUP, PolicyArn=MANAGED)
    roles.put_role_policy(RoleName=MEMBER_ROLE, PolicyName="More", PolicyDocument=OPEN_DOOR)
    roles.attach_role_policy(RoleName=MEMBER_ROLE, PolicyArn=MANAGED)
    world.put(OPEN_DOOR)
    world.jump.clock.forward(minutes=2)
    running.run()
    undone = {row.kind for row in Drift.objects.filter(status="undone")}
    assert undone >= {"unexplained_member", "tag_unexplained", "group_policy", "role_policy", "gate_edited"}
    assert Drift.objects.exclude(status="undone").exclude(problem="").count() == 0


def live_through_losses(world: Gated) -> None:
    """An end of which nothing is there any more: of a group or role that is gone, IAM denies to the portal even to write."""
    jump, cast = world.jump, world.jump.cast
    elevation = granted(elevated(cast.member02, cast.leader01, now=jump.clock.now))
    assert elevation.status == "active"
    jump.iam.remove_user_from_group(GroupName=MEMBER_GROUP, UserName="member02")
    jump.iam.delete_group_policy(GroupName=MEMBER_GROUP, PolicyName="SwitchRole")
    jump.iam.delete_group(GroupName=MEMBER_GROUP)
    delete_role(world, MEMBER_ROLE)
    returned(elevation, cast.member02, now=jump.clock.forward(minutes=5))
    jump.sweep()
    elevation.refresh_from_db()
    assert (elevation.status, elevation.problem) == ("ended", "")


def delete_role(world: Gated, name: str) -> None:
    for policy in world.iam.list_role_policies(RoleName=name)["PolicyNames"]:
        world.iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for attached in world.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        world.iam.detach_role_policy(RoleName=name, PolicyArn=attached["PolicyArn"])
    world.iam.delete_role(RoleName=name)


def test_policies_allow_the_calls_that_workers_make_and_no_other(gated: Gated) -> None:
    live_through_everything(gated)
    calls = gated.jump.proxy.calls
    for account in FILES:
        made = names(calls, account) | OF_LOG_INS[account]
        assert (account, sorted(made)) == (account, sorted({*allowed(account)} - (NOT_MADE - OF_LOG_INS[account])))
    assert Elevation.objects.exclude(status="ended").count() == 0
    # All writes about groups were about the one work group, though the simulated AWS would have denied others too.
    groups = {call.parameters["GroupName"] for call in calls if "GroupName" in call.parameters}
    assert groups == {MEMBER_GROUP}
    tags = {value for call in calls for name, value in call.parameters.items() if re.fullmatch(r"TagKeys.*|Tags.*\.Key", name)}
    assert tags == {f"sekisho:ttl:{MEMBER_GROUP}"}


def test_log_ins_are_read_by_calls_that_the_policies_allow(gated: Gated, look: Look) -> None:  # noqa: F811  The fixture.
    for key in ("production", "jump"):
        make_trail(gated, key)
    gated.jump.proxy.forget()
    look()
    forward(gated, hours=3)
    Matched.objects.update(trails_at=None)
    look()
    answered = [call for call in gated.jump.proxy.calls if call.status == HTTPStatus.OK]
    made = {account: names(answered, account) - {"sts:AssumeRole"} for account in FILES}
    assert made == OF_LOG_INS
    problems = Reading.objects.exclude(problem="").values_list("account", "source", "problem")
    assert {problem for account, _source, problem in problems if account != ACCOUNTS["jump"]} == set()


@pytest.mark.parametrize("account", FILES)
def test_whatever_is_written_is_bounded_by_path_tag_boundary_or_name(account: str) -> None:
    limits = by_action(account)
    assert {action: limit for action, limit in limits.items() if not action.split(":")[1].startswith(READS)} == WRITES[account]


@pytest.mark.parametrize("account", FILES)
def test_no_statement_allows_a_pattern_of_actions_or_one_that_another_allows(account: str) -> None:
    assert not [action for action in allowed(account) if "*" in action]
    assert len(set(allowed(account))) == len(allowed(account))


@pytest.mark.parametrize("account", FILES)
def test_documentation_names_each_call_of_the_policy_and_no_other(account: str) -> None:
    _, _, section = DOCUMENT.partition(f"({'../' * 2}portal/aws/policies/{FILES[account]})")
    section, _, _ = section.partition("\n## ")
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`(\w+:\w+)`", "".join(rows))) == allowed(account)


# How many


def count(world: Gated, step: Callable[[], object]) -> tuple[int, int]:
    """Return how many calls the step makes in the Jump account and in production; credentials that it has to get are left out."""
    world.jump.proxy.forget()
    step()
    calls = [where(call) for call in world.jump.proxy.calls if call.service != "sts"]
    return calls.count("jump"), calls.count("gate")


def counted(world: Gated) -> dict[str, tuple[int, int]]:
    """Return the calls of each step of one access."""
    jump, cast = world.jump, world.jump.cast
    elevation = elevated(cast.member01, cast.leader01, now=jump.clock.now)
    counts = {"a grant": count(world, lambda: provision.grant(elevation.pk))}
    counts["an evaluation"] = count(world, evaluating.evaluate_due)
    extension = extension_asked(elevation, cast.member01, ends_at=elevation.starts_at.replace(hour=6), now=jump.clock.now)
    approved(extension, cast.leader01, now=jump.clock.now)
    counts["an extension"] = count(world, lambda: provision.prolong(elevation.pk))
    counts["a comparison"] = count(world, running.run)
    returned(elevation, cast.member01, now=jump.clock.forward(minutes=1))
    counts["an end"] = count(world, lambda: revoke.end(elevation.pk))
    jump.clock.forward(seconds=lease.length().total_seconds())
    counts["the tidying"] = count(world, lambda: revoke.tidy(elevation.pk))
    evaluating.evaluate_due()
    return counts


def test_steps_make_as_many_calls_as_documented_however_many_people_are_in_production(
    gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two calls for each person that is bound, in production or not.
    monkeypatch.setattr(looking, "keep_credentials", lambda _jump, _alive: [])
    for role_id in list(gates.due(now=gated.jump.clock.now)):
        gates.refresh(role_id)
    rows = re.findall(r"^\| (an? \w+|the tidying).* \| (\d) \| (\d) \|$", DOCUMENT, re.MULTILINE)
    documented = {step: (int(jump), int(gate)) for step, jump, gate in rows}
    assert counted(gated) == documented
    for person in (gated.jump.cast.member02, gated.jump.cast.leader02):
        granted(elevated(person, gated.jump.cast.leader01, now=gated.jump.clock.now))
    evaluating.evaluate_due()
    assert counted(gated) == documented
