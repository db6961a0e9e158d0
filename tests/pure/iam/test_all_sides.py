"""What has a say besides the caller's own policies: the organisation, the session, and the policy of what is called."""

from dataclasses import replace
from typing import Any

import pytest

from portal.iam.evaluation import KEY_UNREAD, THING_UNREAD, Answer, Decision, evaluate
from portal.iam.organisation import NOT_READ, Organisation
from portal.iam.principals import Call, Called, Level, Levels, Policy, Principal, Role
from tests.pure.iam.world import (
    ALLOWED,
    DENIED,
    IMPLICITLY,
    JUMP,
    JUMP_ROLE,
    MEMBER,
    OBJECT,
    PRODUCTION,
    UNKNOWN,
    Statement,
    allow,
    deny,
    member,
    policy,
    role,
    switched,
    trusting,
)

MANAGEMENT, ROOT, UNIT = "999999999999", "r-root", "ou-work"
ALL = policy(allow("*"), name="FullAWSAccess")
KEY = f"arn:aws:kms:eu-west-1:{JUMP}:key/1234"
NOTHING = policy(name="none")
Attached = dict[str, tuple[Policy, ...]]


def organisation(
    *,
    scps: Attached | None = None,
    rcps: Attached | None = None,
) -> Organisation:
    everywhere = dict.fromkeys((ROOT, UNIT, JUMP, PRODUCTION), (ALL,))
    return Organisation(
        management=MANAGEMENT,
        parents={JUMP: UNIT, PRODUCTION: ROOT, UNIT: ROOT, MANAGEMENT: ROOT},
        scps={**everywhere, **scps} if scps is not None else None,
        rcps=rcps,
    )


def session(*policies: Policy, session_policies: tuple[Policy, ...] | None = None) -> Principal:
    return role(arn=JUMP_ROLE, policies=policies).session("member01", policies=session_policies)


def got(
    principal: Principal, called: Called | None = None, *, action: str = "s3:GetObject", resource: str = OBJECT, **context: str
) -> Answer:
    keys = {key.replace("_", ":"): value for key, value in context.items()}
    return evaluate(principal, Call(action=action, resource=resource, context=keys), called)


def under(scps: Levels, principal: Principal | None = None, called: Called | None = None) -> Answer:
    return got(replace(principal or member(ALL), scps=scps), called)


def bucket(*statements: Statement, account: str = JUMP, rcps: Levels = ()) -> Called:
    return Called(account_id=account, policy=policy(*statements, name="bucket logs"), rcps=rcps)


def lets_in(principal: Any, effect: str = "Allow", **more: Any) -> Statement:
    return {"Effect": effect, "Principal": principal, "Action": "s3:*", "Resource": "*", **more}


def test_deny_of_any_level_of_the_organisation_wins_and_is_named() -> None:
    levels = organisation(scps={UNIT: (ALL, policy(deny(Sid="NoObjects"), name="guard"))}).scps_of(JUMP)
    answer = under(levels)
    assert (answer.decision, answer.policy, answer.statement) == (DENIED, "guard", "NoObjects")


@pytest.mark.parametrize("level", [ROOT, UNIT, JUMP])
def test_each_level_of_the_organisation_must_allow(level: str) -> None:
    levels = organisation(scps={level: (policy(allow("ec2:*"), name="narrow"),)}).scps_of(JUMP)
    answer = under(levels)
    assert (answer.decision, answer.left_out_by) == (IMPLICITLY, level)


def test_level_without_any_policy_allows_nothing() -> None:
    assert under(organisation(scps={UNIT: ()}).scps_of(JUMP)).decision is IMPLICITLY


def test_nothing_is_said_to_be_left_out_of_what_nobody_allows() -> None:
    levels = organisation(scps={UNIT: ()}).scps_of(JUMP)
    assert under(levels, member(policy(allow("ec2:*")))).left_out_by == ""


def test_management_account_is_bound_by_no_policy_of_the_organisation() -> None:
    everything: Attached = {target: (policy(deny("*")),) for target in (ROOT, MANAGEMENT)}
    found = organisation(scps=everything, rcps=everything)
    assert (found.scps_of(MANAGEMENT), found.rcps_of(MANAGEMENT)) == ((), ())


def test_organisation_without_such_policies_binds_nobody() -> None:
    assert organisation(scps=None).scps_of(JUMP) == ()


def test_levels_are_from_the_root_down() -> None:
    assert [level.name for level in organisation(scps={}).scps_of(JUMP)] == [ROOT, UNIT, JUMP]


def test_organisation_that_could_not_be_read_makes_an_allowed_call_unknown() -> None:
    assert under(NOT_READ).decision is UNKNOWN
    assert under(NOT_READ).unknown[0].startswith("policies of the organisation")
    assert under(NOT_READ, member(policy(allow("ec2:*")))).decision is IMPLICITLY
    assert under(NOT_READ, member(ALL, policy(deny(), name="own"))).policy == "own"


