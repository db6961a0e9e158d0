"""Fixtures: a real broker, and real workers and beats of the portal on the database of a test that commits.

def test_…(transactional_db, cast, aws, broker, start_worker):
    start_worker(aws.portal_env)
    broker.send("access_requests.grant", elevation.pk)
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from celery import Celery, current_app
from django.db import connection

from portal.demo import commands
from portal.demo.children import end_with_parent
from portal.demo.sockets import free_port
from tests.preloaded import Forked, Preloaded
from tests.waiting import until

CHECKOUT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
# Leases are as long as a call may last: with these, some ten seconds.
SHORT_CALLS = {"AWS_CONNECT_TIMEOUT": "1", "AWS_READ_TIMEOUT": "4", "AWS_CALL_ATTEMPTS": "1"}


@dataclass(slots=True)
class Program:
    """A process of the portal's, and what it says."""

    process: subprocess.Popen[bytes] | Forked
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()

    def finish(self, *, seconds: float = 30) -> int:
        """Let it end as a deployment does; return its exit code."""
        self.process.terminate()
        return self.process.wait(seconds)


class Broker:
    """A broker of the suite's own. `send` speaks for whoever sends; nothing that this process publishes by itself gets here."""

    def __init__(self, *, port: int, password: str) -> None:
        self.url = f"redis://:{password}@127.0.0.1:{port}/0"
        self.redis = redis.Redis(port=port, password=password)
        self.app = Celery("sender", broker=self.url, set_as_current=False)
        self.app.conf.task_routes = current_app.conf.task_routes
        self.app.conf.task_default_queue = current_app.conf.task_default_queue

    def send(self, task: str, *arguments: int, times: int = 1) -> None:
        with self.app.producer_or_acquire() as producer:
            for _ in range(times):
                self.app.send_task(task, args=arguments, producer=producer)

    def length(self, queue: str) -> int:
        """Return how many messages of the queue no worker has taken."""
        return int(self.redis.llen(queue))

    def flush(self) -> None:
        """Lose everything."""
        self.redis.flushall()

    def close(self) -> None:
        self.app.close()
        self.redis.close()


Start = Callable[..., Program]


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    port = free_port()
    command = commands.broker(port=port, password="loopback", environment=os.environ)
    with (tmp_path_factory.mktemp("broker") / "log").open("wb") as log:
        process = _launch(command.line, command.environment, log.fileno(), stdin=subprocess.PIPE)
    assert process.stdin
    with process.stdin as stdin:
        stdin.write(command.say.encode())
    broker = Broker(port=port, password="loopback")
    try:
        until(lambda: _answers(broker))
        yield broker
    finally:
        broker.close()
        process.terminate()
        process.wait()


@pytest.fixture
def start_worker(transactional_db: None, broker: Broker, preloaded: Preloaded, tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a worker, on both queues unless told otherwise, and returns once it is ready."""
    started: list[Program] = []

    def start(environment: Mapping[str, str], *, queues: str = "grants,ends") -> Program:
        log = tmp_path / f"worker-{len(started)}.log"
        started.append(launch_worker(log, broker, preloaded, environment, queues=queues))
        return started[-1]

    broker.flush()
    yield start
    _end(started)


@pytest.fixture
def start_beat(transactional_db: None, broker: Broker, preloaded: Preloaded, tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a beat whose sweeps come every second."""
    started: list[Program] = []

    def start() -> Program:
        log = tmp_path / f"beat-{len(started)}.log"
        line = ["--app=portal", "beat", "--loglevel=INFO", f"--schedule={log.with_suffix('.schedule')}"]
        started.append(Program(preloaded.celery(line, environment=_environment(broker), log=log), log))
        return started[-1]

    yield start
    _end(started)


@pytest.fixture
def published(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have what this process publishes reach the real broker too."""
    monkeypatch.setattr(current_app.conf, "broker_url", broker.url)
    _forget_connections()
    yield
    _forget_connections()


def launch_worker(
    log: Path, broker: Broker, preloaded: Preloaded, environment: Mapping[str, str], *, queues: str = "grants,ends"
) -> Program:
    """Return a worker that is ready. The caller ends it, before the database is emptied."""
    line = worker_line(name=log.stem, queues=queues)
    process = preloaded.celery(line, environment={**_environment(broker), **SHORT_CALLS, **environment}, log=log)
    return ready(Program(process, log))


def launch_cold(log: Path, broker: Broker, environment: Mapping[str, str], *, line: Sequence[str]) -> Program:
    """Return a worker that has begun as `celery` does, of whatever application, and is ready."""
    command = [sys.executable, "-m", "celery", *line]
    with log.open("wb") as output:
        process = _launch(command, {**_environment(broker), **environment}, output.fileno(), stdin=subprocess.DEVNULL)
    return ready(Program(process, log))


def worker_line(*, name: str, queues: str, application: str = "portal") -> list[str]:
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [
        *(f"--app={application}", "worker", "--loglevel=INFO", "--pool=threads", "--concurrency=4"),
        *(f"--queues={queues}", f"--hostname={name}@test", *quiet),
    ]


def ready(worker: Program) -> Program:
    until(lambda: "ready." in worker.said or not worker.is_running, START_SECONDS)
    assert worker.is_running, worker.said
    return worker


def database_url() -> str:
    """Return the test database's address, for another process."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{known['NAME']}"
    return f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT'] or 5432}/{known['NAME']}"


def _environment(broker: Broker) -> dict[str, str]:
    known = {
        "DJANGO_SETTINGS_MODULE": "portal.settings.test",
        "TEST_DATABASE_URL": database_url(),
        "TEST_BROKER_URL": broker.url,
        "SWEEP_SECONDS": "1",
    }
    return {**os.environ, **known}


def _launch(line: Sequence[str], environment: Mapping[str, str], output: int, *, stdin: int) -> "subprocess.Popen[bytes]":
    parent = os.getpid()
    return subprocess.Popen(
        line,
        cwd=CHECKOUT,
        env=dict(environment),
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=lambda: end_with_parent(parent),  # noqa: PLW1509  Two system calls; no threads hold a lock that they need.
    )


def _forget_connections() -> None:
    """Have this process connect anew, to where its settings say now. Celery has no public verb for it."""
    current_app._after_fork()  # type: ignore[attr-defined]


def _answers(broker: Broker) -> bool:
    try:
        return bool(broker.redis.ping())
    except redis.ConnectionError:
        return False


def _end(programs: list[Program]) -> None:
    for program in programs:
        if program.is_running:
            program.signal(signal.SIGCONT)
            program.kill()
