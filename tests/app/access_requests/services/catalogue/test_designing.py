"""What a catalogue asks the account design for; none of it needs a database, or AWS."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pytest_django import Settings

from access_requests.services import catalogue
from access_requests.services.catalogue.designing import designed
from access_requests.services.catalogue.state import State
from portal.iam.account_design import portal, rendering
from portal.iam.account_design.declared import read
from portal.iam.account_design.design import Design, PortalRole
from portal.iam.session_gate import SESSION_GATE_NAME

ROOT = Path(__file__).parents[5]
GROUP, ROLE = "ProdMemberWorkGroup", "Prod_MemberRole"
DECLARED = read((ROOT / "portal/simulated_aws/account_design.yaml").read_text())
TODAY = date(2026, 11, 23)


@pytest.fixture
def demo() -> State:
    return catalogue.read((ROOT / "portal/demo/catalogue.yaml").read_bytes()).state


def test_role_of_work_groups_that_keep_their_own_members_is_gated_as_every_other(demo: State, settings: Settings) -> None:
    """Whatever grants the way in: what a session may do there ends by the gate, and lasts as long as a group allows."""
    settings.GRANT_BACKENDS = {**settings.GRANT_BACKENDS, "tags": {"BACKEND": "tests.stand_ins.by_tag.ByTagBackend"}}
    groups = {**demo.work_groups, GROUP: demo.work_groups[GROUP].but(backend="tags")}
    before, after = _designed(demo), _designed(replace(demo, work_groups=groups))
    assert GROUP in {group.name for group in before.groups}
    assert GROUP not in {group.name for group in after.groups}
    (role,) = (role for role in after.roles if role.name == ROLE)
    assert role.work_seconds == 4 * 3_600
    made = rendering.resources_of(after, after.account("production"))
    assert made["ProdMemberRolesekishosessiongate"]["Properties"]["PolicyName"] == SESSION_GATE_NAME


def test_roles_and_groups_of_identity_center_are_its_own(demo: State) -> None:
    design = _designed(demo)
    assert not [role.name for role in design.roles if role.name.startswith("AWSReservedSSO_")]
    assert "ProdIdentityCenterGroup" not in {group.name for group in design.groups}


def test_service_takes_a_role_on_for_the_jump_account_alone(demo: State) -> None:
    design = _designed(demo)
    policy = design.portal_roles[0].policy
    executions = "arn:aws:ssm:*:{account}:automation-execution/*"
    of_services = (
        PortalRole(name="Runs", policy=policy, service="ssm.amazonaws.com", source=executions),
        PortalRole(name="Sends", policy=policy, service="events.amazonaws.com"),
    )
    made = portal.in_jump(replace(design, portal_roles=of_services))
    conditions = {name: made[name]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0] for name in ("Runs", "Sends")}
    source = {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    assert conditions["Sends"]["Principal"] == {"Service": "events.amazonaws.com"}
    assert conditions["Sends"]["Condition"] == source
    assert conditions["Runs"]["Condition"] == {
        **source,
        "ArnLike": {"aws:SourceArn": "arn:aws:ssm:*:111111111111:automation-execution/*"},
    }


def _designed(state: State) -> Design:
    return designed(state, DECLARED, today=TODAY)
