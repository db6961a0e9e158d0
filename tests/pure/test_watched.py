"""What keeps hands off the gates: trusts, policies, credentials and boundaries against what is known of them, on values alone."""

from dataclasses import replace
from typing import Any

import pytest

from access_requests.models import DriftKind
from access_requests.services.drift import baseline, boundaries, trust
from access_requests.services.drift.difference import Difference
from access_requests.services.drift.expected import Expected
from access_requests.services.drift.looking import Sight
from portal.iam.account import Account
from portal.iam.session_gate import session_gate
from tests.pure.test_drift import (
    AT,
    GROUP,
    JUMP_ROOT,
    LINE,
    OWN,
    ROLE,
    WATCHED,
    document,
    jump,
    kinds,
    production,
    statement,
    trusting,
    user,
)


@pytest.mark.parametrize(
    ("trusted", "open_", "open_to_programs"),
    [
        (trusting(), False, False),
        (trusting(Condition={"Bool": OWN["Bool"]}), False, False),
        (trusting(Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}), False, False),
        (trusting(Condition={}), True, True),
        (trusting(Condition={"BoolIfExists": OWN["Bool"]}), True, True),
        (trusting(Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}), True, True),
        (trusting(Principal={"AWS": "111111111111"}, Condition={}), True, True),
        (trusting(Principal={"AWS": "arn:aws:iam::111111111111:user/member01"}, Condition={}), True, True),
        (trusting(Principal={"AWS": "arn:aws:iam::111111111111:user/a-program"}, Condition={}), True, False),
        (trusting(Principal="*"), True, True),
        (trusting(Principal={"AWS": ["444444444444", "arn:aws:iam::999999999999:root"]}), True, True),
        (trusting(Principal={"AWS": "arn:aws:iam::444444444444:root"}, Condition={}), False, False),
        (trusting(Principal={"AWS": "AIDAGONE000000000001"}, Condition={}), False, False),
        (trusting(Principal={"Service": "ec2.amazonaws.com"}, Condition={}), False, False),
        (trusting(Effect="Deny", Principal="*"), False, False),
        ({"Effect": "Allow", "NotPrincipal": JUMP_ROOT, "Action": "sts:AssumeRole"}, True, True),
    ],
)
def test_role_without_a_gate_lets_in_nobody_from_elsewhere_without_mfa(
    trusted: dict[str, Any], *, open_: bool, open_to_programs: bool
) -> None:
    asked = {"own": "444444444444", "jump": "111111111111"}
    assert trust.is_open(document(trusting(), trusted), **asked) is open_
    people = {"arn:aws:iam::111111111111:user/member01"}
    assert trust.is_open(document(trusting(), trusted), **asked, closed_to=people) is open_to_programs


def known_of(there: Account, expected: Expected) -> Expected:
    """Return what is expected once a first look has been learned."""
    facts = baseline.to_learn(expected, Sight(at=AT, jump=jump(user()), targets={"production": there}))
    return replace(expected, known={fact.key: fact.document for fact in facts})


def policy_edited(first: dict[str, Any], then: dict[str, Any]) -> list[str]:
    declaring = replace(WATCHED, known={}, bound=())
    there = production(session_gate([LINE]))
    before, after = (
        replace(there, roles={ROLE.lower(): replace(there.roles[ROLE.lower()], inline={"Iam": document(one)})})
        for one in (first, then)
    )
    sight = Sight(at=AT, jump=None, targets={"production": after})
    return kinds(list(baseline.differences(known_of(before, declaring), sight)))


EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@pytest.mark.parametrize(
    ("first", "then", "found"),
    [
        (statement(), statement(), []),
        (statement(), EVERYTHING, ["role_policy_edited"]),
        (statement(), statement(Action="iam:*"), ["role_policy_edited"]),
        # Nobody takes it for right but a person.
        (EVERYTHING, EVERYTHING, ["role_policy_edited"]),
        (statement(Effect="Deny", Action="*", Resource="*"), statement(Effect="Deny", Action="*", Resource="*"), []),
    ],
)
def test_declared_policy_is_to_say_what_it_said(first: dict[str, Any], then: dict[str, Any], found: list[str]) -> None:
    assert policy_edited(first, then) == found


