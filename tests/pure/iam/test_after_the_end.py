"""What fence and gate deny by themselves the second after the end, whatever groups and trust allow then."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.iam.account import User
from portal.iam.fences import entry_fence, entry_fence_name
from portal.iam.principals import Policy, Role, session_arn
from portal.iam.session_gate import SESSION_GATE_NAME, Line, session_gate
from portal.iam.switch import Switch, evaluate_fences

END = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
IN_TEAM = "arn:aws:iam::444444444444:role/team/Audit_PathRole"
LINE = Line(user_name="member01", since=END - timedelta(hours=1), until=END)


def fenced(arn: str) -> User:
    return User(
        name="member01",
        id="AIDAMEMBER0000000001",
        arn="arn:aws:iam::111111111111:user/member01",
        path="/",
        inline={entry_fence_name("Audit_PathRole"): entry_fence(role_arn=arn, until=END)},
        attached=(),
        groups=(),
        boundary=None,
        tags={},
    )


def role(arn: str = IN_TEAM, *lines: Line, gated: bool = True) -> Role:
    gate = Policy(name=f"role Audit_PathRole: {SESSION_GATE_NAME}", document=session_gate(lines))
    return Role(arn=arn, role_id="AROA1", trust=Policy(name="trust", document={}), policies=(gate,) if gated else ())


def asked(arn: str, there: Role, *, at: datetime = END + SECOND) -> Switch:
    return evaluate_fences(fenced(arn), there, at=at)


def test_role_that_the_fence_names_whole_is_shut_after_the_end_and_open_until_it() -> None:
    assert asked(IN_TEAM, role(IN_TEAM, LINE)).is_shut
    assert not asked(IN_TEAM, role(IN_TEAM, LINE), at=END).is_shut


@pytest.mark.parametrize(
    "named",
    [
        IN_TEAM.replace("team/", ""),
        IN_TEAM.replace("Audit_PathRole", "audit_pathrole"),
        IN_TEAM.replace("arn:aws:", "arn:aws-cn:"),
        IN_TEAM.replace("444444444444", "555555555555"),
    ],
    ids=["without its path", "in another letter case", "in another partition", "of another account"],
)
def test_fence_on_a_name_that_is_nobody_shuts_nothing(named: str) -> None:
    assert not asked(named, role(IN_TEAM, LINE)).is_shut


def test_gate_that_stays_open_is_not_shut_by_the_entry_alone() -> None:
    longer = Line(user_name="member01", since=LINE.since, until=END + timedelta(hours=1))
    assert not asked(IN_TEAM, role(IN_TEAM, longer)).is_shut


def test_without_a_gate_the_entry_alone_must_deny() -> None:
    assert asked(IN_TEAM, role(gated=False)).is_shut
    assert not asked(IN_TEAM.replace("team/", ""), role(gated=False)).is_shut


def test_session_has_the_roles_name_its_partition_and_not_its_path() -> None:
    arn = session_arn("arn:aws-us-gov:iam::444444444444:role/team/Audit_PathRole", "member01")
    assert arn == "arn:aws-us-gov:sts::444444444444:assumed-role/Audit_PathRole/member01"
