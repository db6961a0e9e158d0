"""What crash tests have in common: a worker to kill, time that passes, and what must be true in the end."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from access_requests.grants import ttl_tag
from access_requests.lifecycle import ElevationStatus
from access_requests.messages import Task
from access_requests.models import AutomationExecution, Elevation, PersonLease, RoleGate
from portal.iam.fences import entry_fence_name
from portal.iam.session_gate import SESSION_GATE_NAME, lines_of
from tests.preloaded import Preloaded
from tests.stand_ins.aws import Aws
from tests.stand_ins.aws_proxy import AwsProxy
from tests.waiting import until
from tests.worker import Broker, Program, launch_worker
from tests.worlds.cast import Cast
from tests.worlds.gated import admin_in
from tests.worlds.story import acts, assert_trail_tells, elevated

GRANT, END, TIDY = Task.GRANT, Task.END, Task.TIDY
SWEEPS = (Task.SWEEP, Task.SWEEP_ENDS)
GROUP = "ProdMemberWorkGroup"
# The calls of a grant and of an end where the portal has no role in the target account.
LOOK = ("GetGroup", "ListUserTags", "GetUserPolicy")
GRANT_CALLS = ("GetUser", "PutUserPolicy", "GetUserPolicy", "TagUser", "AddUserToGroup", *LOOK)
END_CALLS = ("GetUser", "PutUserPolicy", "RemoveUserFromGroup", "GetGroup", "UntagUser", *LOOK)
ROLE = "Prod_MemberRole"
FENCE = entry_fence_name(ROLE)
MEND_SECONDS = 90


@dataclass(slots=True)
class Crew:
    """One worker at a time; it lives on from test to test."""

    logs: Path
    broker: Broker
    preloaded: Preloaded
    environment: Mapping[str, str]
    _started: list[Program] = field(default_factory=list)

    @property
    def worker(self) -> Program:
        return self._started[-1]

    def ready(self) -> None:
        if not self._started or not self.worker.is_running:
            log = self.logs / f"worker-{len(self._started)}.log"
            self._started.append(launch_worker(log, self.broker, self.preloaded, self.environment))

    def kill(self) -> None:
        if self._started and self.worker.is_running:
            self.worker.kill()


@dataclass(slots=True)
class Stage:
    cast: Cast
    aws: Aws
    broker: Broker
    proxy: AwsProxy
    crew: Crew

    def approved(self, person: str = "member01") -> Elevation:
        """Return an elevation that was approved a minute ago, and whose message got lost."""
        return elevated(getattr(self.cast, person), self.cast.leader01, now=timezone.now() - timedelta(minutes=1))

    def in_production(self, person: str = "member01") -> Elevation:
        """Return an elevation that the worker has granted; calls are counted from nothing again."""
        elevation = self.approved(person)
        self.broker.send(GRANT, elevation.pk)
        until(lambda: status_of(elevation) == ElevationStatus.ACTIVE)
        self.proxy.forget()
        return elevation

    def over(self) -> Elevation:
        """Return an elevation that is in production, and whose end has just come."""
        elevation = self.in_production()
        Elevation.objects.filter(pk=elevation.pk).update(ends_at=timezone.now())
        return elevation

    def kill_worker(self) -> None:
        self.crew.kill()
        let_leases_pass()

    def mended(self, elevation: Elevation, status: ElevationStatus) -> None:
        """Start another worker where the last one is dead, and sweep until the elevation is in the state."""
        self.crew.ready()
        self.swept(lambda: status_of(elevation) == status)

    def swept(self, condition: Callable[[], object]) -> None:
        def sweep() -> bool:
            for task in SWEEPS:
                self.broker.send(task)
            time.sleep(0.2)  # As sweeps do, with a pause between them.
            return bool(condition())

        until(lambda: condition() or sweep(), MEND_SECONDS)

    def members(self) -> list[str]:
        found = self.aws.admin_client("iam").get_group(GroupName=GROUP)
        return sorted(user["UserName"] for user in found["Users"])

    def fences(self, person: str = "member01") -> list[str]:
        return self.aws.admin_client("iam").list_user_policies(UserName=person)["PolicyNames"]

    def tags(self, person: str = "member01") -> dict[str, str]:
        found = self.aws.admin_client("iam").list_user_tags(UserName=person)
        return {tag["Key"]: tag["Value"] for tag in found["Tags"]}

    @property
    def is_gated(self) -> bool:
        return bool(self.cast.production.gate_role)

    def let_in(self) -> dict[str, datetime]:
        """Return whose sessions the gate lets act, and until when."""
        gate = admin_in(self.aws, "production").get_role_policy(RoleName=ROLE, PolicyName=SESSION_GATE_NAME)["PolicyDocument"]
        lines = lines_of(gate)
        assert lines is not None
        return {line.user_name: line.until for line in lines}

    def assert_in(self, elevation: Elevation) -> None:
        """Exactly this person is in production, as the elevation says, and the trail tells it once."""
        assert_trail_tells(elevation)
        assert elevation.status == ElevationStatus.ACTIVE
        name = elevation.iam_user_name
        assert self.members() == [name]
        assert self.tags(name) == {ttl_tag.key(GROUP): ttl_tag.value(elevation.ends_at)}
        assert self.fences(name) == [FENCE]
        if self.is_gated:
            assert self.let_in() == {name: elevation.ends_at.replace(microsecond=0)}

    def assert_out(self, elevation: Elevation) -> None:
        """Nobody is in production, the trail tells it once, and the fence goes once no writer can be left."""
        assert_trail_tells(elevation)
        assert elevation.status == ElevationStatus.ENDED
        name = elevation.iam_user_name
        assert (self.members(), self.tags(name), self.let_in()) == ([], {}, {})
        assert elevation.fence_due_at
        assert self.fences(name) == [FENCE]
        Elevation.objects.filter(pk=elevation.pk).update(fence_due_at=timezone.now())
        self.swept(lambda: Elevation.objects.get(pk=elevation.pk).fence_due_at is None)
        assert self.fences(name) == []
        assert acts(elevation).count("elevation.fence_removed") == 1


def points(calls: Sequence[str], *, usual: Collection[str]) -> list[object]:
    """Return each call as its action and which of these it is, before AWS did it and after.

    `usual` names those that every change is tried with, as `after-AddUserToGroup-1`; the others are exhaustive.
    """
    numbered = [(action, list(calls[: at + 1]).count(action)) for at, action in enumerate(calls)]
    named = {
        f"{'after' if after else 'before'}-{action}-{nth}": (action, nth, after)
        for action, nth in numbered
        for after in (False, True)
    }
    assert named.keys() >= set(usual), "a point that is tried with every change is none of these calls"
    return [pytest.param(*point, id=name, marks=() if name in usual else pytest.mark.exhaustive) for name, point in named.items()]


def status_of(elevation: Elevation) -> ElevationStatus:
    return ElevationStatus(Elevation.objects.values_list("status", flat=True).get(pk=elevation.pk))


def let_leases_pass() -> None:
    """Let as much time pass as leases last; nothing else of time matters to what a killed worker left."""
    PersonLease.objects.update(until=timezone.now())
    RoleGate.objects.exclude(until=None).update(until=timezone.now())
    AutomationExecution.objects.exclude(follow_at=None).update(follow_at=timezone.now())
