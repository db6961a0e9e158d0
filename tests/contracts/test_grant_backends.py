"""What every grant backend keeps to, against AWS over HTTP: three verbs, each safe to call twice."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from access_requests.grants import entry_fence
from access_requests.grants.contract import Grant, GrantBackend, GrantedRole, Seen
from access_requests.grants.executions import StepClient
from access_requests.grants.registry import backend_of
from portal.aws.errors import BackendBusy, BackendError, BackendRefused
from tests.worlds.cast import iam_user_id
from tests.worlds.jump import MEMBER_GROUP, MEMBER_TAG, Jump

ROLE = GrantedRole(pk=0, name="Prod_MemberRole", arn="arn:aws:iam::444444444444:role/Prod_MemberRole")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A backend, a grant for member01 until half past five, and a worker's way to AWS."""

    way: GrantBackend[Any]
    grant: Grant
    aws: StepClient
    jump: Jump

    def give(self) -> None:
        self.way.give(self.grant, self.aws)

    def take(self) -> None:
        self.way.take(self.grant, self.aws)

    def look(self) -> Seen:
        return self.way.look(self.grant, self.aws)

    def shown(self) -> tuple[bool, str | None]:
        seen = self.look()
        return seen.membership, seen.ttl


# What holds of tags, fences and IAM users only.
@pytest.fixture(params=["iam_group"])
def case(request: pytest.FixtureRequest, jump: Jump) -> Case:
    grant = Grant(
        elevation="E-TEST",
        user_name="member01",
        user_id=iam_user_id("member01"),
        group=MEMBER_GROUP,
        roles=(ROLE,),
        ends_at=jump.clock.now + timedelta(minutes=30),
    )
    return Case(way=backend_of(request.param), grant=grant, aws=jump.caller(), jump=jump)


GIVEN, NOTHING = (True, "2026-11-23T05:30:00Z"), (False, None)


# Each verb, once and twice


def test_nothing_is_shown_before_anything_is_given(case: Case) -> None:
    assert case.shown() == NOTHING


def test_what_is_given_is_shown_and_giving_again_changes_nothing(case: Case) -> None:
    for _ in range(2):
        case.give()
        assert case.shown() == GIVEN
    assert case.jump.members() == {"member01"}


def test_what_is_taken_is_gone_and_taking_again_changes_nothing(case: Case) -> None:
    case.give()
    for _ in range(2):
        case.take()
        assert case.shown() == NOTHING


def test_taking_what_was_never_given_is_done(case: Case) -> None:
    case.take()
    assert case.shown() == NOTHING


def test_taken_is_given_anew(case: Case) -> None:
    case.give()
    case.take()
    case.give()
    assert case.shown() == GIVEN


def test_later_end_overwrites_the_earlier_one(case: Case) -> None:
    case.give()
    later = replace(case.grant, ends_at=case.grant.ends_at + timedelta(hours=1))
    case.way.give(later, case.aws)
    assert case.shown() == (True, "2026-11-23T06:30:00Z")


def test_look_changes_nothing(case: Case) -> None:
    case.give()
    case.jump.proxy.forget()
    case.look()
    assert all(action.startswith(("Get", "List")) for action in case.jump.proxy.actions)


def test_look_says_when_it_looked_and_what_each_fence_says(case: Case) -> None:
    seen = case.look()
    assert (seen.at, seen.entry_fence, seen.session_gate) == (case.jump.clock.now, {ROLE.name: None}, None)
    entry_fence.put(case.aws, user_name="member01", role=ROLE, until=case.grant.ends_at, window="")
    assert case.look().entry_fence == {ROLE.name: "2026-11-23T05:30:00Z"}


STATEMENT: dict[str, object] = {
    "Effect": "Deny",
    "Action": "sts:AssumeRole",
    "Resource": ROLE.arn,
    "Condition": {"DateGreaterThan": {"aws:CurrentTime": "2026-11-23T05:30:00Z"}},
}


