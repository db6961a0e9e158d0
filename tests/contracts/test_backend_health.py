"""What a probe of each backend finds: everything fine, and whatever an administrator has to put right."""

import json
from collections.abc import Callable

import pytest
from pytest_django import Settings

from access_requests import tasks
from access_requests.messages import Task
from access_requests.models import BackendHealth, Elevation, WorkGroup
from access_requests.services.elevations import health
from portal.outbox.models import Message
from portal.simulated_aws.change_roles import APPROVER, IDENTITY_CENTER, PATH, STARTER
from portal.simulated_aws.company import ACCOUNTS, role_arn
from portal.simulated_aws.company_directory import WORK_GROUP
from portal.verbs import rejections
from portal.verbs.run import run
from tests.worlds.cast import actor_of
from tests.worlds.runbooked import AUTOMATION_GROUP, CHANGE_GROUP, Runbooked
from tests.worlds.story import approved, refused, submitted

RUNBOOKS = ("Grant", "Prolong", "Remove")
ALIASES = ("change_manager", "iam_group", "ssm_automation")
NOBODY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}]}


def probed(alias: str) -> BackendHealth:
    tasks.probe_backends()
    return BackendHealth.objects.get(alias=alias)


def problems(row: BackendHealth) -> set[tuple[str, str]]:
    return {(one["what"], one["problem"]) for one in row.results["missing"]}


def arn(role: str) -> str:
    return role_arn("jump", PATH[1:] + role)


def trust_nobody(world: Runbooked, role: str) -> None:
    world.world.jump.iam.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(NOBODY))


def deny(world: Runbooked, role: str, action: str) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}]}
    world.world.jump.iam.put_role_policy(RoleName=role, PolicyName="Deny", PolicyDocument=json.dumps(document))


def test_everything_is_fine_and_it_says_as_whom(runbooked: Runbooked) -> None:
    tasks.probe_backends()
    rows = {row.alias: row for row in BackendHealth.objects.all()}
    assert sorted(rows) == sorted(ALIASES)
    for row in rows.values():
        assert (row.ok, row.results["missing"], row.worked_at) == (True, [], None)
        assert row.identity.startswith(f"arn:aws:iam::{ACCOUNTS['jump']}:user/")
    roles = {one["setting"]: one["identity"] for one in rows["change_manager"].results["roles"]}
    assert roles["AWS_CHANGE_APPROVER_ROLE_ARN"].endswith(f":assumed-role/{APPROVER}/sekisho")
    assert len(roles) == 4
    assert rows["iam_group"].results["roles"] == []


def test_probe_writes_nothing(runbooked: Runbooked) -> None:
    runbooked.world.jump.proxy.forget()
    tasks.probe_backends()
    calls = {call.action for call in runbooked.world.jump.proxy.calls}
    reads = {"GetGroup", "GetUser", "GetUserPolicy", "ListUserTags", "ListUsers", "GetDocument", "GetAutomationExecution"}
    assert calls - {"GetCallerIdentity", "AssumeRole"} == reads


@pytest.mark.parametrize(
    ("role", "untouched"), [(STARTER, {"iam_group"}), (APPROVER, {"iam_group", "ssm_automation"})], ids=["starter", "approver"]
)
def test_role_that_cannot_be_taken_on_is_named_and_ails_no_other_way(
    runbooked: Runbooked, role: str, untouched: set[str]
) -> None:
    trust_nobody(runbooked, role)
    runbooked.world.jump.proxy.forget()
    row = probed("change_manager")
    assert problems(row) == {(arn(role), "role_refused")}
    assert "sts:AssumeRole" in row.results["missing"][0]["detail"]
    assert {one.alias for one in BackendHealth.objects.filter(ok=True)} == untouched


def test_setting_that_is_empty_is_named(runbooked: Runbooked, settings: Settings) -> None:
    settings.AWS_CHANGE_APPROVER_ROLE_ARN = settings.AWS_RUNBOOK_ROLE_ARN = ""
    found = problems(probed("change_manager"))
    assert found == {("AWS_CHANGE_APPROVER_ROLE_ARN", "setting_empty"), ("AWS_RUNBOOK_ROLE_ARN", "setting_empty")}


def test_reviewers_role_is_needed_by_nobody_who_has_people_review(runbooked: Runbooked, settings: Settings) -> None:
    settings.AWS_CHANGE_REVIEWER_ROLE_ARN = ""
    assert problems(probed("change_manager")) == set()


def test_runbook_that_is_missing_is_named(runbooked: Runbooked) -> None:
    runbooked.ssm.delete_document(Name=f"SekishoRemove-{AUTOMATION_GROUP}")
    assert problems(probed("ssm_automation")) == {(f"SekishoRemove-{AUTOMATION_GROUP}", "runbook_missing")}
    assert BackendHealth.objects.get(alias="change_manager").ok


