"""Every way to grant, from the request to the end, while AWS is in trouble: each fault, at each call that the way makes.

AWS says no in its own words here, in the protocol of each service; what runbooks call is called too.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import settings
from pytest_django import Settings

from access_requests.models import Elevation, WorkGroup
from access_requests.services.elevations import change_requests
from portal.aws import sessions
from portal.simulated_aws import control
from portal.users.models import User
from tests.waiting import until
from tests.worlds.cast import add_person, iam_user_id
from tests.worlds.identity_center import GROUP as IDENTITY_CENTER
from tests.worlds.identity_center import Directory
from tests.worlds.jump import MEMBER_GROUP
from tests.worlds.runbooked import AUTOMATION_GROUP, CHANGE_GROUP, Runbooked
from tests.worlds.story import approved, returned, submitted, withdrawn

SECONDS = 60.0
IAM = ("TagUser", "AddUserToGroup")
# What each way calls to give, and to take.
GIVING = {
    MEMBER_GROUP: ("GetUser", "PutUserPolicy", "PutRolePolicy", *IAM, "GetGroup", "ListUserTags"),
    AUTOMATION_GROUP: (
        "PutUserPolicy",
        "GetDocument",
        "StartAutomationExecution",
        "GetAutomationExecution",
        *IAM,
        "ListGroupsForUser",
    ),
    CHANGE_GROUP: ("GetDocument", "StartChangeRequestExecution", "GetAutomationExecution", "SendAutomationSignal", *IAM),
    IDENTITY_CENTER: ("ListInstances", "GetGroupId", "CreateGroupMembership", "IsMemberInGroups"),
}
BY_RUNBOOK = ("GetDocument", "StartAutomationExecution", "GetAutomationExecution", "RemoveUserFromGroup", "UntagUser", "GetGroup")
TAKING = {
    MEMBER_GROUP: ("PutUserPolicy", "PutRolePolicy", "RemoveUserFromGroup", "UntagUser", "GetGroup"),
    AUTOMATION_GROUP: BY_RUNBOOK,
    CHANGE_GROUP: BY_RUNBOOK,
    IDENTITY_CENTER: ("ListInstances", "GetGroupMembershipId", "DeleteGroupMembership", "IsMemberInGroups"),
}
WAYS = tuple(GIVING)
BY_IAM = (MEMBER_GROUP, AUTOMATION_GROUP, CHANGE_GROUP)
PASSING = ("throttle", "error", "unavailable", "timeout")
# Each kind of fault and each way once: every change is tried with these.
USUAL = {
    *((MEMBER_GROUP, kind) for kind in ("throttle", "timeout", "denied")),
    *((AUTOMATION_GROUP, "error"), (CHANGE_GROUP, "unavailable"), (IDENTITY_CENTER, "timeout")),
}
# What AWS takes longer for than its caller waits.
IMPATIENT, SLOW = 0.3, 0.8


# The ways by runbook read back as IAM groups do.
UNLIKE = [pytest.param(group, marks=() if group in (MEMBER_GROUP, IDENTITY_CENTER) else pytest.mark.exhaustive) for group in WAYS]


def each(kinds: Sequence[str]) -> list[object]:
    """Return each way with each kind of fault; all but the usual ones are exhaustive."""
    return [
        pytest.param(group, kind, marks=() if (group, kind) in USUAL else pytest.mark.exhaustive)
        for group in WAYS
        for kind in kinds
    ]


@dataclass(frozen=True, kw_only=True)
class Way:
    """A work group and its world, with the workers' sweep at hand."""

    group: str
    world: Runbooked
    directory: Directory | None = None

    def elevated(self) -> Elevation:
        jump = self.world.world.jump
        request = submitted(jump.cast.member01, now=jump.clock.now, work_groups=[self.group], duration_minutes=240)
        approved(request, jump.cast.leader01, now=jump.clock.now)
        return Elevation.objects.get(request=request)

    def granted(self) -> Elevation:
        elevation = self.elevated()
        self.swept(elevation, "active")
        return elevation

    def sweep(self) -> None:
        """Do what is due a minute later, when whatever was put off is due again."""
        jump = self.world.world.jump
        jump.clock.forward(seconds=61)
        for _task, pk in list(change_requests.due(now=jump.clock.now)):
            change_requests.follow(pk)
        jump.sweep()

    def swept(self, elevation: Elevation, *statuses: str) -> None:
        """Sweep until the elevation is in one of these states."""

        def is_there() -> bool:
            self.sweep()
            time.sleep(0.1)  # For what AWS does by itself.
            elevation.refresh_from_db()
            return elevation.status in statuses

        until(is_there, SECONDS)

    def fail_once(self, kind: str, actions: tuple[str, ...]) -> None:
        if kind == "timeout":
            settings.AWS_READ_TIMEOUT = IMPATIENT
            sessions.forget()
        for action in actions:
            self.world.fault(kind, action, times=1, **({"seconds": SLOW} if kind == "timeout" else {}))

    def unmet(self) -> list[str]:
        """Return the actions whose fault nobody has met."""
        aws = self.world.world.aws
        return [one["action"] for one in control.faults(endpoint=aws.endpoint_url, token=aws.control_token)]

    def over(self, elevation: Elevation) -> None:
        """Have its end come in a second."""
        Elevation.objects.filter(pk=elevation.pk).update(ends_at=self.world.world.jump.clock.now + timedelta(seconds=1))

    def members(self) -> set[str]:
        return self.world.world.jump.members(self.group) if self.directory is None else self.directory.members()

    def heal(self) -> None:
        self.world.heal()


