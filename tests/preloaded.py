"""Workers and beats forked from a process that has imported the portal: in 0.06 s, where a start takes a second of a core.

A fork is what `python -m celery …` would be, but for its imports: it reads its settings anew, from an environment of its own.
The demo's tests and those of the container set-up start real ones.
"""

import ctypes
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import django
import pytest
from celery.__main__ import main
from django.conf import settings
from django.db import connections
from django.utils.functional import empty

from portal.demo.children import end_with_parent

CHECKOUT = Path(__file__).resolve().parent.parent
_PR_SET_CHILD_SUBREAPER = 36
_POLL_SECONDS = 0.01


class Forked:
    """What subprocess.Popen is for a process that another one started for us. Linux gives it to us as a child."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        deadline = time.monotonic() + (timeout or float("inf"))
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("a forked process", timeout or 0)
            time.sleep(_POLL_SECONDS)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Preloaded:
    """The process that forks; one order at a time."""

    def __init__(self) -> None:
        # A fork's parent ends at once, so that the fork becomes a child of this process, which can then wait for it.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
        command = [sys.executable, "-m", "tests.preloaded", str(os.getpid())]
        self._process = subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def celery(self, arguments: Sequence[str], *, environment: Mapping[str, str], log: Path) -> Forked:
        """Start `celery ARGUMENTS`, whose words go to the log."""
        assert self._process.stdin
        assert self._process.stdout
        log.touch()
        order = {"arguments": list(arguments), "environment": dict(environment), "log": str(log)}
        self._process.stdin.write(f"{json.dumps(order)}\n")
        self._process.stdin.flush()
        return Forked(int(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="session")
def preloaded() -> Iterator[Preloaded]:
    process = Preloaded()
    yield process
    process.close()


def _serve(parent: int) -> None:
    end_with_parent(parent)
    _import_everything()
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        if (child := os.fork()) == 0:
            between = os.getpid()
            if os.fork() == 0:
                os.close(reading)
                _become(order, between, parent, writing)
            os._exit(0)
        os.close(writing)
        os.waitpid(child, 0)
        with os.fdopen(reading) as said:
            print(said.readline().strip(), flush=True)  # noqa: T201  To whoever ordered it.


def _import_everything() -> None:
    """Import what a worker imports, but leave Celery unconfigured: that waits for the settings of the fork."""
    django.setup()
    for module in ("celery.bin.celery", "celery.worker", "celery.apps.worker", "celery.apps.beat", "celery.concurrency.thread"):
        importlib.import_module(module)
    for module in ("portal.celery", "access_requests.tasks", "portal.outbox.sending", "kombu.transport.redis", "boto3"):
        importlib.import_module(module)


def _become(order: dict[str, Any], between: int, parent: int, writing: int) -> None:
    os.setsid()
    while os.getppid() == between:  # It is about to end, and this process then becomes a child of the suite.
        time.sleep(0.001)
    end_with_parent(parent)
    os.write(writing, f"{os.getpid()}\n".encode())
    os.close(writing)
    _redirect(order["log"])
    os.environ.clear()
    os.environ.update(order["environment"])
    _read_settings_anew()
    sys.argv = ["celery", *order["arguments"]]
    main()


def _redirect(log: str) -> None:
    nothing, words = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for source, target in ((nothing, 0), (words, 1), (words, 2)):
        os.dup2(source, target)


def _read_settings_anew() -> None:
    # Python lists a module once it is whole: after those that it imports.
    for name in [name for name in sys.modules if name.startswith("portal.settings.")]:
        importlib.reload(sys.modules[name])
    settings._wrapped = empty
    # Django's connections keep the settings that they have seen, in two places.
    vars(connections).pop("settings", None)
    connections._settings = None  # type: ignore[attr-defined]


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
