"""Random histories of who is let in when; after each step AWS's policies, evaluated, say what a model of windows says.

The model knows nothing of gates and fences: a session may act as long as windows that nobody ended early cover all the time from
its beginning until now; and a person may begin one while in a group that leads there, in such a window.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation, TargetRole, WorkGroup
from access_requests.services import sweep
from access_requests.services.elevations import aws_step, evaluating, lease, open_sessions, target_roles
from access_requests.services.elevations.gates import writing
from portal.iam import contexts
from portal.iam.account import Account
from portal.iam.evaluation import evaluate
from portal.iam.fences import entry_fence_name
from portal.iam.principals import Call
from portal.iam.switch import evaluate_switch
from portal.verbs.rejections import Rejection
from tests.stand_ins.iam_in_memory import JUMP, PRODUCTION, FakeIam
from tests.worlds.cast import Cast, iam_user_id, let_portal_in
from tests.worlds.clock import Clock
from tests.worlds.jump import TASKS
from tests.worlds.story import approved, extension_asked, returned, stopped, submitted

PEOPLE = ("member01", "member02")
LEADS_TO = {
    "ProdMemberWorkGroup": "Prod_MemberRole",
    "ProdNightWorkGroup": "Prod_MemberRole",
    "ProdLeaderWorkGroup": "Prod_LeaderRole",
}
BOTH_LEAD_TO_ONE_ROLE = ["ProdMemberWorkGroup", "ProdNightWorkGroup"]
ROLES = sorted(set(LEADS_TO.values()))
SECOND = timedelta(seconds=1)
INDEX = st.integers(0, 20)
MINUTES, BY_WHOM = st.integers(1, 30), st.sampled_from(("themselves", "admin01"))
WHO, GROUP, ROLE = st.sampled_from(PEOPLE), st.sampled_from(sorted(LEADS_TO)), st.sampled_from(ROLES)


@dataclass
class Window:
    group: str
    start: datetime
    end: datetime
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Session:
    who: str
    role: str
    issued_at: datetime


@dataclass
class Model:
    """Windows by person; both ends of a window belong to it."""

    windows: dict[str, list[Window]] = field(default_factory=lambda: {who: [] for who in PEOPLE})

    def covers(self, who: str, role: str, since: datetime, until: datetime) -> bool:
        """Whether windows to the role that nobody cut cover all the time between."""
        reached = since
        for window in sorted(self.windows[who], key=lambda window: window.start):
            if LEADS_TO[window.group] == role and not window.cut and window.start <= reached <= window.end:
                reached = max(reached, window.end)
        first = any(
            LEADS_TO[window.group] == role and not window.cut and window.start <= since <= window.end
            for window in self.windows[who]
        )
        return first and reached >= until

    def open(self, who: str, now: datetime) -> list[Window]:
        return [window for window in self.windows[who] if not window.cut and window.start <= now < window.end]


class Sessions(RuleBasedStateMachine):
    """`setting` is set by the test: the cast, the clock, and the IAM that workers call."""

    setting: "Setting"

    def __init__(self) -> None:
        super().__init__()
        self.cast, self.clock = self.setting.cast, self.setting.clock
        self.clock.now = self.setting.start
        self.iam = self.setting.iam = FakeIam(ids={name: iam_user_id(name) for name in PEOPLE}, leads_to=LEADS_TO)
        self.model, self.sessions = Model(), list[Session]()
        self.block = transaction.atomic()
        self.block._from_testcase = True  # type: ignore[attr-defined]  # As TestCase does: steps ask for durable transactions.
        self.block.__enter__()
        self._sweep()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    # What people do

    @rule(who=WHO, group=GROUP, minutes=MINUTES)
    def go_in(self, who: str, group: str, minutes: int) -> None:
        """Get access, and switch to the role at once."""
        person = getattr(self.cast, who)
        with suppress(Rejection):
            request = submitted(person, now=self.clock.now, work_groups=[group], duration_minutes=minutes)
            for approver in (self.cast.leader01, self.cast.admin01):
                with suppress(Rejection):
                    approved(request, approver, now=self.clock.now)
            self.model.windows[who].append(Window(group, self.clock.now, self.clock.now + timedelta(minutes=minutes)))
        self._sweep()
        self.switch(who, LEADS_TO[group])

    @precondition(lambda self: self._active())
    @rule(index=INDEX, minutes=MINUTES)
    def get_more_time(self, index: int, minutes: int) -> None:
        elevation = self._one(index)
        later = elevation.ends_at + timedelta(minutes=minutes)
        with suppress(Rejection):
            extension = extension_asked(elevation, elevation.person, ends_at=later, now=self.clock.now)
            for approver in (self.cast.leader01, self.cast.admin01):
                with suppress(Rejection):
                    approved(extension, approver, now=self.clock.now)
            self._window(elevation).end = later
        self._sweep()

    @precondition(lambda self: self._active())
    @rule(index=INDEX, by_whom=BY_WHOM)
    def go_out(self, index: int, by_whom: str) -> None:
        elevation = self._one(index)
        self._window(elevation).cut = True
        self._out(elevation, by_whom)
        self._sweep()

    @precondition(lambda self: self._active())
    @rule(index=INDEX, by_whom=BY_WHOM, minutes=MINUTES)
    def go_out_and_in_again(self, index: int, by_whom: str, minutes: int) -> None:
        elevation = self._one(index)
        self.go_out(index, by_whom)
        self.go_in(elevation.person.username, elevation.work_group.name, minutes)

    @precondition(lambda self: self._active())
    @rule(index=INDEX, minutes=MINUTES)
    def go_in_the_second_it_runs_out(self, index: int, minutes: int) -> None:
        """Wait for the end, and ask for a window that begins with it."""
        elevation = self._one(index)
        self.clock.now = elevation.ends_at - timedelta(seconds=1)
        self._sweep()
        self.go_in(elevation.person.username, elevation.work_group.name, minutes)

    @rule(who=WHO, group=GROUP, nth=st.integers(1, 12), by_whom=BY_WHOM)
    def go_out_while_a_call_of_the_grant_hangs(self, who: str, group: str, nth: int, by_whom: str) -> None:
        """The call lands after the end was read back. It lets nobody in, and leaves nothing once no writer can be left."""
        before = {row.pk for row in Elevation.objects.all()}
        self.iam.trouble = {nth: "late"}
        self.go_in(who, group, 30)
        self.iam.trouble = {}
        for elevation in Elevation.objects.exclude(pk__in=before).select_related("person", "work_group"):
            self._window(elevation).cut = True
            self._out(elevation, by_whom)
        self._sweep()
        self.iam.land()
        self.policies_say_what_the_model_says()
        self.clock.forward(seconds=(2 * lease.length()).total_seconds())
        self._sweep()

    @rule(who=WHO, groups=st.permutations(BOTH_LEAD_TO_ONE_ROLE), minutes=MINUTES, more=MINUTES)
    def go_in_twice_and_stay_beyond_the_first_end(self, who: str, groups: list[str], minutes: int, more: int) -> None:
        """Overlap two windows on one role: what began in the first goes on in the second."""
        self.go_in(who, groups[0], minutes)
        first_end = self.clock.now + timedelta(minutes=minutes)
        self.clock.forward(seconds=20)
        self.go_in(who, groups[1], minutes + more)
        self.policies_say_what_the_model_says()
        self.sessions_live_as_long_as_the_model_says()
        self.clock.now = max(self.clock.now, first_end)
        self._sweep()

    @rule(who=WHO, role=ROLE)
    def switch(self, who: str, role: str) -> None:
        """Begin a session, if AWS lets them."""
        if self._may_switch(self._account(JUMP), self._account(PRODUCTION), who, role, at=self.clock.now):
            self.sessions.append(Session(who=who, role=role, issued_at=self.clock.now))
        self._sweep()

    @rule(seconds=st.sampled_from((1, 59, 300, 1200)))
    def wait(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)
        self._sweep()

    # What somebody does in the console

    @rule(who=WHO, group=GROUP)
    def add_in_the_console(self, who: str, group: str) -> None:
        self.iam.members[group].add(who)

    @rule(who=WHO, group=GROUP)
    def remove_in_the_console(self, who: str, group: str) -> None:
        self.iam.members[group].discard(who)

    @rule(who=WHO, role=ROLE)
    def take_off_the_fence_in_the_console(self, who: str, role: str) -> None:
        self.iam.policies[who].pop(entry_fence_name(role), None)

    # What always holds

    @invariant()
    def policies_say_what_the_model_says(self) -> None:
        jump, production = self._account(JUMP), self._account(PRODUCTION)
        for who in PEOPLE:
            for role in ROLES:
                for at in self._instants(who):
                    in_group = any(who in self.iam.members[group] for group, leads in LEADS_TO.items() if leads == role)
                    expected = in_group and self.model.covers(who, role, self.clock.now, at)
                    assert self._may_switch(jump, production, who, role, at=at) == expected, (who, role, at)

    @invariant()
    def sessions_live_as_long_as_the_model_says(self) -> None:
        production = self._account(PRODUCTION)
        for session in self.sessions:
            for at in self._instants(session.who):
                expected = self.model.covers(session.who, session.role, session.issued_at, at)
                assert self._may_act(production, session, at=at) == expected, (session, at)

    def _instants(self, who: str) -> set[datetime]:
        """Return now, and the seconds around each end that is ahead."""
        ends = [window.end for window in self.model.windows[who]]
        around = {end + step for end in ends for step in (-SECOND, timedelta(), SECOND)}
        return {self.clock.now, *(at for at in around if at >= self.clock.now), self.clock.now + timedelta(days=1)}

    def _may_switch(self, jump: Account, production: Account, who: str, role_name: str, *, at: datetime) -> bool:
        """Whether they can switch and act: entry by both sides, then the gate."""
        user, role = jump.user(who), production.role(role_name)
        assert user is not None
        assert role is not None
        for changes in ({"mfa": False}, {"session_name": "somebody"}):
            assert evaluate_switch(jump, user, role, at=at, **changes).decision != "allowed"
        return evaluate_switch(jump, user, role, at=at).decision == "allowed"

    def _may_act(self, production: Account, session: Session, *, at: datetime) -> bool:
        role = production.role(session.role)
        assert role is not None
        context = contexts.of_session(
            role_arn=role.arn, role_id=role.role_id, session_name=session.who, issued_at=session.issued_at, at=at, mfa=True
        )
        call = Call(action="ec2:StopInstances", resource="*", context=context)
        return evaluate(role.session(session.who), call).allowed

    def _account(self, account_id: str) -> Account:
        return Account.parsed(account_id, [self.iam._get_account_authorization_details()])

    def _sweep(self) -> None:
        """Let workers do what is due, and a second pass, so that nothing else happens in the same one."""
        for _ in range(2):
            for due in (sweep.due_ends, sweep.due_grants):
                for task, object_id in list(due(now=self.clock.now)):
                    TASKS[task](object_id)
            self.clock.forward(seconds=1)

    def _active(self) -> list[Elevation]:
        rows = Elevation.objects.filter(status=ElevationStatus.ACTIVE, ends_at__gt=self.clock.now)
        return list(rows.select_related("person", "work_group").order_by("pk"))

    def _one(self, index: int) -> Elevation:
        active = self._active()
        return active[index % len(active)]

    def _out(self, elevation: Elevation, by_whom: str) -> None:
        if by_whom == "themselves":
            returned(elevation, elevation.person, now=self.clock.now)
        else:
            stopped(elevation, self.cast.admin01, now=self.clock.now)

    def _window(self, elevation: Elevation) -> Window:
        windows = self.model.open(elevation.person.username, self.clock.now)
        return next(window for window in windows if window.group == elevation.work_group.name)


class Setting:
    """What outlives one history: the cast, the clock, and the IAM of the history that is being told."""

    def __init__(self, cast: Cast, clock: Clock) -> None:
        self.cast, self.clock, self.start = cast, clock, clock.now
        self.iam = FakeIam(ids={})


@pytest.fixture
def setting(cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Setting]:
    made = Setting(cast, clock)
    let_portal_in(cast.production)
    night = WorkGroup.objects.create(name="ProdNightWorkGroup", policy=cast.one_lead, everyone_may_request=True)
    night.target_roles.set([TargetRole.objects.get(name="Prod_MemberRole")])
    jump = [(aws_step, "jump_iam"), (evaluating, "jump_iam")]
    for module, name in (*jump, *((module, "iam_of") for module in (evaluating, target_roles, writing))):
        monkeypatch.setattr(module, name, lambda *_role: made.iam)
    monkeypatch.setattr(open_sessions, "ssm_of", lambda *_where: made.iam)
    Sessions.setting = made
    yield made
    del Sessions.setting


def test_policies_in_aws_say_what_the_windows_say(setting: Setting) -> None:
    run_state_machine_as_test(
        Sessions,
        settings=settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)),
    )
