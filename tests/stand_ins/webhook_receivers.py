"""Programs of others that take webhooks, for tests: on loopback, they keep what they get and answer what they are told to."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

# How long a receiver goes on after it was told to stop.
_POLL_SECONDS = 0.01


@dataclass(frozen=True, kw_only=True)
class Got:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`status`, `headers` and `said` are what it answers; until `open` is set it answers nothing to what is `asked`."""

    port: int
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    said: bytes = b""
    got: list[Got] = field(default_factory=list)
    open: Event = field(default_factory=Event)
    asked: int = 0
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Give a receiver that listens until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver = Receiver(server.server_port, scheme="https" if tls else "http")
    receiver.open.set()
    server.RequestHandlerClass = _handler(receiver)
    with _serving(lambda: server.serve_forever(_POLL_SECONDS), server.shutdown):
        yield receiver
        receiver.open.set()
    server.server_close()


@contextmanager
def raw(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Give the address of a server that does with a connection what it is told to, and speaks HTTP only as far as that does."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    answer(connection)

    with _serving(serve, lambda: listener.shutdown(socket.SHUT_RDWR)):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
    listener.close()


def dripping(first: bytes, drop: bytes) -> Callable[[socket.socket], None]:
    """Return what `raw` does: send a little every tenth of a second, for as long as anybody listens."""

    def drip(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(first)
        while True:
            connection.sendall(drop)
            time.sleep(0.1)

    return drip


@contextmanager
def _serving(serve: Callable[[], None], stop: Callable[[], None]) -> Iterator[None]:
    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join(10)


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            receiver.asked += 1
            receiver.open.wait(120)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append(Got(path=self.path, headers={k.lower(): v for k, v in self.headers.items()}, body=body))
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(receiver.said)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(receiver.said)

        def log_message(self, *_: Any) -> None:
            """What a test says is the test's."""

    return Handler
