"""A role that AWS spells otherwise than its name alone: under a path, in another letter case, made again under the same name."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from access_requests.errors import IdentityUnread
from access_requests.grants import entry_fence
from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation, RoleGate, TargetRole, WorkGroup
from access_requests.services import sweep
from access_requests.services.drift import running
from access_requests.services.elevations import gates, provision, target_roles
from audits.models import TrailEntry
from portal.iam import boundaries
from portal.iam.fences import Document, iso
from portal.iam.fences import entry_fence as rendered
from portal.iam.rails import placing
from portal.simulated_aws.company import ACCOUNTS, PERSON_BOUNDARY_ARN
from tests.contracts.test_access_in_time import Production, can_act, is_allowed, production
from tests.stand_ins.aws import Switched
from tests.worlds.jump import ended, granted
from tests.worlds.story import approved, elevated, extension_asked, refused, submitted

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

__all__ = ["production"]
NAME, GROUP = "Audit_PathRole", "ProdAuditWorkGroup"
ARN = f"arn:aws:iam::{ACCOUNTS['production']}:role/team/{NAME}"
LOOK = {"Effect": "Allow", "Action": "iam:List*", "Resource": "*"}
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Team:
    """A work group that leads to a role under a path; in the catalogue as an upgrade leaves it, which nobody has read."""

    there: Production
    group: WorkGroup
    role: TargetRole

    def read(self) -> None:
        """Let the workers read what nobody has read."""
        for _task, pk in list(sweep.due_roles(now=self.there.now)):
            target_roles.read(pk)
        self.role.refresh_from_db()
        gates.refresh(self.role.pk)

    def approved(self) -> Elevation:
        cast = self.there.gated.jump.cast
        return elevated(cast.member01, cast.leader01, now=self.there.now, work_groups=[GROUP])

    def switch(self) -> Switched:
        return self.there.gated.aws.switch("member01", role=f"team/{NAME}")

    def is_let_in(self) -> bool:
        try:
            return can_act(self.switch())
        except ClientError as refusal:
            return is_allowed(refusal)

    def assert_shut(self, elevation: Elevation, session: Switched) -> None:
        """The end comes while every process of the portal is dead: by real calls, and as two evaluators say."""
        began = elevation.granted_at or elevation.starts_at
        self.there.at(elevation.ends_at + SECOND)
        assert (self.is_let_in(), can_act(session)) == (False, False)
        evaluators = replace(self.there.evaluators(), role_name=NAME)
        assert evaluators.may_switch("member01", at=elevation.ends_at)
        assert not evaluators.may_switch("member01", at=elevation.ends_at + SECOND)
        assert evaluators.live("member01", issued_at=began, at=elevation.ends_at + SECOND) == set()

    def fenced_arn(self) -> str:
        policy: Any = self.there.gated.jump.iam.get_user_policy(UserName="member01", PolicyName=f"sekisho-entry-{self.role.name}")
        return str(policy["PolicyDocument"]["Statement"][0]["Resource"])


def make_role(production: Production, *, path: str = "/team/") -> None:
    iam = production.gated.iam
    trust = iam.get_role(RoleName="Prod_MemberRole")["Role"]["AssumeRolePolicyDocument"]
    boundary = boundaries.arn(ACCOUNTS["production"], boundaries.WORK)
    iam.create_role(RoleName=NAME, Path=path, AssumeRolePolicyDocument=json.dumps(trust), PermissionsBoundary=boundary)
    iam.put_role_policy(RoleName=NAME, PolicyName="Look", PolicyDocument=document(LOOK))


def delete_role(production: Production) -> None:
    iam = production.gated.iam
    for name in iam.list_role_policies(RoleName=NAME)["PolicyNames"]:
        iam.delete_role_policy(RoleName=NAME, PolicyName=name)
    iam.delete_role(RoleName=NAME)


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def declare(iam: "IAMClient", role_arn: str) -> None:
    """Have boundary and rails of people name one more role that they may switch to, as the deployed design does."""
    more = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role_arn}
    write_anew(iam, PERSON_BOUNDARY_ARN, lambda statements: [*statements, more])
    for rail in iam.list_policies(Scope="Local", PathPrefix=placing.PATH)["Policies"]:
        write_anew(iam, rail["Arn"], lambda statements: [with_role(statement, role_arn) for statement in statements])


def with_role(statement: dict[str, Any], role_arn: str) -> dict[str, Any]:
    if statement["Sid"] != "DenyPortalForgerySwitching":
        return statement
    return {**statement, "NotResource": [*statement["NotResource"], role_arn]}


def write_anew(iam: "IAMClient", policy: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    version = iam.get_policy(PolicyArn=policy)["Policy"]["DefaultVersionId"]
    there: Any = iam.get_policy_version(PolicyArn=policy, VersionId=version)["PolicyVersion"]["Document"]
    said = change(there["Statement"])
    if said != there["Statement"]:
        iam.create_policy_version(PolicyArn=policy, PolicyDocument=document(*said), SetAsDefault=True)


@pytest.fixture
def team(production: Production) -> Team:
    make_role(production)
    cast, iam = production.gated.jump.cast, production.gated.jump.iam
    iam.create_group(GroupName=GROUP, Path="/sekisho/work/")
    switch = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ARN})
    iam.put_group_policy(GroupName=GROUP, PolicyName="SwitchRole", PolicyDocument=switch)
    declare(iam, ARN)
    role = TargetRole.objects.create(account=cast.production, name=NAME, level="member")
    group = WorkGroup.objects.create(name=GROUP, policy=cast.one_lead, everyone_may_request=True)
    group.target_roles.set([role])
    return Team(there=production, group=group, role=role)


@pytest.mark.parametrize("spelled", [NAME, NAME.lower()])
def test_role_under_a_path_is_shut_after_the_end_though_no_worker_comes(team: Team, spelled: str) -> None:
    TargetRole.objects.filter(pk=team.role.pk).update(name=spelled)
    team.read()
    assert (team.role.arn, team.role.role_id) == (ARN, team.there.gated.iam.get_role(RoleName=NAME)["Role"]["RoleId"])
    elevation = granted(team.approved())
    assert (elevation.status, team.fenced_arn()) == (ElevationStatus.ACTIVE, ARN)
    session = team.switch()
    assert can_act(session)
    team.assert_shut(elevation, session)


def test_upgrade_rewrites_the_fence_of_an_open_window_that_denies_nobody(team: Team) -> None:
    team.read()
    elevation = granted(team.approved())
    iam = team.there.gated.jump.iam
    wrong = rendered(role_arn=ARN.replace("team/", ""), until=elevation.ends_at, window=elevation.window)
    iam.put_user_policy(UserName="member01", PolicyName=f"sekisho-entry-{NAME}", PolicyDocument=json.dumps(wrong))
    TargetRole.objects.filter(pk=team.role.pk).update(arn=None, role_id=None, read_at=None)
    session = team.switch()
    team.read()
    entry = TrailEntry.objects.filter(act="catalogue.changed", subject=f"role:production/{NAME}").latest("id")
    assert (entry.data["before"]["arn"], entry.data["after"]["arn"]) == (None, ARN)
    team.there.gated.jump.sweep()
    assert team.fenced_arn() == ARN
    team.assert_shut(elevation, session)


def test_nobody_asks_or_is_let_in_until_the_role_was_read_and_an_end_goes_on(team: Team) -> None:
    cast = team.there.gated.jump.cast
    with refused(IdentityUnread):
        submitted(cast.member01, now=team.there.now, work_groups=[GROUP])
    team.read()
    elevation = team.approved()
    TargetRole.objects.filter(pk=team.role.pk).update(arn=None, role_id=None, read_at=None)
    assert (granted(elevation).status, elevation.problem) == (ElevationStatus.GRANTING, "identity_unread")
    assert team.there.gated.jump.members(GROUP) == set()
    team.there.at(elevation.ends_at + SECOND)
    assert ended(elevation).status == ElevationStatus.ENDED


def test_role_made_again_is_drift_and_gives_nothing_while_ends_go_on(team: Team) -> None:
    team.read()
    before = granted(team.approved())
    delete_role(team.there)
    make_role(team.there, path="/")
    assert f"role_remade {NAME}" in team.there.compared()
    cast = team.there.gated.jump.cast
    other = elevated(cast.member02, cast.leader01, now=team.there.now, work_groups=[GROUP])
    assert (granted(other).status, other.stop_reason) == (ElevationStatus.REVOKING, "grant_refused")
    assert TrailEntry.objects.filter(subject=other.code, act="elevation.revoking").latest("id").data["comment"] == "role_changed"
    assert team.there.gated.jump.members(GROUP) == {"member01"}
    team.there.at(before.ends_at + SECOND)
    assert ended(before).status == ended(other).status == ElevationStatus.ENDED
    assert team.there.gated.jump.members(GROUP) == set()


@pytest.mark.parametrize("action", ["GetRole", "GetUserPolicy"])
def test_throttled_is_asked_again_before_anything_is_given(team: Team, action: str) -> None:
    team.read()
    jump, elevation = team.there.gated.jump, team.approved()
    jump.proxy.refuse(action)
    assert (granted(elevation).status, elevation.problem) == (ElevationStatus.GRANTING, "Throttling")
    assert "AddUserToGroup" not in jump.proxy.actions
    assert granted(elevation).status == ElevationStatus.ACTIVE


def test_fence_that_aws_does_not_show_yet_is_waited_for_before_anything_is_given(team: Team) -> None:
    team.read()
    jump, elevation = team.there.gated.jump, team.approved()
    gone = {"UserName": "member01", "PolicyName": f"sekisho-entry-{NAME}"}
    jump.on_call("GetUserPolicy", lambda: jump.iam.delete_user_policy(**gone))
    assert (granted(elevation).status, elevation.problem) == (ElevationStatus.GRANTING, "fence_not_shown_yet")
    assert (jump.members(GROUP), [key for key in jump.tags() if GROUP in key]) == (set(), [])
    assert granted(elevation).status == ElevationStatus.ACTIVE


def test_later_end_that_has_reached_the_gate_alone_refuses_no_grant(team: Team) -> None:
    team.read()
    jump, elevation = team.there.gated.jump, team.approved()
    line = {"user_name": "member01", "since": iso(team.there.now), "until": iso(elevation.ends_at + timedelta(hours=1))}
    jump.on_call("GetUserPolicy", lambda: RoleGate.objects.filter(role=team.role).update(lines=[line]))
    assert granted(elevation).status == ElevationStatus.ACTIVE


def without_path(**fence: Any) -> Document:
    """Render a fence as it was before paths were read: on a name that is nobody."""
    return rendered(**{**fence, "role_arn": str(fence["role_arn"]).replace("team/", "")})


def test_fence_that_denies_nobody_gives_neither_tag_nor_membership(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.read()
    monkeypatch.setattr(entry_fence, "entry_fence", without_path)
    elevation = granted(team.approved())
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.REVOKING, "grant_refused")
    revoking = TrailEntry.objects.get(subject=elevation.code, act="elevation.revoking")
    assert revoking.data["comment"] == "not_denied_after_end"
    jump = team.there.gated.jump
    assert (jump.members(GROUP), [key for key in jump.tags() if GROUP in key]) == (set(), [])
    assert "AddUserToGroup" not in jump.proxy.actions


def test_extension_whose_fence_denies_nobody_leaves_nobody_in(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    team.read()
    elevation, cast = granted(team.approved()), team.there.gated.jump.cast
    later = extension_asked(elevation, cast.member01, ends_at=elevation.ends_at + timedelta(minutes=10), now=team.there.now)
    approved(later, cast.leader01, now=team.there.now)
    monkeypatch.setattr(entry_fence, "entry_fence", without_path)
    provision.prolong(elevation.pk)
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == (ElevationStatus.REVOKING, "not_denied_after_end")
    assert ended(elevation).status == ElevationStatus.ENDED
    assert team.there.gated.jump.members(GROUP) == set()


def test_without_a_role_of_the_portal_the_declared_arn_is_denied_by_the_jump_account_alone(team: Team) -> None:
    account = team.there.gated.jump.cast.production
    account.gate_role = account.gate_role_arn = ""
    account.save()
    TargetRole.objects.filter(pk=team.role.pk).update(arn=ARN)
    RoleGate.objects.all().delete()
    team.there.gated.jump.proxy.forget()
    # Nobody has put a gate there: whoever switched in time is let act.
    elevation = granted(team.approved())
    assert "GetRole" not in team.there.gated.jump.proxy.actions
    (role,) = TrailEntry.objects.get(subject=elevation.code, act="elevation.judged").data["judged"]["roles"]
    assert (role["decision"], role["gate"]) == ("denied", "none")
    assert team.is_let_in()
    team.there.at(elevation.ends_at + SECOND)
    assert not team.is_let_in()
    assert running.run() is not None
