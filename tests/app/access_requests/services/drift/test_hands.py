"""What keeps hands off the gates, changed behind the rails by the sealed user: found by one comparison, and accepted."""

import json
from collections.abc import Callable

import pytest

from access_requests.models import AwsAccount, Baseline, Drift, IamUserBinding, Reconciliation, TargetRole
from access_requests.services.drift import answering
from access_requests.services.drift.drift_errors import CausedByAcceptor, NotAcceptable
from access_requests.services.elevations import health
from audits.findings import raising
from audits.kinds import FindingKind
from audits.models import TrailEntry
from portal.iam.session_gate import SESSION_GATE_NAME
from portal.simulated_aws.guard_rails import allow, document
from portal.verbs.rejections import NotAnAdministrator, TransitionNotAllowed
from portal.verbs.run import run
from tests.app.access_requests.services.drift.conftest import World
from tests.simulated_aws.test_jump_rails import enrol
from tests.worlds.cast import NAMES, actor_of, add_person
from tests.worlds.jump import MEMBER_GROUP, MEMBER_ROLE

JUMP, PRODUCTION = "arn:aws:iam::111111111111", "arn:aws:iam::444444444444"
EVERYTHING = json.dumps(document(allow("*")))
MUCH = json.dumps(document(allow("iam:*")))
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
RAIL = f"{JUMP}:policy/sekisho/rails/SekishoRails1"
WORK_BOUNDARY = "policy/sekisho/SekishoWorkRoleBoundary"
APP_BOUNDARY, RUNS = "policy/sekisho/SekishoAppBoundary", {"Service": "ecs-tasks.amazonaws.com"}
PERSON_BOUNDARY = "policy/sekisho/SekishoPersonBoundary"


def trust(principal: str) -> str:
    """Return the trust of the company's roles, and of somebody besides."""
    own = {"StringLike": {"sts:RoleSessionName": "${aws:username}"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}
    switch = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    people = {**switch, "Principal": {"AWS": f"{JUMP}:root"}, "Condition": own}
    return json.dumps(document(people, {**switch, "Principal": {"AWS": principal}}))


def backdoor(world: World) -> None:
    world.gated.iam.create_role(RoleName="Backdoor", AssumeRolePolicyDocument=trust(f"{JUMP}:user/member01"))
    world.gated.iam.attach_role_policy(RoleName="Backdoor", PolicyArn=ADMINISTRATOR)


def rewrite(arn: str, text: str = EVERYTHING) -> Callable[[World], object]:
    def change(world: World) -> None:
        iam = world.jump.iam if arn.startswith(JUMP) else world.gated.iam
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=text, SetAsDefault=True)

    return change


def application(world: World, name: str, *, trusts: dict[str, str], bounded: bool) -> None:
    text = json.dumps(document({"Effect": "Allow", "Principal": trusts, "Action": "sts:AssumeRole"}))
    world.gated.iam.create_role(RoleName=name, Path="/app/web/", AssumeRolePolicyDocument=text)
    if bounded:
        world.gated.iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=f"{PRODUCTION}:{APP_BOUNDARY}")


