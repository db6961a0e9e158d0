"""What every grant backend keeps to, whatever it writes to: each has a case with a world of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import pytest
from pytest_django import Settings

from access_requests.grants import entry_fence
from access_requests.grants.contract import Change, Grant, GrantedRole, NothingKnown, Presence
from access_requests.grants.executions import GIVING, Execution, Purpose, StepClient
from access_requests.grants.registry import AnyBackend, backend_of
from access_requests.models import WorkGroup
from access_requests.services.elevations import aws_step
from portal.aws.errors import BackendBusy, UnderWay
from portal.iam.fences import iso
from tests.stand_ins.by_tag import backend as by_tag
from tests.waiting import until
from tests.worlds.cast import NAMES, iam_user_id, identity_center_user_id
from tests.worlds.identity_center import GROUP, Directory
from tests.worlds.jump import MEMBER_GROUP, MEMBER_ROLE, Jump
from tests.worlds.runbooked import AUTOMATION_GROUP, BACKENDS, CHANGE_GROUP, ROLES, Runbooked

SECONDS = 20.0
Verb = Callable[[Grant, StepClient], None]


@dataclass(frozen=True, kw_only=True)
class Known(NothingKnown):
    """What the portal has written down of a request, and of what AWS does by itself about it."""

    began_by: str = "R-TESTTEST"
    seen_so_far: tuple[Execution, ...] = ()

    def executions(self) -> tuple[Execution, ...]:
        return self.seen_so_far

    def change(self) -> Change:
        return Change(name="R-TESTTEST", details="### 変更対象", approval="leader01: approve")


@dataclass(frozen=True, kw_only=True)
class Case:
    """A grant for member01; `members` and `add` are an administrator's, `gives` is the call that lets in."""

    way: AnyBackend
    grant: Grant
    aws: StepClient
    jump: Jump
    members: Callable[[], set[str]]
    add: Callable[[str], object]
    gives: str
    taken: list[str] = field(default_factory=list)

    def give(self) -> None:
        """Let in, once the portal's own part is there: fences, which are the same in every backend that has any."""
        # Whoever was taken out is let in again by another request.
        request = f"R-0000000{len(self.taken)}" if self.taken else self.grant.request
        grant = replace(self.grant, request=request)
        for role in self.way.fenced(grant):
            entry_fence.put(self.aws, user_name="member01", role=role, until=grant.ends_at, window=grant.window)
        self._carry_on(self.way.give, grant, GIVING)

    def take(self) -> None:
        self._carry_on(self.way.take, self.grant, [Purpose.REMOVE])
        self.taken.append(self.grant.request)

    @property
    def presence(self) -> Presence:
        fences = {role.name: iso(self.grant.ends_at) for role in self.way.fenced(self.grant)}
        seen = self.way.look(self.way.of(self.grant, Known()), self.aws)
        return seen.presence(ttl=self.way.ttl(self.grant.ends_at), fences=fences)

    def _carry_on(self, verb: Verb, grant: Grant, purposes: Sequence[Purpose]) -> None:
        """Do it, and again while AWS is at it by itself, as the workers' sweeps do."""

        def is_done() -> bool:
            known = self.way.of(grant, Known(seen_so_far=tuple(self.aws.executions.values())))
            try:
                verb(self.way.follow(known, purposes, self.aws), self.aws)
            except UnderWay:
                return False
            return True

        until(is_done, SECONDS)


def _grant(jump: Jump, group: str, user_id: str, roles: tuple[GrantedRole, ...] = ()) -> Grant:
    return Grant(
        elevation="E-TEST",
        user_name="member01",
        user_id=user_id,
        group=group,
        roles=roles,
        ends_at=jump.clock.now + timedelta(minutes=30),
        request="R-TESTTEST",
    )


def of_iam_group(request: pytest.FixtureRequest) -> Case:
    jump: Jump = request.getfixturevalue("jump")
    return Case(
        way=backend_of("iam_group"),
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
        way=backend_of("identity_center"),
        grant=_grant(there.jump, GROUP, identity_center_user_id("member01")),
        aws=there.jump.caller(),
        jump=there.jump,
        members=there.members,
        add=there.add,
        gives="CreateGroupMembership",
    )


def by_runbook(group: str, gives: str, request: pytest.FixtureRequest) -> Case:
    world: Runbooked = request.getfixturevalue("runbooked")
    jump, role = world.world.jump, ROLES[group]
    arn = f"arn:aws:iam::444444444444:role/{role}"
    return Case(
        way=backend_of(BACKENDS[group]),
        grant=_grant(jump, group, iam_user_id("member01"), (GrantedRole(pk=0, name=role, arn=arn),)),
        aws=jump.caller(),
        jump=jump,
        members=lambda: jump.members(group),
        add=lambda name: jump.iam.add_user_to_group(GroupName=group, UserName=name),
        gives=gives,
    )


def of_ones_own(request: pytest.FixtureRequest) -> Case:
    """What a company adds: the package and this line of settings are all that the portal knows of it."""
    settings: Settings = request.getfixturevalue("settings")
    settings.GRANT_BACKENDS = {**settings.GRANT_BACKENDS, "tags": {"BACKEND": "tests.stand_ins.by_tag.ByTagBackend"}}
    jump: Jump = request.getfixturevalue("jump")
    role = GrantedRole(pk=0, name=MEMBER_ROLE, arn=f"arn:aws:iam::444444444444:role/{MEMBER_ROLE}")
    key = by_tag.key_of(MEMBER_GROUP)
    return Case(
        way=backend_of("tags"),
        grant=_grant(jump, MEMBER_GROUP, iam_user_id("member01"), (role,)),
        aws=jump.caller(),
        jump=jump,
        members=lambda: {name for name in NAMES if key in jump.tags(name)},
        add=lambda name: jump.iam.tag_user(UserName=name, Tags=[{"Key": key, "Value": "by hand"}]),
        gives="TagUser",
    )


CASES: dict[str, Callable[[pytest.FixtureRequest], Case]] = {
    "iam_group": of_iam_group,
    "identity_center": of_identity_center,
    "change_manager": partial(by_runbook, CHANGE_GROUP, "SendAutomationSignal"),
    "ssm_automation": partial(by_runbook, AUTOMATION_GROUP, "StartAutomationExecution"),
    "of one's own": of_ones_own,
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
    later = replace(case, grant=replace(case.grant, ends_at=case.grant.ends_at + timedelta(hours=1), request="R-TEST0001"))
    later.give()
    assert later.presence == Presence.PRESENT


def test_other_members_stay(case: Case) -> None:
    case.add("member02")
    case.give()
    case.take()
    assert case.members() == {"member02"}


def test_lost_answer_of_a_grant_leaves_one_that_can_be_given_again_or_taken(case: Case) -> None:
    case.jump.lose_answer(case.gives)
    with pytest.raises(BackendBusy):
        case.give()
    until(lambda: case.members() == {"member01"}, SECONDS)
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
