"""Whole suites of the web's doors under its own database role, so that whatever it lacks shows.

Loaded where AS_WEB is set, as `make test-all` does for pages, API and chat on PostgreSQL. Each call of Django's test client runs
as that role; what a test prepares, and what stands for a worker, does not.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management.base import BaseCommand
from django.db import connection
from django.test import Client
from psycopg import sql
from pytest_django import DjangoDbBlocker

from audits.database_rights import Service
from audits.database_roles import grant
from audits.triggers import TABLE

ROLE = f"test_as_web_{os.getpid()}"
# Commands of the container set-up that run under this role too.
COMMANDS = ("load_catalogue",)


@pytest.fixture(scope="session", autouse=True)
def _web_role(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    if connection.vendor != "postgresql":
        pytest.exit("AS_WEB needs PostgreSQL: name one in TEST_DATABASE_URL.")
    with django_db_blocker.unblock():
        _execute("CREATE ROLE {}")
        grant(roles={Service.WEB: ROLE})
        # Stories have a clock of their own.
        _execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER audits_trail_is_in_time")
    yield
    with django_db_blocker.unblock():
        for statement in ("DROP OWNED BY {}", "DROP ROLE {}"):
            _execute(statement)


@pytest.fixture(autouse=True)
def _calls_as_web(monkeypatch: pytest.MonkeyPatch) -> None:
    request, execute = Client.request, BaseCommand.execute

    def request_as_web(self: Client, **said: Any) -> Any:
        return _as_web(lambda: request(self, **said))

    def execute_as_web(self: BaseCommand, *said: Any, **options: Any) -> Any:
        is_webs = type(self).__module__.rpartition(".")[2] in COMMANDS
        return _as_web(lambda: execute(self, *said, **options)) if is_webs else execute(self, *said, **options)

    monkeypatch.setattr(Client, "request", request_as_web)
    monkeypatch.setattr(BaseCommand, "execute", execute_as_web)


def _as_web(call: Any) -> Any:
    _execute("SET ROLE {}")
    try:
        return call()
    finally:
        # After an error the roll-back of the test's transaction takes SET ROLE back too.
        if not connection.needs_rollback:
            _execute("RESET ROLE")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(ROLE)).as_string(cursor.connection))
