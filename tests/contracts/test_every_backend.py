"""What every grant backend keeps to, whatever it writes to: each has a case with a world of its own."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from access_requests.grants.calls import Caller
from access_requests.grants.contract import Grant, GrantBackend, Presence
from access_requests.grants.errors import BackendBusy
from access_requests.grants.registry import backend
from access_requests.models import WorkGroup
from access_requests.services import aws_step
from tests.cast import iam_user_id, identity_center_user_id
from tests.identity_center import GROUP, Directory, directory
from tests.jump import MEMBER_GROUP, Jump, clock, jump, simulated_aws

__all__ = ["clock", "directory", "jump", "simulated_aws"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A grant for member01; `members` and `add` are an administrator's, `gives` is the call that lets in."""

    way: GrantBackend
    grant: Grant
    aws: Caller
    jump: Jump
    members: Callable[[], set[str]]
    add: Callable[[str], object]
    gives: str

    def give(self) -> None:
        self.way.give(self.grant, self.aws)

    def take(self) -> None:
        self.way.take(self.grant, self.aws)

    @property
    def presence(self) -> Presence:
        return self.way.look(self.grant, self.aws).presence(ttl=self.way.ttl(self.grant.ends_at), fences={})


def _grant(jump: Jump, group: str, user_id: str) -> Grant:
    return Grant(
        elevation="E-TEST",
        user_name="member01",
        user_id=user_id,
        group=group,
        # Fences and gates are the portal's in every backend.
        roles=(),
        ends_at=jump.clock.now + timedelta(minutes=30),
    )


def of_iam_group(request: pytest.FixtureRequest) -> Case:
    jump: Jump = request.getfixturevalue("jump")
    return Case(
        way=backend("iam_group"),
        grant=_grant(jump, MEMBER_GROUP, iam_user_id("member01")),
        aws=jump.caller(),
        jump=jump,
        members=jump.members,
        add=lambda name: jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName=name),
        gives="AddUserToGroup",
    )


def of_identity_center(request: pytest.FixtureRequest) -> Case:
    there: Directory = request.getfixturevalue("directory")
    return Case(
        way=backend("identity_center"),
        grant=_grant(there.jump, GROUP, identity_center_user_id("member01")),
        aws=there.jump.caller(),
        jump=there.jump,
        members=there.members,
        add=there.add,
        gives="CreateGroupMembership",
    )


CASES: dict[str, Callable[[pytest.FixtureRequest], Case]] = {
    "iam_group": of_iam_group,
    "identity_center": of_identity_center,
}


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param](request)


def test_nothing_is_there_before_anything_is_given(case: Case) -> None:
    assert case.presence == Presence.ABSENT


def test_what_is_given_is_there_and_giving_again_changes_nothing(case: Case) -> None:
    for _ in range(2):
        case.give()
        assert case.presence == Presence.PRESENT
    assert case.members() == {"member01"}


def test_what_is_taken_is_gone_and_taking_again_changes_nothing(case: Case) -> None:
    case.give()
    for _ in range(2):
        case.take()
        assert case.presence == Presence.ABSENT
    assert case.members() == set()


def test_what_was_never_given_can_be_taken_and_what_was_taken_given(case: Case) -> None:
    case.take()
    case.give()
    case.take()
    case.give()
    assert case.presence == Presence.PRESENT


def test_later_end_is_given_over_the_earlier_one(case: Case) -> None:
    case.give()
    later = replace(case, grant=replace(case.grant, ends_at=case.grant.ends_at + timedelta(hours=1)))
    later.give()
    assert later.presence == Presence.PRESENT


def test_other_members_stay(case: Case) -> None:
    case.add("member02")
    case.give()
    case.take()
    assert case.members() == {"member02"}


def test_lost_answer_of_a_grant_leaves_one_that_can_be_given_again_or_taken(case: Case) -> None:
    case.jump.proxy.lose_answer(case.gives)
    with pytest.raises(BackendBusy):
        case.give()
    assert case.members() == {"member01"}
    case.give()
    case.take()
    assert case.members() == set()


def test_every_call_is_made_under_the_lease_and_written_down(case: Case) -> None:
    renewed: list[int] = []
    case.aws.before_each = lambda: renewed.append(1)
    case.jump.proxy.forget()
    case.give()
    case.take()
    made = [action for action in case.jump.proxy.actions if action != "AssumeRole"]
    assert [call.action for call in case.aws.calls] == made
    assert len(renewed) == len(made)


def test_roles_of_a_grant_are_those_of_the_catalogue(directory: Directory) -> None:
    (role,) = aws_step.roles_of(WorkGroup.objects.get(name=GROUP))
    assert role.arn == f"arn:aws:iam::444444444444:role/aws-reserved/sso.amazonaws.com/ap-northeast-1/{role.name}"
