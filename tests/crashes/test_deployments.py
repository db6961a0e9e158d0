"""Workers and beats come and go as on any day: a deployment, two beats, none for a while, a lease that a dead worker left."""

import signal

from django.utils import timezone

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation, PersonLease
from tests.crashes.stage import GRANT, Stage, status_of
from tests.waiting import until
from tests.worker import Start
from tests.worlds.story import acts


def test_a_worker_told_to_stop_finishes_what_it_has_begun(stage: Stage) -> None:
    elevation = stage.approved()
    hold = stage.proxy.hold("AddUserToGroup")
    stage.broker.send(GRANT, elevation.pk)
    hold.wait()
    stage.crew.worker.signal(signal.SIGTERM)
    until(lambda: "shutdown" in stage.crew.worker.said.casefold())
    hold.release()
    assert stage.crew.worker.finish() == 0
    assert status_of(elevation) == ElevationStatus.ACTIVE
    stage.assert_in(elevation)


def test_a_beat_alone_mends_what_a_killed_worker_left_once_its_lease_is_over(stage: Stage, start_beat: Start) -> None:
    elevation = stage.approved()
    hold = stage.proxy.hold("AddUserToGroup", after=True)
    stage.broker.send(GRANT, elevation.pk)
    hold.wait()
    stage.crew.kill()
    left = PersonLease.objects.get(person=elevation.person)
    stage.crew.ready()
    start_beat()
    until(lambda: status_of(elevation) == ElevationStatus.ACTIVE, seconds=40)
    assert Elevation.objects.filter(pk=elevation.pk, granted_at__gt=left.until).exists()
    stage.assert_in(elevation)


def test_two_beats_do_nothing_twice(stage: Stage, start_beat: Start) -> None:
    start_beat()
    start_beat()
    elevation = stage.approved()
    until(lambda: status_of(elevation) == ElevationStatus.ACTIVE)
    stage.assert_in(elevation)
    Elevation.objects.filter(pk=elevation.pk).update(ends_at=timezone.now())
    until(lambda: status_of(elevation) == ElevationStatus.ENDED)
    Elevation.objects.filter(pk=elevation.pk).update(fence_due_at=timezone.now())
    until(lambda: acts(elevation)[-1] == "elevation.fence_removed")
    assert (stage.members(), stage.tags(), stage.fences()) == ([], {}, [])
    assert [acts(elevation).count(f"elevation.{act}") for act in ("active", "ended", "fence_removed")] == [1, 1, 1]


def test_work_that_came_while_nobody_worked_is_done_when_somebody_does(stage: Stage, start_beat: Start) -> None:
    stage.crew.kill()
    elevation = stage.approved()
    start_beat()
    stage.crew.ready()
    until(lambda: status_of(elevation) == ElevationStatus.ACTIVE)
    stage.assert_in(elevation)
