"""Random histories of few people and two groups, with AWS in trouble now and then; what must always hold is checked each time."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import combinations
from typing import TypeVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from access_requests.grants import ttl_tag
from access_requests.lifecycle import IN_AWS, STANDING, UNDECIDED, UNSETTLED, ElevationStatus
from access_requests.messages import Task
from access_requests.models import AccessRequest, Decision, Elevation
from access_requests.services import sweep
from access_requests.services.comparison import comparing
from access_requests.services.elevations import aws_step
from access_requests.services.people import people
from portal.iam.fences import iso
from portal.users.models import User
from portal.verbs.rejections import Rejection
from portal.verbs.run import run
from tests.stand_ins.iam_in_memory import FakeIam
from tests.worlds.cast import Cast, actor_of, iam_user_id
from tests.worlds.clock import Clock
from tests.worlds.jump import TASKS
from tests.worlds.story import (
    approved,
    assert_trail_tells,
    extension_asked,
    rejected,
    returned,
    sent_back,
    stopped,
    submitted,
    withdrawn,
)
from tests.worlds.told import write_down

PEOPLE = ("member01", "member02", "leader01", "leader02")
ROLES = {"ProdMemberWorkGroup": "Prod_MemberRole", "ProdLeaderWorkGroup": "Prod_LeaderRole"}
LONGEST = timedelta(minutes=240)
STANDING_MEMBERS = {"MemberGroup": {"member01", "member02"}, "LeaderGroup": {"leader01", "leader02"}}
INDEX = st.integers(0, 20)
WHO = st.sampled_from(PEOPLE)
GROUP = st.sampled_from(sorted(ROLES))
# Which calls of a sweep fail, and whether before or after their effect.
TROUBLE: st.SearchStrategy[dict[int, str]] = st.just({}) | st.dictionaries(
    st.integers(1, 20), st.sampled_from(("before", "after")), max_size=3
)
Row = TypeVar("Row")


class Histories(RuleBasedStateMachine):
    """`setting` is set by the test: the cast, the clock, and the IAM that workers call."""

    setting: "Setting"

    def __init__(self) -> None:
        super().__init__()
        self.cast, self.clock = self.setting.cast, self.setting.clock
        self.clock.now = self.setting.start
        self.iam = self.setting.iam = FakeIam(ids={name: iam_user_id(name) for name in PEOPLE})
        for group, names in STANDING_MEMBERS.items():
            self.iam.members[group] = set(names)
        self.block = transaction.atomic()
        self.block._from_testcase = True  # type: ignore[attr-defined]  # As TestCase does: steps ask for durable transactions.
        self.block.__enter__()
        write_down(now=self.clock.now)

    def teardown(self) -> None:
        for request in AccessRequest.objects.all():
            assert_trail_tells(request)
        for elevation in Elevation.objects.all():
            assert_trail_tells(elevation)
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # What people do

    @rule(who=WHO, group=GROUP, minutes=st.integers(5, 60), trouble=TROUBLE)
    def go_in(self, who: str, group: str, minutes: int, trouble: dict[int, str]) -> None:
        """The main road, so that much of a history is about people in production."""
        with suppress(Rejection):
            request = submitted(self._person(who), now=self.clock.now, work_groups=[group], duration_minutes=minutes)
            self._approve(request)
        self._sweep(trouble)

    @rule(who=WHO, group=GROUP, wait=st.integers(-1, 60), minutes=st.integers(1, 60))
    def ask(self, who: str, group: str, wait: int, minutes: int) -> None:
        starts_at = None if wait < 0 else self.clock.now + timedelta(minutes=wait)
        with suppress(Rejection):
            submitted(
                self._person(who),
                now=self.clock.now,
                work_groups=[group],
                starts_at=starts_at,
                duration_minutes=minutes,
            )

    @precondition(lambda self: self._pending())
    @rule(index=INDEX, who=st.sampled_from((*PEOPLE, "admin01")), verb=st.sampled_from((approved, approved, rejected, sent_back)))
    def decide(self, index: int, who: str, verb: object) -> None:
        assert callable(verb)
        with suppress(Rejection):
            verb(_one(self._pending(), index), self._person(who), now=self.clock.now)

    @precondition(lambda self: self._pending())
    @rule(index=INDEX)
    def approve_by_all(self, index: int) -> None:
        self._approve(_one(self._pending(), index))

    @precondition(lambda self: self._pending())
    @rule(index=INDEX)
    def withdraw(self, index: int) -> None:
        request = _one(self._pending(), index)
        withdrawn(request, request.requester, now=self.clock.now)

    @precondition(lambda self: self._open())
    @rule(index=INDEX, minutes=st.integers(1, 60), trouble=TROUBLE)
    def get_more_time(self, index: int, minutes: int, trouble: dict[int, str]) -> None:
        elevation = _one(self._open(), index)
        later = elevation.ends_at + timedelta(minutes=minutes)
        with suppress(Rejection):
            self._approve(extension_asked(elevation, elevation.person, ends_at=later, now=self.clock.now))
        self._sweep(trouble)

    @precondition(lambda self: self._open())
    @rule(index=INDEX, by_whom=st.sampled_from(("themselves", "admin01")), trouble=TROUBLE)
    def go_out(self, index: int, by_whom: str, trouble: dict[int, str]) -> None:
        elevation = _one(self._open(), index)
        if by_whom == "themselves":
            returned(elevation, elevation.person, now=self.clock.now)
        else:
            stopped(elevation, self.cast.admin01, now=self.clock.now)
        self._sweep(trouble)

    @rule(who=st.sampled_from(PEOPLE[:2]), trouble=TROUBLE)
    def shut_out_for_a_while(self, who: str, trouble: dict[int, str]) -> None:
        for verb in (people.disable, people.enable):
            run(lambda: verb(person=self._person(who), actor=actor_of(self.cast.admin01), now=self.clock.now))  # noqa: B023  At once.
            self._sweep(trouble)

    # What happens to workers

    @rule(seconds=st.sampled_from((1, 5, 60, 600, 1800)), trouble=TROUBLE)
    def wait(self, seconds: int, trouble: dict[int, str]) -> None:
        self.clock.forward(seconds=seconds)
        self._sweep(trouble)

    @rule(task=st.sampled_from(sorted({*TASKS} - {Task.GATE})), index=INDEX)
    def message(self, task: str, index: int) -> None:
        """One that came late, twice or forged."""
        if everything := list(Elevation.objects.order_by("pk")):
            TASKS[task](_one(everything, index).pk)

    @rule(who=WHO, group=GROUP, tag=st.sampled_from((None, "", "42")))
    def meddle_with_tag(self, who: str, group: str, tag: str | None) -> None:
        """Somebody edits a tag in the console."""
        key = ttl_tag.key(group)
        if key in self.iam.tags[who]:
            self.iam.tags[who].pop(key)
            self.iam.tags[who].update({key: tag} if tag is not None else {})

    @rule()
    def come_to_rest(self) -> None:
        """Let everything happen that can: then AWS has what is active, and nothing else."""
        for _ in range(50):
            self._sweep({})
            later = self._next()
            if later is None:
                break
            self.clock.now = max(self.clock.now, later)
        assert not Elevation.objects.filter(status__in=UNSETTLED - {ElevationStatus.SCHEDULED, ElevationStatus.ACTIVE}).exists()
        for group, role in ROLES.items():
            active = Elevation.objects.filter(status=ElevationStatus.ACTIVE, work_group__name=group)
            ends = {elevation.iam_user_name: iso(elevation.ends_at) for elevation in active}
            assert self.iam.members[group] == set(ends)
            assert {name: self.iam.fence(name, role) for name in PEOPLE if self.iam.fence(name, role)} == ends

    # What always holds

    @invariant()
    def nobody_is_in_aws_without_an_elevation_that_says_so(self) -> None:
        said = set(Elevation.objects.filter(status__in=IN_AWS).values_list("work_group__name", "iam_user_name"))
        assert {(group, name) for group in ROLES for name in self.iam.members[group]} <= said

    @invariant()
    def whoever_is_in_is_fenced_to_an_end_that_was_approved(self) -> None:
        for group, role in ROLES.items():
            for name in self.iam.members[group]:
                fence = self.iam.fence(name, role)
                assert fence is not None
                ends = Elevation.objects.filter(iam_user_name=name, work_group__name=group, status__in=IN_AWS)
                assert datetime.fromisoformat(fence) <= max(self.clock.now, *(elevation.ends_at for elevation in ends))

    @invariant()
    def windows_of_a_person_for_a_group_never_overlap(self) -> None:
        for first, second in combinations(Elevation.objects.filter(status__in=STANDING, ends_at__gt=self.clock.now), 2):
            if (first.person_id, first.work_group_id) == (second.person_id, second.work_group_id):
                assert first.ends_at <= second.starts_at or second.ends_at <= first.starts_at

    @invariant()
    def nobody_decided_on_their_own(self) -> None:
        assert all(
            decision.approver_id != decision.request.requester_id for decision in Decision.objects.select_related("request")
        )

    @invariant()
    def every_request_that_gave_access_was_approved_and_within_the_longest_time(self) -> None:
        for elevation in Elevation.objects.select_related("request"):
            assert elevation.request.status == "approved"
            assert elevation.request.ends_at is not None
            assert elevation.request.starts_at is not None
            assert elevation.request.ends_at - elevation.request.starts_at <= LONGEST

    @invariant()
    def what_the_trail_tells_is_what_the_tables_say(self) -> None:
        found = comparing.compare(now=self.clock.now)
        assert found.differences == []
        assert found.untold == 0

    @invariant()
    def standing_groups_are_as_they_were(self) -> None:
        assert {group: self.iam.members[group] for group in STANDING_MEMBERS} == STANDING_MEMBERS

    def _person(self, name: str) -> User:
        return User.objects.get(username=name)

    def _pending(self) -> list[AccessRequest]:
        return list(AccessRequest.objects.filter(status__in=UNDECIDED).order_by("pk"))

    def _open(self) -> list[Elevation]:
        return list(Elevation.objects.filter(status__in=STANDING).order_by("pk"))

    def _approve(self, request: AccessRequest) -> None:
        for who in ("leader01", "leader02", "admin01"):
            with suppress(Rejection):
                approved(request, self._person(who), now=self.clock.now)

    def _sweep(self, trouble: dict[int, str]) -> None:
        self.iam.trouble = dict(trouble)
        now = self.clock.now
        sweep.lapse_requests(now=now)
        for due in (sweep.due_ends, sweep.due_grants):
            for task, elevation_id in list(due(now=now)):
                TASKS[task](elevation_id)
        self.iam.trouble = {}

    def _next(self) -> datetime | None:
        """Return when the next thing is due that has not to wait for a start or an end."""
        again = Elevation.objects.filter(status__in=UNSETTLED, try_again_at__isnull=False).values_list("try_again_at", flat=True)
        fences = Elevation.objects.filter(fence_due_at__isnull=False).values_list("fence_due_at", flat=True)
        moving = Elevation.objects.filter(status__in=(ElevationStatus.GRANTING, ElevationStatus.REVOKING)).exists()
        moments = [moment for moment in (*again, *fences) if moment is not None]
        return min(moments) if moments else self.clock.now if moving else None


class Setting:
    """What outlives one history: the cast, the clock, and the IAM of the history that is being told."""

    def __init__(self, cast: Cast, clock: Clock) -> None:
        self.cast = cast
        self.clock = clock
        self.start = clock.now
        self.iam = FakeIam(ids={})


def _one(rows: list[Row], index: int) -> Row:
    return rows[index % len(rows)]


@pytest.fixture
def setting(cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Setting]:
    made = Setting(cast, clock)
    monkeypatch.setattr(aws_step, "jump_iam", lambda: made.iam)
    Histories.setting = made
    yield made
    del Histories.setting


def test_invariants_hold_through_any_history(setting: Setting) -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)),
    )
