"""Conditions, operator by operator: as AWS's user guide has them, in tables."""

from typing import Any

import pytest

from tests.pure.iam.world import ALLOWED, IMPLICITLY, UNKNOWN, condition

MATCHES = [
    ("StringEquals", "member01", "member01"),
    ("StringEquals", ["a", "member01"], "member01"),
    ("StringNotEquals", ["a", "b"], "member01"),
    ("StringEqualsIgnoreCase", "MEMBER01", "member01"),
    ("StringNotEqualsIgnoreCase", "member02", "member01"),
    ("StringLike", "mem*0?", "member01"),
    ("StringLike", "*", ""),
    ("StringNotLike", ["x*", "*02"], "member01"),
    ("ArnEquals", "arn:aws:iam::1:user/*", "arn:aws:iam::1:user/dev/a"),
    ("ArnLike", "arn:aws:sns:*:123:topic-?", "arn:aws:sns:eu-west-1:123:topic-1"),
    ("ArnLike", "arn:aws:logs:*:1:*", "arn:aws:logs:eu-west-1:1:log-group:x"),
    ("ArnNotLike", "arn:aws:iam::2:*", "arn:aws:iam::1:user/a"),
    ("NumericEquals", 10, "10.0"),
    ("NumericNotEquals", "10", "11"),
    ("NumericLessThan", "10", "9.5"),
    ("NumericLessThanEquals", "10", "10"),
    ("NumericGreaterThan", "-1", "0"),
    ("NumericGreaterThanEquals", "10", "10"),
    ("DateEquals", "2026-11-24T05:00:00+09:00", "2026-11-23T20:00:00Z"),
    ("DateEquals", "1795464000", "2026-11-23T20:00:00Z"),
    ("DateEquals", 1795464000, "1795464000"),
    ("DateNotEquals", "2026-11-23", "2026-11-23T20:00:00Z"),
    ("DateLessThan", "2026-11-23T20:00:00Z", "2026-11-23T19:59:59Z"),
    ("DateLessThanEquals", "2026-11-23T20:00:00Z", "2026-11-23T20:00:00Z"),
    ("DateGreaterThan", "2026-11-23T20:00:00Z", "2026-11-23T20:00:00.5Z"),
    ("DateGreaterThanEquals", "2026-11-23", "2026-11-23T00:00:00Z"),
    ("Bool", True, "true"),
    ("Bool", ["true", "false"], "false"),
    ("BinaryEquals", "QUJD", "QUJD"),
    ("IpAddress", "203.0.113.0/24", "203.0.113.10"),
    ("IpAddress", "0.0.0.0/0", "203.0.113.10"),
    ("IpAddress", "2001:db8::/32", "2001:db8::1"),
    ("NotIpAddress", ["203.0.113.0/24", "2001:db8::/32"], "10.0.0.1"),
    ("Null", "false", "anything"),
    ("Null", ["true", "false"], "anything"),
]


@pytest.mark.parametrize(("operator", "wanted", "given"), MATCHES)
def test_condition_holds(operator: str, wanted: Any, given: str) -> None:
    assert condition({operator: {"test:Key": wanted}}, {"test:key": given}) is ALLOWED


@pytest.mark.parametrize(
    ("operator", "wanted", "given"),
    [
        ("StringEquals", "Member01", "member01"),
        ("StringEquals", "member*", "member01"),
        ("StringNotEquals", ["a", "member01"], "member01"),
        ("StringLike", "member", "member01"),
        ("StringLike", "m?", "member01"),
        ("StringNotLike", ["x", "member*"], "member01"),
        ("ArnLike", "arn:aws:sns:*:topic:x:y", "arn:aws:sns:eu-west-1:123:topic:x:y"),
        ("ArnEquals", "arn:aws:iam:*:user/a:b", "arn:aws:iam::1:user/a:b"),
        ("ArnNotEquals", "arn:aws:iam::*:user/*", "arn:aws:iam::1:user/a"),
        ("NumericGreaterThan", "10", "10"),
        ("DateGreaterThan", "2026-11-23T20:00:00Z", "2026-11-23T20:00:00Z"),
        ("Bool", "true", "false"),
        ("BinaryEquals", "QUJD", "QUJE"),
        ("IpAddress", "203.0.113.0/24", "203.0.114.10"),
        ("IpAddress", "203.0.113.0/24", "2001:db8::1"),
        ("NotIpAddress", ["203.0.113.0/24", "10.0.0.0/8"], "10.0.0.1"),
        ("Null", "true", "anything"),
    ],
)
def test_condition_does_not_hold(operator: str, wanted: Any, given: str) -> None:
    assert condition({operator: {"test:Key": wanted}}, {"TEST:KEY": given}) is IMPLICITLY


