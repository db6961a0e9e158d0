"""Who is in a session gate, from when and until when: from the database alone."""

from datetime import datetime, timedelta

import pytest

from access_requests.errors import RoleFull
from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation, RoleGate, TargetRole, WorkGroup
from access_requests.policy.facts import FullRole
from access_requests.services.elevations import gates
from portal.iam.fences import iso
from portal.iam.session_gate import Line
from portal.users.models import User
from tests.worlds.cast import Cast, add_person, let_portal_in
from tests.worlds.clock import Clock
from tests.worlds.story import approved, elevated, refused, submitted, taken_for_given

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def role(cast: Cast) -> TargetRole:
    let_portal_in(cast.production)
    return TargetRole.objects.get(name="Prod_MemberRole")


@pytest.fixture
def second_group(cast: Cast, role: TargetRole) -> WorkGroup:
    """Another way to the same role."""
    group = WorkGroup.objects.create(name="ProdNightWorkGroup", policy=cast.one_lead, everyone_may_request=True)
    group.target_roles.set([role])
    return group


def had(
    person: User, cast: Cast, *, begins: datetime, minutes: int, group: str = "ProdMemberWorkGroup", **fields: object
) -> Elevation:
    """Return an elevation that is or was in AWS, as the fields say."""
    elevation = elevated(person, cast.leader01, now=begins, duration_minutes=minutes, work_groups=[group])
    taken_for_given(elevation, now=begins)
    Elevation.objects.filter(pk=elevation.pk).update(**fields)
    elevation.refresh_from_db()
    return elevation


def ran_out(elevation: Elevation) -> Elevation:
    stopped = {"stopped_at": elevation.ends_at, "stop_reason": "expired", "ended_at": elevation.ends_at + timedelta(seconds=2)}
    Elevation.objects.filter(pk=elevation.pk).update(status=ElevationStatus.ENDED, **stopped)
    return elevation


def stopped(elevation: Elevation, at: datetime, ended_at: datetime) -> Elevation:
    fields = {"stopped_at": at, "stop_reason": "stopped", "ended_at": ended_at}
    Elevation.objects.filter(pk=elevation.pk).update(status=ElevationStatus.ENDED, **fields)
    return elevation


def test_nobody_is_in_a_gate_at_rest(role: TargetRole, now: datetime) -> None:
    assert gates.lines(role, now=now) == []


def test_person_is_let_in_from_the_beginning_of_the_grant_to_the_end(role: TargetRole, cast: Cast, now: datetime) -> None:
    had(cast.member01, cast, begins=now, minutes=30, granting_at=now + timedelta(seconds=3))
    expected = Line(user_name="member01", since=now + timedelta(seconds=3), until=now + 30 * MINUTE)
    assert gates.lines(role, now=now) == [expected]


@pytest.mark.parametrize("status", ["scheduled", "revoking", "ended", "cancelled"])
def test_only_what_is_being_given_or_is_given_counts(role: TargetRole, cast: Cast, now: datetime, status: str) -> None:
    had(cast.member01, cast, begins=now, minutes=30, status=status, stopped_at=now, ended_at=now)
    assert gates.lines(role, now=now) == []


def test_what_is_over_by_the_clock_does_not_count_though_no_worker_came(role: TargetRole, cast: Cast, now: datetime) -> None:
    had(cast.member01, cast, begins=now, minutes=30)
    assert gates.lines(role, now=now + 30 * MINUTE) == []


def test_two_windows_of_a_person_are_one_line_to_the_later_end(
    role: TargetRole, second_group: WorkGroup, cast: Cast, now: datetime
) -> None:
    had(cast.member01, cast, begins=now, minutes=30)
    had(cast.member01, cast, begins=now + 10 * MINUTE, minutes=60, group=second_group.name)
    assert gates.lines(role, now=now + 15 * MINUTE) == [Line(user_name="member01", since=now, until=now + 70 * MINUTE)]


def test_window_that_ran_out_under_another_leaves_its_sessions_alone(
    role: TargetRole, second_group: WorkGroup, cast: Cast, now: datetime
) -> None:
    first = had(cast.member01, cast, begins=now, minutes=30)
    had(cast.member01, cast, begins=now + 10 * MINUTE, minutes=60, group=second_group.name)
    before = gates.lines(role, now=now + 30 * MINUTE)
    ran_out(first)
    # Whether a worker came to settle it makes no difference.
    assert gates.lines(role, now=now + 31 * MINUTE) == before == [Line(user_name="member01", since=now, until=now + 70 * MINUTE)]