def test_template_that_nobody_approved_is_named(runbooked: Runbooked) -> None:
    name = f"SekishoChange-{CHANGE_GROUP}"
    content = runbooked.ssm.get_document(Name=name, DocumentFormat="JSON")["Content"]
    runbooked.ssm.delete_document(Name=name)
    runbooked.ssm.create_document(Name=name, Content=content, DocumentType="Automation.ChangeTemplate")
    assert problems(probed("change_manager")) == {(name, "template_not_approved")}


@pytest.mark.parametrize(("group", "alias"), [(CHANGE_GROUP, "change_manager"), (AUTOMATION_GROUP, "ssm_automation")])
def test_group_that_is_missing_is_named(runbooked: Runbooked, group: str, alias: str) -> None:
    iam = runbooked.world.jump.iam
    iam.delete_group_policy(GroupName=group, PolicyName="SwitchRole")
    iam.delete_group(GroupName=group)
    assert problems(probed(alias)) == {(group, "group_missing")}


@pytest.mark.parametrize(
    ("action", "named"),
    [("ssm:GetDocument", "ssm:GetDocument"), ("ssm:GetAutomationExecution", "ssm:GetAutomationExecution")],
)
def test_permission_that_the_starter_lacks_is_named(runbooked: Runbooked, action: str, named: str) -> None:
    deny(runbooked, STARTER, action)
    assert problems(probed("ssm_automation")) == {(named, "call_denied")}


@pytest.mark.parametrize("action", ["iam:GetGroup", "iam:GetUser", "iam:ListUserTags", "iam:GetUserPolicy", "iam:ListUsers"])
def test_permission_that_the_portal_itself_lacks_is_named(runbooked: Runbooked, action: str) -> None:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}]}
    name = probed("iam_group").identity.rpartition("/")[2]
    runbooked.world.jump.iam.put_user_policy(UserName=name, PolicyName="Deny", PolicyDocument=json.dumps(document))
    row = probed("iam_group")
    assert (row.ok, {one for one, _ in problems(row)}) == (False, {action})


def test_aws_that_is_not_reached_is_told_after_one_call_a_backend(runbooked: Runbooked) -> None:
    tasks.probe_backends()
    runbooked.world.jump.proxy.forget()
    runbooked.world.jump.proxy.refuse(status=503, code="ServiceUnavailable", times=None)
    row = probed("iam_group")
    assert (row.ok, row.identity, problems(row)) == (False, "", {("AWS", "ServiceUnavailable")})
    assert runbooked.world.jump.proxy.actions == ("GetCallerIdentity",) * len(ALIASES)


