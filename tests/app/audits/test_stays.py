"""Stays follow from the trail: by the trigger, by the migration, and computed again they are the same."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from audits import presence, stays
from audits.acts import Act
from audits.database_rights import Service
from audits.models import Stay, TrailEntry
from audits.stays import BEYOND, CLASSES, hours_of
from tests.database_roles import Roles
from tests.emptying import trail_unguarded
from tests.worlds.entry import DATA

pytestmark = pytest.mark.django_db
GRANTING, ACTIVE, REVOKING, ENDED = (
    *(Act.ELEVATION_GRANTING, Act.ELEVATION_ACTIVE),
    *(Act.ELEVATION_REVOKING, Act.ELEVATION_ENDED),
)


def told(act: Act, at: datetime, subject: str = "E-1") -> None:
    with transaction.atomic():
        TrailEntry.objects.create(at=at, schema_version=2, act=act, actor="sekisho:worker", subject=subject, data=DATA)


def stay(now: datetime, hours: float | None, subject: str = "E-1", *, active: bool = True) -> None:
    """Have the trail tell of an access; of one that is not over, where it has no length."""
    told(GRANTING, now, subject)
    if active:
        told(ACTIVE, now + timedelta(minutes=1), subject)
    if hours is not None:
        told(REVOKING, now + timedelta(hours=hours), subject)
        told(ENDED, now + timedelta(hours=hours), subject)


def rows() -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in ("subject", *stays.TIMES)} for row in Stay.objects.order_by("subject")]


def names(query: Any) -> set[str]:
    return {row.subject for row in query}


def test_trail_gives_a_stay_as_it_goes(now: datetime) -> None:
    minute = timedelta(minutes=1)
    for act, at in ((GRANTING, now), (ACTIVE, now + minute), (REVOKING, now + 5 * minute), (ENDED, now + 6 * minute)):
        told(act, at)
    row = Stay.objects.get()
    assert (row.granting_at, row.active_at, row.ended_at) == (now, now + minute, now + 6 * minute)
    assert row.hours == CLASSES[0]


def test_what_comes_twice_changes_nothing(now: datetime) -> None:
    stay(now, 1)
    before = rows()
    for act in (GRANTING, ACTIVE, ENDED):
        told(act, now + timedelta(days=1))
    assert rows() == before


def test_access_that_is_shown_without_a_grant_is_one(now: datetime) -> None:
    told(ACTIVE, now)
    told(ENDED, now, subject="E-2")
    assert [(row["subject"], row["active_at"]) for row in rows()] == [("E-1", now)]


@pytest.mark.parametrize("hours", [0, 1, 4, 4.001, 24, 167, 168.5, 744, 8784, 8785, 100_000])
def test_database_finds_the_class_that_python_finds(now: datetime, hours: float) -> None:
    start = now - timedelta(hours=100_001)
    stay(start, hours, active=False)
    assert Stay.objects.get().hours == hours_of(timedelta(hours=hours))
    assert (Stay.objects.get().hours == BEYOND) is (hours > CLASSES[-1])


@pytest.mark.parametrize("hours", [0.5, 5, 25, 170, 800, 9000, None])
def test_each_length_is_found_by_the_periods_that_it_touches_and_by_no_other(now: datetime, hours: float | None) -> None:
    start = now - timedelta(hours=10_000)
    stay(start, hours)
    end = start + timedelta(hours=hours) if hours is not None else now
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    touched = [(start - hour, start + 2 * minute), (end - 2 * minute, end + hour), (start + 5 * minute, end - minute)]
    missed = [(start - hour, start), (start - hour, start + minute)]
    if hours is not None:
        missed += [(end, end + hour), (end + hour, now)]
    assert [names(presence.been(*period)) for period in touched] == [{"E-1"}] * 3
    assert [names(presence.been(*period)) for period in missed] == [set()] * len(missed)


def test_who_was_never_shown_in_may_have_been_in(now: datetime) -> None:
    stay(now, 1, "E-1", active=False)
    stay(now, 1, "E-2")
    told(Act.ELEVATION_CANCELLED, now, subject="E-3")
    hour, minute = timedelta(hours=1), timedelta(minutes=1)
    assert names(presence.been(now - hour, now + hour)) == {"E-2"}
    assert names(presence.maybe_been(now - hour, now + hour)) == {"E-1"}
    # The grant of E-2 had begun, and AWS showed it a minute later.
    assert names(presence.maybe_been(now - hour, now + minute)) == {"E-1", "E-2"}
    assert names(presence.maybe_been(now + hour, now + 2 * hour)) == set()


def test_computed_again_stays_are_the_same(now: datetime) -> None:
    stay(now - timedelta(days=9), 30, "E-1")
    stay(now, None, "E-2")
    stay(now, 1, "E-3", active=False)
    assert list(stays.told(TrailEntry.objects.all())) == rows()


@pytest.mark.parametrize("service", list(Service))
def test_no_services_role_writes_stays(now: datetime, roles: Roles, service: Service) -> None:
    stay(now, None)
    for statement in ("UPDATE audits_stay SET ended_at = now()", "DELETE FROM audits_stay"):
        with roles.refused(service), connection.cursor() as cursor:
            cursor.execute(statement)
    with roles.refused(service):
        Stay.objects.create(subject="E-forged", granting_at=now)


def test_entry_of_a_service_gives_a_stay_all_the_same(now: datetime, roles: Roles) -> None:
    roles.keep_no_time()
    with transaction.atomic(), roles.act_as(Service.WORKER):
        told(GRANTING, now)
    assert Stay.objects.get().granting_at == now


def test_migrating_writes_the_stays_of_the_trail_that_is_there(now: datetime) -> None:
    stay(now - timedelta(days=9), 30, "E-1")
    stay(now, None, "E-2")
    before = list(Stay.objects.order_by("subject").values_list("subject", "granting_at", "active_at", "ended_at", "hours"))
    with trail_unguarded():
        Stay.objects.all().delete()
    after = list(Stay.objects.order_by("subject").values_list("subject", "granting_at", "active_at", "ended_at", "hours"))
    assert after == before