def test_account_that_is_not_in_the_organisation_may_be_in_another_one() -> None:
    assert organisation(scps={}).scps_of("123456789012") == NOT_READ


def test_services_own_roles_are_not_bound_by_the_organisation() -> None:
    own = f"arn:aws:iam::{JUMP}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"
    principal = replace(session(ALL), role_arn=own)
    guard = (Level(name=ROOT, policies=(policy(deny("*")),)),)
    rcps = (Level(name=ROOT, policies=(policy(lets_in("*", "Deny")),)),)
    assert under(guard, principal).decision is ALLOWED
    assert under(guard, principal, bucket(rcps=rcps)).decision is ALLOWED


def test_organisation_binds_what_the_thing_itself_allows() -> None:
    levels = organisation(scps={UNIT: (policy(allow("ec2:*")),)}).scps_of(JUMP)
    assert under(levels, member(), bucket(lets_in({"AWS": MEMBER}))).decision is IMPLICITLY


def test_resource_control_policies_deny_to_callers_of_any_account() -> None:
    rcps = organisation(scps={}, rcps={ROOT: (policy(lets_in("*", "Deny", Sid="Perimeter"), name="rcp"),)}).rcps_of(PRODUCTION)
    answer = got(member(ALL), bucket(lets_in({"AWS": JUMP}), account=PRODUCTION, rcps=rcps))
    assert (answer.decision, answer.policy, answer.statement) == (DENIED, "rcp", "Perimeter")


def test_resource_control_policies_need_to_allow_nothing() -> None:
    rcps = (Level(name=ROOT, policies=()),)
    assert got(member(ALL), bucket(rcps=rcps)).decision is ALLOWED


def test_whether_a_service_knows_resource_control_policies_is_not_guessed() -> None:
    denying = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    called = Called(account_id=JUMP, policy=NOTHING, rcps=(Level(name=ROOT, policies=(policy(denying),)),))
    assert got(member(ALL), called, action="ec2:RunInstances").decision is UNKNOWN
    assert got(member(ALL), replace(called, rcps=NOT_READ), action="s3:GetObject").decision is UNKNOWN


def test_switch_is_bound_by_both_accounts_organisations() -> None:
    caller, target = member(policy(allow("sts:*"))), role(trusting({"AWS": JUMP}))
    scps = (Level(name=ROOT, policies=(policy(allow("s3:*")),)),)
    rcps = (Level(name=ROOT, policies=(policy({**trusting("*", "Deny"), "Resource": "*"}),)),)
    assert switched(caller, target) is ALLOWED
    assert switched(replace(caller, scps=scps), target) is IMPLICITLY
    assert switched(caller, replace(target, rcps=rcps)) is DENIED
    assert switched(caller, replace(target, rcps=NOT_READ)) is UNKNOWN


def test_session_of_a_role_is_bound_by_the_accounts_organisation() -> None:
    levels = organisation(scps={}).scps_of(JUMP)
    assert replace(role(), scps=levels).session("member01").scps == levels


def test_session_policies_limit_what_the_role_may_and_one_of_them_must_allow() -> None:
    narrow, wide = policy(allow("s3:ListBucket"), name="narrow"), policy(allow("s3:Get*"), name="wide")
    assert got(session(ALL, session_policies=(narrow,))).left_out_by == "session policies"
    assert got(session(ALL, session_policies=(narrow, wide))).decision is ALLOWED
    assert got(session(policy(allow("ec2:*")), session_policies=(wide,))).decision is IMPLICITLY
    assert got(session(ALL, session_policies=(wide, policy(deny())))).decision is DENIED
    assert got(session(ALL, session_policies=())).decision is IMPLICITLY


def test_session_policies_limit_what_a_bucket_gives_to_the_role_and_not_what_it_gives_to_the_session() -> None:
    limited = session(session_policies=(policy(allow("ec2:*")),))
    assert got(limited, bucket(lets_in({"AWS": JUMP_ROLE}))).decision is IMPLICITLY
    assert got(limited, bucket(lets_in({"AWS": limited.arn}))).decision is ALLOWED
    assert got(limited, bucket(lets_in("*"))).decision is UNKNOWN


def test_bucket_opens_itself_to_who_has_no_policy_at_all() -> None:
    answer = got(member(), bucket(lets_in({"AWS": MEMBER}, Sid="Open")))
    assert (answer.decision, answer.policy, answer.statement) == (ALLOWED, "bucket logs", "Open")
    assert got(member(), bucket(lets_in({"AWS": JUMP}))).decision is IMPLICITLY
    assert got(member(), bucket()).decision is IMPLICITLY


def test_bucket_denies_to_an_administrator() -> None:
    assert got(member(ALL), bucket(lets_in("*", "Deny"))).policy == "bucket logs"
    spared = {"Effect": "Deny", "NotPrincipal": {"AWS": [JUMP, MEMBER]}, "Action": "s3:*", "Resource": "*"}
    assert got(member(ALL), bucket(spared)).decision is ALLOWED
    assert got(session(ALL), bucket(spared)).decision is not ALLOWED


