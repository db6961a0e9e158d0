"""The portal's own fences, at, before and after their times: both evaluators say what the portal promises."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.iam.account import User
from portal.iam.contexts import of_session, of_switch
from portal.iam.evaluation import Decision, evaluate, evaluate_assume_role
from portal.iam.fences import entry_fence, entry_fence_name
from portal.iam.principals import Call, Policy, Principal, Role
from portal.iam.session_gate import SESSION_GATE_NAME, Line, session_gate
from portal.iam.switch import evaluate_fences
from tests.iam_simulate.peer import IamSimulate

START, END = datetime(2026, 11, 23, 11, 0, tzinfo=UTC), datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
JUMP, PRODUCTION = "111111111111", "222222222222"
VERSION = "2012-10-17"
MEMBER = f"arn:aws:iam::{JUMP}:user/member01"
ALLOWED, DENIED = Decision.ALLOWED, Decision.EXPLICIT_DENY


def role(*lines: Line) -> Role:
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": f"arn:aws:iam::{JUMP}:root"},
        "Condition": {
            "StringLike": {"sts:RoleSessionName": "${aws:username}"},
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
        },
    }
    everything = {"Version": VERSION, "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    return Role(
        arn=f"arn:aws:iam::{PRODUCTION}:role/sekisho/work/Prod_MemberRole",
        role_id="AROAPRODMEMBER000001",
        trust=Policy(name="trust", document={"Version": VERSION, "Statement": [trust]}),
        policies=(Policy(name="power", document=everything), Policy(name="gate", document=session_gate(lines))),
    )


def member() -> Principal:
    switching = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": role().arn}
    fence = entry_fence(role_arn=role().arn, until=END)
    return Principal(
        arn=MEMBER,
        account_id=JUMP,
        policies=(
            Policy(name=f"user member01: {entry_fence_name('Prod_MemberRole')}", document=fence),
            Policy(name="group ProdMemberWorkGroup: switch", document={"Version": VERSION, "Statement": [switching]}),
        ),
    )


@pytest.mark.parametrize(
    ("at", "mfa", "session_name", "expected"),
    [
        (END - SECOND, True, "member01", ALLOWED),
        (END, True, "member01", ALLOWED),
        (END + SECOND, True, "member01", DENIED),
        (END + timedelta(days=365), True, "member01", DENIED),
        (END, False, "member01", Decision.IMPLICIT_DENY),
        (END, True, "somebody-else", Decision.IMPLICIT_DENY),
        (END + SECOND, False, "somebody-else", DENIED),
    ],
)
def test_switch_is_refused_after_the_end(
    peer: IamSimulate, at: datetime, *, mfa: bool, session_name: str, expected: Decision
) -> None:
    context = of_switch(
        arn=MEMBER, user_id="AIDAMEMBER0000000001", user_name="member01", at=at, mfa=mfa, session_name=session_name
    )
    assert evaluate_assume_role(member(), role(), context).decision is expected
    assert peer.assume_role(member(), role(), context) is expected


IN_TEAM = f"arn:aws:iam::{PRODUCTION}:role/team/Audit_PathRole"
ROWS = {
    "whole": (IN_TEAM, DENIED),
    "without its path": (IN_TEAM.replace("team/", ""), ALLOWED),
    "in another letter case": (IN_TEAM.lower(), ALLOWED),
    "in another partition": (IN_TEAM.replace("arn:aws:", "arn:aws-cn:"), ALLOWED),
}


@pytest.mark.parametrize("named", list(ROWS))
def test_second_after_the_end_is_denied_by_a_fence_on_the_whole_arn_alone(peer: IamSimulate, named: str) -> None:
    """Both let in whom a fence on a name that is nobody was to keep out, and ours finds it before anything is given."""
    arn, expected = ROWS[named]
    there = replace(role(Line(user_name="member01", since=START, until=END)), arn=IN_TEAM)
    switching = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": IN_TEAM}
    fence = Policy(name=entry_fence_name("Audit_PathRole"), document=entry_fence(role_arn=arn, until=END))
    allow = Policy(name="switch", document={"Version": VERSION, "Statement": [switching]})
    caller = Principal(arn=MEMBER, account_id=JUMP, policies=(fence, allow))
    at = END + SECOND
    context = of_switch(arn=MEMBER, user_id="AIDA1", user_name="member01", at=at, mfa=True, session_name="member01")
    assert evaluate_assume_role(caller, there, context).decision is peer.assume_role(caller, there, context) is expected
    user = User(
        name="member01", id="AIDA1", arn=MEMBER, path="/", inline={fence.name: fence.document},
        attached=(), groups=(), boundary=None, tags={},
    )  # fmt: skip
    gate = Policy(name=f"role Audit_PathRole: {SESSION_GATE_NAME}", document=there.policies[-1].document)
    assert evaluate_fences(user, replace(there, policies=(gate,)), at=at).is_shut is (expected is DENIED)


LINES = (
    Line(user_name="member01", since=START, until=END),
    Line(user_name="member02", since=START - timedelta(hours=1), until=END + timedelta(hours=1)),
)


@pytest.mark.parametrize(
    ("lines", "session_name", "issued_at", "at", "expected"),
    [
        ((), "member01", START, START, DENIED),
        (LINES, "member01", START, END - SECOND, ALLOWED),
        (LINES, "member01", START, END, ALLOWED),
        (LINES, "member01", START, END + SECOND, DENIED),
        (LINES, "member01", START - SECOND, END, DENIED),
        (LINES, "member01", START + SECOND, END, ALLOWED),
        (LINES, "member02", START - SECOND, END + SECOND, ALLOWED),
        (LINES, "member03", START, END, DENIED),
        (LINES, "xmember01", START, END, DENIED),
        (LINES, "Member01", START, END, DENIED),
        (LINES[1:], "member01", START, END, DENIED),
    ],
)
def test_session_can_do_nothing_outside_its_window(
    peer: IamSimulate, lines: tuple[Line, ...], session_name: str, issued_at: datetime, at: datetime, expected: Decision
) -> None:
    gated = role(*lines)
    context = of_session(
        role_arn=gated.arn, role_id=gated.role_id, session_name=session_name, issued_at=issued_at, at=at, mfa=True
    )
    for action, resource in (("s3:PutObject", "arn:aws:s3:::logs/x"), ("ec2:DescribeInstances", "*")):
        call = Call(action=action, resource=resource, context=context)
        assert evaluate(gated.session(session_name), call).decision is expected
        assert peer.evaluate(gated.session(session_name), call) is expected


def test_gate_never_denies_to_ask_who_one_is(peer: IamSimulate) -> None:
    context = of_session(role_arn=role().arn, role_id=role().role_id, session_name="x1", issued_at=START, at=END, mfa=True)
    call = Call(action="sts:GetCallerIdentity", resource="*", context=context)
    assert evaluate(role().session("x1"), call).allowed
    assert peer.evaluate(role().session("x1"), call) is ALLOWED
