"""What the documents of a work group say."""

import re

import pytest
from pytest_django import Settings

from access_requests.grants.automation.documents import RUNBOOKS, filled, runbook
from access_requests.grants.change_manager.documents import CHANGE_DOCUMENTS, template
from access_requests.grants.executions import Purpose
from access_requests.grants.needs import Owner
from access_requests.models.codes import elevation_code, request_code
from portal.aws.errors import BackendRefused
from tests.worlds.runbooks import AUTOMATION, CHANGE

VERSIONS = {Purpose.GRANT: "3", Purpose.PROLONG: "2"}


@pytest.mark.parametrize("purpose", list(Purpose))
def test_runbook_is_for_one_group_and_acts_in_one_role(purpose: Purpose, settings: Settings) -> None:
    content = runbook(purpose, AUTOMATION)
    assert content["assumeRole"] == settings.AWS_RUNBOOK_ROLE_ARN
    assert content["parameters"]["Group"]["allowedValues"] == [AUTOMATION.group]
    assert set(content["parameters"]) == {"User", "UserId", "Window", "Group"}
    assert "[[" not in str(content)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_other_parameter_is_anchored_at_both_ends(purpose: Purpose) -> None:
    parameters = runbook(purpose, AUTOMATION)["parameters"]
    patterns = [parameter["allowedPattern"] for name, parameter in parameters.items() if name != "Group"]
    assert all(pattern.startswith("^") and pattern.endswith("$") for pattern in patterns)


def test_codes_of_requests_and_elevations_are_windows() -> None:
    pattern = runbook(Purpose.GRANT, AUTOMATION)["parameters"]["Window"]["allowedPattern"]
    for made in (request_code, elevation_code):
        assert re.search(pattern, made().replace("-", ""))


def test_fence_of_each_role_is_asked_for_before_anything_else() -> None:
    both = Owner(group=AUTOMATION.group, roles=("A", "B"))
    for purpose in (Purpose.GRANT, Purpose.PROLONG):
        first, second = runbook(purpose, both)["mainSteps"][:2]
        assert (first["name"], first["inputs"]["PolicyName"]) == ("fenced1", "sekisho-entry-A")
        assert (second["name"], second["inputs"]["PolicyName"]) == ("fenced2", "sekisho-entry-B")


def test_tag_is_the_one_of_the_settings(settings: Settings) -> None:
    settings.TTL_TAG_KEY = "ttl/{group}"
    assert f"ttl/{AUTOMATION.group}" in str(runbook(Purpose.REMOVE, AUTOMATION))


def test_whatever_fails_from_the_tag_on_takes_the_person_out_and_counts() -> None:
    steps = {step["name"]: step for step in runbook(Purpose.GRANT, AUTOMATION)["mainSteps"]}
    for name in ("tag", "add", "verify"):
        assert (steps[name]["onFailure"], steps[name]["onCancel"], steps[name]["isCritical"]) == ("step:takeOut",) * 2 + (True,)
    # AWS gives what follows a cancellation two minutes.
    assert sum(steps[name]["maxAttempts"] * steps[name]["timeoutSeconds"] for name in ("takeOut", "untag")) < 120


def test_template_pins_the_versions_and_ends_with_the_portals_approval() -> None:
    content = template(CHANGE, VERSIONS)
    assert content["executableRunBooks"] == [
        {"name": "SekishoGrant-ProdChangeWorkGroup", "version": "3"},
        {"name": "SekishoProlong-ProdChangeWorkGroup", "version": "2"},
    ]
    (step,) = content["mainSteps"]
    assert step["timeoutSeconds"] == 30 * 24 * 3600
    approvers = [{"approver": "SekishoChangeApproverRole", "type": "IamRole", "minRequiredApprovals": 1}]
    assert step["inputs"]["EnhancedApprovals"]["Approvers"] == approvers
    assert (content["emergencyChange"], content["autoApprovable"]) == (False, False)
    headings = re.findall("^### (.*)$", content["templateInformation"], re.MULTILINE)
    assert headings == ["変更対象", "変更内容", "作業影響", "作業計画", "戻し計画"]


def test_placeholder_that_nobody_knows_is_an_error() -> None:
    assert filled({"a": ["[[ group ]]!", 1]}, {"group": "G"}) == {"a": ["G!", 1]}
    with pytest.raises(KeyError, match="groop"):
        filled(["[[ groop ]]"], {"group": "G"})


def test_role_that_the_settings_lack_is_named(settings: Settings) -> None:
    settings.AWS_RUNBOOK_ROLE_ARN = ""
    with pytest.raises(BackendRefused, match="setting_missing: AWS_RUNBOOK_ROLE_ARN"):
        runbook(Purpose.GRANT, AUTOMATION)


@pytest.mark.parametrize(
    ("group", "fits"),
    [("Prod.Work_Group-1", True), ("g" * 113, True), ("g" * 114, False), ("a+b", False), ("a@b", False), ("a=b", False)],
)
def test_names_of_documents_are_of_systems_managers_alphabet(group: str, fits: object) -> None:
    assert (RUNBOOKS.is_nameable(group), CHANGE_DOCUMENTS.is_nameable(group)) == (fits, fits)
