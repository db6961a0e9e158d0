"""gunicorn as the portal runs it, one process of it, before an application of the tests."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from portal.demo.children import end_with_parent
from portal.demo.sockets import free_port
from tests.waiting import until

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, kw_only=True)
class State:
    pid: int
    threads: int
    files: int
    memory: int


@dataclass(frozen=True, kw_only=True)
class Server:
    port: int
    process: "subprocess.Popen[bytes]"
    opened: list[socket.socket] = field(default_factory=list)

    def connect(self) -> socket.socket:
        """Return a new connection, which is closed with the test."""
        self.opened.append(socket.create_connection(("127.0.0.1", self.port), timeout=30))
        return self.opened[-1]

    def hang_up(self) -> None:
        while self.opened:
            self.opened.pop().close()

    def sends(self, data: bytes) -> socket.socket:
        """Return a new connection that has sent these bytes."""
        opened = self.connect()
        opened.sendall(data)
        return opened

    def get(self, path: str, *, timeout: float = 30) -> tuple[int, bytes]:
        return self.asks("GET", path, timeout=timeout)

    def asks(self, method: str, path: str, body: bytes = b"", *, timeout: float = 30) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def state(self) -> State:
        pid, threads, files, memory = map(int, self.get("/state")[1].split())
        return State(pid=pid, threads=threads, files=files, memory=memory)


def answered(opened: socket.socket) -> tuple[int, bytes]:
    """Return the status and the body of the answer that is on its way."""
    response = HTTPResponse(opened)
    response.begin()
    return response.status, response.read()


def is_closed(opened: socket.socket) -> bool:
    """Wait until the server has closed the connection; whatever it says before that is not looked at."""
    try:
        while opened.recv(65_536):
            pass
    except ConnectionResetError:
        pass
    return True


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One worker of four threads, with little patience."""
    folder = tmp_path_factory.mktemp("web_server")
    with served(folder, "--worker-connections=400", COLLECTING_SECONDS="2", LINGERING_SECONDS="0.5") as server:
        yield server


@pytest.fixture(autouse=True)
def _hung_up(server: Server) -> Iterator[None]:
    yield
    server.hang_up()


class served:  # noqa: N801  Used as a context manager only.
    """Serve the application until the end of the block. `limits` stand in for the worker's own."""

    def __init__(self, folder: Path, *options: str, **limits: str) -> None:
        self.folder, self.options, self.limits = folder, options, limits

    def __enter__(self) -> Server:
        port, parent = free_port(), os.getpid()
        line = [sys.executable, "-m", "gunicorn", "--config=python:tests.web_server.gunicorn", f"--bind=127.0.0.1:{port}"]
        log = self.folder / "gunicorn.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*line, "--workers=1", "--threads=4", *self.options, "tests.web_server.application:application"],
                cwd=CHECKOUT,
                env={**os.environ, **self.limits},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: end_with_parent(parent),  # noqa: PLW1509  Two system calls; no threads hold a lock.
            )
        self.server = Server(port=port, process=process)
        until(lambda: self._answers() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        return self.server

    def __exit__(self, *_: object) -> None:
        self.server.hang_up()
        self.server.process.terminate()
        self.server.process.wait(30)

    def _answers(self) -> bool:
        try:
            return self.server.get("/healthz", timeout=1)[0] == 200
        except OSError:
            return False
