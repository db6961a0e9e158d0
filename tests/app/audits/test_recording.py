"""What the database gives each entry, whoever writes it: the next id, and the time at which it was recorded."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from psycopg import sql
from pytest_django import DjangoAssertNumQueries

from audits import trail
from audits.database_rights import Service
from audits.database_roles import UnfitRole, grant
from audits.models import Late, TrailEntry
from audits.trail import NotInShape
from audits.triggers import LOCK, TABLE
from tests.database_roles import Roles
from tests.emptying import trail_unguarded
from tests.worlds.entry import ENTRY

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
WEB, WORKER, NOTICES = Service.WEB, Service.WORKER, Service.NOTICES
ON_SQLITE = connection.vendor == "sqlite"
only_postgresql = pytest.mark.skipif(ON_SQLITE, reason="Only PostgreSQL has roles and advisory locks.")


def recorded(at: datetime, **said: Any) -> TrailEntry:
    with transaction.atomic():
        return trail.record(now=at, **{**ENTRY, **said})


def executed(statement: str, *names: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)).as_string(cursor.connection))


# Ids


def test_entry_costs_one_statement(now: datetime, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with transaction.atomic(), django_assert_num_queries(1):
        entry = trail.record(now=now, **ENTRY)
    assert (entry.pk, entry.recorded_at) == TrailEntry.objects.values_list("pk", "recorded_at").get()


@pytest.mark.parametrize("chosen", [2**63 - 2, 2**62, 1000, -1])
def test_nobody_chooses_an_id(now: datetime, chosen: int) -> None:
    before = recorded(now)
    try:
        with transaction.atomic():
            TrailEntry.objects.bulk_create([TrailEntry(pk=chosen, at=now, **ENTRY)])
    except DatabaseError as refusal:
        assert ON_SQLITE and "gives ids" in str(refusal)  # noqa: PT017, PT018  PostgreSQL gives another id instead.
    assert not TrailEntry.objects.filter(pk=chosen).exists()
    after = recorded(now)
    assert list(TrailEntry.objects.order_by("pk").values_list("pk", flat=True)) == list(range(before.pk, after.pk + 1))


def test_entry_that_is_rolled_back_leaves_no_hole(now: datetime) -> None:
    before = recorded(now)
    with transaction.atomic():
        trail.record(now=now, **ENTRY)
        transaction.set_rollback(True)
    assert recorded(now).pk == before.pk + 1


def test_entries_of_one_statement_are_numbered_one_by_one(now: datetime) -> None:
    before = recorded(now)
    made = TrailEntry.objects.bulk_create([TrailEntry(at=now, **ENTRY) for _ in range(3)])
    assert [entry.pk for entry in made] == [before.pk + number for number in (1, 2, 3)]


@only_postgresql
def test_upsert_of_an_entry_appends_another_one(now: datetime) -> None:
    entry = recorded(now)
    executed("INSERT INTO {0} SELECT * FROM {0} ON CONFLICT (id) DO UPDATE SET actor = 'nobody'", TABLE)
    assert list(TrailEntry.objects.order_by("pk").values_list("pk", "actor")) == [
        (entry.pk, "somebody"),
        (entry.pk + 1, "somebody"),
    ]


@only_postgresql
def test_code_of_before_that_takes_the_lock_itself_writes_beside_this_one(now: datetime) -> None:
    before = recorded(now)
    executed(f"SELECT pg_advisory_xact_lock({LOCK})")
    executed(
        "INSERT INTO {} (at, act, actor, on_behalf_of, subject, schema_version, data)"
        " VALUES (now(), 'test.happened', 'somebody', '', 'something', 1, '{{}}')",
        TABLE,
    )
    entry = TrailEntry.objects.latest("pk")
    assert (entry.pk, entry.late) == (before.pk + 1, "")
    assert entry.recorded_at is not None
    assert recorded(now).pk == before.pk + 2


# Times


def test_database_says_when_an_entry_was_recorded(now: datetime) -> None:
    entry = recorded(now)
    assert entry.at == now
    assert entry.recorded_at is not None
    assert abs(entry.recorded_at - timezone.now()) < MINUTE


@pytest.mark.parametrize(
    "chosen", [None, datetime.fromisoformat("2020-01-01T00:00Z"), datetime.fromisoformat("2999-01-01T00:00Z")]
)
def test_nobody_chooses_when_an_entry_was_recorded(now: datetime, chosen: datetime | None) -> None:
    try:
        with transaction.atomic():
            TrailEntry.objects.create(at=now, recorded_at=chosen, **ENTRY)
    except DatabaseError as refusal:
        assert ON_SQLITE and "times of recording" in str(refusal)  # noqa: PT017, PT018  PostgreSQL gives another time instead.
    assert not TrailEntry.objects.filter(recorded_at=chosen).exists()


@pytest.mark.skipif(not ON_SQLITE, reason="PostgreSQL's column takes no such text.")
@pytest.mark.parametrize("chosen", ["garbage", "2999-13-01", ""])
def test_nobody_writes_what_is_no_time_for_when_it_was_recorded(now: datetime, chosen: str) -> None:
    entry = recorded(now)
    columns = "at, late, act, actor, on_behalf_of, subject, schema_version, data"
    copy = f"INSERT INTO {TABLE} (recorded_at, {columns}) SELECT '{chosen}', {columns} FROM {TABLE}"  # noqa: S608
    with pytest.raises(DatabaseError, match="times of recording"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(copy)
    assert TrailEntry.objects.get() == entry


@pytest.mark.parametrize("service", [WEB, WORKER, NOTICES])
@pytest.mark.parametrize("minutes", [-6, 6, -60 * 24 * 365, 60 * 24 * 365])
def test_no_service_writes_of_another_time(roles: Roles, service: Service, minutes: int) -> None:
    with roles.refused(service, why="recorded when it happens"):
        recorded(timezone.now() + minutes * MINUTE)


@pytest.mark.parametrize("service", [WEB, WORKER, NOTICES])
@pytest.mark.parametrize("minutes", [-4, 0, 4])
def test_clock_of_a_service_may_be_some_minutes_off(roles: Roles, service: Service, minutes: int) -> None:
    at = timezone.now() + minutes * MINUTE
    with roles.act_as(service):
        entry = recorded(at)
    assert (entry.at, entry.late) == (at, "")


def test_worker_writes_of_the_past_when_it_says_why(roles: Roles) -> None:
    at = timezone.now() - 600 * MINUTE
    with roles.act_as(WORKER):
        entry = recorded(at, late=Late.SPOOLED)
    assert (entry.at, entry.late, entry.is_recorded_apart) == (at, "spooled", True)


@pytest.mark.parametrize("service", [WEB, NOTICES])
def test_nobody_else_has_a_reason_to(roles: Roles, service: Service) -> None:
    with roles.refused(service, why="row-level security"):
        recorded(timezone.now() - 600 * MINUTE, late=Late.SPOOLED)


def test_being_late_explains_no_future_and_no_reason_of_ones_own(roles: Roles) -> None:
    with roles.refused(WORKER, why="recorded when it happens"):
        recorded(timezone.now() + 600 * MINUTE, late=Late.SPOOLED)
    with roles.refused(WORKER, why="no such reason"):
        recorded(timezone.now() - 600 * MINUTE, late="because")


@pytest.mark.parametrize("at", ["-infinity", "infinity", "0044-03-15 BC"])
def test_time_that_python_cannot_read_is_not_taken(roles: Roles, at: str) -> None:
    insert = (
        "INSERT INTO {} (at, act, actor, on_behalf_of, subject, schema_version, data, late)"  # noqa: S608  Fixed words.
        f" VALUES ('{at}', 'test.happened', 'somebody', '', 'something', 1, '{{{{}}}}', 'spooled')"
    )
    with roles.refused(WORKER, why="recorded when it happens"):
        executed(insert, TABLE)


# Tables that could be taken for the trail


@pytest.mark.parametrize("service", Service)
@pytest.mark.parametrize(
    "statement",
    ["CREATE TEMPORARY TABLE audits_trailentry (id bigint)", "CREATE TABLE public.mine (id bigint)", "CREATE SCHEMA mine"],
)
def test_no_service_makes_a_table_of_its_own(roles: Roles, service: Service, statement: str) -> None:
    with roles.refused(service):
        executed(statement)


def test_rights_to_make_tables_that_somebody_gave_are_taken_away(roles: Roles) -> None:
    web = roles.names[WEB]
    executed("GRANT TEMPORARY ON DATABASE {} TO {}", connection.settings_dict["NAME"], web)
    executed("GRANT CREATE ON SCHEMA public TO {}", web)
    grant(roles=roles.names)
    for statement in ("CREATE TEMPORARY TABLE audits_trailentry (id bigint)", "CREATE TABLE public.mine (id bigint)"):
        with roles.refused(WEB):
            executed(statement)


def test_role_that_makes_tables_in_another_schema_is_unfit(roles: Roles) -> None:
    executed("CREATE SCHEMA other")
    executed("GRANT CREATE ON SCHEMA other TO {}", roles.names[NOTICES])
    with pytest.raises(UnfitRole, match="tables of its own"):
        grant(roles=roles.names)


@only_postgresql
def test_temporary_table_of_an_owner_is_not_what_the_triggers_read(now: datetime) -> None:
    before = recorded(now)
    executed("CREATE TEMPORARY TABLE {0} (LIKE public.{0}) ON COMMIT DROP", TABLE)
    executed("INSERT INTO pg_temp.{0} SELECT * FROM public.{0}", TABLE)
    executed("UPDATE pg_temp.{} SET id = 4711", TABLE)
    executed("INSERT INTO public.{0} SELECT * FROM pg_temp.{0}", TABLE)
    executed("DROP TABLE pg_temp.{}", TABLE)
    assert list(TrailEntry.objects.order_by("pk").values_list("pk", flat=True)) == [before.pk, before.pk + 1]


def test_web_moves_no_cursor_of_notices(roles: Roles) -> None:
    for statement in ("UPDATE {} SET entry_id = 4711", "DELETE FROM {}", "INSERT INTO {} (entry_id) VALUES (4711)"):
        with roles.refused(WEB):
            executed(statement, "access_requests_noticecursor")


# Entries from before


@pytest.mark.exhaustive  # A migration that has landed changes no more.
@pytest.mark.django_db(transaction=True)
def test_migration_makes_up_no_time_of_recording_for_entries_from_before(now: datetime) -> None:
    before = [("audits", "0002_names")]
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    with trail_unguarded():
        try:
            MigrationExecutor(connection).migrate(before)
            state = MigrationExecutor(connection).loader.project_state(before)
            state.apps.get_model("audits", "TrailEntry").objects.create(at=now, **ENTRY)
        finally:
            # All the way: tests that come later need the tables of today.
            MigrationExecutor(connection).migrate(latest)
    entry = TrailEntry.objects.get()
    assert (entry.at, entry.recorded_at, entry.late, entry.is_recorded_apart) == (now, None, "", False)
    following = recorded(now)
    assert following.pk == entry.pk + 1
    assert following.recorded_at is not None


# What can be sealed


@pytest.mark.parametrize("value", [1.5, 2**53, -(2**53), {"deep": [0.5]}])
def test_what_no_leaf_can_hold_is_refused_where_it_is_recorded(now: datetime, value: object) -> None:
    with pytest.raises(NotInShape):
        recorded(now, data={"value": value})
    assert not TrailEntry.objects.exists()


@pytest.mark.parametrize("name", ["actor", "subject", "on_behalf_of"])
def test_half_of_a_surrogate_pair_in_a_name_is_refused(now: datetime, name: str) -> None:
    with pytest.raises(NotInShape):
        recorded(now, **{name: "R-\ud800"})