@pytest.mark.parametrize(
    "statements",
    [
        [{**STATEMENT, "Effect": "Allow"}],
        [{**STATEMENT, "Resource": "arn:aws:iam::444444444444:role/Prod_LeaderRole"}],
        [{**STATEMENT, "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-11-23T05:30:00Z"}}}],
        [{name: STATEMENT[name] for name in ("Effect", "Action", "Resource")}],
        [STATEMENT, {**STATEMENT, "Effect": "Allow", "Action": "*"}],
    ],
    ids=["allow", "another role", "before instead of after", "no condition", "one statement more"],
)
def test_fence_that_somebody_edited_is_not_taken_for_one(case: Case, statements: list[object]) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    case.jump.iam.put_user_policy(UserName="member01", PolicyName="sekisho-entry-Prod_MemberRole", PolicyDocument=document)
    assert case.look().entry_fence == {ROLE.name: None}


# Beside what else is there


def test_taking_leaves_other_groups_tags_and_people(case: Case) -> None:
    iam = case.jump.iam
    iam.tag_user(UserName="member01", Tags=[{"Key": f"Other{number}", "Value": "42"} for number in range(49)])
    iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="member02")
    groups, tags = case.jump.groups(), case.jump.tags()
    case.give()
    assert case.shown() == GIVEN
    case.take()
    assert (case.jump.groups(), case.jump.tags()) == (groups, tags)
    assert case.jump.members() == {"member02"}


def test_tag_that_is_no_time_is_shown_as_it_is(case: Case) -> None:
    case.give()
    case.jump.iam.tag_user(UserName="member01", Tags=[{"Key": MEMBER_TAG.upper(), "Value": "for ever"}])
    assert case.shown() == (True, "for ever")
    case.take()
    assert case.shown() == NOTHING


def test_member_is_found_beyond_the_first_page(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("access_requests.grants.iam_group.backend.PAGE", 3)
    crowd(case, 10)
    case.give()
    assert case.shown() == GIVEN
    case.take()
    assert case.shown() == NOTHING
    assert len(case.jump.members()) == 10


@pytest.mark.parametrize("others", [1, 30, 130])
def test_calls_do_not_grow_with_the_people_in_production(case: Case, others: int) -> None:
    crowd(case, others)
    counts = []
    for verb in (case.give, case.look, case.take, case.look):
        case.jump.proxy.forget()
        verb()
        counts.append(case.jump.proxy.count())
    assert counts == [2, 3, 3, 3]


def crowd(case: Case, number: int) -> None:
    """Put so many others into the group, whose names come first."""
    for name in (f"a{index:03}" for index in range(number)):
        case.jump.iam.create_user(UserName=name)
        case.jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName=name)


# The person changed meanwhile


def test_renamed_user_is_shown_and_taken(case: Case) -> None:
    case.give()
    case.jump.rename("member01", "member99")
    assert case.shown() == GIVEN
    case.take()
    assert case.jump.members() == set()
    assert MEMBER_TAG not in case.jump.tags("member99")


def test_user_made_again_under_the_name_is_shown_and_taken(case: Case) -> None:
    case.jump.delete_user("member01")
    case.jump.iam.create_user(UserName="member01")
    case.jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="member01")
    assert case.look().membership
    case.take()
    assert case.jump.members() == set()


def test_deleted_user_is_shown_absent_and_cannot_be_given_anything(case: Case) -> None:
    case.jump.delete_user("member01")
    assert case.shown() == NOTHING
    case.take()
    with pytest.raises(BackendRefused, match="NoSuchEntity"):
        case.give()


def test_deleted_group_has_no_members_and_takes_none(case: Case) -> None:
    case.jump.iam.delete_group_policy(GroupName=MEMBER_GROUP, PolicyName="SwitchRole")
    case.jump.iam.delete_group(GroupName=MEMBER_GROUP)
    with pytest.raises(BackendRefused, match="NoSuchEntity"):
        case.give()
    case.take()
    assert case.shown() == NOTHING