@pytest.mark.parametrize(
    ("operator", "wanted", "given"),
    [
        ("ArnLike", "arn:aws:iam::*", "arn:aws:iam::1:user/a"),
        ("ArnLike", "arn:aws:iam::1:user/a", "member01"),
        ("NumericEquals", "ten", "10"),
        ("DateEquals", "2026", "2026"),
        ("DateEquals", "2026-11-23T20:00:00", "2026-11-23T20:00:00Z"),
        ("DateGreaterThan", "1795464000000", "2026-11-23T20:00:00Z"),
        ("DateGreaterThan", "2026-13-01", "2026-11-23T20:00:00Z"),
        ("DateGreaterThan", "${aws:CurrentTime}", "2026-11-23T20:00:00Z"),
        ("Bool", "${aws:SecureTransport}", "true"),
        ("BinaryEquals", "not base64", "QUJD"),
        ("IpAddress", "203.0.113", "203.0.113.1"),
        ("Null", "perhaps", "x"),
        ("Null", "false", ""),
        ("NullIfExists", "true", "x"),
        ("ForAllValues:Null", "true", "x"),
        ("stringequals", "x", "x"),
        ("StringMatches", "x", "x"),
        ("StringEquals", [], "x"),
        ("StringEquals", [None], "x"),
        ("StringLike", "${unclosed", "x"),
        ("StringLike", "${aws:username, no quotes}", "x"),
    ],
)
def test_what_aws_leaves_open_is_unknown(operator: str, wanted: Any, given: str) -> None:
    assert condition({operator: {"test:Key": wanted}}, {"test:Key": given}) is UNKNOWN


@pytest.mark.parametrize("element", ["text", {"StringEquals": "text"}, {"StringEquals": ["text"]}, []])
def test_condition_of_another_shape_is_unknown(element: Any) -> None:
    assert condition(element, {}) is UNKNOWN


ABSENT = [
    ("StringEquals", IMPLICITLY),
    ("StringNotEquals", ALLOWED),
    ("StringNotLike", ALLOWED),
    ("ArnNotEquals", ALLOWED),
    ("DateNotEquals", ALLOWED),
    ("NumericNotEquals", ALLOWED),
    ("NotIpAddress", ALLOWED),
    ("DateLessThan", IMPLICITLY),
    ("Bool", IMPLICITLY),
    ("StringEqualsIfExists", ALLOWED),
    ("BoolIfExists", ALLOWED),
    ("StringNotLikeIfExists", ALLOWED),
    ("ForAllValues:StringEquals", ALLOWED),
    ("ForAnyValue:StringEquals", IMPLICITLY),
    ("ForAnyValue:StringNotEquals", IMPLICITLY),
    ("ForAnyValue:StringEqualsIfExists", UNKNOWN),
    ("Null", ALLOWED),
]


@pytest.mark.parametrize(("operator", "expected"), ABSENT)
def test_key_that_is_absent(operator: str, expected: str) -> None:
    assert condition({operator: {"test:Key": "true"}}, {}) is expected
    assert condition({operator: {"test:Key": "true"}}, {"test:Key": ()}) is expected


def test_null_false_wants_the_key() -> None:
    assert condition({"Null": {"test:Key": "false"}}, {}) is IMPLICITLY