@pytest.fixture
def way(group: str, runbooked: Runbooked, request: pytest.FixtureRequest) -> Iterator[Way]:
    directory = request.getfixturevalue("directory") if group == IDENTITY_CENTER else None
    made = Way(group=group, world=runbooked, directory=directory)
    yield made
    made.heal()


@pytest.mark.parametrize(("group", "kind"), each(PASSING))
def test_grant_outlasts_the_failure_of_each_call(way: Way, kind: str) -> None:
    way.fail_once(kind, GIVING[way.group])
    elevation = way.elevated()
    way.swept(elevation, "active", "ended")
    assert (elevation.status, way.members()) == ("active", {"member01"})
    assert way.unmet() == []
    assert len(way.world.change_requests()) == (1 if way.group == CHANGE_GROUP else 0)


@pytest.mark.parametrize(("group", "kind"), each([*PASSING, "denied"]))
def test_end_outlasts_the_failure_of_each_call(way: Way, kind: str) -> None:
    elevation = way.granted()
    way.fail_once(kind, TAKING[way.group])
    way.over(elevation)
    way.swept(elevation, "ended")
    assert (way.members(), way.world.world.jump.tags()) == (set(), {})
    # What is denied once has the portal do without Systems Manager.
    assert kind == "denied" or way.unmet() == []


@pytest.mark.parametrize("group", WAYS)
def test_denied_grant_leaves_nothing_behind(way: Way) -> None:
    way.world.fault("denied", "AddUserToGroup" if way.directory is None else "CreateGroupMembership", times=None)
    elevation = way.elevated()
    way.swept(elevation, "ended")
    assert (elevation.stop_reason, way.members(), way.world.world.jump.tags()) == ("grant_refused", set(), {})


@pytest.mark.parametrize("group", WAYS)
def test_outage_over_the_end_says_ended_only_after_aws_shows_it(way: Way) -> None:
    elevation = way.granted()
    way.world.fault("unavailable", None, times=None)
    way.over(elevation)
    for _ in range(4):
        way.sweep()
    elevation.refresh_from_db()
    assert elevation.status == "revoking"
    way.heal()
    way.swept(elevation, "ended")
    assert way.members() == set()


@pytest.mark.parametrize("group", UNLIKE)
def test_stale_reads_neither_grant_twice_nor_say_ended_too_early(way: Way) -> None:
    way.world.fault("stale", None, times=None, seconds=1)
    elevation = way.elevated()
    way.swept(elevation, "active")
    assert way.members() == {"member01"}
    way.over(elevation)
    way.swept(elevation, "ended")
    way.heal()
    assert way.members() == set()
    assert len(way.world.change_requests()) == (1 if way.group == CHANGE_GROUP else 0)


