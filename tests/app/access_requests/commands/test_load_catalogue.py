import io
import json
import re
from pathlib import Path

import pytest
from allauth.idp.oidc.models import Client as OAuthClient
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from access_requests.models import ApiClient, AwsAccount, IamUserBinding, KeptIn, TargetRole, WorkGroup
from portal.aws import sessions
from tests.stand_ins.aws import Aws
from tests.worlds.gated import admin_in
from tests.worlds.runbooks import CHANGE, Desk

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[4]
DEMO = ROOT / "portal/demo/catalogue.yaml"
BEFORE = "and have change templates reviewed, before anybody asks"


def load(file: Path, **options: bool) -> str:
    out = io.StringIO()
    call_command("load_catalogue", file, stdout=out, **options)
    return out.getvalue()


def test_the_demo_company_is_loaded_with_the_ids_that_aws_says(portal_in_aws: Aws) -> None:
    said = load(DEMO)
    assert "+ work_group ProdMemberWorkGroup" in said
    user = portal_in_aws.admin_client("iam").get_user(UserName="member01")["User"]
    assert IamUserBinding.objects.get(person__username="member01").user_id == user["UserId"]
    assert load(DEMO).startswith("no changes\n")


def test_it_is_loaded_where_there_is_no_key(portal_in_aws: Aws, settings: Settings) -> None:
    """As in its container: what is loaded is signed by nobody."""
    settings.SECRET_KEY = settings.IDP_OIDC_PRIVATE_KEY = ""
    assert "+ work_group ProdMemberWorkGroup" in load(DEMO)


def test_a_secret_that_was_made_is_printed_once(portal_in_aws: Aws) -> None:
    assert "The secret of demo-bot, shown only now: " in load(DEMO)
    assert "secret" not in load(DEMO)


def test_check_prints_the_difference_and_changes_nothing(portal_in_aws: Aws) -> None:
    said = load(DEMO, check=True)
    assert "+ account jump\n" in said
    assert '    policy: "one-lead"\n' in said
    assert " changes\n" in said
    assert not AwsAccount.objects.exists()


def test_clients_that_are_kept_in_the_browser_are_named_and_left_alone(portal_in_aws: Aws) -> None:
    load(DEMO)
    oauth = OAuthClient.objects.create(id="pager", name="Pager")
    ApiClient.objects.create(key="pager", oauth_client=oauth, kept_in=KeptIn.BROWSER)
    for check in (True, False):
        assert load(DEMO, check=check).startswith("= client pager: kept in the browser, stays as it is\nno changes\n")
    assert ApiClient.objects.get(key="pager").retired_at is None
    ApiClient.objects.filter(key="demo-bot").update(kept_in=KeptIn.BROWSER, retired_at=timezone.now())
    with pytest.raises(CommandError, match=r"catalogue\.yaml:\d+: clients\.demo-bot: this was revoked in the browser"):
        load(DEMO, check=True)


