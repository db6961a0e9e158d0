"""A session in production that may do everything but for its boundary. What else it tries is in the red team's table."""

import json
from datetime import timedelta
from typing import Any

import pytest

from portal.iam import boundaries
from portal.iam.session_gate import SESSION_GATE_NAME, Line, session_gate
from portal.simulated_aws.company import ACCOUNTS, role_arn
from portal.simulated_aws.guard_rails import allow, document
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import Aws, Switched
from tests.worlds.gated import admin_in

ROLE = "Prod_MemberRole"
EVERYTHING = json.dumps(document(allow("*")))
STRANGER = f"arn:aws:iam::{ACCOUNTS['audit']}:root"
OPEN_TO_A_STRANGER = json.dumps(document({"Effect": "Allow", "Principal": {"AWS": STRANGER}, "Action": "sts:AssumeRole"}))
WORK_BOUNDARY = boundaries.arn(ACCOUNTS["production"], boundaries.WORK)


@pytest.fixture
def session(aws: Aws) -> Switched:
    """Return member01's session of a role without guard rails: Allow * *, the gate, and the boundary."""
    iam = admin_in(aws, "production")
    for policy in iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=ROLE, PolicyArn=policy["PolicyArn"])
    for name in iam.list_role_policies(RoleName=ROLE)["PolicyNames"]:
        iam.delete_role_policy(RoleName=ROLE, PolicyName=name)
    iam.put_role_policy(RoleName=ROLE, PolicyName="Everything", PolicyDocument=EVERYTHING)
    shut(aws, until=aws.now() + timedelta(hours=1))
    aws.admin_client("iam").add_user_to_group(GroupName="ProdMemberWorkGroup", UserName="member01")
    return aws.switch("member01")


def shut(aws: Aws, *, until: Any) -> None:
    line = Line(user_name="member01", since=aws.now() - timedelta(hours=1), until=until)
    gate = json.dumps(session_gate([line]))
    admin_in(aws, "production").put_role_policy(RoleName=ROLE, PolicyName=SESSION_GATE_NAME, PolicyDocument=gate)


def test_session_takes_on_no_other_role(session: Switched) -> None:
    with refused("AccessDenied", status=403, match="explicit deny in a permissions boundary"):
        session.client("sts").assume_role(RoleArn=role_arn("production", "Prod_LeaderRole"), RoleSessionName="member01")


def test_nobody_gets_in_from_another_account_once_the_gate_is_shut(aws: Aws, session: Switched) -> None:
    """The way that was shown: a role named Backdoor, made in the window and assumed after it, without MFA."""
    with refused("AccessDenied", status=403):
        session.client("iam").create_role(
            RoleName="Backdoor", AssumeRolePolicyDocument=OPEN_TO_A_STRANGER, PermissionsBoundary=WORK_BOUNDARY
        )
    shut(aws, until=aws.now() - timedelta(seconds=1))
    with refused("AccessDenied", status=403):
        session.client("iam").list_roles()
    with refused("AccessDenied", status=403):
        admin_in(aws, "audit", "sts").assume_role(RoleArn=role_arn("production", "Backdoor"), RoleSessionName="stranger")


def test_session_looks_and_works(session: Switched) -> None:
    assert session.client("iam").get_role(RoleName=ROLE)["Role"]["PermissionsBoundary"]
    assert session.client("ssm").start_session(Target="i-0123456789abcdef0")["SessionId"]
    assert session.client("cloudtrail").lookup_events()["Events"] is not None
