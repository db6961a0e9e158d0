"""The database roles of the services, in a test's own transaction: PostgreSQL only."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from audits.database_rights import Service
from audits.database_roles import grant
from audits.triggers import TABLE


@dataclass(frozen=True, kw_only=True)
class Roles:
    names: Mapping[Service, str]

    @contextmanager
    def act_as(self, service: Service) -> Iterator[None]:
        """Have the database take this test for somebody who has the password of the service's role.

        After an error the roll-back of the caller's transaction takes SET ROLE back too.
        """
        _execute("SET ROLE {}", self.names[service])
        yield
        _execute("RESET ROLE")

    def keep_no_time(self) -> None:
        """Let the roles write of any time, for stories that have a clock of their own."""
        _execute("ALTER TABLE {} DISABLE TRIGGER audits_trail_is_in_time", TABLE)

    @contextmanager
    def refused(self, service: Service, why: str = "permission denied") -> Iterator[None]:
        """Expect the database to refuse it to the service's role."""
        with pytest.raises(DatabaseError, match=why), transaction.atomic(), self.act_as(service):
            yield


@pytest.fixture
def roles(db: None) -> Roles:
    """Make a role for each service and grant it what it needs; all of it goes with the test's transaction."""
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL has roles.")
    made = Roles(names={service: f"test_{service}_{os.getpid()}" for service in Service})
    for name in made.names.values():
        _execute("CREATE ROLE {}", name)
    grant(roles=made.names)
    return made


def _execute(statement: str, *names: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)).as_string(cursor.connection))
