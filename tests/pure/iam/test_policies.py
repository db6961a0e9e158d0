"""Statements, documents and what they come to together."""

from typing import Any

import pytest

from portal.iam.evaluation import THING_UNREAD, Decision, evaluate
from portal.iam.principals import Call, Policy
from tests.pure.iam.world import (
    ALLOWED,
    DENIED,
    IMPLICITLY,
    OBJECT,
    UNKNOWN,
    VERSION,
    Statement,
    allow,
    asked,
    deny,
    member,
    policy,
)

STRANGE = {"Condition": {"Strange": {"a:A": "1"}}}


def test_nothing_is_allowed_that_no_policy_allows() -> None:
    assert asked().decision is IMPLICITLY
    assert asked(policy(allow("sqs:*"))).decision is IMPLICITLY


def test_deny_wins_wherever_it_stands() -> None:
    for policies in ((policy(allow(), deny()),), (policy(deny()), policy(allow()))):
        assert asked(*policies).decision is DENIED


def test_answer_names_the_statement_that_decided() -> None:
    answer = asked(policy(allow(), name="group Members: reading"))
    assert (answer.allowed, answer.policy, answer.statement) == (True, "group Members: reading", "#1")
    answer = asked(policy(allow(), name="reading"), policy(allow("sqs:*"), deny(Sid="NoDownload"), name="guard"))
    assert (answer.allowed, answer.policy, answer.statement) == (False, "guard", "NoDownload")
    assert asked().policy == ""


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"Action": "s3:GetObject"}, ALLOWED),
        ({"Action": "S3:getobject"}, ALLOWED),
        ({"Action": "s3:Get*"}, ALLOWED),
        ({"Action": "s3:?etObject"}, ALLOWED),
        ({"Action": ["sqs:*", "*"]}, ALLOWED),
        ({"Action": "*:*"}, ALLOWED),
        ({"Action": "s3:Get"}, IMPLICITLY),
        ({"Action": "s3:GetObject?"}, IMPLICITLY),
        ({"NotAction": "sqs:*"}, ALLOWED),
        ({"NotAction": ["sqs:*", "s3:Get*"]}, IMPLICITLY),
        ({"Action": "${aws:username}"}, UNKNOWN),
        ({"Action": "GetObject"}, UNKNOWN),
        ({"Action": []}, UNKNOWN),
        ({"Action": 7}, UNKNOWN),
        ({}, UNKNOWN),
        ({"Action": "s3:*", "NotAction": "sqs:*"}, UNKNOWN),
    ],
)
def test_actions(element: dict[str, Any], expected: Decision) -> None:
    assert asked(policy({"Effect": "Allow", "Resource": "*", **element})).decision is expected


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        ({"Resource": OBJECT}, ALLOWED),
        ({"Resource": "arn:aws:s3:::logs/*"}, ALLOWED),
        ({"Resource": "arn:aws:s3:::lo??/*.txt"}, ALLOWED),
        ({"Resource": "arn:aws:s3:::*"}, ALLOWED),
        ({"Resource": "arn:aws:s3"}, ALLOWED),
        ({"Resource": "arn:aws:s3:*"}, ALLOWED),
        ({"Resource": ["arn:aws:sqs:::x", "arn:aws:s3:*:*:logs/*"]}, ALLOWED),
        ({"Resource": "arn:aws:s3:::Logs/*"}, IMPLICITLY),
        ({"Resource": "arn:aws:s3:::logs"}, IMPLICITLY),
        ({"Resource": "arn:aws:s3:*:logs/2026/a.txt"}, IMPLICITLY),
        ({"Resource": "arn:aws:s3:::logs/${test:Absent}/*"}, IMPLICITLY),
        ({"Resource": "arn:aws:s3:::logs/${test:Year}/*"}, ALLOWED),
        ({"Resource": "arn:aws:s3:::logs/${test:Absent, '2026'}/*"}, ALLOWED),
        ({"Resource": "arn:aws:s3::${test:Year}:logs/*"}, UNKNOWN),
        ({"Resource": "logs/*"}, UNKNOWN),
        ({"Resource": "arn:aws:s3:::${broken"}, UNKNOWN),
        ({"NotResource": "arn:aws:s3:::other/*"}, ALLOWED),
        ({"NotResource": ["arn:aws:s3:::other/*", "arn:aws:s3:::logs/*"]}, IMPLICITLY),
        ({"NotResource": "*"}, IMPLICITLY),
        ({"NotResource": "arn:aws:s3:::logs/${test:Absent}/*"}, UNKNOWN),
        ({"NotResource": ["arn:aws:s3:::logs/${test:Absent}/*", OBJECT]}, IMPLICITLY),
        ({}, UNKNOWN),
    ],
)
def test_resources(element: dict[str, Any], expected: Decision) -> None:
    answer = asked(policy({"Effect": "Allow", "Action": "s3:*", **element}), context={"test:Year": "2026"})
    assert answer.decision is expected


