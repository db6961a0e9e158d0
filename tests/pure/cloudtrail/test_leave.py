"""Who had leave, by what was declared when they logged in, and by what AWS vouches for: no text that a caller chooses counts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from audits.cloudtrail.classes import Class, LoggedIn, Verdict, classed
from audits.cloudtrail.entering import Entered, Way
from audits.cloudtrail.leave import Exemption, Leave
from audits.cloudtrail.standing import Declared, Standing, Timeline
from tests.pure.cloudtrail.test_classes import one
from tests.worlds import cloudtrail as world

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ADMINISTRATOR = "arn:aws:iam::111111111111:user/administrator"
ORGANIZATION = f"arn:aws:iam::{world.PRODUCTION}:role/OrganizationAccountAccessRole"
EXEMPTION = Exemption(
    owner="admin01",
    until=date(2026, 12, 31),
    why="closes accounts",
    role="arn:aws:iam::*:role/OrganizationAccountAccessRole",
    principal=ADMINISTRATOR,
)
OKTA = f"arn:aws:iam::{world.PRODUCTION}:saml-provider/okta"
BY_OKTA = Exemption(owner="admin01", until=date(2026, 12, 31), why="on call", principal="*@example.com", provider=OKTA)


def entered(**facts: Any) -> Entered:
    said: dict[str, Any] = {
        "way": Way.CLI,
        "account": world.PRODUCTION,
        "role": ORGANIZATION,
        "principal": ADMINISTRATOR,
        "principal_account": world.JUMP,
    }
    return Entered(**{**said, **facts})


def kind_of(one: Entered, *exemptions: Exemption, at: datetime = NOON, parent: Verdict | None = None) -> Class:
    leave = Leave(jump=world.JUMP, exemptions=exemptions, targets=frozenset({world.PRODUCTION}))
    return classed(LoggedIn(entered=one, at=at), leave, parent=parent).kind


def test_declared_exception_holds_for_whom_it_names() -> None:
    assert kind_of(entered(), EXEMPTION) == Class.DECLARED


@pytest.mark.parametrize(
    "facts",
    [
        # A provider of the account's own may say any name.
        {"way": Way.SAML, "provider": f"arn:aws:iam::{world.PRODUCTION}:saml-provider/mine"},
        {"way": Way.WEB_IDENTITY, "provider": "accounts.example.com"},
        # So may a directory; its ids are AWS's.
        {"way": Way.IDENTITY_CENTER, "directory_user": "user-9"},
        # A path may hold whatever makes it end alike.
        {"principal": "arn:aws:iam::999999999999:user/x:user/administrator"},
        # The name of a session is its caller's.
        {"principal": "arn:aws:sts::111111111111:assumed-role/Any/arn:aws:iam::111111111111:user/administrator"},
    ],
)
def test_text_that_somebody_may_choose_exempts_nobody(facts: dict[str, Any]) -> None:
    for pattern in (ADMINISTRATOR, "arn:aws:iam::*:user/administrator"):
        assert kind_of(entered(**facts), replace(EXEMPTION, principal=pattern)) == Class.NO_LEAVE


def test_name_of_a_session_exempts_nobody_and_its_role_does() -> None:
    session = entered(principal="arn:aws:sts::111111111111:assumed-role/Any/closer")
    assert kind_of(session, replace(EXEMPTION, principal="arn:aws:sts::111111111111:assumed-role/*/closer*")) == Class.DECLARED
    for pattern, kind in (("*closer*", Class.NO_LEAVE), ("arn:aws:sts::111111111111:assumed-role/Any/*", Class.DECLARED)):
        assert kind_of(session, replace(EXEMPTION, principal=pattern)) == kind
    other = entered(principal="arn:aws:sts::111111111111:assumed-role/Other/Any")
    assert kind_of(other, replace(EXEMPTION, principal="arn:aws:sts::111111111111:assumed-role/Any/*")) == Class.NO_LEAVE


def test_what_a_provider_says_counts_beside_the_provider_alone() -> None:
    ann = entered(way=Way.SAML, principal="ann@example.com", provider=OKTA)
    assert kind_of(ann, BY_OKTA) == Class.DECLARED
    assert kind_of(replace(ann, provider=f"{OKTA}2"), BY_OKTA) == Class.NO_LEAVE
    assert kind_of(ann, replace(BY_OKTA, provider="")) == Class.NO_LEAVE
    assert kind_of(entered(principal="ann@example.com", provider=OKTA), BY_OKTA) == Class.NO_LEAVE


def test_exemption_reaches_no_role_that_somebody_takes_on_from_there() -> None:
    parent = Verdict(kind=Class.DECLARED, exemption=EXEMPTION)
    chain = entered(way=Way.CHAIN, parent=f"{world.PRODUCTION}:AROAORG:x", principal="")
    assert kind_of(chain, parent=parent) == Class.DECLARED
    assert kind_of(replace(chain, role=world.ROLE), parent=parent) == Class.NO_LEAVE
    assert kind_of(chain, at=NOON + timedelta(days=60), parent=parent) == Class.NO_LEAVE


def standing(*steps: tuple[datetime, Declared], groups: Any = None) -> Leave:
    there = groups or [(NOON - timedelta(days=9), {"MemberGroup": frozenset({(world.READER, world.READER_ID)})})]
    said = Standing(groups=Timeline(there), people={"member01": Timeline(steps)})
    return Leave(jump=world.JUMP, standing=said, people={world.USER_ID: "member01", "AIDALATER": "member01"})


def switch(at: datetime, leave: Leave, **facts: Any) -> Class:
    said: dict[str, Any] = {
        "role": world.READER,
        "role_id": world.READER_ID,
        "principal": world.USER,
        "principal_id": world.USER_ID,
    }
    return classed(LoggedIn(entered=entered(**{**said, **facts}), at=at), leave).kind


MEMBER = Declared(groups=frozenset({"MemberGroup"}), users=frozenset({world.USER_ID}))


def test_standing_is_as_it_was_declared_at_the_log_in() -> None:
    left = standing((NOON - timedelta(days=1), MEMBER), (NOON, replace(MEMBER, groups=frozenset())))
    assert switch(NOON - timedelta(minutes=5), left) == Class.STANDING
    assert switch(NOON + timedelta(seconds=60), left) == Class.STANDING
    assert switch(NOON + timedelta(seconds=61), left) == Class.NO_LEAVE
    joined = standing((NOON, MEMBER))
    assert switch(NOON - timedelta(seconds=61), joined) == Class.NO_LEAVE
    assert switch(NOON - timedelta(seconds=60), joined) == Class.STANDING


def test_somebody_disabled_or_of_another_group_stands_nowhere() -> None:
    disabled = standing((NOON - timedelta(days=1), MEMBER), (NOON, Declared()))
    assert switch(NOON + timedelta(hours=1), disabled) == Class.NO_LEAVE
    other = standing((NOON - timedelta(days=1), replace(MEMBER, groups=frozenset({"LeaderGroup"}))))
    assert switch(NOON, other) == Class.NO_LEAVE


def test_user_who_is_bound_later_did_not_stand_before() -> None:
    leave = standing((NOON - timedelta(days=1), MEMBER), (NOON, replace(MEMBER, users=frozenset({"AIDALATER"}))))
    assert switch(NOON - timedelta(hours=1), leave, principal_id="AIDALATER") == Class.NO_LEAVE
    assert switch(NOON + timedelta(hours=1), leave, principal_id="AIDALATER") == Class.STANDING
    assert switch(NOON + timedelta(hours=1), leave) == Class.NO_LEAVE


def test_role_that_a_group_led_to_once_is_standing_then_and_one_made_anew_is_not() -> None:
    groups = [
        (NOON - timedelta(days=9), {"MemberGroup": frozenset({(world.READER, world.READER_ID)})}),
        (NOON, {"MemberGroup": frozenset()}),
    ]
    leave = standing((NOON - timedelta(days=9), MEMBER), groups=groups)
    assert switch(NOON - timedelta(hours=1), leave) == Class.STANDING
    assert switch(NOON - timedelta(hours=1), leave, role_id="AROAREMADE0000000000") == Class.NO_LEAVE
    assert switch(NOON + timedelta(hours=1), leave) == Class.NO_LEAVE


def test_role_that_is_only_called_as_those_of_identity_center_is_none() -> None:
    made = world.RESERVED.replace("aws-reserved/sso.amazonaws.com/", "")
    who = {"type": "SAMLUser", "principalId": f"{world.USER_ID}", "userName": "ann", "accountId": world.PRODUCTION}
    assert one(world.switch(NOON, role=made, who=who, name="AssumeRoleWithSAML")).kind == Class.NO_LEAVE
