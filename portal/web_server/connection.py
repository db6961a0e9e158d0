"""Connections: what has come of a request, and an answer that is written for so long and no longer."""

import errno
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from gunicorn.http import get_parser
from gunicorn.workers.gthread import TConn

from portal.web_server.collecting import Collector, Whole

# A client may keep a thread waiting so long, all calls for one answer taken together; then it is given up.
ANSWER_SECONDS = 20.0
T = TypeVar("T")


class TimedSocket(socket.socket):
    """A client's socket. All that is waited for on it while a thread has it is ANSWER_SECONDS, whatever the client does.

    gunicorn writes an answer by several calls; a time-out of each would let a client take one byte in each.
    """

    left: float | None = None

    @classmethod
    def of(cls, accepted: socket.socket) -> "TimedSocket":
        return cls(fileno=accepted.detach())

    def setblocking(self, blocking: bool, /) -> None:  # noqa: FBT001  The name and shape are the socket's.
        super().setblocking(blocking)
        self.left = ANSWER_SECONDS if blocking else None

    def wait_no_more(self) -> None:
        """Be the event loop's, which waits for nobody."""
        self.settimeout(0)
        self.left = None

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        return self._in_time(lambda: super(TimedSocket, self).recv(size, flags))

    def send(self, data: Any, flags: int = 0, /) -> int:
        return self._in_time(lambda: super(TimedSocket, self).send(data, flags))

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        self._in_time(lambda: super(TimedSocket, self).sendall(data, flags))

    def _in_time(self, call: Callable[[], T]) -> T:
        if self.left is None:
            return call()
        began = time.monotonic()
        try:
            # Nought would not block at all.
            self.settimeout(max(self.left, 0.001))
            return call()
        except TimeoutError as error:
            # gunicorn tells of others' time-outs as of errors of its own.
            raise ConnectionResetError(errno.ECONNRESET, "the client did not take its answer in time") from error
        finally:
            self.left -= time.monotonic() - began


class Connection(TConn):  # type: ignore[misc]  # gunicorn ships no types.
    """One client's connection: with the event loop while it waits, with a thread while a whole request is answered."""

    def __init__(self, cfg: Any, accepted: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, TimedSocket.of(accepted), client, server)
        self.collector = Collector()
        # A thread is never to wait for the first byte, nor for a handshake.
        self.initialized = self.data_ready = True
        self.parser = get_parser(cfg, self.sock, client)
        self.is_last, self.given = False, 0
        # It was answered already; what still comes is thrown away.
        self.is_over = False
        self.is_gone = False

    def give(self, request: Whole) -> None:
        """Have gunicorn's parser find the request as if it had just come."""
        self.is_last, self.given = request.is_last, len(request.data)
        self.parser.unreader.unread(request.data)

    def has_left(self) -> bool:
        """Whether gunicorn left some of what it was given: the two do not agree on where a request ends."""
        return bool(self.parser.unreader.buf.getvalue())

    def say(self, data: bytes) -> None:
        """Write without waiting; a client that does not take even that gets nothing."""
        try:
            self.sock.send(data)
        except OSError:
            return

    def close(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002  gunicorn's.
        """Close at once. In gunicorn a graceful end waits two seconds for the client, and with it everybody else."""
        if graceful:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_WR)
        super().close(graceful=False)
