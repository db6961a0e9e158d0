"""CloudFormation Guard's rules over the templates that are committed, and over what they are there to refuse."""

import json
from pathlib import Path
from typing import Any

import pytest

from portal.iam.boundaries import RUNNERS
from tests.structure import design_picture, permissions_page

ROOT = Path(__file__).parents[2]
GUARD = ROOT / "portal/aws/guard"
HOOK, RENDERED = (GUARD / "applications.guard").read_text(), (GUARD / "account-design.guard").read_text()
BOUNDARY = "arn:aws:iam::444444444444:policy/sekisho/SekishoAppBoundary"
TEMPLATES = sorted((ROOT / "docs/examples/account-design").glob("*.yaml"))
RUNS = {"Service": "ec2.amazonaws.com"}


def _trusting(principal: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}


BY_A_SERVICE, BY_AN_ACCOUNT = _trusting(RUNS), _trusting({"AWS": "999999999999"})


def judged(text: str, rules: str = HOOK) -> tuple[str, set[str]]:
    """Return Guard's verdict and the rules that were broken. Its `success` says only that it could judge."""
    guard = pytest.importorskip("guardpycfn", reason="CloudFormation Guard has no wheel for this machine")
    found = guard.validate_with_guard(text, rules)
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
    for rules in (HOOK, RENDERED):
        assert judged(file.read_text(), rules) in (("PASS", set()), ("SKIP", set()))


@pytest.mark.parametrize(
    "properties",
    [
        {"AssumeRolePolicyDocument": BY_A_SERVICE},
        {"AssumeRolePolicyDocument": BY_A_SERVICE, "PermissionsBoundary": "arn:aws:iam::444444444444:policy/Own"},
        {"AssumeRolePolicyDocument": BY_AN_ACCOUNT, "PermissionsBoundary": BOUNDARY},
        {"AssumeRolePolicyDocument": _trusting({"AWS": "*"}), "PermissionsBoundary": BOUNDARY},
        {"AssumeRolePolicyDocument": _trusting("*"), "PermissionsBoundary": BOUNDARY},
        {"AssumeRolePolicyDocument": _trusting({**RUNS, "AWS": "999999999999"}), "PermissionsBoundary": BOUNDARY},
        {"AssumeRolePolicyDocument": _trusting({"Federated": "accounts.google.com"}), "PermissionsBoundary": BOUNDARY},
        {"AssumeRolePolicyDocument": _trusting({"Service": "glue.amazonaws.com"}), "PermissionsBoundary": BOUNDARY},
        {"AssumeRolePolicyDocument": _trusting({"Service": [*RUNNERS, "glue.amazonaws.com"]}), "PermissionsBoundary": BOUNDARY},
        {"AssumeRolePolicyDocument": _trusting({"Service": "rolesanywhere.amazonaws.com"}), "PermissionsBoundary": BOUNDARY},
        {"AssumeRolePolicyDocument": _trusting({"Service": "account-access.amazonaws.com"}), "PermissionsBoundary": BOUNDARY},
    ],
)
@pytest.mark.parametrize("path", ["/app/", "/app/team/"])
def test_role_of_an_application_out_of_bounds_is_refused(path: str, properties: dict[str, Any]) -> None:
    assert judged(_role(Path=path, **properties)) == ("FAIL", {"roles_of_applications_are_bounded"})


@pytest.mark.parametrize("services", ["ec2.amazonaws.com", list(RUNNERS)])
def test_role_of_an_application_in_bounds_is_let_through(services: Any) -> None:
    """Whatever the boundaries let roles be passed to may take one on."""
    trust = _trusting({"Service": services})
    text = _role(Path="/app/", AssumeRolePolicyDocument=trust, PermissionsBoundary=BOUNDARY)
    assert judged(text) == ("PASS", set())


def test_hook_leaves_other_roles_alone() -> None:
    assert judged(_role(Path="/apple/", AssumeRolePolicyDocument=BY_AN_ACCOUNT)) == ("SKIP", set())


@pytest.mark.parametrize("kind", ["AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::UserToGroupAddition"])
def test_what_the_portal_and_people_write_is_refused(kind: str) -> None:
    text = json.dumps({"Resources": {"Thing": {"Type": kind, "Properties": {}}}})
    assert judged(text, RENDERED) == ("FAIL", {"nothing_that_people_write"})
