"""Two servers on one database: the portal, and the toy that is its floor."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.db import connection

from portal.demo.children import end_with_parent
from portal.demo.sockets import free_port
from tests.bench.measuring import REQUESTS, Server
from tests.bench.toy.models import Note, Thing
from tests.waiting import until
from tests.worker import Broker, database_url, launch_cold, worker_line

CHECKOUT = Path(__file__).resolve().parents[2]
Serve = Callable[..., Server]
OURS = ("--config=python:portal.web_server.settings",)
GTHREAD = ("--worker-class=gthread", "--keep-alive=75", "--no-control-socket")


@pytest.fixture(autouse=True)
def _only_on_postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the bench measures on PostgreSQL: set TEST_DATABASE_URL")


@pytest.fixture
def serve(transactional_db: None, broker: Broker, tmp_path: Path) -> Iterator[Serve]:
    """Return a function that serves an application under settings, and returns once it answers."""
    running: list[subprocess.Popen[bytes]] = []
    connections: list[HTTPConnection] = []

    def start(application: str, settings: str, *options: str) -> Server:
        port = free_port()
        line = [sys.executable, "-m", "gunicorn", application, f"--bind=127.0.0.1:{port}", *(options or GTHREAD)]
        known = {"DJANGO_SETTINGS_MODULE": settings, "TEST_DATABASE_URL": database_url(), "TEST_BROKER_URL": broker.url}
        line += ["--workers=1", "--threads=4"]
        log = tmp_path / f"{port}.log"
        with log.open("wb") as output:
            running.append(_launch(line, {**os.environ, **known}, output.fileno()))
        until(lambda: _listens(port) or running[-1].poll() is not None)
        assert running[-1].poll() is None, log.read_text()
        connections.append(HTTPConnection("127.0.0.1", port, timeout=60))
        return Server(connections[-1])

    yield start
    for opened in connections:
        opened.close()
    for process in running:
        process.terminate()
        process.wait(30)


@pytest.fixture
def toy(serve: Serve) -> Iterator[Server]:
    """The floor's server, with as many things as the portal has requests."""
    with connection.schema_editor() as editor:
        editor.create_model(Thing)
        editor.create_model(Note)
    Thing.objects.bulk_create((Thing(text=f"thing {each}, as good as any other") for each in range(REQUESTS)), batch_size=5_000)
    yield serve("tests.bench.toy.wsgi", "tests.bench.toy.settings")
    with connection.schema_editor() as editor:
        editor.delete_model(Note)
        editor.delete_model(Thing)


@pytest.fixture
def toy_worker(broker: Broker, tmp_path: Path) -> Iterator[Broker]:
    """Return the broker of a worker that does nothing but say when it began."""
    line = worker_line(name="toy", queues="toy", application="tests.bench.toy.celery")
    worker = launch_cold(tmp_path / "toy.log", broker, {}, line=line)
    yield broker
    worker.kill()


@pytest.fixture
def portal(serve: Serve) -> Server:
    return serve("portal.wsgi", "tests.bench.portal_settings", *OURS)


@pytest.fixture
def portal_by_gthread(serve: Serve) -> Server:
    """The portal, served by gunicorn's own worker with threads."""
    return serve("portal.wsgi", "tests.bench.portal_settings", *GTHREAD)


def _launch(line: list[str], environment: dict[str, str], output: int) -> "subprocess.Popen[bytes]":
    parent = os.getpid()
    return subprocess.Popen(
        line,
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        preexec_fn=lambda: end_with_parent(parent),  # noqa: PLW1509  Two system calls; no threads hold a lock that they need.
    )


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