CHANGES: dict[str, Callable[[World], object]] = {
    f"role_boundary {MEMBER_ROLE} {WORK_BOUNDARY}": lambda world: world.gated.iam.delete_role_permissions_boundary(
        RoleName=MEMBER_ROLE
    ),
    f"role_boundary Prod_LeaderRole {WORK_BOUNDARY}": lambda world: world.gated.iam.put_role_permissions_boundary(
        RoleName="Prod_LeaderRole", PermissionsBoundary=ADMINISTRATOR
    ),
    f"user_boundary member01 {PERSON_BOUNDARY}": lambda world: world.jump.iam.delete_user_permissions_boundary(
        UserName="member01"
    ),
    f"user_boundary auditor01 {PERSON_BOUNDARY}": lambda world: world.jump.iam.put_user_permissions_boundary(
        UserName="auditor01", PermissionsBoundary=ADMINISTRATOR
    ),
    f"role_policy_edited {MEMBER_ROLE} Iam": lambda world: world.gated.iam.put_role_policy(
        RoleName=MEMBER_ROLE, PolicyName="Iam", PolicyDocument=EVERYTHING
    ),
    f"role_policy_edited {MEMBER_ROLE} Operate": lambda world: world.gated.iam.put_role_policy(
        RoleName=MEMBER_ROLE, PolicyName="Operate", PolicyDocument=MUCH
    ),
    f"managed_policy_edited SekishoWorkRoleBoundary {PRODUCTION}:{WORK_BOUNDARY}": rewrite(f"{PRODUCTION}:{WORK_BOUNDARY}"),
    f"managed_policy_edited SekishoRails1 {RAIL}": rewrite(RAIL, MUCH),
    "role_open Backdoor": backdoor,
    "role_open Prod_ReadOnlyRole": lambda world: world.gated.iam.update_assume_role_policy(
        RoleName="Prod_ReadOnlyRole", PolicyDocument=trust("arn:aws:iam::777777777777:root")
    ),
    "role_open SekishoGateRole": lambda world: world.gated.iam.update_assume_role_policy(
        RoleName="SekishoGateRole", PolicyDocument=trust(f"{JUMP}:root")
    ),
    "role_open SekishoPortalRole": lambda world: world.jump.iam.update_assume_role_policy(
        RoleName="SekishoPortalRole", PolicyDocument=trust(f"{JUMP}:user/member02")
    ),
    f"app_role_unbounded Free {APP_BOUNDARY}": lambda world: application(world, "Free", trusts=RUNS, bounded=False),
    "app_role_open Federated": lambda world: application(
        world, "Federated", trusts={"Federated": f"{PRODUCTION}:oidc-provider/cluster"}, bounded=True
    ),
    # With MFA or not, and by people of the Jump account: an application is nobody of them.
    "app_role_open Peopled": lambda world: application(world, "Peopled", trusts={"AWS": f"{JUMP}:root"}, bounded=True),
    f"rail_missing MemberGroup {RAIL}": lambda world: world.jump.iam.detach_group_policy(GroupName="MemberGroup", PolicyArn=RAIL),
    f"new_mfa_device member01 {JUMP}:mfa/of-a-thief": lambda world: enrol(world.jump.iam, "member01", aws=world.gated.aws),
}


@pytest.fixture
def world(world: World) -> World:
    """Production compared once, with the policies of its work role declared as they are."""
    there = world.gated.accounts()[1].role_details(MEMBER_ROLE)
    assert there is not None
    declared = [*(name for name in there.inline if name != SESSION_GATE_NAME), *there.attached]
    TargetRole.objects.filter(name=MEMBER_ROLE).update(policies=declared)
    assert world.compare() == set()
    return world


def test_what_keeps_hands_off_the_gates_is_compared(world: World) -> None:
    for change in CHANGES.values():
        change(world)
    assert world.compare() == set(CHANGES)
    assert all(Drift.objects.values_list("principal", flat=True))
    assert TrailEntry.objects.filter(act="drift.found").count() == len(CHANGES)
    assert world.compare() == set(CHANGES)
    assert world.latest().problems == []


def test_new_key_is_drift_at_once_and_so_is_one_that_works_again(world: World) -> None:
    given = world.jump.iam.create_access_key(UserName="member02")["AccessKey"]["AccessKeyId"]
    assert world.compare() == {f"new_access_key member02 {given}"}
    world.jump.iam.update_access_key(UserName="member02", AccessKeyId=given, Status="Inactive")
    assert world.compare() == set()
    assert Drift.objects.get().status == "gone"
    world.jump.iam.update_access_key(UserName="member02", AccessKeyId=given, Status="Active")
    assert world.compare() == {f"new_access_key member02 {given}"}


def test_keys_that_cannot_be_read_are_a_problem_and_what_was_found_stays(world: World) -> None:
    world.jump.iam.create_access_key(UserName="member02")
    (found,) = world.compare()
    world.jump.proxy.forget()
    world.jump.proxy.refuse("ListAccessKeys", status=403, code="AccessDenied")
    assert world.compare() == {found}
    assert [(one["thing"], one["problem"]) for one in world.latest().problems] == [("access_keys", "AccessDenied")]
    assert (world.jump.proxy.count("ListAccessKeys"), world.jump.proxy.count("ListMFADevices")) == (1, len(NAMES))
    world.jump.proxy.forget()
    assert world.compare() == {found}


def accept(world: World, drift: Drift, who: str = "admin01") -> str:
    actor = actor_of(getattr(world.jump.cast, who))
    return str(
        run(lambda: answering.accept(code=drift.code, seen=answering.digest(drift), actor=actor, now=world.jump.clock.now)).status
    )


