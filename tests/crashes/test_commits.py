"""The worker is killed at each commit of a grant and of an end: at the mark, at the settling, and between that and its message.

No hook is needed: on PostgreSQL a transaction that writes the trail waits for the trail's lock, which the test has; on SQLite it
waits for the one write lock there is.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation
from audits.triggers import LOCK
from tests.crashes.stage import END, END_CALLS, GRANT, GRANT_CALLS, Stage, let_leases_pass, status_of
from tests.waiting import until

GRANT_SETTLES, END_SETTLES = len(GRANT_CALLS), len(END_CALLS)


def test_a_grant_survives_the_loss_of_its_mark(stage: Stage) -> None:
    elevation = stage.approved()
    _kill_at_the_mark(stage, GRANT, elevation)
    assert status_of(elevation) == ElevationStatus.SCHEDULED
    assert stage.proxy.actions == ()
    stage.mended(elevation, ElevationStatus.ACTIVE)
    stage.assert_in(elevation)


def test_an_end_survives_the_loss_of_its_mark(stage: Stage) -> None:
    elevation = stage.over()
    _kill_at_the_mark(stage, END, elevation)
    assert status_of(elevation) == ElevationStatus.ACTIVE
    assert stage.proxy.actions == ()
    stage.mended(elevation, ElevationStatus.ENDED)
    stage.assert_out(elevation)


def test_a_grant_survives_the_loss_of_its_settling(stage: Stage) -> None:
    elevation = stage.approved()
    _kill_at_the_settling(stage, GRANT, elevation, last_call=GRANT_SETTLES)
    assert (status_of(elevation), stage.members()) == (ElevationStatus.GRANTING, ["member01"])
    stage.mended(elevation, ElevationStatus.ACTIVE)
    stage.assert_in(elevation)


def test_an_end_survives_the_loss_of_its_settling(stage: Stage) -> None:
    elevation = stage.over()
    _kill_at_the_settling(stage, END, elevation, last_call=END_SETTLES)
    assert (status_of(elevation), stage.members()) == (ElevationStatus.REVOKING, [])
    stage.mended(elevation, ElevationStatus.ENDED)
    stage.assert_out(elevation)


def test_a_grant_that_was_settled_and_not_acknowledged_is_not_done_again(stage: Stage) -> None:
    elevation = stage.approved()
    _kill_before_the_acknowledgement(stage, GRANT, elevation, last_call=GRANT_SETTLES, settled=ElevationStatus.ACTIVE)
    _deliver_again(stage, GRANT, elevation)
    assert stage.proxy.actions == GRANT_CALLS
    stage.assert_in(elevation)


def test_an_end_that_was_settled_and_not_acknowledged_is_not_done_again(stage: Stage) -> None:
    elevation = stage.over()
    _kill_before_the_acknowledgement(stage, END, elevation, last_call=END_SETTLES, settled=ElevationStatus.ENDED)
    _deliver_again(stage, END, elevation)
    assert stage.proxy.actions == END_CALLS
    stage.assert_out(elevation)


def _kill_at_the_mark(stage: Stage, task: str, elevation: Elevation) -> None:
    with _no_commits():
        stage.broker.send(task, elevation.pk)
        until(lambda: _somebody_waits() and not any(map(stage.broker.length, ("grants", "ends"))))
        stage.crew.kill()
    let_leases_pass()


def _kill_at_the_settling(stage: Stage, task: str, elevation: Elevation, *, last_call: int) -> None:
    hold = stage.proxy.hold(nth=last_call)
    stage.broker.send(task, elevation.pk)
    hold.wait()
    with _no_commits():
        hold.release()
        until(lambda: _somebody_waits() and stage.proxy.calls[-1].status is not None)
        stage.crew.kill()
    let_leases_pass()


def _kill_before_the_acknowledgement(
    stage: Stage, task: str, elevation: Elevation, *, last_call: int, settled: ElevationStatus
) -> None:
    """An acknowledgement is a write to the broker: it takes none meanwhile, and forgets those of whoever hung up."""
    hold = stage.proxy.hold(nth=last_call)
    stage.broker.send(task, elevation.pk)
    hold.wait()
    stage.broker.redis.client_pause(timeout=60_000, all=False)
    hold.release()
    until(lambda: status_of(elevation) == settled)
    stage.crew.kill()
    stage.broker.redis.client_unpause()
    assert stage.broker.redis.hlen("unacked") == 1


def _deliver_again(stage: Stage, task: str, elevation: Elevation) -> None:
    """Deliver the message again, as the broker will, and return when a worker is through with it."""
    stage.crew.ready()
    stage.broker.redis.delete("unacked", "unacked_index")
    stage.broker.send(task, elevation.pk)
    until(lambda: f"Task {task}" in stage.crew.worker.said and "succeeded" in stage.crew.worker.said)


@contextmanager
def _no_commits() -> Iterator[None]:
    """Let no transaction commit that writes the trail: whoever gets that far waits."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE") if other.vendor == "sqlite" else cursor.execute(
                "SELECT pg_advisory_lock(%s)", [LOCK]
            )
        yield
    finally:
        other.close()


def _somebody_waits() -> bool:
    """Whether a transaction waits for the trail's lock. On SQLite nobody can tell, and wherever it is, it cannot commit."""
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = %s", [LOCK])
        return bool(cursor.fetchone()[0])
