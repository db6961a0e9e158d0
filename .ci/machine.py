"""What this machine has of what the gate uses: programs, servers, fonts. As root in CI, what is lacking is installed."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import redis
from psycopg import sql

# What a program of Debian is called, and the package that brings it.
PROGRAMS = {"chromium": "chromium", "node": "nodejs", "npm": "npm", "openssl": "openssl", "psql": "postgresql-client"}
CJK_FONT = ("fc-list :lang=ja family", "fonts-noto-cjk")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def servers_found() -> dict[str, str]:
    """Return the addresses of PostgreSQL and Redis: as told by the environment, else what answers on loopback."""
    found: dict[str, str] = {}
    databases = [f"postgresql://{user}@127.0.0.1:5432/postgres" for user in ("postgres", "root")]
    brokers = ["redis://127.0.0.1:6379/0"]
    for name, usual, answers in (
        ("TEST_DATABASE_URL", databases, _database_answers),
        ("TEST_REDIS_URL", brokers, _broker_answers),
    ):
        told = os.environ.get(name)
        if url := next((url for url in ([told] if told else usual) if answers(url)), None):
            found[name] = url
    return found


def server_processes(found: Mapping[str, str]) -> list[int]:
    """Return the processes of the servers that run here, whose work is the gate's."""
    pids: list[int] = []
    if (url := found.get("TEST_DATABASE_URL")) and urlsplit(url).hostname in LOOPBACK:
        with psycopg.connect(url) as connection:
            pids += _parent_named(connection.info.backend_pid, "postgres")
    if (url := found.get("TEST_REDIS_URL")) and urlsplit(url).hostname in LOOPBACK:
        with redis.Redis.from_url(url) as client:
            pids.append(int(client.info("server")["process_id"]))
    return pids


@contextmanager
def databases_dropped(found: Mapping[str, str], prefix: str) -> Iterator[None]:
    """Drop the databases with this prefix afterwards: what runs began from, and what is left of those that were killed."""
    try:
        yield
    finally:
        if url := found.get("TEST_DATABASE_URL"):
            with psycopg.connect(url, autocommit=True) as connection:
                names = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix]).fetchall()
                for (name,) in names:
                    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def lacking() -> list[str]:
    """Return the packages of Debian that bring what this machine lacks."""
    packages = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    command, font = CJK_FONT
    has_fonts = shutil.which("fc-list") and subprocess.run(command.split(), check=False, capture_output=True).stdout
    return packages if has_fonts else [*packages, font]


def install(packages: Sequence[str]) -> None:
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "install", "-qq", "--no-install-recommends", *packages], check=True, env=environment)


def not_run(found: Mapping[str, str]) -> list[str]:
    """Return, in words, what of the gate this machine could not run."""
    missing = {
        "TEST_DATABASE_URL": "tests on PostgreSQL: no server that may make databases (TEST_DATABASE_URL, or 127.0.0.1:5432)",
        "TEST_REDIS_URL": "tests with Redis: no server (TEST_REDIS_URL, or 127.0.0.1:6379)",
    }
    words = [sentence for name, sentence in missing.items() if name not in found]
    return words + [f"what needs {package}: not installed" for package in lacking()]


def _database_answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    except psycopg.Error:
        return False
    return row is not None and bool(row[0])


def _broker_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _parent_named(pid: int, name: str) -> list[int]:
    """Return the process's parent: PostgreSQL's first process, to which the seconds of ended connections are added."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        parent = int(fields[1])
        return [parent] if Path(f"/proc/{parent}/comm").read_text().strip() == name else []
    except (FileNotFoundError, ProcessLookupError):
        return []
