"""How long a call to somebody else may take as a whole.

Time-outs of HTTP libraries are of each read: a byte now and then keeps them away for ever. So what a call connects is cut when
its time is over, in whatever it is waiting for then. The limit belongs to the call, which alone knows when it is done: a library
closes its connection early, such as behind a head that says `Connection: close`, while the answer is still being read.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from threading import Lock, Timer
from typing import Any
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, Request, build_opener


class Limit:
    """The connections of one call, until it is done or its time is over."""

    def __init__(self) -> None:
        self.is_over = False
        self._connections: list[socket.socket] = []
        self._turn = Lock()

    def watch(self, connection: socket.socket) -> None:
        # A descriptor of its own for the same connection: TLS takes over the first, and its number may go to another.
        with self._turn:
            self._connections.append(connection.dup())
        if self.is_over:
            self.cut()

    def cut(self) -> None:
        with self._turn:
            self.is_over = True
            for connection in self._connections:
                with suppress(OSError):  # The other side was faster.
                    connection.shutdown(socket.SHUT_RDWR)

    def check(self) -> None:
        """Raise TimeoutError where the time is over, whatever it looked like to the library: an end, or half of an answer."""
        if self.is_over:
            raise TimeoutError

    def let_go(self) -> None:
        with self._turn:
            for connection in self._connections:
                connection.close()
            self._connections.clear()


_current: ContextVar[Limit] = ContextVar("limit of the call that is made here")


@contextmanager
def at_most(seconds: float) -> Iterator[Limit]:
    """Cut what is connected and watched within, when the time is over; what waits for it then fails, or reads an end."""
    limit = Limit()
    timer = Timer(seconds, limit.cut)
    timer.daemon = True
    timer.start()
    here = _current.set(limit)
    try:
        yield limit
    finally:
        _current.reset(here)
        timer.cancel()
        limit.let_go()


def current() -> Limit:
    """Return the limit of the call that is made here. Raises LookupError outside of `at_most`: no call goes without one."""
    return _current.get()


def opener(*more: Any) -> OpenerDirector:
    """Return what opens addresses within `at_most`."""
    return build_opener(_Handler, _TlsHandler, *more)


def _connected(*arguments: Any, **options: Any) -> socket.socket:
    limit = current()
    made = socket.create_connection(*arguments, **options)
    limit.watch(made)
    return made


class _Connection(HTTPConnection):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Where http.client lets others connect; `connect` itself returns only when TLS has been agreed upon.
        self._create_connection = _connected


class _TlsConnection(_Connection, HTTPSConnection):
    pass


class _Handler(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Connection, req)


class _TlsHandler(HTTPSHandler):
    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_TlsConnection, req)