def test_a_mistake_names_file_and_line_and_changes_nothing(portal_in_aws: Aws, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text(DEMO.read_text().replace("policy: one-lead", "policy: lead", 1))
    line = file.read_text().split("policy: lead")[0].count("\n") + 1
    with pytest.raises(CommandError) as error:
        load(file)
    expected = (
        f'catalogue.yaml:{line}: work_groups.ProdMemberWorkGroup.policy: there is no policy "lead"; known: one-lead, two-levels'
    )
    assert (str(error.value), error.value.returncode) == (expected, 1)
    assert not WorkGroup.objects.exists()


def test_an_iam_user_that_aws_does_not_know_is_a_mistake(portal_in_aws: Aws, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.yaml"
    file.write_text(DEMO.read_text().replace("iam_user: member02", "iam_user: nobody02"))
    with pytest.raises(CommandError, match=r'people\.member02\.iam_user: there is no IAM user "nobody02" in the Jump account'):
        load(file)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"missing\.yaml cannot be read: No such file"):
        load(tmp_path / "missing.yaml")


def test_without_aws_nothing_is_changed(portal_in_aws: Aws, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIANOBODYKNOWSTHIS0")
    with pytest.raises(CommandError, match="AWS could not be asked about its users and roles, nothing was changed"):
        load(DEMO)
    assert not AwsAccount.objects.exists()


def test_check_without_credentials_prints_the_files_difference_and_what_it_could_not_check(
    portal_in_aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    load(DEMO)
    for name in portal_in_aws.portal_env:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    sessions.forget()
    file = tmp_path / "catalogue.yaml"
    file.write_text(DEMO.read_text().replace("Dev_LeaderRole: leader", "Dev_LeaderRole: leader, Dev_NewRole: member"))
    said = load(file, check=True)
    assert "+ role development/Dev_NewRole\n" in said
    assert said.endswith("not checked: role development/Dev_NewRole (NoCredentialsError)\n")
    with pytest.raises(CommandError, match="AWS could not be asked about all of it") as failed:
        load(file, check=True, strict=True)
    assert failed.value.returncode == 1
    with pytest.raises(CommandError, match="nothing was changed"):
        load(file)
    assert not TargetRole.objects.filter(name="Dev_NewRole").exists()
    assert load(DEMO, check=True, strict=True).startswith("no changes\n")


def test_role_is_loaded_as_aws_shows_it_and_another_spelling_is_refused(portal_in_aws: Aws, tmp_path: Path) -> None:
    iam = admin_in(portal_in_aws, "development")
    trust = iam.get_role(RoleName="Dev_MemberRole")["Role"]["AssumeRolePolicyDocument"]
    iam.create_role(RoleName="Audit_PathRole", Path="/team/", AssumeRolePolicyDocument=json.dumps(trust))
    file = tmp_path / "catalogue.yaml"
    file.write_text(DEMO.read_text().replace("Dev_LeaderRole: leader", "Dev_LeaderRole: leader, audit_PATHrole: member"))
    with pytest.raises(CommandError, match=r'development\.roles\.audit_PATHrole: AWS spells this "Audit_PathRole"'):
        load(file)
    file.write_text(file.read_text().replace("audit_PATHrole", "Audit_PathRole"))
    load(file)
    assert TargetRole.objects.get(name="Audit_PathRole").arn == "arn:aws:iam::222222222222:role/team/Audit_PathRole"


def without(*groups: str) -> str:
    """Return the demo's catalogue without these work groups."""
    text = DEMO.read_text()
    for group in groups:
        text = re.sub(rf"  {group}:\n(?:    .*\n)+", "", text).replace(f", {group}", "")
    return text


@pytest.fixture
def by_change(tmp_path: Path) -> Path:
    """Return the demo's catalogue with one work group that has documents, granted by Change Manager."""
    file = tmp_path / "catalogue.yaml"
    file.write_text(without("ProdAutomationWorkGroup"))
    return file


def test_documents_that_are_not_as_they_must_be_are_warned_of(desk: Desk, by_change: Path) -> None:
    said = load(by_change).splitlines()
    warnings = [line for line in said if line.startswith("warning: ")]
    assert warnings[0] == "warning: SekishoGrant-ProdChangeWorkGroup: it is not there"
    assert (len(warnings), warnings[-1]) == (5, f"warning: run publish_runbooks, {BEFORE}")
    desk.publish(CHANGE)
    expected = "SekishoChange-ProdChangeWorkGroup: it is not approved: somebody else than its publisher reviews it"
    assert load(by_change, check=True).splitlines()[1] == f"warning: {expected}"
    desk.review(CHANGE)
    assert load(by_change) == "no changes\n"


def test_documents_that_cannot_be_looked_at_are_said_so_in_a_line(desk: Desk, by_change: Path, settings: Settings) -> None:
    desk.fault("denied", "GetDocument")
    (line,) = [line for line in load(by_change).splitlines() if "could not be looked at" in line]
    assert "AccessDenied" in line
    settings.AWS_CHANGE_PUBLISHER_ROLE_ARN = ""
    assert "were not looked at: AWS_CHANGE_PUBLISHER_ROLE_ARN is not set" in load(by_change)


def test_catalogue_without_such_a_group_asks_for_no_document(desk: Desk, tmp_path: Path) -> None:
    desk.fault("denied", "GetDocument")
    file = tmp_path / "catalogue.yaml"
    file.write_text(without("ProdAutomationWorkGroup", "ProdChangeWorkGroup"))
    assert "warning" not in load(file)
