"""A person's switch as a whole: the user's side, the trust, and the gate, each of which can say no, and what they leave open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal.iam import anybody
from portal.iam.account import Account, AccountRole, Group, User
from portal.iam.evaluation import ASSUME_ROLE, Answer, Decision, evaluate
from portal.iam.fences import entry_fence, entry_fence_name
from portal.iam.principals import Call
from portal.iam.session_gate import SESSION_GATE_NAME, Line, session_gate
from portal.iam.switch import Switch, evaluate_switch, keys_of_switch, session_gate_of

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


def production(
    *, trusted: dict[str, Any] | None = None, gate: dict[str, Any] | None = None, tags: dict[str, str] | None = None
) -> Account:
    role = AccountRole(
        name="Prod_MemberRole",
        id="AROAPRODMEMBER000001",
        arn=ROLE,
        path="/",
        inline={"Everything": document({"Effect": "Allow", "Action": "*", "Resource": "*"})},
        attached=(),
        trust=trusted or trust(**OWN_NAME_AND_MFA),
        boundary=None,
        tags=tags or {},
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


ROOT = {"AWS": f"arn:aws:iam::{JUMP}:root"}


def perimeter(**condition: Any) -> dict[str, Any]:
    """A group that may switch to the role, but for what a Deny on everything else keeps it from."""
    deny = {"Sid": "Perimeter", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
    return document(*switch_to(ROLE)["Statement"], deny)


def denying(**condition: Any) -> dict[str, Any]:
    """A trust in everybody of the Jump account, but for a Deny."""
    deny = {"Effect": "Deny", "Principal": ROOT, "Action": "sts:AssumeRole", "Condition": condition}
    return document(*trust()["Statement"], deny)


# On the user's side and in the trust: of what the role is, AWS tells both; what the caller chooses, nobody knows before.
CONDITIONS: dict[str, tuple[dict[str, Any], Decision, Decision]] = {
    # An Allow with the condition, and a Deny with it.
    "the role's account": ({"StringEquals": {"aws:ResourceAccount": PRODUCTION}}, ALLOWED, DENIED),
    "another account": ({"StringEquals": {"aws:ResourceAccount": JUMP}}, IMPLICITLY, ALLOWED),
    "not the role's account": ({"StringNotEquals": {"aws:ResourceAccount": [PRODUCTION, JUMP]}}, IMPLICITLY, ALLOWED),
    "not another account": ({"StringNotEquals": {"aws:ResourceAccount": JUMP}}, ALLOWED, DENIED),
    "no account": ({"Null": {"aws:ResourceAccount": "true"}}, IMPLICITLY, ALLOWED),
    "the role's tag": ({"StringEquals": {"aws:ResourceTag/Stage": "production"}}, ALLOWED, DENIED),
    "the role's tag, as IAM has it": ({"StringEquals": {"iam:ResourceTag/stage": "production"}}, ALLOWED, DENIED),
    "another value of the role's tag": ({"StringNotEquals": {"iam:ResourceTag/Stage": "staging"}}, ALLOWED, DENIED),
    "a tag that the role has not": ({"StringEquals": {"aws:ResourceTag/Team": "red"}}, IMPLICITLY, ALLOWED),
    "no such tag": ({"Null": {"aws:ResourceTag/Team": "true"}}, ALLOWED, DENIED),
    "the role's organisation": ({"StringNotEquals": {"aws:ResourceOrgID": "o-example"}}, UNKNOWN, UNKNOWN),
    "an external id": ({"StringEquals": {"sts:ExternalId": "open"}}, UNKNOWN, UNKNOWN),
    "another external id": ({"StringNotEquals": {"sts:ExternalId": "open"}}, UNKNOWN, UNKNOWN),
    "an external id, if there is one": ({"StringEqualsIfExists": {"sts:ExternalId": "open"}}, UNKNOWN, UNKNOWN),
    "no external id": ({"Null": {"sts:ExternalId": "true"}}, UNKNOWN, UNKNOWN),
    "a source identity": ({"StringLike": {"sts:SourceIdentity": "*"}}, UNKNOWN, UNKNOWN),
    "a tag for the session": ({"StringEquals": {"aws:RequestTag/Team": "red"}}, UNKNOWN, UNKNOWN),
    "no tag for the session": ({"Null": {"aws:RequestTag/Team": "true"}}, UNKNOWN, UNKNOWN),
    "keys of tags": ({"ForAllValues:StringEquals": {"aws:TagKeys": ["Team"]}}, UNKNOWN, UNKNOWN),
    "a key of a tag": ({"ForAnyValue:StringEquals": {"aws:TagKeys": "Team"}}, UNKNOWN, UNKNOWN),
    "keys that go on": ({"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "Team"}}, UNKNOWN, UNKNOWN),
    "the role's tag as the session's": ({"StringEquals": {"aws:ResourceTag/Stage": "${aws:RequestTag/Stage}"}}, UNKNOWN, UNKNOWN),
    "a tag of the person's": ({"StringEquals": {"aws:PrincipalTag/Team": "red"}}, IMPLICITLY, ALLOWED),
}  # fmt: skip


@pytest.mark.parametrize("case", CONDITIONS)
def test_both_sides_are_told_of_the_role_and_neither_what_the_caller_chooses(case: str) -> None:
    condition, allow, deny = CONDITIONS[case]
    tags = {"Stage": "production"}
    by_user = switched(jump(policy=switch_to(ROLE, Condition=condition)), production(trusted=trust(), tags=tags))
    by_trust = switched(jump(), production(trusted=trust(**condition), tags=tags))
    assert (by_user.decision, by_trust.decision) == (allow, allow)
    denied_to_user = switched(jump(policy=perimeter(**condition)), production(trusted=trust(), tags=tags))
    denied_by_trust = switched(jump(), production(trusted=denying(**condition), tags=tags))
    assert (denied_to_user.decision, denied_by_trust.decision) == (deny, deny)


def test_data_perimeter_names_itself_where_it_denies() -> None:
    elsewhere = switched(jump(policy=perimeter(StringNotEquals={"aws:ResourceAccount": JUMP})), production())
    assert (elsewhere.decided_by.policy, elsewhere.decided_by.statement) == ("group Work: SwitchRole", "Perimeter")


# Whoever is in a group

ANYBODY = User(
    name=anybody.NAME,
    id=anybody.USER_ID,
    arn=anybody.arn(JUMP, partition="aws"),
    path="/",
    inline={},
    attached=(),
    groups=("Work",),
    boundary=None,
    tags={},
)
PEOPLE = f"arn:aws:iam::{JUMP}:user"
OF_ANYBODY: dict[str, tuple[dict[str, Any], Decision, Decision]] = {
    # An Allow with the condition, and a Deny with it.
    "the own name, with MFA": (OWN_NAME_AND_MFA, ALLOWED, DENIED),
    "exactly the own name": ({"StringEquals": {"sts:RoleSessionName": "${aws:username}"}}, ALLOWED, DENIED),
    "not the own name": ({"StringNotEquals": {"sts:RoleSessionName": "${aws:username}"}}, IMPLICITLY, ALLOWED),
    "a name": ({"StringEquals": {"aws:username": "member01"}}, UNKNOWN, UNKNOWN),
    "another name": ({"StringNotEquals": {"aws:username": "member01"}}, UNKNOWN, UNKNOWN),
    "names that begin so": ({"StringLike": {"aws:username": "member*"}}, UNKNOWN, UNKNOWN),
    "any name": ({"StringLike": {"aws:username": "*"}}, ALLOWED, DENIED),
    "a name of one letter": ({"StringLike": {"aws:username": "?"}}, UNKNOWN, UNKNOWN),
    "a name of eight letters": ({"StringNotLike": {"aws:username": "????????"}}, UNKNOWN, UNKNOWN),
    "a name that is a number": ({"NumericEquals": {"aws:username": "5"}}, UNKNOWN, UNKNOWN),
    "somebody with a name": ({"Null": {"aws:username": "false"}}, ALLOWED, DENIED),
    "one name or any": ({"StringLike": {"aws:username": ["member01", "*"]}}, ALLOWED, DENIED),
    "a session named after one": ({"StringEquals": {"sts:RoleSessionName": "member01"}}, UNKNOWN, UNKNOWN),
    "users of the account": ({"ArnLike": {"aws:PrincipalArn": f"{PEOPLE}/*"}}, ALLOWED, DENIED),
    "anybody but users of the account": ({"ArnNotLike": {"aws:PrincipalArn": f"{PEOPLE}/*"}}, IMPLICITLY, ALLOWED),
    "users below a path": ({"ArnLike": {"aws:PrincipalArn": f"{PEOPLE}/dev/*"}}, UNKNOWN, UNKNOWN),
    "the own ARN without a path": ({"ArnEquals": {"aws:PrincipalArn": f"{PEOPLE}/${{aws:username}}"}}, UNKNOWN, UNKNOWN),
    "the own ARN with any path": ({"ArnLike": {"aws:PrincipalArn": f"{PEOPLE}/*${{aws:username}}"}}, ALLOWED, DENIED),
    "roles of the account": ({"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{JUMP}:role/*"}}, IMPLICITLY, ALLOWED),
    "users of another account": ({"ArnLike": {"aws:PrincipalArn": ROLE.replace("role/Prod", "user/*")}}, IMPLICITLY, ALLOWED),
    "one user": ({"ArnEquals": {"aws:PrincipalArn": f"{PEOPLE}/member01"}}, UNKNOWN, UNKNOWN),
    "a user's id": ({"StringEquals": {"aws:userid": "AIDAMEMBER0000000001"}}, UNKNOWN, UNKNOWN),
    "ids of users": ({"StringLike": {"aws:userid": "AIDA*"}}, ALLOWED, DENIED),
    "ids of roles": ({"StringLike": {"aws:userid": "AROA*"}}, IMPLICITLY, ALLOWED),
    "a tag": ({"StringEquals": {"aws:PrincipalTag/Team": "red"}}, UNKNOWN, UNKNOWN),
    "no tag": ({"Null": {"aws:PrincipalTag/Team": "true"}}, UNKNOWN, UNKNOWN),
    "the account": ({"StringEquals": {"aws:PrincipalAccount": JUMP}}, ALLOWED, DENIED),
}  # fmt: skip


def of_anybody(target: Account, policy: dict[str, Any] | None = None) -> Answer:
    account = replace(jump(policy=policy, fence=None), users={ANYBODY.name: ANYBODY})
    role = target.role("Prod_MemberRole")
    assert role is not None
    return evaluate_switch(account, ANYBODY, role, at=START).entry


@pytest.mark.parametrize("case", OF_ANYBODY)
def test_of_whoever_it_is_only_what_holds_for_everybody_is_known(case: str) -> None:
    condition, allow, deny = OF_ANYBODY[case]
    open_ = production(trusted=trust())
    assert of_anybody(open_, switch_to(ROLE, Condition=condition)).decision == allow
    assert of_anybody(production(trusted=trust(**condition))).decision == allow
    assert of_anybody(open_, perimeter(**condition)).decision == deny
    assert of_anybody(production(trusted=denying(**condition))).decision == deny


@pytest.mark.parametrize(
    ("resource", "decision"),
    [
        (f"arn:aws:iam::{PRODUCTION}:role/${{aws:username}}", UNKNOWN),
        (f"arn:aws:iam::{PRODUCTION}:role/Prod_${{aws:username}}*", UNKNOWN),
        (f"arn:aws:iam::{PRODUCTION}:role/Dev_${{aws:username}}", IMPLICITLY),
        (f"arn:aws:iam::{PRODUCTION}:user/${{aws:username}}", IMPLICITLY),
        (f"arn:aws:iam::{PRODUCTION}:role/${{aws:PrincipalTag/Role}}", UNKNOWN),
        (f"arn:aws:iam::{PRODUCTION}:role/*", ALLOWED),
    ],
)
def test_role_named_after_whoever_it_is_may_be_this_one(resource: str, decision: Decision) -> None:
    assert of_anybody(production(trusted=trust()), switch_to(resource)).decision == decision


@pytest.mark.parametrize(
    ("principal", "decision"),
    [
        (f"{PEOPLE}/member01", UNKNOWN),
        (f"arn:aws:iam::{JUMP}:role/member01", IMPLICITLY),
        (f"arn:aws:iam::{PRODUCTION}:user/member01", IMPLICITLY),
        (f"arn:aws:iam::{JUMP}:root", ALLOWED),
    ],
)
def test_trust_in_one_user_may_be_in_whoever_it_is(principal: str, decision: Decision) -> None:
    trusted = document({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"})
    assert of_anybody(production(trusted=trusted)).decision == decision


def test_what_is_unknown_of_whoever_it_is_is_told_in_words() -> None:
    answer = of_anybody(production(trusted=trust(StringEquals={"aws:username": "member01"})))
    assert answer.unknown == ("role Prod_MemberRole: trust policy #1: aws:username of the call",)


def test_of_a_role_that_could_not_be_read_no_tag_is_known() -> None:
    user = jump().users["member01"]
    keys = keys_of_switch(user, ROLE, None, at=START, mfa=True, session_name="member01")
    policy = switch_to(ROLE, Condition={"StringEquals": {"aws:ResourceTag/Stage": "production"}})
    call = Call(action=ASSUME_ROLE, resource=ROLE, context=keys)
    assert evaluate(jump(policy=policy).principal("member01"), call).decision is UNKNOWN


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
