"""Every table is in some role's list, and every list names tables that there are."""

import pytest
from django.db import connection

from access_requests.lifecycle import ElevationStatus
from audits import database_rights, database_roles
from audits.database_rights import RIGHTS, Service
from audits.triggers import TABLE

pytestmark = pytest.mark.django_db
LISTED = {table for rights in RIGHTS.values() for table in rights}
# Made by `createcachetable`, where the cache is in the database.
ELSEWHERE = {"cache"}


def test_table_that_no_role_has_is_found() -> None:
    there = {table for table in connection.introspection.table_names() if table != "sqlite_sequence"}
    assert there - LISTED == set()
    assert LISTED - there - ELSEWHERE == set()


def test_only_the_webs_role_writes_what_people_say_and_decide() -> None:
    for service, rights in RIGHTS.items():
        inserts = {table for table, verbs in rights.items() if "INSERT" in verbs}
        said = {f"access_requests_{name}" for name in ("accessrequest", "decision", "elevation", "approvalpolicy")} | {
            "users_user"
        }
        assert inserts & said == (said if service == Service.WEB else set())


def test_nobody_may_change_or_delete_an_entry_or_a_personal_text() -> None:
    for rights in RIGHTS.values():
        assert rights.get(TABLE, "SELECT") in (database_rights.READ, database_rights.APPEND)
        assert rights.get(database_rights.PERSONAL, "SELECT") in (database_rights.READ, database_rights.APPEND)


def test_states_that_only_workers_give_are_those_of_the_lifecycle() -> None:
    states = {ElevationStatus.GRANTING, ElevationStatus.ACTIVE, ElevationStatus.ENDED}
    assert all(f"'{state}'" in database_roles.ELEVATIONS_IN_AWS for state in (*states, ElevationStatus.SCHEDULED))
