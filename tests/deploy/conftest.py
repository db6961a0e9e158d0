"""A PostgreSQL and a Redis of the machine, lent to the services of docker-compose.yml."""

import os
from collections.abc import Iterator

import psycopg
import pytest
import redis
from psycopg import sql

from audits.database_rights import Service
from tests.deploy.compose import Machine, make_secrets, run_role_script


@pytest.fixture(scope="module")
def server_url() -> str:
    """The PostgreSQL server, and somebody who may make databases and roles there."""
    url = os.environ.get("TEST_DATABASE_URL")
    if not url:
        pytest.skip("TEST_DATABASE_URL names no PostgreSQL.")
    return url


@pytest.fixture(scope="module")
def broker_url() -> Iterator[str]:
    """A database of the Redis server that nobody else uses meanwhile."""
    url = os.environ.get("TEST_REDIS_URL")
    if not url:
        pytest.skip("TEST_REDIS_URL names no Redis.")
    base = url.rpartition("/")[0] if url.count("/") > 2 else url
    for number in range(1, 16):
        with redis.Redis.from_url(f"{base}/{number}") as client:
            if client.set("sekisho-tests", os.getpid(), nx=True, ex=600):
                yield f"{base}/{number}"
                client.flushdb()
                return
    pytest.fail("Every database of the Redis server is taken.")


@pytest.fixture(scope="module")
def machine(server_url: str, broker_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A database with its owner and, made by the container's own script, the services' roles; nothing in it yet."""
    names = {name: f"sekisho_{name}_{os.getpid()}" for name in ("owner", "tests")}
    roles = {str(service): f"sekisho_{service}_{os.getpid()}" for service in Service}
    folder = tmp_path_factory.mktemp("deploy")
    machine = Machine(server_url=server_url, broker_url=broker_url, folder=folder, roles=roles, **names)
    make_secrets(machine)
    with psycopg.connect(server_url, autocommit=True) as connection:
        database, owner = (sql.Identifier(names[name]) for name in ("tests", "owner"))
        everybody = sql.SQL(", ").join([owner, *map(sql.Identifier, roles.values())])
        password = (folder / "secrets/owner_password").read_text().strip()
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(owner, sql.Literal(password)))
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
        try:
            run_role_script(machine)
            # As where the roles are there already.
            run_role_script(machine)
            yield machine
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))
            connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(everybody))