# Reads that lag behind


def test_stale_read_never_shows_a_grant_that_is_not_there(case: Case) -> None:
    case.look()
    case.jump.proxy.lag_reads(seconds=60)
    case.give()
    assert not case.look().membership


def test_stale_read_keeps_nobody_in(case: Case) -> None:
    case.look()
    case.give()
    case.jump.proxy.lag_reads(seconds=60)
    case.take()
    assert case.jump.members() == set()


def test_stale_read_that_shows_a_member_keeps_the_tag_until_it_does_not(case: Case) -> None:
    case.give()
    case.look()
    case.jump.proxy.lag_reads(seconds=60)
    with pytest.raises(BackendBusy, match="still_a_member"):
        case.take()
    assert MEMBER_TAG in case.jump.tags()
    case.jump.proxy.heal()
    case.take()
    assert case.shown() == NOTHING


# Faults


VERBS: dict[str, Callable[[Case], object]] = {"give": Case.give, "take": Case.take, "look": Case.look}


@pytest.mark.parametrize("verb", VERBS)
def test_errors_are_divided_by_who_acts_next_and_leave_a_verb_that_can_be_done_again(case: Case, verb: str) -> None:
    case.give()
    for status, code, divided in FAULTS:
        case.jump.proxy.refuse(status=status, code=code)
        with pytest.raises(BackendError) as trouble:
            VERBS[verb](case)
        assert (type(trouble.value), trouble.value.problem) == (divided, code)
        # What is denied may be so because the group is gone: one read more tells.
        assert code in {call.outcome for call in case.aws.calls[-2:]}
    VERBS[verb](case)
    assert case.shown() == (NOTHING if verb == "take" else GIVEN)


FAULTS: tuple[tuple[int, str, type[BackendError]], ...] = (
    (400, "Throttling", BackendBusy),
    (500, "InternalFailure", BackendBusy),
    (503, "ServiceUnavailable", BackendBusy),
    (504, "NeverHeardOf", BackendBusy),
    (409, "ConcurrentModification", BackendBusy),
    (403, "ExpiredToken", BackendBusy),
    (403, "AccessDenied", BackendRefused),
    (409, "LimitExceeded", BackendRefused),
    (403, "InvalidClientTokenId", BackendRefused),
    (400, "ValidationError", BackendRefused),
)


@pytest.mark.parametrize("verb", ["give", "take"])
def test_lost_answer_is_nobodys_certainty_and_the_verb_can_be_done_again(case: Case, verb: str) -> None:
    if verb == "take":
        case.give()
    for nth in range(2):
        case.jump.lose_answer(("TagUser", "AddUserToGroup")[nth] if verb == "give" else ("RemoveUserFromGroup", "UntagUser")[nth])
        case = replace(case, aws=case.jump.caller())  # Whoever is patient would wait longer.
        with pytest.raises(BackendBusy, match="ReadTimeoutError"):
            VERBS[verb](case)
    VERBS[verb](case)
    assert case.shown() == (GIVEN if verb == "give" else NOTHING)


@pytest.fixture
def nobody_listens(case: Case) -> Iterator[Case]:
    """A worker whose AWS is not there at all."""
    client = case.aws.client
    client.meta.events.register("before-send.iam", _to_nowhere)
    yield case
    client.meta.events.unregister("before-send.iam", _to_nowhere)


def _to_nowhere(request: object, **_kwargs: object) -> None:
    request.url = "http://127.0.0.1:1/"  # type: ignore[attr-defined]  # botocore's prepared request.


def test_unreachable_aws_is_asked_again_later(nobody_listens: Case) -> None:
    with pytest.raises(BackendBusy, match="EndpointConnectionError"):
        nobody_listens.look()