def test_credentials_at_the_first_look_are_the_persons_and_every_other_is_new() -> None:
    first = replace(WATCHED, known={})
    known = known_of(production(session_gate([LINE])), first)
    sight = Sight(at=AT, jump=jump(user()), targets={})
    assert list(baseline.differences(known, sight)) == []
    more = replace(known, bound=(replace(known.bound[0], access_keys=("AKIA1", "AKIA2"), mfa_serials=("another",)),))
    found = [one for one in baseline.differences(more, sight) if isinstance(one, Difference)]
    assert {(one.kind, one.thing, one.name) for one in found} == {
        (DriftKind.NEW_ACCESS_KEY, "member01", "AKIA2"),
        (DriftKind.NEW_MFA_DEVICE, "member01", "another"),
    }
    unread = replace(first, bound=(replace(first.bound[0], access_keys=None),))
    assert not [fact for fact in baseline.to_learn(unread, sight) if fact.kind == "mfa_device"]


@pytest.mark.parametrize(
    ("boundary", "found"),
    [
        ("arn:aws:iam::111111111111:policy/sekisho/SekishoPersonBoundary", []),
        ("arn:aws-cn:iam::111111111111:policy/sekisho/SekishoPersonBoundary", []),
        ("arn:aws:iam::444444444444:policy/sekisho/SekishoPersonBoundary", ["user_boundary"]),
        ("arn:aws:iam::111111111111:policy/Everything", ["user_boundary"]),
        (None, ["user_boundary"]),
    ],
)
@pytest.mark.parametrize("is_needed", [True, False])
def test_person_carries_the_boundary_where_it_is_needed_or_was_there(
    boundary: str | None, found: list[str], *, is_needed: bool
) -> None:
    there = jump(user(PermissionsBoundary={"PermissionsBoundaryArn": boundary} if boundary else {}))
    bound = replace(WATCHED.bound[0], needed_by=(GROUP,) if is_needed else ())
    had = {} if is_needed else {("boundary", "jump", "AIDAMEMBER01", ""): None}
    assert kinds(list(boundaries.of_people(replace(WATCHED, bound=(bound,), known=had), there))) == found
    never = replace(WATCHED, bound=(replace(bound, needed_by=()),), known={})
    assert kinds(list(boundaries.of_people(never, there))) == []


@pytest.mark.parametrize(
    ("statement", "of_services"),
    [
        ({"Principal": {"Service": ["ec2.amazonaws.com", "ecs-tasks.amazonaws.com"]}}, True),
        ({"Principal": {"Service": "ec2.amazonaws.com", "AWS": "AROAGONE000000000001"}}, True),
        ({"Principal": "*", "Effect": "Deny"}, True),
        ({"Principal": {"Service": "ec2.amazonaws.com", "AWS": "444444444444"}}, False),
        ({"Principal": {"AWS": ["AROAGONE000000000001", "arn:aws:iam::444444444444:role/Prod_MemberRole"]}}, False),
        ({"Principal": {"Federated": "cognito-identity.amazonaws.com"}}, False),
        ({"Principal": {"Service": ["ec2.amazonaws.com", "rolesanywhere.amazonaws.com"]}}, False),
        ({"Principal": "*"}, False),
        ({"NotPrincipal": {"AWS": "444444444444"}}, False),
    ],
)
def test_role_of_an_application_is_for_services_alone(statement: dict[str, Any], *, of_services: bool) -> None:
    first = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    asked = {"Effect": "Allow", "Action": "sts:AssumeRole", **statement}
    assert trust.is_of_services(document(first, asked)) is of_services
