"""The trail is append-only in the database itself, whatever Python does."""

from datetime import datetime

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from audits import trail
from audits.checks import trail_is_protected
from audits.models import TrailEntry
from audits.triggers import TABLE, missing_triggers
from tests.worlds.entry import ENTRY

pytestmark = pytest.mark.django_db
CHANGES = [f"UPDATE {TABLE} SET actor = 'nobody'", f"DELETE FROM {TABLE}"]  # noqa: S608  Fixed words.
REFUSED = {
    "sqlite": [*CHANGES, f"INSERT OR REPLACE INTO {TABLE} SELECT * FROM {TABLE}"],  # noqa: S608
    "postgresql": [
        *CHANGES,
        f"TRUNCATE {TABLE} CASCADE",
    ],
}


@pytest.fixture
def entry(now: datetime) -> TrailEntry:
    with transaction.atomic():
        return trail.record(now=now, **ENTRY)


def test_database_refuses_to_change_delete_or_truncate(entry: TrailEntry) -> None:
    for statement in REFUSED[connection.vendor]:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert TrailEntry.objects.get().actor == "somebody"


def test_model_refuses_what_the_database_refuses(entry: TrailEntry) -> None:
    with pytest.raises(TypeError, match="append-only"):
        entry.delete()
    entry.actor = "nobody"
    with pytest.raises(TypeError, match="append-only"):
        entry.save()


@pytest.mark.django_db(transaction=True)
def test_check_names_a_missing_trigger_and_migrate_makes_it_again() -> None:
    gone = min(missing_after_dropping_one())
    errors = trail_is_protected(databases=["default"])
    assert [error.id for error in errors] == ["audits.E001"]
    assert gone in errors[0].msg
    call_command("migrate", verbosity=0)
    assert trail_is_protected(databases=["default"]) == []


def missing_after_dropping_one() -> frozenset[str]:
    on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    name = "audits_trail_no_change" if on_table else "audits_trail_no_update"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on_table}")
    return missing_triggers(connection)


@pytest.mark.django_db(transaction=True)
def test_entry_needs_the_transaction_of_its_change(now: datetime) -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        trail.record(now=now, **ENTRY)
