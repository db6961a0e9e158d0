"""What differs between AWS and the portal, on values alone: late or real, and each object on its own."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from access_requests.models import DriftKind
from access_requests.services.drift import people, policies, switching, trust
from access_requests.services.drift.comparing import Comparison, compare
from access_requests.services.drift.difference import Difference, Problem
from access_requests.services.drift.expected import Expected, ExpectedRole, Group, Identity, Window
from access_requests.services.drift.looking import Sight
from access_requests.services.drift.watched import Bound, Place
from access_requests.web.timeline import drift_words
from portal.iam.account import Account
from portal.iam.fences import entry_fence
from portal.iam.session_gate import SESSION_GATE_NAME, Line, session_gate

AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
END = AT + timedelta(hours=1)
MINUTE = timedelta(minutes=1)
GROUP, ROLE = "ProdMemberWorkGroup", "Prod_MemberRole"
KEY, ARN = f"production/{ROLE}", f"arn:aws:iam::444444444444:role/{ROLE}"
TAG = f"sekisho:ttl:{GROUP}"
BOUNDARY = "arn:aws:iam::444444444444:policy/sekisho/SekishoWorkRoleBoundary"

WINDOW = Window(
    pk=1,
    code="E-1",
    person_id=1,
    user_id="AIDAMEMBER01",
    user_name="member01",
    group=GROUP,
    roles=frozenset({KEY}),
    status="active",
    ends_at=END,
    ttl="2026-11-23T06:00:00Z",
    touched_at=AT - timedelta(hours=1),
    moving=False,
    behind=False,
)
LINE = Line(user_name="member01", since=AT - timedelta(hours=1), until=END)
EXPECTED = Expected(
    at=AT,
    jump="jump",
    jump_id="111111111111",
    windows=(WINDOW,),
    identities=(Identity(user_id="AIDAMEMBER01", user_name="member01", bound_at=AT - timedelta(days=9)),),
    groups=(Group(name=GROUP, work_group_id=7, roles=frozenset({KEY}), role_arns=frozenset({ARN}), tag_key=TAG),),
    roles=(ExpectedRole(pk=3, key=KEY, account="production", name=ROLE, arn=ARN, work_group_id=7, policies=None, lines=(LINE,)),),
)


def statement(**changes: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ARN, **changes}


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def user(name: str = "member01", **changes: Any) -> dict[str, Any]:
    fence = {"PolicyName": f"sekisho-entry-{ROLE}", "PolicyDocument": entry_fence(role_arn=ARN, until=END)}
    return {
        "UserName": name,
        "UserId": f"AIDA{name.upper()}",
        "Arn": f"arn:aws:iam::111111111111:user/{name}",
        "GroupList": [GROUP],
        "UserPolicyList": [fence],
        "Tags": [{"Key": TAG, "Value": "2026-11-23T06:00:00Z"}],
        **changes,
    }


def jump(*users: dict[str, Any], policy: Any = None) -> Account:
    group = {
        "GroupName": GROUP,
        "GroupId": "AGPA1",
        "Arn": "arn:aws:iam::111111111111:group/sekisho/work/ProdMemberWorkGroup",
        "GroupPolicyList": [{"PolicyName": "SwitchRole", "PolicyDocument": policy or document(statement())}],
    }
    return Account.parsed("111111111111", [{"UserDetailList": users, "GroupDetailList": [group]}])


def production(gate: Any, trusted: Any = None) -> Account:
    named = [{"PolicyName": SESSION_GATE_NAME, "PolicyDocument": gate}] if gate is not None else []
    role = {
        "RoleName": ROLE,
        "RoleId": "AROA1",
        "Arn": ARN,
        "RolePolicyList": named,
        "AssumeRolePolicyDocument": trusted or NARROW,
        "PermissionsBoundary": {"PermissionsBoundaryArn": BOUNDARY},
    }
    return Account.parsed("444444444444", [{"RoleDetailList": [role]}])


OWN = {"StringLike": {"sts:RoleSessionName": "${aws:username}"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}
JUMP_ROOT = {"AWS": "arn:aws:iam::111111111111:root"}


def trusting(**changes: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": JUMP_ROOT, "Action": "sts:AssumeRole", "Condition": OWN, **changes}


NARROW = document(trusting())


@pytest.mark.parametrize(
    "trusted",
    [
        trusting(),
        trusting(Principal={"AWS": ["111111111111", "arn:aws:iam::111111111111:user/member01"]}),
        trusting(Action=["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]),
        trusting(Condition={"StringEquals": {"STS:rolesessionname": ["${aws:username}"]}, "Bool": OWN["Bool"]}),
        {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"},
    ],
)
def test_trust_of_users_under_their_own_name_with_mfa_is_narrow(trusted: dict[str, Any]) -> None:
    assert trust.is_narrow(document(trusted), of=ARN, jump="111111111111")


@pytest.mark.parametrize(
    "trusted",
    [
        trusting(Principal="*"),
        trusting(Principal={"AWS": "*"}),
        trusting(Principal={"AWS": [*JUMP_ROOT.values(), "arn:aws:iam::999999999999:root"]}),
        trusting(Principal={**JUMP_ROOT, "Service": "ec2.amazonaws.com"}),
        trusting(Principal={"AWS": "arn:aws:iam::111111111111:role/Another"}),
        {**{key: value for key, value in trusting().items() if key != "Principal"}, "NotPrincipal": JUMP_ROOT},
        trusting(Action="sts:*"),
        trusting(Condition={}),
        trusting(Condition={"StringLike": OWN["StringLike"]}),
        trusting(Condition={"Bool": OWN["Bool"]}),
        trusting(Condition={**OWN, "Bool": {"aws:MultiFactorAuthPresent": "false"}}),
        trusting(Condition={"StringLikeIfExists": OWN["StringLike"], "Bool": OWN["Bool"]}),
        trusting(Condition={"StringLike": {"sts:RoleSessionName": ["${aws:username}", "*"]}, "Bool": OWN["Bool"]}),
        trusting(Condition={"StringNotLike": OWN["StringLike"], "Bool": OWN["Bool"]}),
    ],
)
def test_any_other_trust_is_not(trusted: dict[str, Any]) -> None:
    assert not trust.is_narrow(document(trusting(), trusted), of=ARN, jump="111111111111")


def test_trust_is_narrow_within_the_partition_of_its_role() -> None:
    china = document(trusting(Principal={"AWS": "arn:aws-cn:iam::111111111111:root"}))
    assert trust.is_narrow(china, of=ARN.replace("arn:aws:", "arn:aws-cn:"), jump="111111111111")
    assert not trust.is_narrow(china, of=ARN, jump="111111111111")


def in_jump(account: Account, expected: Expected = EXPECTED) -> list[Difference | Problem]:
    return list(people.compare(expected, account))


def kinds(found: list[Difference | Problem]) -> list[str]:
    return sorted(str(one.kind) for one in found if isinstance(one, Difference))


def test_nothing_differs_where_all_is_as_it_was_written() -> None:
    assert in_jump(jump(user())) == []
    assert list(policies.of_groups(EXPECTED, jump(user()))) == []
    assert list(policies.of_roles(EXPECTED, "production", production(session_gate([LINE])))) == []


@pytest.mark.parametrize("key", [TAG, TAG.upper()])
def test_keys_of_tags_ignore_letter_case(key: str) -> None:
    tagged = jump(user(Tags=[{"Key": "CostCenter", "Value": "42"}, {"Key": key, "Value": "2026-11-23T06:00:00Z"}]))
    assert in_jump(tagged) == []


def test_one_who_has_lost_everything_is_told_of_each() -> None:
    bare = jump(user(GroupList=[], UserPolicyList=[], Tags=[]))
    assert kinds(in_jump(bare)) == ["fence_missing", "member_missing", "tag_missing"]


def test_members_are_known_by_their_id_and_not_by_their_name() -> None:
    made_again = jump(user(UserId="AIDASOMEBODYELSE"))
    assert kinds(in_jump(made_again)) == ["tag_unexplained", "unexplained_member", "user_remade"]


def test_whom_an_elevation_that_is_being_ended_explains_is_no_stranger() -> None:
    ending = replace(EXPECTED, windows=(replace(WINDOW, status="revoking", moving=True),))
    assert in_jump(jump(user()), ending) == []


def compared(account: Account, expected: Expected, **more: Any) -> Comparison:
    sight = Sight(at=AT, jump=account, targets={})
    return compare(expected, sight, settling=MINUTE, undone=more.get("undone", {}))


@pytest.mark.parametrize(
    ("changes", "is_young"),
    [
        ({"touched_at": AT - timedelta(seconds=59)}, True),
        ({"touched_at": AT - MINUTE}, False),
        ({"moving": True}, True),
        ({"touched_at": None}, False),
    ],
)
def test_a_difference_is_young_for_as_long_as_aws_may_be_late(changes: dict[str, Any], *, is_young: bool) -> None:
    found = compared(jump(user(GroupList=[])), replace(EXPECTED, windows=(replace(WINDOW, **changes),)))
    assert [one.kind for one in (found.young if is_young else found.real)] == [DriftKind.MEMBER_MISSING]
    assert (found.again_at is not None) is is_young


def test_what_was_just_undone_may_be_shown_a_while_longer() -> None:
    stranger = user("member02", GroupList=[GROUP], Tags=[], UserPolicyList=[])
    key = (DriftKind.UNEXPLAINED_MEMBER, "jump", GROUP, "member02")
    found = compared(jump(user(), stranger), EXPECTED, undone={key: AT - timedelta(seconds=10)})
    assert ([one.key for one in found.young], found.real) == ([key], ())
    assert found.again_at == AT + timedelta(seconds=50)


@pytest.mark.parametrize(
    "allowed",
    [
        statement(Action="*"),
        statement(Action=["sts:AssumeRole", "iam:GetUser"]),
        statement(Resource="*"),
        statement(Resource=[ARN, ARN.replace("Member", "Leader")]),
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": ARN},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": ARN},
    ],
)
def test_a_policy_that_allows_more_than_the_switch_to_the_groups_roles_is_drift(allowed: dict[str, Any]) -> None:
    (found,) = policies.of_groups(EXPECTED, jump(user(), policy=document(allowed)))
    assert isinstance(found, Difference)
    assert (found.kind, found.name, found.detail["document"]) == (DriftKind.GROUP_POLICY, "SwitchRole", document(allowed))


def test_a_policy_that_only_denies_is_none_and_one_that_is_no_policy_is() -> None:
    denying = document(statement(Effect="Deny", Action="*", Resource="*"), statement(Action="STS:AssumeRole"))
    assert list(policies.of_groups(EXPECTED, jump(user(), policy=denying))) == []
    (odd,) = policies.of_groups(EXPECTED, jump(user(), policy=document("not a statement")))
    assert isinstance(odd, Problem)
    assert (odd.account, odd.thing) == ("jump", GROUP)
    (unreadable,) = policies.of_groups(EXPECTED, jump(user(), policy="not a document"))
    assert isinstance(unreadable, Difference)


def gate(shown: Any, expected: Expected = EXPECTED) -> list[Difference]:
    return [one for one in policies.of_roles(expected, "production", production(shown)) if isinstance(one, Difference)]


OTHER = Line(user_name="member02", since=AT, until=END)
OVER = replace(OTHER, since=AT - timedelta(hours=2), until=AT - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("shown", "kind", "names"),
    [
        (None, "gate_missing", []),
        (document(statement()), "gate_edited", []),
        (session_gate(), "gate_edited", ["member01"]),
        (session_gate([LINE, OTHER]), "gate_edited", ["member02"]),
        (session_gate([replace(LINE, until=END + MINUTE)]), "gate_edited", ["member01"]),
        (session_gate([replace(LINE, since=AT - timedelta(hours=2))]), "gate_edited", ["member01"]),
    ],
)
def test_a_gate_is_to_let_in_who_was_approved_and_nobody_else(shown: Any, kind: str, names: list[str]) -> None:
    (found,) = gate(shown)
    assert (found.kind, found.thing, found.name, found.detail["names"]) == (kind, ROLE, SESSION_GATE_NAME, names)
    assert found.written_at == (WINDOW.touched_at if names == ["member01"] else None)


def test_a_line_whose_time_is_over_lets_nobody_in() -> None:
    assert gate(session_gate([LINE, OVER])) == []


def test_times_before_the_longest_session_are_one() -> None:
    old = replace(LINE, since=AT - timedelta(hours=13))
    role = replace(EXPECTED.roles[0], lines=(old,))
    assert gate(session_gate([replace(old, since=AT - timedelta(hours=20))]), replace(EXPECTED, roles=(role,))) == []


def test_a_gate_that_a_worker_writes_now_is_late() -> None:
    role = replace(EXPECTED.roles[0], gate_moving=True)
    (found,) = gate(None, replace(EXPECTED, roles=(role,)))
    assert found.written_at == AT


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:username": "member01"}},
        {"StringEquals": {"aws:PrincipalTag/Team": "red"}},
        {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:user/member01"}},
        {"StringEquals": {"iam:ResourceTag/Stage": "production"}},
    ],
)
def test_what_some_of_a_group_may_or_nobody_could_read_is_unknown_and_no_drift(condition: dict[str, Any]) -> None:
    there = jump(policy=document(statement(Condition=condition)))
    unread = Sight(at=AT, jump=there, targets={})
    assert switching.of_group(EXPECTED.groups[0], EXPECTED, unread, there)[KEY].aws == "unknown"
    assert list(switching.differences(EXPECTED, unread, there)) == []


def test_whoever_is_in_a_group_switches_under_the_own_name() -> None:
    sight = Sight(at=AT, jump=jump(), targets={"production": production(session_gate([LINE]))})
    assert switching.of_group(EXPECTED.groups[0], EXPECTED, sight, jump())[KEY].aws == "allowed"


def test_role_of_another_id_is_another_one_though_all_else_is_as_it_was() -> None:
    kept = replace(EXPECTED, roles=(replace(EXPECTED.roles[0], role_id="AROA1"),))
    assert list(policies.of_roles(kept, "production", production(session_gate([LINE])))) == []
    remade = replace(EXPECTED, roles=(replace(EXPECTED.roles[0], role_id="AROA0"),))
    (found,) = policies.of_roles(remade, "production", production(session_gate([LINE])))
    assert isinstance(found, Difference)
    assert (found.kind, found.thing, found.detail["now"]) == (DriftKind.ROLE_REMADE, ROLE, f"{ARN} AROA1")


def test_group_with_a_role_that_nobody_has_read_is_no_drift_and_a_problem() -> None:
    unread = replace(EXPECTED, groups=(replace(EXPECTED.groups[0], role_arns=None),))
    (found,) = policies.of_groups(unread, jump(user()))
    assert isinstance(found, Problem)
    assert (found.thing, found.problem) == (GROUP, "identity_unread")


def test_every_detail_that_is_kept_has_its_label() -> None:
    found = [one for one in everything_that_can_differ() if isinstance(one, Difference)]
    assert {one.kind for one in found} == set(DriftKind)
    assert {key for one in found for key in one.detail} - drift_words.DETAILS.keys() == set()


def everything_that_can_differ() -> Iterator[Difference | Problem]:
    bare, edited = user(GroupList=[], UserPolicyList=[], Tags=[]), user(Tags=[{"Key": TAG, "Value": "2036-01-01T00:00:00Z"}])
    edited["UserPolicyList"] = [{"PolicyName": f"sekisho-entry-{ROLE}", "PolicyDocument": document(statement())}]
    for one in (bare, edited, user(UserId="AIDASOMEBODYELSE"), user("renamed", UserId="AIDAMEMBER01"), user("member02")):
        yield from in_jump(jump(one))
    yield from in_jump(Account.parsed("111111111111", []))
    yield from policies.of_groups(EXPECTED, jump(policy=document(statement(Action="*"))))
    declaring = replace(EXPECTED, roles=(replace(EXPECTED.roles[0], policies=("Declared",)),))
    there = production(session_gate([LINE]))
    undeclared = replace(there.roles[ROLE.lower()], inline={"Other": document(statement())})
    yield from policies.of_roles(declaring, "production", replace(there, roles={ROLE.lower(): undeclared}))
    yield from policies.of_roles(EXPECTED, "production", production(session_gate([LINE]), document(trusting(Condition={}))))
    yield from policies.of_roles(EXPECTED, "production", Account.parsed("444444444444", []))
    remade = replace(EXPECTED, roles=(replace(EXPECTED.roles[0], role_id="AROA0"),))
    yield from policies.of_roles(remade, "production", production(session_gate([LINE])))
    for shown in (document(statement()), session_gate()):
        yield from gate(shown)
    apart = replace(EXPECTED, groups=(replace(EXPECTED.groups[0], roles=frozenset()),))
    yield from switching.differences(apart, Sight(at=AT, jump=jump(), targets={}), jump())
    closed = production(session_gate([LINE]), document({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}))
    yield from switching.differences(EXPECTED, Sight(at=AT, jump=jump(), targets={"production": closed}), jump())
    yield from what_differs_from_what_is_known()


def what_differs_from_what_is_known() -> Iterator[Difference | Problem]:
    """Each kind of what keeps hands off the gates: taken off, rewritten, opened, or new."""
    there = production(session_gate([LINE]))
    role = replace(there.roles[ROLE.lower()], boundary=None, inline={"Iam": document(statement())})
    backdoor = replace(role, name="Backdoor", arn=ARN.replace(ROLE, "Backdoor"), trust=document(trusting(Condition={})))
    application = replace(backdoor, name="App", path="/app/")
    roles = {ROLE.lower(): role, "backdoor": backdoor, "app": application}
    rewritten = replace(there, roles=roles, policies={BOUNDARY: document(statement(Action="*"))})
    sight = Sight(at=AT, jump=jump(user()), targets={"production": rewritten})
    yield from compare(WATCHED, sight, settling=MINUTE, undone={}).real


WATCHED = replace(
    EXPECTED,
    roles=(replace(EXPECTED.roles[0], policies=("Iam",)),),
    places={"jump": Place(account_id="111111111111"), "production": Place(account_id="444444444444")},
    bound=(
        Bound(
            user_id="AIDAMEMBER01",
            user_name="member01",
            needed_by=(GROUP,),
            access_keys=("AKIA1",),
            mfa_serials=("arn:aws:iam::111111111111:mfa/x",),
        ),
    ),
    known={
        ("role_policy", "production", ROLE, "Iam"): document(statement(Effect="Deny")),
        ("managed_policy", "production", "SekishoWorkRoleBoundary", BOUNDARY): document(statement(Effect="Deny")),
        ("rail", "jump", GROUP, "arn:aws:iam::111111111111:policy/sekisho/rails/DenyBilling"): None,
        ("credentials", "jump", "AIDAMEMBER01", ""): None,
    },
)
