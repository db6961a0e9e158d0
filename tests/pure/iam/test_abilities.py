"""What a role can do: "may" has a witness, "may not" has none anywhere, and the rest stays unknown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.iam.abilities import Ability, Verdict, abilities_of, fingerprint
from portal.iam.contexts import of_session
from portal.iam.evaluation import KEY_UNREAD, evaluate
from portal.iam.principals import Call, Policy, Role
from portal.iam.questions import QUESTIONS
from portal.iam.session_gate import session_gate

AT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
ARN = "arn:aws:iam::444444444444:role/Prod_MemberRole"
Document = dict[str, Any]


def document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> Document:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> Document:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def role(*statements: Document, boundary: Document | None = None) -> Role:
    return Role(
        arn=ARN,
        role_id="AROAMEMBER0000000001",
        trust=Policy(name="role Prod_MemberRole: trust policy", document=document()),
        policies=(Policy(name="role Prod_MemberRole: Work", document=document(*statements)),),
        boundary=None if boundary is None else Policy(name="boundary of role Prod_MemberRole: Limit", document=boundary),
    )


def asked(question: str, *statements: Document, boundary: Document | None = None) -> Ability:
    return next(each for each in abilities_of(role(*statements, boundary=boundary), at=AT) if each.question == question)


def test_role_without_policies_can_do_nothing() -> None:
    assert {each.verdict for each in abilities_of(role(), at=AT)} == {Verdict.MAY_NOT}


def test_administrator_can_do_everything_but_for_keys_whose_own_policies_nobody_read() -> None:
    found = abilities_of(role(allow("*")), at=AT)
    assert [each.question for each in found] == list(QUESTIONS)
    unknown = {each.question: each.why for each in found if each.verdict is Verdict.UNKNOWN}
    assert unknown == dict.fromkeys(("use_keys", "change_keys"), (KEY_UNREAD,))
    assert {each.verdict for each in found if each.question not in unknown} == {Verdict.MAY}


def test_answer_names_the_statement_that_decided_and_where() -> None:
    read = allow(["s3:Get*", "s3:List*"], ["arn:aws:s3:::prod-data", "arn:aws:s3:::prod-data/*"], Sid="Read")
    found = asked("read_objects", read)
    assert (found.verdict, found.call, found.thing) == (Verdict.MAY, "s3:GetObject", "arn:aws:s3:::prod-data/*")
    assert (found.policy, found.statement, found.document) == ("role Prod_MemberRole: Work", "Read", read)


def test_statement_that_lists_very_many_actions_is_shortened_to_those_of_the_call() -> None:
    many = ["s3:Get*", *(f"ec2:Describe{number}" for number in range(400))]
    found = asked("read_objects", allow(many))
    assert found.document == {"Effect": "Allow", "Action": ["s3:Get*", "… (+400)"], "Resource": "*"}


def test_bucket_alone_has_no_objects() -> None:
    assert asked("read_objects", allow("s3:*", "arn:aws:s3:::prod-data")).verdict is Verdict.MAY_NOT


def test_objects_alone_open_no_bucket() -> None:
    found = asked("open_to_strangers", allow("s3:*", "arn:aws:s3:::prod-data/*"))
    assert found.verdict is Verdict.MAY_NOT


def test_explicit_deny_over_all_is_named() -> None:
    found = asked("read_objects", allow("*"), deny("s3:GetObject*", Sid="DenyDownload"))
    assert (found.verdict, found.statement) == (Verdict.MAY_NOT, "DenyDownload")


def test_deny_of_other_things_takes_nothing_away() -> None:
    found = asked("read_objects", allow("s3:GetObject", "arn:aws:s3:::prod-data/*"), deny("s3:*", "arn:aws:s3:::salaries/*"))
    assert found.verdict is Verdict.MAY


def test_what_is_left_by_a_deny_of_all_but_one_thing_is_found() -> None:
    but_logs = {"Effect": "Deny", "Action": "s3:GetObject*", "NotResource": "arn:aws:s3:::logs/*"}
    found = asked("read_objects", allow("s3:*"), but_logs)
    assert (found.verdict, found.thing) == (Verdict.MAY, "arn:aws:s3:::logs/*")


def test_each_thing_that_is_allowed_being_denied_is_no() -> None:
    found = asked("read_objects", allow("s3:GetObject", "arn:aws:s3:::prod-*"), deny("s3:*", "arn:aws:s3:::prod-*", Sid="Shut"))
    assert (found.verdict, found.statement) == (Verdict.MAY_NOT, "Shut")


def test_boundary_that_leaves_it_out_is_named() -> None:
    found = asked("change_iam", allow("*"), boundary=document(allow("s3:*")))
    assert (found.verdict, found.policy, found.statement) == (
        Verdict.MAY_NOT,
        "boundary of role Prod_MemberRole: Limit",
        "",
    )


def test_where_boundary_and_policy_meet_is_found() -> None:
    found = asked("read_objects", allow("s3:*"), boundary=document(allow("s3:*", "arn:aws:s3:::prod-data/*")))
    assert (found.verdict, found.thing) == (Verdict.MAY, "arn:aws:s3:::prod-data/*")


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"ssm:resourceTag/Env": "production"}},
        {"StringEquals": {"aws:ResourceTag/Env": "production"}},
        {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
        {"Bool": {"aws:ViaAWSService": "true"}},
        {"SomethingNew": {"aws:username": "member01"}},
    ],
)
def test_what_depends_on_the_call_or_on_its_thing_is_unknown(condition: Document) -> None:
    found = asked("run_commands", allow("ssm:StartSession", Condition=condition))
    assert found.verdict is Verdict.UNKNOWN
    assert found.why


def test_policy_that_cannot_be_read_leaves_all_unknown() -> None:
    unread = Policy(name="role Prod_MemberRole: Gone", document={})
    found = abilities_of(replace(role(), policies=(unread,)), at=AT)
    assert {each.verdict for each in found} == {Verdict.UNKNOWN}


def test_region_is_the_callers_to_choose() -> None:
    elsewhere = deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": ["ap-northeast-1", "ap-northeast-3"]}})
    assert asked("read_records", allow("dynamodb:*"), elsewhere).verdict is Verdict.MAY
    other = allow("dynamodb:*", "arn:aws:dynamodb:us-east-1:444444444444:table/*")
    assert asked("read_records", other, elsewhere).verdict is Verdict.UNKNOWN


def test_service_that_a_role_is_passed_to_is_the_callers_to_choose() -> None:
    pass_role = allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})
    assert asked("act_as_another", pass_role).verdict is Verdict.MAY


def test_call_without_resources_needs_a_statement_about_all() -> None:
    assert asked("spend_money", allow("savingsplans:*", "arn:aws:savingsplans::444444444444:*")).verdict is Verdict.MAY_NOT
    assert asked("spend_money", allow("savingsplans:CreateSavingsPlan")).verdict is Verdict.MAY


def test_session_gate_says_who_is_let_in_and_not_what_they_can_do() -> None:
    shut = Policy(name="role Prod_MemberRole: sekisho-session-gate", document=session_gate())
    worker = role(allow("*"))
    gated = replace(worker, policies=(*worker.policies, shut))
    assert abilities_of(gated, at=AT) == abilities_of(worker, at=AT)
    assert fingerprint(gated, at=AT) == fingerprint(worker, at=AT)


def test_fingerprint_follows_what_is_behind_the_answers() -> None:
    first = fingerprint(role(allow("s3:GetObject")), at=AT)
    assert fingerprint(role(allow("s3:GetObject")), at=AT + timedelta(days=1)) == first
    assert fingerprint(role(allow("s3:PutObject")), at=AT) != first
    assert fingerprint(role(allow("s3:GetObject"), boundary=document()), at=AT) != first
    assert fingerprint(replace(role(allow("s3:GetObject")), tags={"Env": "production"}), at=AT) != first


def test_policies_that_look_at_the_time_are_asked_again_at_each_look() -> None:
    until = {"DateLessThan": {"aws:CurrentTime": "2026-11-23T12:00:00Z"}}
    timed = role(allow("s3:GetObject", Condition=until))
    assert fingerprint(timed, at=AT) != fingerprint(timed, at=AT + timedelta(hours=2))


BUCKETS = ["a", "ab", "b"]
KEYS = ["a", "b/a", "x"]
PATTERNS = [
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::a*",
    "arn:aws:s3:::*/a",
    "arn:aws:s3:::ab/*",
    "arn:aws:s3:::?/b*",
    "arn:aws:s3:::b",
]
REGIONS = ["ap-northeast-1", "us-east-1"]
CONDITIONS = [
    {},
    {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
    {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}},
    {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}},
    {"StringNotEqualsIfExists": {"s3:ExistingObjectTag/secret": "yes"}},
]
statement = st.builds(
    lambda effect, action, key, resource, condition: {"Effect": effect, "Action": action, key: resource, "Condition": condition},
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["*", "s3:Get*", "s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]),
    st.sampled_from(["Resource", "Resource", "NotResource"]),
    st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=2),
    st.sampled_from(CONDITIONS),
)


def is_allowed_somewhere(of: Role) -> bool:
    """Return whether one call of the question is allowed, of all that there are in a small world."""
    session = of.session("member01")
    for region in REGIONS:
        for address in ("192.0.2.7", "203.0.113.10"):
            for tag in ({}, {"s3:ExistingObjectTag/secret": "yes"}, {"s3:ExistingObjectTag/secret": "no"}):
                context = of_session(
                    role_arn=of.arn, role_id=of.role_id, session_name="member01", issued_at=AT, at=AT, mfa=True, source_ip=address
                )
                context |= {"aws:RequestedRegion": region, **tag}
                for thing in (f"arn:aws:s3:::{bucket}/{key}" for bucket in BUCKETS for key in KEYS):
                    calls = (Call(action=each.action, resource=thing, context=context) for each in QUESTIONS["read_objects"])
                    if any(evaluate(session, call).allowed for call in calls):
                        return True
    return False


@settings(deadline=None, max_examples=40)
@given(st.lists(statement, max_size=4), st.none() | st.lists(statement, max_size=2))
def test_may_not_has_no_witness_in_a_world_that_is_tried_whole(identity: list[Document], limit: list[Document] | None) -> None:
    found = asked("read_objects", *identity, boundary=None if limit is None else document(*limit))
    if found.verdict is Verdict.MAY_NOT:
        assert not is_allowed_somewhere(role(*identity, boundary=None if limit is None else document(*limit)))