@pytest.mark.parametrize(
    ("operator", "given", "expected"),
    [
        ("ForAllValues:StringEquals", ["red", "blue"], ALLOWED),
        ("ForAllValues:StringEquals", ["red", "green"], IMPLICITLY),
        ("ForAnyValue:StringEquals", ["red", "green"], ALLOWED),
        ("ForAnyValue:StringEquals", ["green"], IMPLICITLY),
        ("ForAllValues:StringNotEquals", ["green"], ALLOWED),
        ("ForAllValues:StringNotEquals", ["green", "red"], IMPLICITLY),
        ("ForAnyValue:StringNotEquals", ["green", "red"], ALLOWED),
        ("ForAnyValue:StringNotEquals", ["blue", "red"], IMPLICITLY),
        ("ForAllValues:StringEquals", "red", ALLOWED),
        ("ForAllValues:StringEquals", "", ALLOWED),
        ("ForAnyValue:StringEquals", "", IMPLICITLY),
        ("ForAnyValue:StringNotEquals", "", UNKNOWN),
        ("StringEquals", ["red"], UNKNOWN),
    ],
)
def test_sets_of_values(operator: str, given: Any, expected: str) -> None:
    assert condition({operator: {"aws:TagKeys": ["red", "blue"]}}, {"aws:TagKeys": given}) is expected


def test_all_operators_and_all_keys_must_hold() -> None:
    both = {"StringEquals": {"a:A": "1", "a:B": "2"}, "Bool": {"a:C": "true"}}
    assert condition(both, {"a:A": "1", "a:B": "2", "a:C": "true"}) is ALLOWED
    assert condition(both, {"a:A": "1", "a:B": "3", "a:C": "true"}) is IMPLICITLY


def test_condition_that_fails_settles_what_another_leaves_open() -> None:
    assert condition({"Strange": {"a:A": "1"}, "StringEquals": {"a:B": "2"}}, {"a:A": "1", "a:B": "3"}) is IMPLICITLY


USER = {"aws:username": "member01", "aws:TagKeys": ["red"], "s3:prefix": "a*"}


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("StringEquals", "${aws:username}", "member01", ALLOWED),
        ("StringEquals", "${AWS:UserName}", "member01", ALLOWED),
        ("StringLike", "*:${aws:username}", "AROA:member01", ALLOWED),
        ("StringEquals", "${test:Absent, 'company'}", "company", ALLOWED),
        ("StringEquals", "${aws:username, 'company'}", "company", IMPLICITLY),
        ("StringEquals", "${test:Absent}", "x", IMPLICITLY),
        ("StringNotEquals", "${test:Absent}", "x", ALLOWED),
        ("StringEquals", ["${test:Absent}", "x"], "x", ALLOWED),
        ("StringLike", "a${*}", "a*", ALLOWED),
        ("StringLike", "a${*}", "ab", IMPLICITLY),
        ("StringLike", "a${?}${$}", "a?$", ALLOWED),
        ("StringEquals", "a${*}", "a*", ALLOWED),
        ("ArnLike", "arn:aws:iam::1:user/${aws:username}", "arn:aws:iam::1:user/member01", ALLOWED),
        ("ArnLike", "arn:aws:iam::${aws:username}:user/a", "arn:aws:iam::member01:user/a", UNKNOWN),
        ("StringEquals", "${aws:TagKeys}", "red", UNKNOWN),
        ("StringLike", "${s3:prefix}", "ab", UNKNOWN),
    ],
)
def test_variables(operator: str, wanted: Any, given: str, expected: str) -> None:
    assert condition({operator: {"test:Key": wanted}}, {**USER, "test:Key": given}) is expected


def test_variables_are_plain_text_in_an_old_version() -> None:
    wanted = {"StringEquals": {"test:Key": "${aws:username}"}}
    assert condition(wanted, {**USER, "test:Key": "member01"}, version="2008-10-17") is IMPLICITLY
    assert condition(wanted, {**USER, "test:Key": "${aws:username}"}, version="2008-10-17") is ALLOWED
