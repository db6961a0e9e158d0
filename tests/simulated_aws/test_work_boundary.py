"""A session that may do everything but for its boundary, in production: what it tries to outlive its end by, by real calls."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from portal.iam.session_gate import SESSION_GATE_NAME, Line, session_gate
from portal.simulated_aws.company import ACCOUNTS, role_arn
from portal.simulated_aws.guard_rails import allow, document
from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import Aws, Switched
from tests.worlds import rails
from tests.worlds.gated import admin_in
from tests.worlds.rails import Ask

ROLE = "Prod_MemberRole"
EVERYTHING = json.dumps(document(allow("*")))
STRANGER = f"arn:aws:iam::{ACCOUNTS['audit']}:root"
OPEN_TO_A_STRANGER = json.dumps(document({"Effect": "Allow", "Principal": {"AWS": STRANGER}, "Action": "sts:AssumeRole"}))
MACHINE = json.dumps(document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}))


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


Calls = Mapping[str, Callable[[Any], object]]
OUT: Calls = {
    "a role under the own boundary that trusts another account": lambda iam: iam.create_role(
        RoleName="Backdoor", AssumeRolePolicyDocument=OPEN_TO_A_STRANGER, PermissionsBoundary=rails.WORK_BOUNDARY
    ),
    "a role for a machine": lambda iam: iam.create_role(
        RoleName="Machine", Path="/app/", AssumeRolePolicyDocument=MACHINE, PermissionsBoundary=rails.WORK_BOUNDARY
    ),
    "the trust of a role that is there": lambda iam: iam.update_assume_role_policy(
        RoleName="Prod_ReadOnlyRole", PolicyDocument=OPEN_TO_A_STRANGER
    ),
    "a user": lambda iam: iam.create_user(UserName="backdoor", PermissionsBoundary=rails.WORK_BOUNDARY),
    "the gate taken off": lambda iam: iam.delete_role_policy(RoleName=ROLE, PolicyName=SESSION_GATE_NAME),
    "the boundary taken off": lambda iam: iam.delete_role_permissions_boundary(RoleName=ROLE),
    "the boundary written anew": lambda iam: iam.create_policy_version(
        PolicyArn=rails.WORK_BOUNDARY, PolicyDocument=EVERYTHING, SetAsDefault=True
    ),
    "a provider of identities": lambda iam: iam.create_open_id_connect_provider(
        Url="https://login.example.com", ThumbprintList=["0" * 40]
    ),
}


@pytest.mark.parametrize("way", OUT)
def test_session_that_may_do_everything_makes_no_way_in(session: Switched, way: str) -> None:
    with refused("AccessDenied", status=403, match="permissions boundary"):
        OUT[way](session.client("iam"))


def test_session_takes_on_no_other_role(session: Switched) -> None:
    with refused("AccessDenied", status=403, match="explicit deny in a permissions boundary"):
        session.client("sts").assume_role(RoleArn=role_arn("production", "Prod_LeaderRole"), RoleSessionName="member01")


def test_nobody_gets_in_from_another_account_once_the_gate_is_shut(aws: Aws, session: Switched) -> None:
    """The way that was shown: a role named Backdoor, made in the window and assumed after it, without MFA."""
    with refused("AccessDenied", status=403):
        OUT["a role under the own boundary that trusts another account"](session.client("iam"))
    shut(aws, until=aws.now() - timedelta(seconds=1))
    with refused("AccessDenied", status=403):
        session.client("iam").list_roles()
    with refused("AccessDenied", status=403):
        admin_in(aws, "audit", "sts").assume_role(RoleArn=role_arn("production", "Backdoor"), RoleSessionName="stranger")


def test_session_looks_and_works(session: Switched) -> None:
    assert session.client("iam").get_role(RoleName=ROLE)["Role"]["PermissionsBoundary"]
    assert session.client("ssm").start_session(Target="i-0123456789abcdef0")["SessionId"]
    assert session.client("cloudtrail").lookup_events()["Events"] is not None


def test_every_row_of_the_table_is_answered_as_it_says(session: Switched) -> None:
    """Asked by the session itself. Most of it belongs to services that are not simulated."""
    iam, who = session.client("iam"), session.client("sts").get_caller_identity()["UserId"]
    asked = [*rails.WAYS_OUT, *rails.WORK, *rails.ALREADY_PASSED]
    allowed = set(_allowed(iam, asked, who))
    assert [str(ask) for ask in asked if (str(ask) in allowed) is not ask.allowed] == []


def _allowed(iam: Any, asks: list[Ask], who: str) -> Iterator[str]:
    """Yield the rows that the role's policies allow; one call for those that differ by their action alone."""
    alike = defaultdict(list)
    for ask in asks:
        alike[ask.resource, *ask.context.items()].append(ask)
    for (resource, *context), rows in alike.items():
        pages = iam.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=role_arn("production", ROLE),
            ActionNames=[ask.action for ask in rows],
            ResourceArns=[resource],
            ContextEntries=[_entry(*pair) for pair in (("aws:userid", who), *context)],
        )
        answers = [answer for page in pages for answer in page["EvaluationResults"]]
        yield from (str(ask) for ask, answer in zip(rows, answers, strict=True) if answer["EvalDecision"] == "allowed")


def _entry(key: str, value: str) -> dict[str, Any]:
    return {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