def test_administrator_accepts_what_is_meant_and_no_comparison_tells_of_it_again(world: World) -> None:
    kinds = ("role_policy", "managed", "rail", "user_boundary auditor", "new")
    meant = {name: change for name, change in CHANGES.items() if name.startswith(kinds)}
    for change in meant.values():
        change(world)
    assert world.compare() == set(meant)
    for drift in Drift.objects.all():
        with pytest.raises(NotAnAdministrator):
            accept(world, drift, "auditor01")
        assert accept(world, drift) == "accepted"
        entry = TrailEntry.objects.get(act="drift.accepted", subject=drift.code)
        assert (entry.actor, entry.data["from"], entry.data["to"]) == ("admin01", "open", "accepted")
        with pytest.raises(TransitionNotAllowed):
            accept(world, drift)
    assert world.compare() == set()
    assert Drift.objects.count() == len(meant)


def test_administrator_who_may_have_caused_it_does_not_accept_it(world: World) -> None:
    CHANGES[next(name for name in CHANGES if name.startswith("managed"))](world)
    world.compare()
    drift, now = Drift.objects.get(), world.jump.clock.now
    key = {"difference": drift.kind, "account": drift.account, "thing": drift.thing, "name": drift.name}
    run(lambda: raising.raise_finding(kind=FindingKind.DRIFT, key=key, evidence=[], now=now, caused_by=["admin01"]))
    with pytest.raises(CausedByAcceptor):
        accept(world, drift)
    another = actor_of(add_person("admin02", administrator=True))
    accepted = run(lambda: answering.accept(code=drift.code, seen=answering.digest(drift), actor=another, now=now))
    assert accepted.status == "accepted"


def test_boundary_that_a_work_group_needs_is_never_accepted_and_is_red_on_backends(world: World) -> None:
    world.jump.cast.prod_member.requesters.add(world.jump.cast.member01)
    for drift in (f"user_boundary member01 {PERSON_BOUNDARY}", f"role_boundary {MEMBER_ROLE} {WORK_BOUNDARY}"):
        CHANGES[drift](world)
    world.compare()
    for row in Drift.objects.all():
        with pytest.raises(NotAcceptable):
            accept(world, row)
    seen = health.probe("iam_group", health.owners()["iam_group"])
    wrong = [(one["what"], one["problem"]) for one in seen.results["missing"]]
    assert wrong == [("jump/member01", "boundary_missing"), (f"production/{MEMBER_ROLE}", "boundary_missing")]
    assert not seen.ok


def test_policy_that_allows_everything_is_told_of_even_at_the_first_look(world: World) -> None:
    Baseline.objects.all().delete()
    CHANGES[f"role_policy_edited {MEMBER_ROLE} Iam"](world)
    assert world.compare() == {f"role_policy_edited {MEMBER_ROLE} Iam"}


def test_role_that_is_meant_to_be_open_is_declared(world: World) -> None:
    backdoor(world)
    AwsAccount.objects.filter(key="production").update(other_roles=["Backdoor"])
    assert world.compare() == {"role_open OrganizationAccountAccessRole"}


def test_role_of_an_application_in_bounds_is_no_drift_and_one_that_is_meant_to_be_open_is_declared(world: World) -> None:
    application(world, "Runs", trusts=RUNS, bounded=True)
    application(world, "Cluster", trusts={"Federated": f"{PRODUCTION}:oidc-provider/cluster"}, bounded=False)
    AwsAccount.objects.filter(key="production").update(other_roles=["OrganizationAccountAccessRole", "Cluster"])
    assert world.compare() == {f"app_role_unbounded Cluster {APP_BOUNDARY}"}


def test_who_has_access_is_asked_first_and_the_others_by_turns(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.grant()
    monkeypatch.setattr("access_requests.services.drift.looking.PEOPLE_AT_ONCE", 2)
    for _ in range(2):
        world.compare()
    moment = Reconciliation.objects.latest("pk").began_at
    assert IamUserBinding.objects.filter(user_name="member01", credentials_read_at__gte=moment).exists()
    assert len(set(IamUserBinding.objects.values_list("credentials_read_at", flat=True))) == 3


def test_names_swapped_behind_the_rails_are_found_and_the_access_ends(world: World) -> None:
    elevation = world.grant()
    world.compare()
    world.jump.rename("member01", "gone")
    world.jump.rename("member02", "member01")
    assert {one.split()[0] for one in world.compare()} == {"user_renamed"}
    elevation.refresh_from_db()
    assert (elevation.status, elevation.stop_reason) == ("revoking", "iam_user_changed")
    assert world.jump.members(MEMBER_GROUP) == {"gone"}
