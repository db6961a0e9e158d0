"""Ending access before its time."""

from datetime import datetime, timedelta

import pytest

from access_requests import errors
from access_requests.lifecycle import ElevationAction, ElevationStatus
from access_requests.messages import Task
from access_requests.models import Elevation
from access_requests.services.people import people
from access_requests.services.record import transition
from audits.models import TrailEntry
from portal.outbox.models import Message
from portal.verbs import rejections
from portal.verbs.actor import Door
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.entry import data_of
from tests.worlds.story import acts, elevated, refused, returned, stopped

HOUR = timedelta(hours=1)


def active(elevation: Elevation, *, now: datetime) -> Elevation:
    """Bring the elevation to active as the workers do, without AWS."""
    actor = actor_of(elevation.person)
    elevation.granted_at = elevation.written_ends_at = now
    for action in (ElevationAction.START_GRANT, ElevationAction.CONFIRM_GRANT):
        transition.apply_to_elevation(elevation, action, actor=actor, now=now, data=data_of(action, now))
    Message.objects.all().delete()
    return elevation


def test_return_before_the_start_cancels_and_needs_no_worker(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now, starts_at=now + HOUR)
    assert returned(elevation, cast.member01, now=now).status == ElevationStatus.CANCELLED
    assert not Message.objects.exists()
    assert acts(elevation) == ["elevation.scheduled", "elevation.cancelled"]


def test_return_of_current_access_sets_a_worker_to_the_end(cast: Cast, now: datetime) -> None:
    elevation = active(elevated(cast.member01, cast.leader01, now=now), now=now)
    assert returned(elevation, cast.member01, now=now).status == ElevationStatus.REVOKING
    elevation.refresh_from_db()
    assert (elevation.stopped_at, elevation.stop_reason, elevation.ended_at) == (now, "returned", None)
    assert list(Message.objects.values_list("task", "object_id")) == [(Task.END, elevation.pk)]


def test_only_the_person_returns_access(cast: Cast, now: datetime) -> None:
    elevation = active(elevated(cast.member01, cast.leader01, now=now), now=now)
    with refused(errors.NotYours):
        returned(elevation, cast.leader01, now=now)


def test_access_is_returned_once(cast: Cast, now: datetime) -> None:
    elevation = active(elevated(cast.member01, cast.leader01, now=now), now=now)
    returned(elevation, cast.member01, now=now)
    with refused(rejections.TransitionNotAllowed):
        returned(elevation, cast.member01, now=now)
    with refused(rejections.TransitionNotAllowed):
        stopped(elevation, cast.leader01, now=now)


@pytest.mark.parametrize("who", ["leader01", "leader02", "admin01"])
def test_approvers_and_administrators_have_the_red_button(cast: Cast, now: datetime, who: str) -> None:
    elevation = active(elevated(cast.member01, cast.leader01, now=now), now=now)
    stopped(elevation, getattr(cast, who), now=now, comment="incident")
    entry = TrailEntry.objects.get(act="elevation.revoking")
    assert (entry.actor, entry.data["reason"], entry.data["comment"]) == (who, "stopped", "incident")


@pytest.mark.parametrize("who", ["member01", "member02", "auditor01"])
def test_others_have_no_red_button(cast: Cast, now: datetime, who: str) -> None:
    elevation = active(elevated(cast.member01, cast.leader01, now=now), now=now)
    with refused(errors.MayNotStop):
        stopped(elevation, getattr(cast, who), now=now)


def test_disabled_administrator_has_no_red_button(cast: Cast, now: datetime) -> None:
    elevation = active(elevated(cast.member01, cast.leader01, now=now), now=now)
    cast.admin01.is_active = False
    with refused(errors.MayNotStop):
        stopped(elevation, cast.admin01, now=now)


def test_stop_needs_a_reason(cast: Cast, now: datetime) -> None:
    elevation = active(elevated(cast.member01, cast.leader01, now=now), now=now)
    with refused(rejections.Missing):
        stopped(elevation, cast.leader01, now=now, comment=" ")


def test_client_stops_only_what_clients_may_decide_on(cast: Cast, now: datetime) -> None:
    elevation = active(elevated(cast.member01, cast.leader01, now=now), now=now)
    cast.one_lead.decide_by = ["browser"]
    cast.one_lead.save()
    bot = actor_of(cast.leader01, door=Door.CLIENT, client="chatbot")
    with refused(errors.DecideInBrowser) as refusal:
        stopped(elevation, bot, now=now)
    assert refusal.value.data["url"] == f"http://testserver/elevations/{elevation.code}/"


def test_disabling_a_person_ends_all_they_have_or_are_about_to_have(cast: Cast, now: datetime) -> None:
    current = active(elevated(cast.member01, cast.leader01, now=now), now=now)
    later = elevated(cast.member01, cast.leader01, now=now, starts_at=now + HOUR)
    others = active(elevated(cast.member02, cast.leader01, now=now), now=now)
    run(lambda: people.disable(person=cast.member01, actor=actor_of(cast.admin01), now=now))
    for elevation in (current, later, others):
        elevation.refresh_from_db()
    assert (current.status, current.stop_reason) == (ElevationStatus.REVOKING, "person_disabled")
    assert (later.status, later.stop_reason) == (ElevationStatus.CANCELLED, "person_disabled")
    assert others.status == ElevationStatus.ACTIVE
