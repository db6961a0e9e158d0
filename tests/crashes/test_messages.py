"""Messages are only speed: lost, doubled, late, out of order or forged, they change nothing but when due work is done."""

import pickle
import signal
from pathlib import Path

import pytest
from django.utils import timezone

from access_requests.lifecycle import ElevationStatus
from tests.crashes.stage import END, END_CALLS, GRANT, GRANT_CALLS, Stage, status_of
from tests.waiting import until
from tests.worker import Start
from tests.worlds.story import acts, assert_trail_tells, returned


def test_a_message_that_dies_with_a_worker_before_it_is_taken_is_not_missed(stage: Stage) -> None:
    elevation = stage.approved()
    stage.crew.worker.signal(signal.SIGSTOP)
    stage.broker.send(GRANT, elevation.pk)
    stage.kill_worker()
    stage.mended(elevation, ElevationStatus.ACTIVE)
    stage.assert_in(elevation)


def test_a_broker_that_forgets_everything_is_not_missed(stage: Stage) -> None:
    elevation = stage.approved()
    stage.crew.kill()
    stage.broker.send(GRANT, elevation.pk)
    stage.broker.flush()
    stage.mended(elevation, ElevationStatus.ACTIVE)
    stage.assert_in(elevation)


def test_a_message_delivered_five_times_has_the_effect_of_one(stage: Stage) -> None:
    elevation = stage.approved()
    stage.broker.send(GRANT, elevation.pk, times=5)
    stage.mended(elevation, ElevationStatus.ACTIVE)
    until(lambda: _all_taken(stage))
    stage.assert_in(elevation)
    assert stage.proxy.actions == GRANT_CALLS


def test_an_end_delivered_five_times_has_the_effect_of_one(stage: Stage) -> None:
    elevation = stage.over()
    stage.broker.send(END, elevation.pk, times=5)
    stage.mended(elevation, ElevationStatus.ENDED)
    until(lambda: _all_taken(stage))
    assert stage.proxy.actions == END_CALLS
    stage.assert_out(elevation)


def test_a_grant_that_comes_after_the_return_gives_nothing(stage: Stage) -> None:
    elevation = stage.approved()
    returned(elevation, stage.cast.member01, now=timezone.now())
    stage.broker.send(END, elevation.pk)
    stage.broker.send(GRANT, elevation.pk)
    until(lambda: _all_taken(stage))
    assert_trail_tells(elevation)
    assert elevation.status == ElevationStatus.CANCELLED
    assert (stage.proxy.actions, stage.members()) == ((), [])


def test_an_end_that_comes_before_its_time_ends_nothing(stage: Stage) -> None:
    elevation = stage.in_production()
    stage.broker.send(END, elevation.pk, times=3)
    until(lambda: _all_taken(stage))
    assert stage.proxy.actions == ()
    stage.assert_in(elevation)


def test_a_return_while_the_grant_is_under_way_leaves_nobody_in(stage: Stage) -> None:
    elevation = stage.approved()
    hold = stage.proxy.hold("AddUserToGroup")
    stage.broker.send(GRANT, elevation.pk)
    hold.wait()
    returned(elevation, stage.cast.member01, now=timezone.now())
    stage.broker.send(END, elevation.pk)
    hold.release()
    stage.mended(elevation, ElevationStatus.ENDED)
    stage.assert_out(elevation)
    assert "elevation.active" not in acts(elevation)


def test_thousands_of_stale_grants_do_not_hold_up_an_end(stage: Stage, start_worker: Start) -> None:
    elevation = stage.over()
    stage.kill_worker()
    stage.broker.flush()
    stage.broker.send(GRANT, elevation.pk, times=2000)
    start_worker(stage.crew.environment, queues="ends")
    start_worker(stage.crew.environment, queues="grants")
    stage.broker.send(END, elevation.pk)
    # By the next sweep where AWS did not answer in time: two workers begin on this machine just now.
    stage.swept(lambda: status_of(elevation) == ElevationStatus.ENDED)
    assert stage.broker.length("grants") > 0
    stage.broker.flush()
    stage.assert_out(elevation)


def test_a_pickle_does_nothing(stage: Stage, tmp_path: Path) -> None:
    proof = tmp_path / "it-ran"
    with stage.broker.app.connection_for_write() as to_broker, to_broker.SimpleQueue("grants") as queue:
        queue.put(Bomb(proof), serializer="pickle", headers={"task": GRANT, "id": "forged"})
    elevation = stage.approved()
    stage.broker.send(GRANT, elevation.pk)
    until(lambda: status_of(elevation) == ElevationStatus.ACTIVE)
    assert not proof.exists()
    assert "pickle" in stage.crew.worker.said


@pytest.mark.parametrize("command", ["shutdown", "pool_restart", "add_consumer"])
def test_nobody_controls_a_worker_by_message(stage: Stage, command: str) -> None:
    arguments = {"queue": "forged"} if command == "add_consumer" else {}
    stage.broker.app.control.broadcast(command, arguments=arguments)
    elevation = stage.approved()
    stage.broker.send(GRANT, elevation.pk)
    until(lambda: status_of(elevation) == ElevationStatus.ACTIVE)
    assert stage.crew.worker.is_running
    assert "forged" not in stage.crew.worker.said


def test_a_forged_message_about_nothing_does_no_harm(stage: Stage) -> None:
    elevation = stage.approved()
    stage.broker.send(GRANT, 10**18)
    stage.broker.send(GRANT)
    stage.broker.send("access_requests.nothing", elevation.pk)
    stage.broker.send(GRANT, elevation.pk)
    until(lambda: status_of(elevation) == ElevationStatus.ACTIVE)
    stage.assert_in(elevation)


class Bomb:
    """Writes a file wherever it is unpickled."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (self.proof,))


def test_the_bomb_would_work_where_pickles_are_read(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Bomb(tmp_path / "it-ran")))  # noqa: S301  Our own.
    assert (tmp_path / "it-ran").exists()


def _all_taken(stage: Stage) -> bool:
    taken = not any(map(stage.broker.length, ("grants", "ends")))
    return taken and stage.broker.redis.hlen("unacked") == 0
