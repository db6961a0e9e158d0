"""A person's switch as a whole: the user's side, the trust, and the gate, each of which can say no, and what they leave open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.iam.account import Account, AccountRole, Group, User
from portal.iam.evaluation import Decision
from portal.iam.fences import entry_fence, entry_fence_name
from portal.iam.session_gate import SESSION_GATE_NAME, Line, session_gate
from portal.iam.switch import Switch, evaluate_switch, session_gate_of

JUMP, PRODUCTION = "111111111111", "444444444444"
START, END = datetime(2026, 11, 23, 11, 0, tzinfo=UTC), datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ROLE = f"arn:aws:iam::{PRODUCTION}:role/Prod_MemberRole"
ALLOWED, UNKNOWN = Decision.ALLOWED, Decision.UNKNOWN
DENIED, IMPLICITLY = Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY
OWN_NAME_AND_MFA = {
    "StringLike": {"sts:RoleSessionName": "${aws:username}"},
    "Bool": {"aws:MultiFactorAuthPresent": "true"},
}
OFFICE = {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(**condition: Any) -> dict[str, Any]:
    principal = {"AWS": f"arn:aws:iam::{JUMP}:root"}
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition})


def switch_to(resource: str, **more: Any) -> dict[str, Any]:
    return document({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": resource, **more})


def jump(*, groups: tuple[str, ...] = ("Work",), policy: dict[str, Any] | None = None, fence: datetime | None = END) -> Account:
    fences = {entry_fence_name("Prod_MemberRole"): entry_fence(role_arn=ROLE, until=fence)} if fence else {}
    user = User(
        name="member01",
        id="AIDAMEMBER0000000001",
        arn=f"arn:aws:iam::{JUMP}:user/member01",
        path="/",
        inline=fences,
        attached=(),
        groups=groups,
        boundary=None,
        tags={},
    )
    group = Group(
        name="Work",
        id="AGPAWORK000000000001",
        arn=f"arn:aws:iam::{JUMP}:group/Work",
        path="/",
        inline={"SwitchRole": policy or switch_to(ROLE)},
        attached=(),
        members=("member01",) if groups else (),
    )
    return Account(account_id=JUMP, users={"member01": user}, groups={"work": group}, roles={}, policies={})


def production(*, trusted: dict[str, Any] | None = None, gate: dict[str, Any] | None = None) -> Account:
    role = AccountRole(
        name="Prod_MemberRole",
        id="AROAPRODMEMBER000001",
        arn=ROLE,
        path="/",
        inline={"Everything": document({"Effect": "Allow", "Action": "*", "Resource": "*"})},
        attached=(),
        trust=trusted or trust(**OWN_NAME_AND_MFA),
        boundary=None,
        tags={},
    )
    gated = replace(role, inline={**role.inline, SESSION_GATE_NAME: gate}) if gate is not None else role
    return Account(account_id=PRODUCTION, users={}, groups={}, roles={"prod_memberrole": gated}, policies={})


def gate(*names: str) -> dict[str, Any]:
    return dict(session_gate([Line(user_name=name, since=START, until=END) for name in names]))


def switched(account: Account, target: Account, **asked: Any) -> Switch:
    user, role = account.user("member01"), target.role("Prod_MemberRole")
    assert user is not None
    assert role is not None
    return evaluate_switch(account, user, role, **{"at": START, **asked})


OPEN, AT_REST = gate("member01", "member02"), gate()
CASES: dict[str, tuple[Account, Account, dict[str, Any], Decision, str]] = {
    "in the window": (jump(), production(gate=OPEN), {}, ALLOWED, "group Work: SwitchRole"),
    "at the last second": (jump(), production(gate=OPEN), {"at": END}, ALLOWED, "group Work: SwitchRole"),
    "a second later": (
        jump(), production(gate=OPEN), {"at": END + SECOND}, DENIED, "user member01: sekisho-entry-Prod_MemberRole",
    ),
    "a second later, the fence taken away": (
        jump(fence=None), production(gate=OPEN), {"at": END + SECOND}, DENIED, "role Prod_MemberRole: sekisho-session-gate",
    ),
    "a second early": (
        jump(), production(gate=OPEN), {"at": START - SECOND}, DENIED, "role Prod_MemberRole: sekisho-session-gate",
    ),
    "a forged member": (jump(fence=None), production(gate=AT_REST), {}, DENIED, "role Prod_MemberRole: sekisho-session-gate"),
    "a forged member beside an approved one": (
        jump(fence=None), production(gate=gate("member02")), {}, DENIED, "role Prod_MemberRole: sekisho-session-gate",
    ),
    "a forged member where there is no gate": (jump(fence=None), production(), {}, ALLOWED, "group Work: SwitchRole"),
    "no member": (jump(groups=()), production(gate=OPEN), {}, IMPLICITLY, ""),
    "no MFA": (jump(), production(gate=OPEN), {"mfa": False}, IMPLICITLY, ""),
    "another's name": (jump(), production(gate=OPEN), {"session_name": "member02"}, IMPLICITLY, ""),
    "another's name, whom the trust lets choose": (
        jump(), production(trusted=trust(), gate=gate("member01")), {"session_name": "member02"}, DENIED,
        "role Prod_MemberRole: sekisho-session-gate",
    ),
    "a gate that nobody can read": (jump(), production(gate={}), {}, UNKNOWN, ""),
    "a trust that nobody can read": (jump(), production(trusted=document({"Effect": "Perhaps"}), gate=OPEN), {}, UNKNOWN, ""),
    "a trust in calls from the office": (jump(), production(trusted=trust(**OFFICE), gate=OPEN), {}, UNKNOWN, ""),
    "a trust in calls from the office, to a forged member after the end": (
        jump(), production(trusted=trust(**OFFICE), gate=OPEN), {"at": END + SECOND}, DENIED,
        "user member01: sekisho-entry-Prod_MemberRole",
    ),
    "a trust in one organisation": (
        jump(), production(trusted=trust(StringEquals={"aws:PrincipalOrgID": "o-example"}), gate=OPEN), {}, UNKNOWN, "",
    ),
    "a group whose members may switch in one Region": (
        jump(policy=switch_to(ROLE, Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}})), production(gate=OPEN),
        {}, UNKNOWN, "",
    ),
    "a back door for whoever knows a word": (
        jump(), production(trusted=trust(StringEquals={"sts:ExternalId": "open"}), gate=OPEN), {}, UNKNOWN, "",
    ),
    "a group whose members may switch within one account": (
        jump(policy=switch_to("*", Condition={"StringEquals": {"aws:ResourceAccount": PRODUCTION}})), production(gate=OPEN), {},
        ALLOWED, "group Work: SwitchRole",
    ),
    "a group whose members may switch within another account": (
        jump(policy=switch_to("*", Condition={"StringEquals": {"aws:ResourceAccount": JUMP}})), production(gate=OPEN), {},
        IMPLICITLY, "",
    ),
    "a group whose members need an address": (
        jump(policy=switch_to(ROLE, Condition={"Null": {"aws:SourceIp": "false"}})), production(gate=OPEN), {}, UNKNOWN, "",
    ),
    "a group whose members may switch to a role named after a VPC": (
        jump(policy=switch_to(f"arn:aws:iam::{PRODUCTION}:role/${{aws:SourceVpc}}")), production(gate=OPEN), {}, UNKNOWN, "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_switch(case: str) -> None:
    account, target, asked, decision, by = CASES[case]
    switch = switched(account, target, **asked)
    assert (switch.decision, switch.decided_by.policy) == (decision, by)


def test_what_is_left_open_is_told_in_words() -> None:
    switch = switched(jump(), production(trusted=trust(**OFFICE), gate=OPEN))
    assert switch.decided_by.unknown == ("role Prod_MemberRole: trust policy #1: aws:SourceIp of the call",)


def test_gate_is_found_by_its_name_alone() -> None:
    gated, plain = production(gate=AT_REST).role("Prod_MemberRole"), production().role("Prod_MemberRole")
    assert gated is not None
    assert plain is not None
    found = session_gate_of(gated)
    assert found is not None
    assert found.document == AT_REST
    assert session_gate_of(plain) is None
    assert switched(jump(), production()).gate is None


def test_gate_that_says_nothing_of_the_person_leaves_the_switch_allowed() -> None:
    switch = switched(jump(), production(gate=OPEN))
    assert switch.gate is not None
    assert (switch.gate.decision, switch.decision) == (IMPLICITLY, ALLOWED)