def test_bucket_of_another_account_must_let_in_and_the_caller_must_be_allowed() -> None:
    open_to_jump = bucket(lets_in({"AWS": JUMP}), account=PRODUCTION)
    assert got(member(ALL), open_to_jump).decision is ALLOWED
    assert got(member(), open_to_jump).decision is IMPLICITLY
    assert got(member(ALL), bucket(account=PRODUCTION)).decision is IMPLICITLY
    assert got(member(ALL), bucket(lets_in({"AWS": PRODUCTION}), account=PRODUCTION)).decision is IMPLICITLY


def test_bucket_whose_policy_could_not_be_read_may_allow_and_deny() -> None:
    unread = Called(account_id=JUMP, policy=Policy(name="bucket logs", document={}))
    assert got(member(ALL), unread).decision is UNKNOWN
    assert got(member(), unread).decision is UNKNOWN
    assert got(member(policy(deny())), unread).decision is DENIED


def test_bucket_that_names_a_canonical_user_may_mean_anybody() -> None:
    assert got(member(), bucket(lets_in({"CanonicalUser": "79a59d"}))).decision is UNKNOWN


def test_thing_of_another_account_is_unknown_while_nobody_gives_its_policy() -> None:
    queue = f"arn:aws:sqs:eu-west-1:{PRODUCTION}:jobs"
    assert got(member(ALL), action="sqs:SendMessage", resource=queue).decision is UNKNOWN
    assert got(member(), action="sqs:SendMessage", resource=queue).decision is IMPLICITLY
    assert got(member(ALL), aws_ResourceAccount=PRODUCTION).unknown == (f"whether the account {PRODUCTION} lets in {JUMP}",)
    assert got(member(ALL), aws_ResourceAccount=JUMP).decision is ALLOWED


@pytest.mark.parametrize(
    ("statements", "own", "expected"),
    [
        ([], ALL, IMPLICITLY),
        ([{"AWS": JUMP}], ALL, ALLOWED),
        ([{"AWS": JUMP}], NOTHING, IMPLICITLY),
        ([{"AWS": MEMBER}], NOTHING, ALLOWED),
        ([{"AWS": f"arn:aws:iam::{JUMP}:user/member02"}], ALL, IMPLICITLY),
    ],
)
def test_key_is_used_by_whom_its_own_policy_lets(statements: list[Any], own: Policy, expected: Decision) -> None:
    bodies = [{"Effect": "Allow", "Principal": who, "Action": "kms:*", "Resource": "*"} for who in statements]
    key = Called(account_id=JUMP, policy=policy(*bodies, name="key"))
    assert got(member(own), key, action="kms:Decrypt", resource=KEY).decision is expected


def test_key_whose_policy_nobody_gives_is_unknown_to_whom_may_use_it_as_far_as_they_are_concerned() -> None:
    assert got(member(ALL), action="kms:Decrypt", resource=KEY).unknown == (KEY_UNREAD,)
    assert got(member(), action="kms:Decrypt", resource=KEY).decision is IMPLICITLY
    assert got(member(policy(deny("kms:*"))), action="kms:Decrypt", resource=KEY).decision is DENIED
    assert got(member(ALL), action="kms:ListKeys", resource="*").decision is ALLOWED


QUEUE = f"arn:aws:sqs:eu-west-1:{JUMP}:jobs"
ABROAD = f"arn:aws:sqs:eu-west-1:{PRODUCTION}:jobs"


def test_policy_of_a_thing_that_nobody_gives_may_let_in_and_keep_out_in_the_own_account() -> None:
    refused, allowed = (got(who, action="sqs:SendMessage", resource=QUEUE) for who in (member(), member(ALL)))
    assert (refused.decision, refused.unknown) == (IMPLICITLY, (THING_UNREAD,))
    assert (allowed.decision, allowed.unknown) == (ALLOWED, (THING_UNREAD,))


def test_policy_of_a_thing_turns_no_firm_answer() -> None:
    shut = (Level(name=ROOT, policies=()),)
    assert got(member(policy(deny("sqs:*"))), action="sqs:SendMessage", resource=QUEUE).unknown == ()
    assert got(replace(member(ALL), scps=shut), action="sqs:SendMessage", resource=QUEUE).unknown == ()
    assert got(member(), action="sqs:SendMessage", resource=ABROAD).unknown == ()
    assert got(member(), action="sqs:ListQueues", resource="*").unknown == ()
    assert got(member(ALL), action="ec2:StopInstances", resource=f"arn:aws:ec2:eu-west-1:{JUMP}:instance/i-1").unknown == ()
    assert got(member(ALL), bucket(lets_in("*", "Deny"))).unknown == ()


def test_role_knows_what_it_is_to_a_switch() -> None:
    target: Role = role(trusting("*"))
    assert target.called == Called(account_id=PRODUCTION, policy=target.trust)