@pytest.mark.parametrize("group", BY_IAM)
def test_group_that_is_gone_refuses_the_grant_and_ends_nobody_else(way: Way) -> None:
    iam, group = way.world.world.jump.iam, way.group
    for policy in iam.list_group_policies(GroupName=group)["PolicyNames"]:
        iam.delete_group_policy(GroupName=group, PolicyName=policy)
    iam.delete_group(GroupName=group)
    elevation = way.elevated()
    way.swept(elevation, "ended")
    assert elevation.stop_reason == "grant_refused"
    assert way.world.world.jump.tags() == {}


@pytest.mark.parametrize("group", BY_IAM)
def test_user_made_again_is_not_who_was_approved(way: Way) -> None:
    jump = way.world.world.jump
    elevation = way.elevated()
    jump.delete_user("member01")
    jump.iam.create_user(UserName="member01")
    way.swept(elevation, "ended")
    assert (elevation.stop_reason, way.members()) == ("grant_refused", set())


@pytest.mark.parametrize("group", BY_IAM)
def test_eleventh_group_leaves_no_half_made_state(way: Way) -> None:
    jump = way.world.world.jump
    for number in range(10 - len(jump.groups())):
        jump.iam.create_group(GroupName=f"Other{number}")
        jump.iam.add_user_to_group(GroupName=f"Other{number}", UserName="member01")
    elevation = way.elevated()
    way.swept(elevation, "ended")
    assert (elevation.stop_reason, way.members(), jump.tags()) == ("grant_refused", set(), {})


# Calls

GATE_HOLDS = 20
# Reads that wait for what AWS does by itself: how many there are is a matter of time.
POLLS = frozenset({"GetAutomationExecution", "AssumeRole"})


@pytest.mark.parametrize("group", UNLIKE)
def test_calls_of_a_grant_and_of_an_end_are_as_many_with_300_people_in_production(way: Way, settings: Settings) -> None:
    # On a busy machine a call that takes too long would be made again, and counted.
    settings.AWS_READ_TIMEOUT = 30
    sessions.forget()
    counts = {others: counted(way, others) for others in (1, 30, 300)}
    assert counts[1] == counts[30] == counts[300]


def counted(way: Way, others: int) -> tuple[dict[str, int], dict[str, int]]:
    """Return the calls of a grant and of an end by their names, with so many others in production."""
    crowd(way, others)
    way.sweep()  # Gates that were never written.
    proxy = way.world.world.jump.proxy
    proxy.forget()
    elevation = way.elevated()
    if way.group == CHANGE_GROUP:
        way.world.follow()
    way.world.granted(elevation)
    given = calls_of(proxy.actions)
    proxy.forget()
    returned(elevation, way.world.world.jump.cast.member01, now=way.world.world.jump.clock.now)
    elevation.refresh_from_db()
    way.world.ended(elevation)
    return given, calls_of(proxy.actions)


def calls_of(actions: tuple[str, ...]) -> dict[str, int]:
    return {action: number for action, number in Counter(actions).items() if action not in POLLS}


def crowd(way: Way, others: int) -> None:
    """Have so many others in production: as many in this group as a gate holds, the rest in another one."""
    jump, now = way.world.world.jump, way.world.world.jump.clock.now
    request = submitted(jump.cast.leader02, now=now, work_groups=[MEMBER_GROUP])
    for number in range(User.objects.filter(username__startswith="other").count(), others):
        person = add_person(f"other{number:03}")
        here = number < GATE_HOLDS
        if here and way.directory is not None:
            way.directory.make_user(person.username)
            way.directory.add(person.username)
        elif here:
            jump.iam.create_user(UserName=person.username)
            jump.iam.add_user_to_group(GroupName=way.group, UserName=person.username)
        Elevation.objects.create(
            request=request,
            person=person,
            work_group=WorkGroup.objects.get(name=way.group) if here else jump.cast.prod_leader,
            iam_user_name=person.username,
            iam_user_id=iam_user_id(person.username),
            starts_at=now,
            ends_at=now + timedelta(days=2),
            status="active",
            granting_at=now,
            granted_at=now,
            written_ends_at=now + timedelta(days=2),
        )
    withdrawn(request, jump.cast.leader02, now=now)