def test_window_that_was_stopped_takes_its_sessions_with_it_under_another(
    role: TargetRole, second_group: WorkGroup, cast: Cast, now: datetime
) -> None:
    first = had(cast.member01, cast, begins=now, minutes=30)
    had(cast.member01, cast, begins=now + 10 * MINUTE, minutes=60, group=second_group.name)
    stopped(first, now + 20 * MINUTE, now + 20 * MINUTE)
    (line,) = gates.lines(role, now=now + 21 * MINUTE)
    assert line.since == now + 10 * MINUTE


def test_stopped_sessions_stay_shut_out_when_the_person_is_granted_again(role: TargetRole, cast: Cast, now: datetime) -> None:
    stopped(had(cast.member01, cast, begins=now, minutes=30), now + 5 * MINUTE, now + 5 * MINUTE + timedelta(seconds=2))
    had(cast.member01, cast, begins=now + 6 * MINUTE, minutes=30)
    (line,) = gates.lines(role, now=now + 7 * MINUTE)
    assert line.since == now + 6 * MINUTE


def test_grant_in_the_second_of_an_end_begins_with_the_next_second(role: TargetRole, cast: Cast, now: datetime) -> None:
    end = now + 5 * MINUTE + timedelta(milliseconds=100)
    stopped(had(cast.member01, cast, begins=now, minutes=30), end, end)
    had(cast.member01, cast, begins=end + timedelta(milliseconds=500), minutes=30)
    (line,) = gates.lines(role, now=now + 7 * MINUTE)
    assert line.since == now + 5 * MINUTE + timedelta(seconds=1)


def test_one_persons_windows_say_nothing_of_anothers(role: TargetRole, cast: Cast, now: datetime) -> None:
    ran_out(had(cast.member02, cast, begins=now, minutes=30))
    had(cast.member01, cast, begins=now + 10 * MINUTE, minutes=30)
    (line,) = gates.lines(role, now=now + 11 * MINUTE)
    assert (line.user_name, line.since) == ("member01", now + 10 * MINUTE)


def test_full_gate_refuses_one_more_before_anything_is_given(
    role: TargetRole, cast: Cast, prod_member: WorkGroup, clock: Clock
) -> None:
    now = clock.now
    for number in range(20):
        had(add_person(f"engineer{number:02}"), cast, begins=now + timedelta(seconds=number), minutes=30 + number)
    assert gates.full_role(prod_member, user_name="member01", until=now + HOUR, now=now) is None
    taken = gates.size(gates.lines(role, now=now))
    RoleGate.objects.update_or_create(role=role, defaults={"others_size": 10_240 - taken})
    full = gates.full_role(prod_member, user_name="member01", until=now + HOUR, now=now)
    assert full == FullRole(role="production/Prod_MemberRole", people=20)


def test_as_many_more_people_fit_in_as_is_said(role: TargetRole, now: datetime) -> None:
    assert gates.more_people(role) is None
    gate = RoleGate.objects.create(role=role, others_size=2_000)
    assert gates.more_people(role) is None
    gate.read_at = now
    said = gates.more_people(role) or 0
    people = [Line(user_name=f"first.last-{n:04}", since=now + n * HOUR, until=now + (n + 1) * HOUR) for n in range(said + 2)]
    assert gates.size(people[:said]) <= 10_240 - 2_000 < gates.size(people)
    gate.lines = [{"user_name": line.user_name, "since": iso(line.since), "until": iso(line.until)} for line in people[:10]]
    assert gates.more_people(role) == said - 10
    gate.others_size = 10_300
    assert gates.more_people(role) == 0


def test_gate_costs_four_queries_however_many_people_are_in(
    role: TargetRole, cast: Cast, now: datetime, django_assert_num_queries: object
) -> None:
    for number in range(5):
        had(add_person(f"engineer{number:02}"), cast, begins=now, minutes=30)
    with django_assert_num_queries(4):  # type: ignore[operator]
        assert len(gates.lines(role, now=now)) == 5


def test_last_approval_is_refused_while_the_gate_is_full_and_nothing_is_written(
    role: TargetRole, cast: Cast, prod_member: WorkGroup, now: datetime
) -> None:
    had(cast.member02, cast, begins=now, minutes=30)
    request = submitted(cast.member01, now=now)
    RoleGate.objects.update_or_create(role=role, defaults={"others_size": 9_900})
    with refused(RoleFull):
        approved(request, cast.leader01, now=now)
    RoleGate.objects.update(others_size=0)
    approved(request, cast.leader01, now=now)
    assert Elevation.objects.filter(person=cast.member01).exists()
