"""Emptying the database after a test that commits: Django's own flush, but fast, and allowed to empty the trail.

What stays is what `migrate` itself puts in: content types, permissions, the site.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test import TransactionTestCase

from audits.triggers import TABLE_OF, make_triggers

MADE_BY_MIGRATE = frozenset({"django_migrations", "django_content_type", "auth_permission", "django_site"})


@pytest.fixture(scope="session", autouse=True)
def _tests_that_commit_are_emptied_after_fast() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: empty())
        yield


def empty() -> None:
    """Delete every row. PostgreSQL takes 3 ms where the role may leave triggers and keys out, and 0.7 s by TRUNCATE."""
    if connection.vendor == "postgresql":
        try:
            _delete_as_a_replica()
        except ProgrammingError as refusal:
            warnings.warn(f"tables are emptied slowly, by TRUNCATE: {refusal}", stacklevel=1)
            _truncate()
    else:
        _delete_without_triggers()


def _tables() -> list[str]:
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(set(found) - MADE_BY_MIGRATE)


def _delete_as_a_replica() -> None:
    """A replica's session fires neither the trail's triggers nor those of foreign keys, so that the order is free."""
    statements = ["SET LOCAL session_replication_role = replica", "SET LOCAL synchronous_commit = off"]
    statements += [f"DELETE FROM {connection.ops.quote_name(table)}" for table in _tables()]  # noqa: S608  Names of our own tables.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(";".join(statements))


def _truncate() -> None:
    with trail_unguarded(), connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), _tables(), reset_sequences=False, allow_cascade=True):
            cursor.execute(statement)


def _delete_without_triggers() -> None:
    with trail_unguarded(), connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608  Names of our own tables.


@contextmanager
def trail_unguarded() -> Iterator[None]:
    """Lift what guards the trail and what was sealed of it."""
    with connection.cursor() as cursor:
        for name, table in TABLE_OF[connection.vendor].items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))
    yield
    make_triggers()
