"""What administrators ask for: drift undone, a comparison now."""

import inspect
from functools import partial

import pytest
from celery import Task as CeleryTask
from django.utils import timezone

from access_requests import tasks
from access_requests.messages import Task
from access_requests.models import ComparisonAsked, Drift, Reconciliation
from access_requests.services.drift import answering, drift_errors, undoing
from access_requests.services.elevations import provision
from audits.models import TrailEntry
from portal.outbox.models import Message
from portal.verbs import rejections
from portal.verbs.run import run
from tests.app.access_requests.services.drift.conftest import World
from tests.worlds.cast import actor_of
from tests.worlds.jump import MEMBER_GROUP
from tests.worlds.story import acts, elevated, refused


def test_an_administrator_has_drift_undone(world: World) -> None:
    world.add()
    world.compare()
    row = Drift.objects.get()
    admin = actor_of(world.jump.cast.admin01)
    run(partial(answering.undo, code=row.code, seen=answering.digest(row), actor=admin, now=world.jump.clock.now))
    message = Message.objects.get(task=Task.UNDO_DRIFT)
    with refused(rejections.TransitionNotAllowed):
        run(partial(answering.undo, code=row.code, seen=answering.digest(row), actor=admin, now=world.jump.clock.now))
    tasks.undo_drift(message.object_id)
    row.refresh_from_db()
    assert (row.status, row.undo_asked_by, world.jump.members()) == ("undone", "admin01", set())
    entry = TrailEntry.objects.get(subject=row.code, act="drift.undoing")
    assert (entry.actor, entry.data["proof"]["method"]) == ("admin01", "password")
    tasks.undo_drift(message.object_id)
    assert TrailEntry.objects.filter(subject=row.code, act="drift.undone").count() == 1


def test_what_is_there_no_more_is_not_written_again(world: World) -> None:
    world.add()
    world.compare()
    row = Drift.objects.get()
    run(
        partial(
            answering.undo,
            code=row.code,
            seen=answering.digest(row),
            actor=actor_of(world.jump.cast.admin01),
            now=world.jump.clock.now,
        )
    )
    world.jump.iam.remove_user_from_group(GroupName=MEMBER_GROUP, UserName="member02")
    world.jump.proxy.forget()
    tasks.undo_drift(row.pk)
    row.refresh_from_db()
    assert row.status == "undone"
    assert world.jump.proxy.count("RemoveUserFromGroup") == 0


@pytest.mark.parametrize("who", ["member01", "leader01", "auditor01"])
def test_only_administrators_ask(world: World, who: str) -> None:
    world.add()
    world.compare()
    actor, now = actor_of(getattr(world.jump.cast, who)), world.jump.clock.now
    for verb in (
        partial(answering.undo, code=Drift.objects.get().code, seen="", actor=actor, now=now),
        partial(answering.ask, actor=actor, now=now),
    ):
        with refused(rejections.NotAnAdministrator):
            run(verb)


def test_what_the_portal_cannot_undo_is_refused(world: World) -> None:
    world.jump.delete_user("member02")
    world.compare()
    row, actor = Drift.objects.get(), actor_of(world.jump.cast.admin01)
    assert (row.kind, undoing.undoable(row)) == ("user_gone", False)
    with refused(drift_errors.NotUndoable):
        run(partial(answering.undo, code=row.code, seen=answering.digest(row), actor=actor, now=world.jump.clock.now))
    with refused(rejections.NotFound):
        run(partial(answering.undo, code="D-NOSUCHTH", seen="", actor=actor, now=world.jump.clock.now))


def test_a_comparison_on_demand_says_who_asked(world: World) -> None:
    run(partial(answering.ask, actor=actor_of(world.jump.cast.admin01), now=world.jump.clock.now))
    message = Message.objects.get()
    assert message.task == Task.RECONCILE
    tasks.reconcile_now(message.object_id)
    assert world.latest().asked_by == "admin01"
    tasks.reconcile_now()
    assert world.latest().asked_by == ""


def test_a_forged_message_names_nobody(world: World) -> None:
    for number in (world.jump.cast.admin01.pk, world.jump.cast.member01.pk, 1, -1):
        tasks.reconcile_now(number)
        assert world.latest().asked_by == ""


def test_a_message_that_comes_again_names_nobody(world: World) -> None:
    run(partial(answering.ask, actor=actor_of(world.jump.cast.admin01), now=world.jump.clock.now))
    message = Message.objects.get()
    for said in ("admin01", "", ""):
        tasks.reconcile_now(message.object_id)
        assert world.latest().asked_by == said


def test_who_asks_while_another_comparison_runs_has_the_next_one(world: World) -> None:
    running = Reconciliation.objects.create(began_at=world.jump.clock.now, alive_at=timezone.now(), running=True)
    run(partial(answering.ask, actor=actor_of(world.jump.cast.admin01), now=world.jump.clock.now))
    tasks.reconcile_now(Message.objects.get().object_id)
    assert Reconciliation.objects.get() == running
    running.delete()
    tasks.reconcile_now()
    assert world.latest().asked_by == "admin01"
    assert not ComparisonAsked.objects.exists()


def test_no_task_takes_a_person_from_its_message() -> None:
    """What a task is told is an id of work that is due; who wanted it is read from rows of the web."""
    ours = [task for task in vars(tasks).values() if isinstance(task, CeleryTask)]
    ids = {name for task in ours for name in inspect.signature(task.run).parameters}
    assert ids == {"elevation_id", "role_id", "execution_id", "drift_id", "delivery_id", "_asked"}


def test_access_given_meanwhile_is_not_taken_out(world: World) -> None:
    world.undo_by_itself()
    world.jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName="member01")
    elevation = elevated(world.jump.cast.member01, world.jump.cast.leader01, now=world.jump.clock.now)

    world.jump.on_call("GetAccountAuthorizationDetails", partial(provision.grant, elevation.pk))
    assert world.compare(later=0) == set()
    assert world.jump.members() == {"member01"}
    assert acts(elevation)[-1] == "elevation.active"


def test_what_says_something_else_than_was_seen_is_left_alone(world: World) -> None:
    world.add()
    world.compare()
    row, actor = Drift.objects.get(), actor_of(world.jump.cast.admin01)
    seen = answering.digest(row)
    Drift.objects.update(detail={**row.detail, "ttl": "another"})
    with refused(drift_errors.DriftChanged):
        run(partial(answering.undo, code=row.code, seen=seen, actor=actor, now=world.jump.clock.now))
    assert Drift.objects.get().status == "open"
