"""CloudFormation Guard's rules over the templates that are committed, and over what they are there to refuse."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.structure import design_picture, permissions_page

ROOT = Path(__file__).parents[2]
RULES = (ROOT / "portal/aws/guard/account-design.guard").read_text()
TEMPLATES = sorted((ROOT / "docs/examples/account-design").glob("*.yaml"))
BY_A_SERVICE = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
BY_PEOPLE = json.loads(
    json.dumps(BY_A_SERVICE).replace('"ec2.amazonaws.com"', '["ec2.amazonaws.com", "rolesanywhere.amazonaws.com"]')
)
BY_ENTITLEMENT = json.loads(json.dumps(BY_A_SERVICE).replace("ec2.", "account-access."))
BY_AN_ACCOUNT = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "sts:AssumeRole"}]}


def judged(text: str) -> tuple[str, set[str]]:
    """Return Guard's verdict and the rules that were broken. Its `success` says only that it could judge."""
    guard = pytest.importorskip("guardpycfn", reason="CloudFormation Guard has no wheel for this machine")
    found = guard.validate_with_guard(text, RULES)
    assert found["success"], found
    return found["result"]["status"], {rule["Rule"]["name"] for rule in found["result"]["not_compliant"]}


def _role(**properties: Any) -> str:
    return json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}})


@pytest.mark.parametrize("language", design_picture.WORDS)
def test_picture_of_the_documentation_is_what_the_catalogue_gives(language: str) -> None:
    """Drawn by `python -m tests.structure.design_picture`."""
    assert design_picture.file_of(language).read_text() == design_picture.drawn(language)


def test_page_of_permissions_says_what_templates_and_processes_have() -> None:
    """Written by `python -m tests.structure.permissions_page`."""
    assert permissions_page.PAGE.read_text() == permissions_page.page()


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_rendered_templates_keep_the_rules(file: Path) -> None:
    assert judged(file.read_text()) == ("PASS", set())


@pytest.mark.parametrize(
    "text",
    [
        _role(Path="/app/", AssumeRolePolicyDocument=BY_A_SERVICE),
        _role(Path="/app/", AssumeRolePolicyDocument=BY_AN_ACCOUNT, PermissionsBoundary="arn:aws:iam::1:policy/x"),
        _role(Path="/app/", AssumeRolePolicyDocument=BY_PEOPLE, PermissionsBoundary="arn:aws:iam::1:policy/x"),
        _role(Path="/app/", AssumeRolePolicyDocument=BY_ENTITLEMENT, PermissionsBoundary="arn:aws:iam::1:policy/x"),
        _role(Path="/app/team/", AssumeRolePolicyDocument=BY_AN_ACCOUNT, PermissionsBoundary="arn:aws:iam::1:policy/x"),
    ],
)
def test_role_of_an_application_without_boundary_or_trusting_others_is_refused(text: str) -> None:
    assert judged(text) == ("FAIL", {"roles_of_applications_are_bounded"})


def test_role_of_an_application_in_bounds_is_let_through() -> None:
    text = _role(Path="/app/", AssumeRolePolicyDocument=BY_A_SERVICE, PermissionsBoundary="arn:aws:iam::1:policy/x")
    assert judged(text) == ("PASS", set())


@pytest.mark.parametrize("kind", ["AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::UserToGroupAddition"])
def test_what_the_portal_and_people_write_is_refused(kind: str) -> None:
    text = json.dumps({"Resources": {"Thing": {"Type": kind, "Properties": {}}}})
    assert judged(text) == ("FAIL", {"nothing_that_people_write"})
