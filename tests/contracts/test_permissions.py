"""The policy that the documentation gives to administrators, against the calls that workers really make."""

import json
import re
from pathlib import Path

from access_requests.grants.directory import find_iam_user
from access_requests.models import Elevation
from access_requests.services import lease, provision
from tests.jump import MEMBER_GROUP, Jump
from tests.story import approved, elevated, extension_asked, returned

ROOT = Path(__file__).resolve().parent.parent.parent
POLICY = json.loads((ROOT / "portal" / "aws" / "policies" / "portal-jump.json").read_text())
DOCUMENT = (ROOT / "docs" / "aws" / "permissions.md").read_text()


def allowed() -> set[str]:
    return {action for statement in POLICY["Statement"] for action in statement["Action"]}


def live_through_everything(jump: Jump) -> None:
    """Have the workers do all they can: a grant, an extension, an end, the tidying, for a person renamed meanwhile."""
    find_iam_user("member01")
    elevation = elevated(jump.cast.member01, jump.cast.leader01, now=jump.clock.now)
    jump.sweep()
    extension = extension_asked(elevation, jump.cast.member01, ends_at=elevation.starts_at.replace(hour=6), now=jump.clock.now)
    approved(extension, jump.cast.leader01, now=jump.clock.now)
    provision.prolong(elevation.pk)
    jump.rename("member01", "member99")
    returned(elevation, jump.cast.member01, now=jump.clock.now)
    jump.sweep()
    jump.clock.forward(seconds=lease.length().total_seconds())
    jump.sweep()
    assert (Elevation.objects.get().status, jump.members(MEMBER_GROUP)) == ("ended", set())


def test_policy_allows_the_calls_that_workers_make_and_no_other(jump: Jump) -> None:
    live_through_everything(jump)
    assert {f"iam:{action}" for action in jump.proxy.actions} == allowed()


def test_documentation_names_each_call_of_the_policy_and_no_other() -> None:
    rows = "".join(line for line in DOCUMENT.splitlines() if line.startswith("| `iam:"))
    assert set(re.findall(r"iam:\w+", rows)) == allowed()


def test_no_statement_allows_a_pattern_of_actions() -> None:
    assert not [action for action in allowed() if "*" in action]


def test_workers_stay_within_work_groups_ttl_tags_and_bounded_people(jump: Jump) -> None:
    by_action = {action: statement for statement in POLICY["Statement"] for action in statement["Action"]}
    live_through_everything(jump)
    paths = {group["GroupName"]: group["Path"] for group in jump.iam.list_groups()["Groups"]}
    for call in jump.proxy.calls:
        if "GroupName" in call.parameters:
            assert paths[call.parameters["GroupName"]] == "/sekisho/work/"
        tags = [value for name, value in call.parameters.items() if name.startswith("TagKeys.") or name.endswith(".Key")]
        assert all(tag.startswith("sekisho:ttl:") for tag in tags)
    assert by_action["iam:AddUserToGroup"]["Resource"].endswith(":group/sekisho/work/*")
    assert by_action["iam:PutUserPolicy"]["Condition"] == {
        "ArnLike": {"iam:PermissionsBoundary": "arn:aws:iam::*:policy/sekisho/SekishoPersonBoundary"}
    }
