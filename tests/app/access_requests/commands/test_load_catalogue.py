import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from access_requests.models import AwsAccount, IamUserBinding, WorkGroup
from tests.aws_fixtures import Aws

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[4]
DEMO = ROOT / "portal/demo/catalogue.yaml"


def load(file: Path, **options: bool) -> str:
    out = io.StringIO()
    call_command("load_catalogue", file, stdout=out, **options)
    return out.getvalue()


def test_the_demo_company_is_loaded_with_the_ids_that_aws_says(portal_in_aws: Aws) -> None:
    said = load(DEMO)
    assert "+ work_group ProdMemberWorkGroup" in said
    user = portal_in_aws.admin_client("iam").get_user(UserName="member01")["User"]
    assert IamUserBinding.objects.get(person__username="member01").user_id == user["UserId"]
    assert load(DEMO) == "no changes\n"


def test_a_secret_that_was_made_is_printed_once(portal_in_aws: Aws) -> None:
    assert "The secret of demo-bot, shown only now: " in load(DEMO)
    assert "secret" not in load(DEMO)


def test_check_prints_the_difference_and_changes_nothing(portal_in_aws: Aws) -> None:
    said = load(DEMO, check=True)
    assert "+ account jump\n" in said
    assert '    policy: "one-lead"\n' in said
    assert said.endswith("changes\n")
    assert not AwsAccount.objects.exists()


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
    with pytest.raises(CommandError, match="AWS could not be asked about its users, nothing was changed"):
        load(DEMO)
    assert not AwsAccount.objects.exists()
