"""Connections: what has come of a request, and what is left of an answer."""

import errno
import socket
from contextlib import suppress
from threading import Lock
from typing import Any

from gunicorn.http import get_parser
from gunicorn.workers.gthread import TConn

from portal.web_server.collecting import Collector, Whole

PIECE = 256 * 1024
# Of all answers of this process that their clients have not taken: who has let one lie for the longest is given up.
UNSENT_LIMIT = 32 * 1024 * 1024
# Where threads make answers faster than those are given up, what goes beyond this is not kept.
UNSENT_AT_MOST = 2 * UNSENT_LIMIT


class Unsent:
    """How many bytes of answers lie here, of all clients: threads put them in, the event loop takes them out."""

    def __init__(self) -> None:
        self.total = 0
        self._changing = Lock()

    def add(self, more: int) -> None:
        with self._changing:
            self.total += more

    @property
    def is_too_much(self) -> bool:
        return self.total > UNSENT_LIMIT


class ClientSocket(socket.socket):
    """A client's socket, for which nobody ever waits, whatever gunicorn says.

    What the client does not take at once of an answer is `unsent`: the event loop sends it on. A thread, to which the socket is
    lent for one request, finds nothing more to read: it was given all of that request.
    """

    def __init__(self, accepted: socket.socket, all_unsent: Unsent) -> None:
        super().__init__(fileno=accepted.detach())
        super().settimeout(0)
        self.all_unsent = all_unsent
        self.unsent = bytearray()
        self.is_lent = False

    def setblocking(self, _blocking: bool, /) -> None:  # noqa: FBT001  The name and shape are the socket's.
        """Stay as it is."""

    def settimeout(self, _seconds: float | None, /) -> None:
        """Stay as it is."""

    def shutdown(self, how: int, /) -> None:
        """Leave it open while a thread has it: what is unsent is the event loop's to send, and the end is its to make."""
        if not self.is_lent:
            super().shutdown(how)

    def close(self) -> None:
        if not self.is_lent:
            super().close()

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        if self.is_lent:
            raise ConnectionResetError(errno.ECONNRESET, "a request was to be read beyond its end")
        return super().recv(size, flags)

    def send(self, data: Any, flags: int = 0, /) -> int:
        self.sendall(data, flags)
        return len(data)

    def sendall(self, data: Any, _flags: int = 0, /) -> None:
        """Send what the client takes now and keep the rest. Raises OSError where the client is gone, or there is no room."""
        sent = 0 if self.unsent else self._sent_of(memoryview(data))
        rest = memoryview(data)[sent:]
        if self.all_unsent.total + len(rest) > UNSENT_AT_MOST:
            raise ConnectionResetError(errno.ECONNRESET, "too many answers are not taken")
        self.all_unsent.add(len(rest))
        self.unsent += rest

    def flush(self) -> bool:
        """Send what the client takes now; return whether nothing is left. Raises OSError where the client is gone."""
        while self.unsent:
            # Both are let go of, or the bytes could not be taken out below.
            with memoryview(self.unsent) as left, left[:PIECE] as piece:
                sent = self._sent_of(piece)
            if not sent:
                return False
            del self.unsent[:sent]
            self.all_unsent.add(-sent)
        return True

    def drop(self) -> None:
        """Forget what is left of an answer that nobody takes."""
        self.all_unsent.add(-len(self.unsent))
        self.unsent.clear()

    def _sent_of(self, data: memoryview) -> int:
        try:
            return super().send(data)
        except (BlockingIOError, InterruptedError):
            return 0


class Connection(TConn):  # type: ignore[misc]  # gunicorn ships no types.
    """One client's connection: a thread has it while a whole request is answered, and the event loop before and after that."""

    def __init__(self, cfg: Any, accepted: socket.socket, client: Any, server: Any, *, all_unsent: Unsent) -> None:
        super().__init__(cfg, ClientSocket(accepted, all_unsent), client, server)
        self.collector = Collector()
        # A thread is never to wait for the first byte, nor for a handshake.
        self.initialized = self.data_ready = True
        self.parser = get_parser(cfg, self.sock, client)
        self.given = 0
        self.is_urgent = self.stays = False
        # It was answered already; what still comes is thrown away.
        self.is_over = False
        self.is_gone = False

    def give(self, request: Whole) -> None:
        """Have gunicorn's parser find the request as if it had just come."""
        self.given = len(request.data)
        self.parser.unreader.unread(request.data)
        self.sock.is_lent = True

    def take_back(self) -> None:
        self.sock.is_lent = False

    def has_left(self) -> bool:
        """Whether gunicorn left some of what it was given: the two do not agree on where a request ends."""
        return bool(self.parser.unreader.buf.getvalue())

    def say(self, data: bytes) -> None:
        """Write without waiting; a client that does not take even that gets nothing."""
        with suppress(OSError):
            self.sock.sendall(data)
            self.sock.drop()

    def close(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002  gunicorn's.
        """Close at once. In gunicorn a graceful end waits two seconds for the client, and with it everybody else."""
        if graceful:
            with suppress(OSError):
                self.sock.shutdown(socket.SHUT_WR)
        super().close(graceful=False)
