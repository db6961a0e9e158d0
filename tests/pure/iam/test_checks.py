"""What is wrong in policies as they are written: each mistake is found on its line, and what is right is passed over."""

import json
from typing import Any

import pytest

from portal.iam.checks.remarks import RULES
from tests.pure.iam.checked import OWN, allow, checked, deny, on_thing, policy, said, trust
from tests.worlds.managed_policies import managed, managed_policies

OIDC = "arn:aws:iam::111111111111:oidc-provider/token.example.com"
STRANGER = "arn:aws:iam::999999999999:root"
WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}

MISTAKES: dict[str, tuple[dict[str, Any], str]] = {
    "everything on everything": (allow("*", "*"), "administrator"),
    "everything, written with a colon": (allow("*:*", "*"), "administrator"),
    "everything under a condition": (allow("*", "*", Condition=WITH_MFA), "administrator"),
    "every action of a service": (allow("s3:*"), "wildcard-action"),
    "every action on some things": (allow("*"), "wildcard-action"),
    "NotAction": (
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "sts:*", "lambda:*", "ec2:*", "glue:*", "cloudformation:*",
                                          "codebuild:*", "sagemaker:*", "ecs:*", "datapipeline:*", "apprunner:*", "ssm:*",
                                          "bedrock-agentcore:*", "ec2-instance-connect:*"], "Resource": "*"},
        "not-action-allow",
    ),
    "any role passed": (allow("iam:PassRole", "*"), "pass-role-anywhere"),
    "any role passed by its path": (allow(["iam:Pass*"], "arn:aws:iam::111111111111:role/*"), "pass-role-anywhere"),
    "any role passed to any service": (
        allow("iam:PassRole", "*", Condition={"StringLike": {"iam:PassedToService": "*"}}), "pass-role-anywhere"
    ),
    "a version of some policies": (allow("iam:SetDefaultPolicyVersion", "arn:aws:iam::111111111111:policy/*"), "policy-versions"),
    "trust to everybody": (trust("*"), "trust-to-strangers"),
    "trust to everybody by a list": (trust({"AWS": ["*"]}), "trust-to-strangers"),
    "trust to everybody with MFA": (trust("*", WITH_MFA), "trust-to-strangers"),
    "trust to whoever a provider knows": (
        trust({"Federated": OIDC}, {"StringEquals": {"token.example.com:aud": "x"}}, "sts:AssumeRoleWithWebIdentity"),
        "trust-to-strangers",
    ),
    "trust to any subject": (
        trust({"Federated": OIDC}, {"StringLike": {"token.example.com:sub": "*"}}, "sts:AssumeRoleWithWebIdentity"),
        "trust-to-strangers",
    ),
    "trust to a stranger's account": (trust({"AWS": STRANGER}, WITH_MFA), "trust-to-another-account"),
    "trust to a stranger's user": (trust({"AWS": "arn:aws:iam::999999999999:user/x"}), "trust-to-another-account"),
    "trust to an account without MFA": (trust({"AWS": OWN}), "trust-without-mfa"),
    "bucket open to everybody": (on_thing("*"), "open-to-everyone"),
    "bucket open to whoever leaves the organisation out": (
        on_thing("*", {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}), "open-to-everyone"
    ),
    "bucket open to every address": (on_thing("*", {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}), "open-to-everyone"),
    "bucket open to any user of a name": (on_thing("*", {"StringEquals": {"aws:username": "x"}}), "open-to-everyone"),
    "bucket of a confused deputy for any account": (
        on_thing({"Service": "sns.amazonaws.com"}, {"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:jobs"}}), "confused-deputy"
    ),
    "trust to any repository": (
        trust({"Federated": OIDC}, {"StringLike": {"token.example.com:sub": ["repo:a/b:*", "repo:*/b:main"]}},
              "sts:AssumeRoleWithWebIdentity"),
        "trust-to-strangers",
    ),
    "everything by more wildcards": (allow("*:**", "*"), "administrator"),
    "everything on every ARN": (allow("*", "arn:aws:*:*:*:*"), "administrator"),
    "every action of a service by more wildcards": (allow("s3:?*"), "wildcard-action"),
    "bucket open to all but some": (
        on_thing({"AWS": "*"}, {"StringNotEquals": {"aws:PrincipalAccount": "1"}}), "open-to-everyone"
    ),
    "bucket of a confused deputy": (on_thing({"Service": "cloudtrail.amazonaws.com"}), "confused-deputy"),
    "deny of a wildcard taken for a character": (
        deny({"StringEquals": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}), "deny-never-holds"
    ),
    "deny of a session's ARN": (
        deny({"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::*:assumed-role/x/*"}}), "deny-never-holds"
    ),
    "deny that is over": (deny({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}), "deny-never-holds"),
    "deny until a tag says": (deny({"DateGreaterThan": {"aws:CurrentTime": "${aws:PrincipalTag/End}"}}), "deny-never-holds"),
    "deny after a date that is none": (deny({"DateGreaterThan": {"aws:CurrentTime": "tomorrow"}}), "deny-never-holds"),
    "deny of private addresses": (deny({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"]}}), "deny-never-holds"),
    "deny of no address": (deny({"IpAddress": {"aws:SourceIp": "office"}}), "deny-never-holds"),
    "deny of no Boolean": (deny({"Bool": {"aws:SecureTransport": "no"}}), "deny-never-holds"),
    "deny of no number": (deny({"NumericLessThan": {"aws:MultiFactorAuthAge": "an hour"}}), "deny-never-holds"),
    "deny of no ARN": (deny({"ArnLike": {"aws:PrincipalArn": "member01"}}), "deny-never-holds"),
    "deny of who is and is not": (
        deny({"StringEquals": {"aws:username": "a"}, "StringNotEquals": {"aws:username": ["a", "b"]}}), "deny-never-holds"
    ),
    "deny of a key that is always there": (deny({"Null": {"aws:PrincipalArn": "true"}}), "deny-never-holds"),
    "deny of a key that is absent and something": (
        deny({"Null": {"aws:RequestTag/a": "true"}, "StringLike": {"aws:RequestTag/a": "x"}}), "deny-never-holds"
    ),
    "deny in a time that is none": (
        deny({"DateGreaterThan": {"aws:CurrentTime": "2027-02-01T00:00:00Z"},
              "DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}),
        "deny-never-holds",
    ),
    "deny without a value": (deny({"StringEquals": {"aws:username": []}}), "malformed"),
    "deny of objects on a bucket": (deny(action="s3:GetObject", resource="arn:aws:s3:::logs"), "deny-never-holds"),
    "deny that passes over access keys": (deny({"Bool": {"aws:MultiFactorAuthPresent": "false"}}), "deny-misses-keys"),
    "deny of aws-portal alone": (deny(action="aws-portal:*"), "rail-obsolete"),
    "an effect that is none": ({**allow("s3:GetObject"), "Effect": "allow"}, "malformed"),
    "an operator that is none": (deny({"StringIs": {"aws:username": "x"}}), "malformed"),
    "no resource": ({"Effect": "Allow", "Action": "s3:GetObject"}, "malformed"),
    "an action that is none": (allow("GetObject"), "malformed"),
    "more rights by a policy": (allow("iam:AttachUserPolicy", "*"), "escalation"),
}  # fmt: skip
RIGHT: dict[str, dict[str, Any]] = {
    "one action": allow("s3:GetObject"),
    "a part of a service": allow("s3:Get*"),
    "some roles passed": allow("iam:PassRole", "arn:aws:iam::111111111111:role/app/*"),
    "any role passed to a service": allow(
        "iam:PassRole", "*", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    ),
    "versions of some policies": allow("iam:CreatePolicyVersion", "arn:aws:iam::111111111111:policy/app/*"),
    "NotAction denied": {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"},
    "everything denied": deny(action="*"),
    "own account with MFA": trust({"AWS": OWN}, WITH_MFA),
    "own program's user": trust({"AWS": "arn:aws:iam::111111111111:user/portal"}),
    "stranger with an external id": trust({"AWS": STRANGER}, {"StringEquals": {"sts:ExternalId": "x"}, **WITH_MFA}),
    "a service's role": trust({"Service": "ec2.amazonaws.com"}),
    "a provider's subject": trust(
        {"Federated": OIDC}, {"StringEquals": {"token.example.com:sub": "repo:a"}}, "sts:AssumeRoleWithWebIdentity"
    ),
    "everybody of the organisation": on_thing("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
    "everybody denied": {**on_thing("*"), "Effect": "Deny"},
    "a deputy for an account": on_thing({"Service": "cloudtrail.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": OWN}}),
    "deny by a pattern": deny({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}),
    "deny of a variable": deny({"StringNotEquals": {"aws:username": "${aws:PrincipalTag/Name}"}}),
    "deny that is yet to come": deny({"DateGreaterThan": {"aws:CurrentTime": "2026-12-01T00:00:00Z"}}),
    "deny of public addresses": deny({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
    "deny without MFA": deny({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
    "deny of a bucket's own actions": deny(action="s3:DeleteBucket", resource="arn:aws:s3:::logs"),
    "deny of objects": deny(resource="arn:aws:s3:::logs/*"),
    "deny of bills": deny(action=["aws-portal:*", "billing:*"]),
}


@pytest.mark.parametrize("name", list(MISTAKES))
def test_mistake_is_found_on_its_line_and_nothing_else_is(name: str) -> None:
    statement, rule = MISTAKES[name]
    harmless = allow("s3:ListBucket") if "Principal" not in statement else {**statement, "Effect": "Deny"}
    # Ways to more rights are those of all statements together.
    line = 1 if rule == "escalation" else 3
    assert set(said(policy(harmless, statement))) == {(rule, line)}


FOR_ANYBODY: list[dict[str, Any]] = [
    {"StringLike": {"aws:PrincipalArn": "arn:*"}},
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"}},
    {"ArnEquals": {"aws:PrincipalArn": ["arn:aws:iam::111111111111:role/x", "arn:aws:iam::*:user/x"]}},
    {"StringLike": {"aws:userid": "*:*"}},
    {"StringLike": {"aws:userid": "*:member01"}},
    {"StringLike": {"aws:PrincipalOrgID": "o-*"}},
    {"StringLike": {"aws:PrincipalAccount": "????????????"}},
    {"StringEquals": {"aws:PrincipalArn": "${aws:PrincipalArn}"}},
    {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
    {"IpAddress": {"aws:SourceIp": [f"{first}.0.0.0/3" for first in range(0, 256, 32)]}},
    {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2000::/3"]}},
]
FOR_SOME: list[dict[str, Any]] = [
    {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/*"}},
    {"StringLike": {"aws:userid": "AROAEXAMPLE000000001:*"}},
    {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-1/r-1/*"}},
    {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs/*"}},
    {"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}},
    {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}},
]


@pytest.mark.parametrize("condition", FOR_ANYBODY, ids=str)
def test_condition_that_anybody_can_meet_tells_nobody(condition: dict[str, Any]) -> None:
    assert said(policy(trust("*", condition))) == [("trust-to-strangers", 2)]
    assert said(policy(on_thing("*", condition))) == [("open-to-everyone", 2)]


@pytest.mark.parametrize("condition", FOR_SOME, ids=str)
def test_condition_that_some_alone_meet_tells_them(condition: dict[str, Any]) -> None:
    assert said(policy(on_thing("*", condition))) == []


@pytest.mark.parametrize("name", list(RIGHT))
def test_what_is_right_is_passed_over(name: str) -> None:
    assert said(policy(RIGHT[name])) == []


def test_every_rule_is_tried() -> None:
    rules = {rule for _statement, rule in MISTAKES.values()}
    assert rules | {"rail-broken", "rail-missing", "rail-unknown", "unresolved"} == set(RULES)


def test_each_value_is_told_with_its_own_place() -> None:
    text = """{
  "Version": "2012-10-17",
  "Statement": {
    "Sid": "Work", "Effect": "Allow",
    "Action": [
      "s3:GetObject",
      "ec2:*"
    ],
    "Resource": "*"
  }
}"""
    (found,) = (each for each in checked(text) if each.grade != "note")
    assert (found.place.line, found.place.column, found.statement) == (7, 7, "Work")
    assert found.sentence == "ec2:* allows every action of the service, those that AWS adds later too"


def test_key_that_is_there_twice_is_told() -> None:
    text = '{"Statement": [\n{"Effect": "Allow", "Action": "s3:GetObject",\n"Action": "s3:PutObject", "Resource": "*"}]}'
    (found,) = checked(text)
    assert (found.rule, found.place.line, found.sentence) == ("malformed", 3, "AWS would refuse this: Action is there twice")


def test_ways_that_ordinary_work_has_too_are_a_note() -> None:
    (found,) = checked(policy(allow("lambda:UpdateFunctionCode", "*")))
    assert (found.rule, found.grade) == ("escalation", "note")
    assert "lambda-003" in found.sentence


def test_way_is_open_only_by_all_its_actions_on_anything() -> None:
    both = ["iam:PassRole", "ec2:RunInstances"]
    assert ("escalation", 1) in said(policy(allow(both, "*")))
    assert said(policy(allow("ec2:RunInstances", "*"))) == []
    assert ("escalation", 1) not in said(policy(allow(both, "*"), deny(action="iam:PassRole")))


def test_what_the_same_policy_denies_again_is_not_given() -> None:
    assert said(policy(allow("iam:PassRole", "*"), deny(action="iam:PassRole"))) == []


MAYBE: dict[str, dict[str, Any]] = {
    "an address": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    "a tag of the caller": {"StringNotEquals": {"aws:PrincipalTag/team": "x"}},
    "a key of a service": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
    "a negated key of a service": {"StringNotEquals": {"s3:signatureversion": "AWS"}},
    "no service on the way": {"Bool": {"aws:ViaAWSService": "false"}},
}


@pytest.mark.parametrize("name", list(MAYBE))
def test_deny_that_may_hold_or_not_silences_no_finding(name: str) -> None:
    text = policy(allow("*", "*"), deny(MAYBE[name], action="*"))
    assert said(text) == [("administrator", 2)]
    assert ("escalation", 1) in said(policy(allow("iam:AttachUserPolicy", "*"), deny(MAYBE[name], action="*")))


def test_way_is_open_where_an_allow_spares_one_value_of_a_key_that_a_call_need_not_have() -> None:
    but_for_one = {"ArnNotEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}}
    assert ("escalation", 1) in said(policy(allow("iam:AttachUserPolicy", "*", Condition=but_for_one)))


def test_rail_under_a_condition_that_nobody_can_tell_is_a_finding() -> None:
    rail = deny({"Bool": {"aws:ViaAWSService": "false"}}, action=["s3:GetObject", "s3:GetObjectVersion"])
    assert [rule for rule, _line in said(policy({**rail, "Sid": "DenyS3Download"}))] == ["rail-unknown"]


def test_administrator_is_told_once_and_not_each_way_with_it() -> None:
    assert said(policy(allow("*", "*"))) == [("administrator", 2)]


def test_rule_is_passed_over_for_all_or_for_one() -> None:
    text = policy(allow("ec2:*"))
    assert said(text, accepted=(("wildcard-action", ""),)) == []
    assert said(text, accepted=(("wildcard-action", "policy"),)) == []
    assert said(text, accepted=(("wildcard-action", "Other"),)) == [("wildcard-action", 2)]


# One of so many of AWS's own policies each time, and all of them where time is no matter.
STRIDE = 40


@pytest.mark.parametrize("first", [0, *(pytest.param(first, marks=pytest.mark.exhaustive) for first in range(1, STRIDE))])
def test_policies_that_aws_manages_are_checked_and_none_is_malformed(first: int) -> None:
    for one in managed_policies()[first::STRIDE]:
        found = checked(json.dumps(one.document, indent=1))
        assert [each.sentence for each in found if each.rule == "malformed"] == [], one.name
        assert all(each.sentence for each in found), one.name


def test_administrator_of_aws_is_one() -> None:
    assert [rule for rule, _line in said(json.dumps(managed("AdministratorAccess").document))] == ["administrator"]