def test_action_without_resources_needs_the_whole_star() -> None:
    assert asked(policy(allow("s3:*", "arn:aws:s3:::*")), resource="*").decision is IMPLICITLY
    assert asked(policy(allow()), resource="*").decision is ALLOWED


# The cases of AWS's page on evaluation logic: what identity policies and a boundary come to.
@pytest.mark.parametrize(
    ("identity", "boundary", "expected"),
    [
        ([allow()], [allow("*")], ALLOWED),
        ([allow("sqs:*")], [allow("*")], IMPLICITLY),
        ([allow()], [allow("sqs:*")], IMPLICITLY),
        ([], [allow("*")], IMPLICITLY),
        ([allow()], [allow("*"), deny()], DENIED),
        ([allow(), deny()], [allow("*")], DENIED),
        ([deny()], [allow("sqs:*")], DENIED),
        ([allow()], [], IMPLICITLY),
        ([allow()], [allow(**STRANGE)], UNKNOWN),
        ([allow(**STRANGE)], [allow("sqs:*")], IMPLICITLY),
    ],
)
def test_boundary(identity: list[Statement], boundary: list[Statement], expected: Decision) -> None:
    assert asked(policy(*identity), boundary=policy(*boundary, name="boundary")).decision is expected


def test_unknown_deny_makes_an_allow_unknown() -> None:
    answer = asked(policy(allow()), policy(deny(**STRANGE), name="guard"))
    assert answer.decision is UNKNOWN
    assert answer.unknown == ("guard #1: the operator Strange",)


def test_unknown_deny_leaves_an_implicit_deny_and_says_so() -> None:
    answer = asked(policy(deny(**STRANGE), name="guard"))
    assert (answer.decision, answer.unknown) == (IMPLICITLY, ("guard #1: the operator Strange", THING_UNREAD))


def test_unknown_allow_makes_an_implicit_deny_unknown() -> None:
    assert asked(policy(allow(**STRANGE))).decision is UNKNOWN


def test_unknown_allow_changes_nothing_beside_a_known_one() -> None:
    assert asked(policy(allow(**STRANGE), allow())).decision is ALLOWED


def test_explicit_deny_stands_whatever_is_unknown() -> None:
    answer = asked(policy(deny(**STRANGE), allow(**STRANGE)), Policy(name="managed", document={}), policy(deny()))
    assert answer.decision is DENIED


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"Version": VERSION},
        {"Version": "2020-01-01", "Statement": [allow()]},
        {"Statement": [allow()], "Extra": 1},
        {"Version": VERSION, "Statement": "text"},
        {"Version": VERSION, "Statement": [allow(Resourse="*")]},
        {"Version": VERSION, "Statement": [{**allow(), "Effect": "allow"}]},
        {"Version": VERSION, "Statement": [{**allow(), "Effect": ["Allow"]}]},
        {"Version": VERSION, "Statement": [allow(Principal="*")]},
        {"Version": VERSION, "Statement": [allow(Condition=object())]},
    ],
)
def test_document_that_cannot_be_read_may_say_anything(document: dict[str, Any]) -> None:
    assert asked(Policy(name="managed", document=document)).decision is UNKNOWN


def test_unread_policy_may_deny() -> None:
    assert asked(policy(allow()), Policy(name="managed", document={})).decision is UNKNOWN
    assert asked(policy(allow()), boundary=Policy(name="boundary", document={})).decision is UNKNOWN


def test_statement_may_stand_alone_and_a_version_be_left_out() -> None:
    assert asked(Policy(name="one", document={"Statement": allow()})).decision is ALLOWED


def test_document_that_changed_is_read_again() -> None:
    document: dict[str, Any] = {"Version": VERSION, "Statement": [allow()]}
    assert asked(Policy(name="one", document=document)).decision is ALLOWED
    document["Statement"].append(deny())
    assert asked(Policy(name="one", document=document)).decision is DENIED


def test_who_one_is_may_always_be_asked() -> None:
    call = Call(action="sts:GetCallerIdentity", resource="*", context={})
    assert evaluate(member(policy(deny("*"))), call).allowed
