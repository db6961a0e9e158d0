"""Switching to a role: what the trust policy says of the caller, and when the caller's own policies count."""

from typing import Any

import pytest

from portal.iam.evaluation import Decision, evaluate_assume_role
from portal.iam.principals import Principal
from tests.pure.iam.world import (
    ALLOWED,
    DENIED,
    IMPLICITLY,
    JUMP,
    JUMP_ROLE,
    MEMBER,
    PRODUCTION,
    UNKNOWN,
    WORK_ROLE,
    allow,
    deny,
    member,
    policy,
    role,
    switched,
    trusting,
)

ROOT = {"AWS": f"arn:aws:iam::{JUMP}:root"}
SWITCHING = policy(allow("sts:AssumeRole"), name="switching")
NOTHING = policy(allow("sqs:*"), name="boundary")
LEAD = role(arn=f"arn:aws:iam::{JUMP}:role/team/Lead").session("member01")
LEAD_SESSION = f"arn:aws:sts::{JUMP}:assumed-role/Lead/member01"
LEAD_ROLE = f"arn:aws:iam::{JUMP}:role/team/Lead"


def carrying(principal: Principal, own: bool) -> Principal:  # noqa: FBT001  Reads as a table's column.
    policies = (SWITCHING,) if own else ()
    return Principal(arn=principal.arn, account_id=JUMP, policies=policies, role_arn=principal.role_arn)


# Who is named; whether it suffices with the caller's own allow, and without one in the role's own account.
TRUSTED: list[tuple[Any, Principal, bool, bool]] = [
    (ROOT, member(), True, False),
    ({"AWS": JUMP}, member(), True, False),
    ({"AWS": MEMBER}, member(), True, True),
    ({"AWS": ["arn:aws:iam::111111111111:user/other", MEMBER]}, member(), True, True),
    ("*", member(), True, True),
    ({"AWS": "*"}, member(), True, True),
    ({"AWS": PRODUCTION}, member(), False, False),
    ({"AWS": MEMBER.upper().replace("ARN:AWS:IAM", "arn:aws:iam").replace("USER", "user")}, member(), False, False),
    ({"AWS": "AIDADELETED00000001"}, member(), False, False),
    ({"Service": "ec2.amazonaws.com"}, member(), False, False),
    ({"Federated": f"arn:aws:iam::{JUMP}:saml-provider/x"}, member(), False, False),
    (ROOT, LEAD, True, False),
    ({"AWS": LEAD_ROLE}, LEAD, True, True),
    ({"AWS": LEAD_SESSION}, LEAD, True, True),
    ({"AWS": LEAD_SESSION.replace("member01", "member02")}, LEAD, False, False),
    ({"AWS": f"arn:aws:iam::{JUMP}:role/Lead"}, LEAD, False, False),
    ({"AWS": MEMBER}, LEAD, False, False),
]


@pytest.mark.parametrize(("named", "caller", "with_own", "_without"), TRUSTED)
def test_other_account_needs_both_sides(named: Any, caller: Principal, *, with_own: bool, _without: bool) -> None:
    target = role(trusting(named))
    assert switched(carrying(caller, own=True), target) is (ALLOWED if with_own else IMPLICITLY)
    assert switched(carrying(caller, own=False), target) is IMPLICITLY


@pytest.mark.parametrize(("named", "caller", "with_own", "without"), TRUSTED)
def test_own_account_needs_the_trust_policy(named: Any, caller: Principal, *, with_own: bool, without: bool) -> None:
    target = role(trusting(named), arn=JUMP_ROLE)
    assert switched(carrying(caller, own=True), target) is (ALLOWED if with_own else IMPLICITLY)
    assert switched(carrying(caller, own=False), target) is (ALLOWED if without else IMPLICITLY)


@pytest.mark.parametrize(
    ("named", "caller", "expected"),
    [
        ({"AWS": MEMBER}, member(), ALLOWED),
        ({"AWS": LEAD_SESSION}, LEAD, ALLOWED),
        ({"AWS": LEAD_ROLE}, LEAD, IMPLICITLY),
        ("*", member(), UNKNOWN),
        (ROOT, member(), IMPLICITLY),
    ],
)
def test_boundary_that_does_not_allow(named: Any, caller: Principal, expected: Decision) -> None:
    bounded = Principal(arn=caller.arn, account_id=JUMP, policies=(SWITCHING,), boundary=NOTHING, role_arn=caller.role_arn)
    assert switched(bounded, role(trusting(named), arn=JUMP_ROLE)) is expected
    assert switched(bounded, role(trusting(named))) is IMPLICITLY


@pytest.mark.parametrize("named", [ROOT, {"AWS": MEMBER}, "*", {"AWS": JUMP}])
def test_deny_in_the_trust_policy_wins(named: Any) -> None:
    target = role(trusting({"AWS": MEMBER}), trusting(named, "Deny"))
    assert switched(member(SWITCHING), target) is DENIED


