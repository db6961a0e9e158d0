"""Workers in processes of their own, all writing one role's session gate."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from django.utils import timezone

from access_requests.lifecycle import ElevationStatus
from access_requests.messages import Task
from access_requests.models import Elevation, TargetRole
from audits.models import TrailEntry
from portal.iam.session_gate import SESSION_GATE_NAME, lines_of
from portal.simulated_aws.company import PEOPLE
from portal.simulated_aws.world import World
from tests.stand_ins.aws import ADMIN_KEY, PORTAL_KEY, Aws
from tests.stand_ins.aws_proxy import AwsProxy
from tests.stand_ins.company import company
from tests.waiting import until
from tests.worker import Broker, Start
from tests.worlds.cast import Cast, iam_user_id, let_portal_in
from tests.worlds.gated import admin_in
from tests.worlds.jump import MEMBER_ROLE
from tests.worlds.story import assert_trail_tells, elevated

GRANT, END, READ = Task.GRANT, Task.END, Task.READ_ROLE


@dataclass(frozen=True, kw_only=True)
class Scene:
    cast: Cast
    broker: Broker
    proxy: AwsProxy
    aws: Aws

    def approved(self, person: str) -> Elevation:
        return elevated(getattr(self.cast, person), self.cast.leader01, now=timezone.now())

    def let_in(self) -> dict[str, datetime]:
        """Return whose sessions the gate in AWS lets act, and until when."""
        gate = admin_in(self.aws, "production").get_role_policy(RoleName=MEMBER_ROLE, PolicyName=SESSION_GATE_NAME)
        lines = lines_of(gate["PolicyDocument"])
        assert lines is not None
        return {line.user_name: line.until for line in lines}


@pytest.fixture
def scene(cast: Cast, aws: Aws, broker: Broker, start_worker: Start) -> Iterator[Scene]:
    """Return production with the portal's role in it, and two workers."""
    declared = company(admin_key=ADMIN_KEY, portal_key=PORTAL_KEY, user_ids={name: iam_user_id(name) for name in PEOPLE})
    aws.rebuild(World.parsed(declared))
    let_portal_in(cast.production)
    with AwsProxy(upstream=aws.endpoint_url) as proxy:
        for _ in range(2):
            start_worker({**aws.portal_env, "AWS_ENDPOINT_URL": proxy.url})
        yield Scene(cast=cast, broker=broker, proxy=proxy, aws=aws)


def states(*elevations: Elevation) -> list[str]:
    rows = dict(Elevation.objects.values_list("pk", "status"))
    return [rows[elevation.pk] for elevation in elevations]


def cut(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def test_two_grants_and_one_end_at_once_keep_all_three_lines_right(scene: Scene) -> None:
    inside, ahead = "member01", ["member02", "leader02"]
    leaving = scene.approved(inside)
    scene.broker.send(GRANT, leaving.pk)
    until(lambda: states(leaving) == [ElevationStatus.ACTIVE])
    # Slow enough that each writer finds the others at it.
    scene.proxy.delay("PutRolePolicy", seconds=0.3)
    for _ in range(3):
        coming = [scene.approved(name) for name in ahead]
        Elevation.objects.filter(pk=leaving.pk).update(ends_at=timezone.now())
        for task, elevation in [(GRANT, coming[0]), (END, leaving), (GRANT, coming[1])]:
            scene.broker.send(task, elevation.pk)
        until(lambda: states(*coming, leaving) == ["active", "active", "ended"])  # noqa: B023  Asked at once.
        assert scene.let_in() == {row.iam_user_name: cut(row.ends_at) for row in coming}
        for row in (*coming, leaving):
            assert_trail_tells(Elevation.objects.get(pk=row.pk))
        # The next round: one of the two leaves while who has just left comes back, and the other is out first.
        leaving, other = coming
        Elevation.objects.filter(pk=other.pk).update(ends_at=timezone.now())
        scene.broker.send(END, other.pk)
        until(lambda: states(other) == [ElevationStatus.ENDED])  # noqa: B023
        assert scene.let_in() == {leaving.iam_user_name: cut(leaving.ends_at)}
        ahead = sorted({"member01", "member02", "leader02"} - {leaving.iam_user_name})


def test_many_who_end_at_once_share_writes(scene: Scene) -> None:
    rows = [scene.approved(name) for name in ("member01", "member02", "leader02")]
    for row in rows:
        scene.broker.send(GRANT, row.pk)
    until(lambda: states(*rows) == ["active"] * 3)
    assert set(scene.let_in()) == {row.iam_user_name for row in rows}
    scene.proxy.delay("PutRolePolicy", seconds=1)
    scene.proxy.forget()
    Elevation.objects.update(ends_at=timezone.now())
    for row in rows:
        scene.broker.send(END, row.pk)
    until(lambda: states(*rows) == ["ended"] * 3)
    assert scene.let_in() == {}
    assert scene.proxy.count("PutRolePolicy") <= len(rows) - 1


def test_role_that_workers_read_at_once_is_recorded_once_and_lets_in_when_it_is_known(scene: Scene) -> None:
    rows = [scene.approved(name) for name in ("member01", "member02")]
    role = TargetRole.objects.get(name=MEMBER_ROLE)
    TargetRole.objects.filter(pk=role.pk).update(arn=None, role_id=None, read_at=None)
    # Slow enough that the grants and all who read find it unread.
    scene.proxy.delay("GetRole", seconds=0.3)
    scene.broker.send(READ, role.pk, times=4)

    def are_in() -> bool:
        for row in rows:
            scene.broker.send(GRANT, row.pk)  # As sweeps do until it is known.
        return states(*rows) == ["active"] * 2

    until(are_in)
    (entry,) = TrailEntry.objects.filter(subject=f"role:{role}", act="catalogue.changed")
    assert entry.data["after"] == {"arn": role.arn, "role_id": role.role_id}
    assert set(scene.let_in()) == {"member01", "member02"}
    for row in rows:
        assert_trail_tells(Elevation.objects.get(pk=row.pk))
        evaluated = TrailEntry.objects.filter(subject=row.code, act="elevation.judged", data__moment="afterwards")
        assert [one.data["judged"]["decision"] for one in evaluated] == ["denied"]
