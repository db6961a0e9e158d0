"""The container set-up's own commands, started as plain processes on the machine's PostgreSQL and Redis."""

import subprocess

import psycopg
import pytest
from psycopg import errors, sql

from tests.deploy.compose import LONG_RUNNING, ROOT, SERVICES, Machine, run_to_end, running

pytestmark = pytest.mark.xdist_group("deploy")
ENTRY = """INSERT INTO audits_trailentry (at, act, actor, on_behalf_of, subject, schema_version, data)
VALUES (now(), 'test.happened', 'somebody', '', 'something', 1, '{}')"""


@pytest.fixture(scope="module")
def installed(machine: Machine) -> Machine:
    """The machine after the migrate step."""
    said = run_to_end(machine, "migrate")
    assert f"{machine.app} works with every table" in said
    return machine


def test_services_become_healthy_as_the_application_role_and_stop_when_asked(installed: Machine) -> None:
    with running(installed, *LONG_RUNNING) as started:
        assert roles_connected(installed) == {installed.app}
        assert {name: each.stop() for name, each in started.items()} == dict.fromkeys(LONG_RUNNING, 0)


def test_migrate_step_may_run_again(installed: Machine) -> None:
    assert "No migrations to apply" in run_to_end(installed, "migrate")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audits_trailentry SET actor = 'nobody'",
        "DELETE FROM audits_trailentry",
        "TRUNCATE audits_trailentry",
        "ALTER TABLE audits_trailentry DISABLE TRIGGER ALL",
        "DROP TRIGGER audits_trail_no_change ON audits_trailentry",
        "DROP TABLE audits_trailentry CASCADE",
        "CREATE OR REPLACE FUNCTION audits_trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
        "DELETE FROM django_migrations",
    ],
)
def test_application_role_cannot_change_the_trail_or_what_guards_it(installed: Machine, statement: str) -> None:
    with psycopg.connect(installed.secret("application_database_url")) as connection:
        connection.execute(ENTRY)
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statement)


def test_application_role_appends_to_the_trail_and_works_with_other_tables(installed: Machine) -> None:
    with psycopg.connect(installed.secret("application_database_url")) as connection:
        connection.execute(ENTRY)
        connection.execute("UPDATE users_user SET name = '' WHERE false")
        assert connection.execute("SELECT actor FROM audits_trailentry ORDER BY id DESC LIMIT 1").fetchone() == ("somebody",)
        connection.rollback()


@pytest.mark.parametrize("role", ["owner", "nobody_of_this_name"])
def test_role_that_could_change_the_trail_is_not_taken(installed: Machine, role: str) -> None:
    assert_not_taken(installed, installed.owner if role == "owner" else role)


def test_role_that_may_make_roles_is_not_taken_since_it_could_join_the_owner(installed: Machine) -> None:
    role = sql.Identifier(installed.app)
    with psycopg.connect(installed.server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER ROLE {} CREATEROLE").format(role))
        try:
            assert_not_taken(installed, installed.app)
        finally:
            connection.execute(sql.SQL("ALTER ROLE {} NOCREATEROLE").format(role))


def assert_not_taken(installed: Machine, role: str) -> None:
    refused = subprocess.run(
        ["python", "manage.py", "grant_application_role", role],
        cwd=ROOT,
        env=installed.environment("migrate"),
        check=False,
        capture_output=True,
        text=True,
    )
    assert refused.returncode == 1
    assert "CommandError" in refused.stderr


def test_owner_is_used_by_the_migrate_step_alone() -> None:
    with_owner = {name for name, service in SERVICES.items() if "owner_database_url" in service.get("secrets", [])}
    assert with_owner == {"migrate"}


def test_workers_alone_have_credentials_of_aws() -> None:
    with_credentials = {name for name, service in SERVICES.items() if "aws_credentials" in service.get("secrets", [])}
    assert with_credentials == {"worker", "ends-worker"}


def test_every_lasting_service_has_a_health_check() -> None:
    assert {name for name, service in SERVICES.items() if "healthcheck" in service} == SERVICES.keys() - {"migrate"}


def test_no_secret_is_written_into_an_environment() -> None:
    named = {
        name
        for service in SERVICES.values()
        for name in service.get("environment", {})
        if any(word in name for word in ("SECRET", "PASSWORD", "KEY", "DATABASE_URL"))
    }
    assert all(name.endswith("_FILE") for name in named)


def roles_connected(machine: Machine) -> set[str]:
    """Return who is logged in to the database, but for this test."""
    with psycopg.connect(machine.server_url, dbname=machine.tests) as connection:
        rows = connection.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchall()
    return {row[0] for row in rows}
