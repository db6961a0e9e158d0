import io

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from access_requests.models import WorkGroup
from audits.models import TrailEntry
from portal.simulated_aws import control
from tests.worlds.cast import Cast, target_role
from tests.worlds.runbooks import AUTOMATION, CHANGE, Desk

pytestmark = pytest.mark.django_db(transaction=True)
TEMPLATE = "SekishoChange-ProdChangeWorkGroup"


def publish(**options: bool) -> list[str]:
    out = io.StringIO()
    call_command("publish_runbooks", stdout=out, **options)
    return out.getvalue().splitlines()


def failure(**options: bool) -> str:
    with pytest.raises(CommandError) as error:
        publish(**options)
    assert error.value.returncode == 1
    return str(error.value)


@pytest.fixture
def by_runbook(cast: Cast, desk: Desk) -> Desk:
    for owner, alias in ((AUTOMATION, "ssm_automation"), (CHANGE, "change_manager")):
        group = WorkGroup.objects.create(name=owner.group, policy=cast.one_lead, backend=alias)
        group.target_roles.set([target_role(cast.production, owner.roles[0])])
    return desk


def test_documents_of_each_group_are_published_and_then_reviewed_in_another_role(by_runbook: Desk) -> None:
    said = publish()
    assert said[0] == "SekishoGrant-ProdAutomationWorkGroup: created, version 1"
    assert (len(said), said[-1]) == (7, f"{TEMPLATE}: created, version 1")
    assert publish(review=True)[6:] == [f"{TEMPLATE}: unchanged, version 1", f"{TEMPLATE}: approved, version 1"]
    assert publish(check=True) == ["every document is as it must be"]
    assert {line.rpartition(": ")[2] for line in publish()} == {"unchanged, version 1"}


def test_both_are_done_at_once_by_whoever_has_both_roles(by_runbook: Desk) -> None:
    assert publish(review=True)[-2:] == [f"{TEMPLATE}: created, version 1", f"{TEMPLATE}: approved, version 1"]


def test_reviewer_without_the_publishers_role_reviews_only(by_runbook: Desk, settings: Settings) -> None:
    publish()
    settings.AWS_CHANGE_PUBLISHER_ROLE_ARN = ""
    assert publish(review=True) == [f"{TEMPLATE}: approved, version 1"]


def test_trail_tells_what_was_published_and_reviewed_once(by_runbook: Desk) -> None:
    for _ in range(2):
        publish()
        publish(review=True)
    entries = TrailEntry.objects.filter(subject=f"document:{TEMPLATE}").order_by("pk")
    assert [(entry.act, entry.actor) for entry in entries] == [
        ("change_template.published", "command:operator01"),
        ("change_template.reviewed", "command:operator01"),
    ]
    assert entries[0].data["before"] is None
    assert entries[0].data["after"] == {"version": "1", "state": "created", "work_group": CHANGE.group}
    assert TrailEntry.objects.filter(act="runbook.published").count() == 6


def test_check_prints_what_keeps_groups_from_being_granted_and_changes_nothing(by_runbook: Desk) -> None:
    for _ in range(2):
        out = io.StringIO()
        with pytest.raises(CommandError, match="publish_runbooks, and a review of change templates, put that right"):
            call_command("publish_runbooks", stdout=out, check=True)
        assert out.getvalue().count("it is not there") == 7
    publish()
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("publish_runbooks", stdout=out, check=True)
    assert out.getvalue() == f"{TEMPLATE}: it is not approved: somebody else than its publisher reviews it\n"


def test_what_was_published_before_a_failure_is_recorded_and_gone_on_from(by_runbook: Desk) -> None:
    by_runbook.fault("throttle", "CreateDocument", times=1)
    assert "run it again" in failure()
    publish()
    by_runbook.fault("denied", "UpdateDocumentMetadata", times=1)
    assert "compare its policy with docs/aws/ways.md" in failure(review=True)
    assert TrailEntry.objects.filter(act="runbook.published").count() == 6


def test_template_of_the_companys_own_is_left_to_people(by_runbook: Desk) -> None:
    publish()
    by_runbook.edit(TEMPLATE, {**by_runbook.content(TEMPLATE), "description": "Ours."})
    publish()
    assert "let a person review it in Change Manager" in failure(review=True)


def test_account_without_change_manager_is_told_what_to_do(by_runbook: Desk) -> None:
    aws = by_runbook.aws
    control.set_change_manager(endpoint=aws.endpoint_url, token=aws.control_token, available=False)
    assert "let ssm_automation or iam_group grant the work groups" in failure()


def test_settings_that_are_missing_are_named(by_runbook: Desk, settings: Settings) -> None:
    settings.AWS_CHANGE_PUBLISHER_ROLE_ARN = settings.AWS_RUNBOOK_ROLE_ARN = ""
    assert failure().startswith("Set AWS_CHANGE_PUBLISHER_ROLE_ARN, AWS_RUNBOOK_ROLE_ARN: ")
    settings.AWS_RUNBOOK_ROLE_ARN, settings.AWS_CHANGE_APPROVER_ROLE_ARN = "arn", ""
    assert failure(review=True).startswith("Set AWS_CHANGE_APPROVER_ROLE_ARN: ")


def test_without_such_a_group_there_is_nothing_to_publish(cast: Cast) -> None:
    assert publish() == ["no work group of the catalogue is granted by Systems Manager"]


def test_retired_group_is_left_alone(by_runbook: Desk, cast: Cast) -> None:
    WorkGroup.objects.filter(name=CHANGE.group).update(retired_at="2026-11-23T05:00:00Z")
    assert len(publish()) == 3