def test_deny_of_somebody_else_denies_nobody_else() -> None:
    assert switched(member(SWITCHING), role(trusting(ROOT), trusting({"AWS": LEAD_ROLE}, "Deny"))) is ALLOWED


def test_deny_of_the_callers_own_wins_over_a_direct_trust() -> None:
    assert switched(member(policy(deny("sts:*"))), role(trusting({"AWS": MEMBER}), arn=JUMP_ROLE)) is DENIED
    bounded = member(SWITCHING, boundary=policy(allow("*"), deny("sts:*"), name="boundary"))
    assert switched(bounded, role(trusting({"AWS": MEMBER}), arn=JUMP_ROLE)) is DENIED


def test_identity_policy_names_the_role() -> None:
    other = policy(allow("sts:AssumeRole", WORK_ROLE.replace("Member", "Leader")))
    assert switched(member(other), role(trusting(ROOT))) is IMPLICITLY
    assert switched(member(policy(allow("sts:AssumeRole", WORK_ROLE))), role(trusting(ROOT))) is ALLOWED


def test_session_name_and_mfa_are_forced_by_the_trust_policy() -> None:
    forced = {
        "StringLike": {"sts:RoleSessionName": "${aws:username}"},
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
    }
    target = role(trusting(ROOT, Condition=forced))
    context = {"aws:username": "member01", "sts:RoleSessionName": "member01", "aws:MultiFactorAuthPresent": "true"}
    assert switched(member(SWITCHING), target, context) is ALLOWED
    assert switched(member(SWITCHING), target, {**context, "sts:RoleSessionName": "other"}) is IMPLICITLY
    for key in context:
        assert switched(member(SWITCHING), target, {name: context[name] for name in context if name != key}) is IMPLICITLY


def not_principal(named: Any, effect: str) -> dict[str, Any]:
    return {"Effect": effect, "NotPrincipal": named, "Action": "sts:AssumeRole"}


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ({"AWS": LEAD_ROLE}, DENIED),
        ({"AWS": [MEMBER, JUMP]}, ALLOWED),
        ({"AWS": MEMBER}, UNKNOWN),
        ("*", ALLOWED),
    ],
)
def test_not_principal_with_deny_must_list_the_account_too(named: Any, expected: Decision) -> None:
    assert switched(member(SWITCHING), role(trusting(ROOT), not_principal(named, "Deny"))) is expected


def test_not_principal_with_deny_denies_whoever_has_a_boundary() -> None:
    bounded = member(SWITCHING, boundary=policy(allow("*")))
    assert switched(bounded, role(trusting(ROOT), not_principal({"AWS": [MEMBER, JUMP]}, "Deny"))) is DENIED


def test_not_principal_with_allow_is_unknown() -> None:
    assert switched(member(SWITCHING), role(not_principal({"AWS": LEAD_ROLE}, "Allow"))) is UNKNOWN
    assert switched(member(SWITCHING), role(not_principal({"AWS": [MEMBER, JUMP]}, "Allow"))) is IMPLICITLY


@pytest.mark.parametrize(
    "named",
    [{"AWS": f"arn:aws:iam::{JUMP}:user/mem*"}, {"Robot": "x"}, "somebody", {}, 7, {"AWS": [7]}, {"AWS": "arn:aws:s3:::x"}],
)
def test_what_is_no_principal_may_name_anyone(named: Any) -> None:
    assert switched(member(SWITCHING), role(trusting(named))) is UNKNOWN
    assert switched(member(SWITCHING), role(trusting(ROOT), trusting(named, "Deny"))) is UNKNOWN


@pytest.mark.parametrize("more", [{"Resource": "*"}, {"NotResource": "*"}, {"NotPrincipal": "*"}])
def test_trust_policy_with_what_it_may_not_have_is_unknown(more: dict[str, Any]) -> None:
    assert switched(member(SWITCHING), role(trusting(ROOT, **more))) is UNKNOWN


def test_role_does_not_trust_itself_unless_it_says_so() -> None:
    itself = role(trusting({"Service": "ec2.amazonaws.com"}), policies=(SWITCHING,))
    assert switched(itself.session("member01"), itself) is IMPLICITLY


def test_session_carries_what_its_role_carries() -> None:
    session = role(policies=(SWITCHING,), boundary=NOTHING).session("member01")
    assert session == Principal(
        arn=f"arn:aws:sts::{PRODUCTION}:assumed-role/Prod_MemberRole/member01",
        account_id=PRODUCTION,
        policies=(SWITCHING,),
        boundary=NOTHING,
        role_arn=WORK_ROLE,
    )


def test_answer_names_the_side_that_decided() -> None:
    by_own = evaluate_assume_role(member(SWITCHING), role(trusting(ROOT)), {})
    by_trust = evaluate_assume_role(member(), role(trusting(ROOT), trusting({"AWS": MEMBER}, Sid="Me"), arn=JUMP_ROLE), {})
    assert (by_own.policy, by_own.statement) == ("switching", "#1")
    assert (by_trust.policy, by_trust.statement) == ("trust", "Me")