def test_change_manager_that_is_closed_is_told_once_a_change_request_was_to_begin(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    runbooked.change_manager(available=False)
    assert probed("change_manager").ok  # No read tells it.
    request = submitted(jump.cast.member01, now=jump.clock.now, work_groups=[CHANGE_GROUP])
    runbooked.follow()
    assert problems(probed("change_manager")) == {("Change Manager", "change_manager_unavailable")}
    assert BackendHealth.objects.get(alias="ssm_automation").ok
    runbooked.change_manager(available=True)
    approved(request, jump.cast.leader01, now=jump.clock.now)
    assert runbooked.granted(Elevation.objects.get(request=request)).status == "active"
    assert probed("change_manager").ok


def test_it_says_when_it_last_worked_and_what_fails_right_now(runbooked: Runbooked) -> None:
    jump = runbooked.world.jump
    request = submitted(jump.cast.member01, now=jump.clock.now, work_groups=[AUTOMATION_GROUP])
    approved(request, jump.cast.leader01, now=jump.clock.now)
    elevation = runbooked.granted(Elevation.objects.get(request=request))
    row = probed("ssm_automation")
    latest = max(moment for moment in (elevation.granted_at, elevation.seen_at) if moment)
    assert (row.worked_at, row.results["failing"]) == (latest, [])
    Elevation.objects.filter(pk=elevation.pk).update(problem="Throttling")
    assert probed("ssm_automation").results["failing"] == [{"what": elevation.code, "problem": "Throttling"}]
    assert BackendHealth.objects.get(alias="iam_group").worked_at is None


def test_backend_that_no_work_group_uses_is_not_asked_about_and_forgotten(runbooked: Runbooked) -> None:
    tasks.probe_backends()
    WorkGroup.objects.filter(name=CHANGE_GROUP).update(retired_at=runbooked.world.jump.clock.now)
    tasks.probe_backends()
    assert list(BackendHealth.objects.values_list("alias", flat=True)) == ["iam_group", "ssm_automation"]


def test_backend_that_the_settings_do_not_name_is_told(runbooked: Runbooked) -> None:
    WorkGroup.objects.filter(name=CHANGE_GROUP).update(backend="letter_post")
    assert problems(probed("letter_post")) == {("letter_post", "no_such_backend")}


# Under other aliases than the usual: the class is asked, whatever the alias

PATHS = {
    "iam_group": "access_requests.grants.iam_group.IamGroupBackend",
    "ssm_automation": "access_requests.grants.automation.SsmAutomationBackend",
    "change_manager": "access_requests.grants.change_manager.ChangeManagerBackend",
    "identity_center": "access_requests.grants.identity_center.IdentityCenterBackend",
}


@pytest.mark.parametrize(
    ("usual", "missing"),
    [
        ("iam_group", {("Nothing", "group_missing")}),
        ("ssm_automation", {("Nothing", "group_missing"), *((f"Sekisho{it}-Nothing", "runbook_missing") for it in RUNBOOKS)}),
        (
            "change_manager",
            {
                *(("Nothing", "group_missing"), ("SekishoChange-Nothing", "template_missing")),
                *((f"Sekisho{it}-Nothing", "runbook_missing") for it in RUNBOOKS),
            },
        ),
        ("identity_center", {("Nothing", "group_missing")}),
    ],
    ids=PATHS,
)
@pytest.mark.parametrize("alias", ["of_our_own", "ssm_automation"])
def test_backend_is_asked_for_what_its_class_needs_under_any_alias(
    runbooked: Runbooked, settings: Settings, usual: str, missing: set[tuple[str, str]], alias: str
) -> None:
    settings.GRANT_BACKENDS = {**settings.GRANT_BACKENDS, alias: {"BACKEND": PATHS[usual]}}
    WorkGroup.objects.filter(name=AUTOMATION_GROUP).update(name="Nothing", backend=alias)
    row = probed(alias)
    assert (row.ok, problems(row)) == (False, missing)


def test_closed_change_manager_is_told_under_any_alias(runbooked: Runbooked, settings: Settings) -> None:
    jump, alias = runbooked.world.jump, "of_our_own"
    settings.GRANT_BACKENDS = {**settings.GRANT_BACKENDS, alias: {"BACKEND": PATHS["change_manager"]}}
    WorkGroup.objects.filter(name=CHANGE_GROUP).update(backend=alias)
    runbooked.change_manager(available=False)
    submitted(jump.cast.member01, now=jump.clock.now, work_groups=[CHANGE_GROUP])
    runbooked.follow()
    assert problems(probed(alias)) == {("Change Manager", "change_manager_unavailable")}


def test_answer_that_nobody_can_read_leaves_the_other_backends_checked(
    runbooked: Runbooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_asked: object, **_more: object) -> object:
        raise KeyError("Content")

    monkeypatch.setattr("access_requests.grants.automation.documents.Runbooks.differences", unreadable)
    tasks.probe_backends()
    assert list(BackendHealth.objects.values_list("alias", flat=True)) == ["iam_group"]


def test_administrator_has_a_worker_look_at_once_and_nobody_else_has(runbooked: Runbooked) -> None:
    cast, now = runbooked.world.jump.cast, runbooked.world.jump.clock.now
    run(lambda: health.ask(actor=actor_of(cast.admin01), now=now))
    tasks.probe_backends(Message.objects.get(task=Task.PROBE_BACKENDS).object_id)
    assert BackendHealth.objects.filter(ok=True).count() == len(ALIASES)
    with refused(rejections.NotAnAdministrator):
        run(lambda: health.ask(actor=actor_of(cast.auditor01), now=now))


# Identity Center


@pytest.fixture
def by_directory(runbooked: Runbooked) -> Callable[[str], BackendHealth]:
    """Grant a work group of this name by Identity Center, and probe that."""

    def named(name: str) -> BackendHealth:
        WorkGroup.objects.filter(name=AUTOMATION_GROUP).update(name=name, backend="identity_center")
        return probed("identity_center")

    return named


def test_identity_center_is_found_with_its_group(by_directory: Callable[[str], BackendHealth]) -> None:
    row = by_directory(WORK_GROUP)
    assert (row.ok, problems(row)) == (True, set())
    assert row.results["roles"][0]["identity"].endswith(f":assumed-role/{IDENTITY_CENTER}/sekisho")


def test_group_that_identity_center_lacks_is_named(by_directory: Callable[[str], BackendHealth]) -> None:
    assert problems(by_directory("Nothing")) == {("Nothing", "group_missing")}


def test_region_without_identity_center_is_named(by_directory: Callable[[str], BackendHealth], settings: Settings) -> None:
    settings.AWS_IDENTITY_CENTER_REGION = "eu-west-1"
    assert problems(by_directory(WORK_GROUP)) == {("eu-west-1", "no_identity_center")}


def test_identity_center_that_does_not_let_the_portal_look_is_told(
    runbooked: Runbooked, by_directory: Callable[[str], BackendHealth]
) -> None:
    deny(runbooked, IDENTITY_CENTER, "identitystore:GetGroupId")
    assert problems(by_directory(WORK_GROUP)) == {("identitystore:GetGroupId", "call_denied")}
