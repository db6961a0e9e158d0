"""gunicorn's worker with threads, but for one thing: its event loop reads and writes, and threads never wait for a client."""

import errno
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from selectors import EVENT_READ, EVENT_WRITE
from socket import socket
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from portal.web_server import urgent
from portal.web_server.collecting import Refused, Whole
from portal.web_server.connection import Connection, Unsent

# From a connection's first byte, or from its beginning, to the last byte of its request.
COLLECTING_SECONDS = 10.0
# A refusal may be on its way while the client still sends; closing then would take it back.
LINGERING_SECONDS = 2.0
# Of all requests of this process that are unfinished or wait for a thread: two hundred of the longest.
HELD_LIMIT = 64 * 1024 * 1024
# From the end of a request's work to the last byte of its answer. Nothing but memory waits meanwhile.
ANSWER_SECONDS = 60.0
URGENT_THREADS = 2
CHUNK = 64 * 1024
NOT_NOW = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)
NO_FILES = (errno.EMFILE, errno.ENFILE)


class CollectingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types.
    """`pending_conns` send a request, the oldest first; `answered_conns` take an answer; `keepalived_conns` do neither.

    All but `handle` runs in the event loop, which never waits for one client.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Bytes of requests that are not answered yet, and of answers that were not taken yet.
        self.held, self.unsent = 0, Unsent()
        # How many requests that are not urgent have a thread, or wait for one.
        self.submitted = 0
        self.answered_conns: deque[Connection] = deque()

    def init_process(self) -> None:
        self.urgent = ThreadPoolExecutor(max_workers=URGENT_THREADS, thread_name_prefix="urgent")
        super().init_process()

    # New connections

    def accept(self, listener: socket) -> None:
        try:
            accepted, address = listener.accept()
        except OSError as error:
            if error.errno in NO_FILES:
                self._give_way()
            elif error.errno not in NOT_NOW:
                raise
            return
        if self.nr_conns + 1 >= self.worker_connections:
            self._give_way()
        self.nr_conns += 1
        conn = Connection(self.cfg, accepted, address, listener.getsockname(), all_unsent=self.unsent)
        self._collect(conn)
        self._read(conn)

    def _give_way(self) -> None:
        """Make room for somebody new: of those who send, who take and who are idle, the longest of the largest crowd goes.

        Where that is small, threads have the others and will be done with them soon: gunicorn takes nobody new until then.
        """
        waiting = max(self.pending_conns, self.answered_conns, self.keepalived_conns, key=len)
        if len(waiting) > self.worker_connections // 10:
            self._end(waiting[0])

    # Collecting

    def _collect(self, conn: Connection) -> None:
        """Have the event loop read a request from the connection."""
        conn.timeout = time.monotonic() + COLLECTING_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def on_pending_socket_readable(self, conn: Connection, _client: socket) -> None:
        self._read(conn)

    def on_client_socket_readable(self, conn: Connection, client: socket) -> None:
        if conn.is_gone:
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._collect(conn)
        self._read(conn)

    def _read(self, conn: Connection) -> None:
        """Take what has come, without waiting for more."""
        if conn.is_gone:
            return  # It gave way to one that came with the same look at what is readable.
        try:
            data = conn.sock.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._end(conn)
            return
        if not data:
            self._end(conn)
        elif not conn.is_over:
            self.held += len(data)
            conn.collector.add(data)
            self._hand_over(conn)
            while self.held > HELD_LIMIT and self.pending_conns:
                self._end(self.pending_conns[0])

    def _hand_over(self, conn: Connection) -> None:
        """Give the connection to a thread if a whole request is there."""
        try:
            request = conn.collector.take()
        except Refused as refused:
            self._refuse(conn, HTTPStatus(refused.status))
            return
        if request is not None:
            self._submit(conn, request)
        elif conn.collector.is_waited_for():
            conn.say(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _submit(self, conn: Connection, request: Whole) -> None:
        """Give a request to a thread, unless so many wait for one that others would have no room to connect or to send."""
        conn.is_urgent = urgent.is_urgent(request.target)
        if self._are_too_many(conn):
            self.held -= len(request.data)
            self._refuse(conn, HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self._leave(conn)
        conn.give(request)
        self.submitted += not conn.is_urgent
        done = (self.urgent if conn.is_urgent else self.tpool).submit(self.handle, conn)
        done.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def _are_too_many(self, conn: Connection) -> bool:
        """Whether so many wait for a thread, or hold so much, that the rest of the room is for those who are to come."""
        if conn.is_urgent:
            return self.held > HELD_LIMIT * 3 // 4
        return self.submitted >= self.worker_connections // 2 or self.held > HELD_LIMIT // 2

    def _refuse(self, conn: Connection, status: HTTPStatus) -> None:
        """Answer for gunicorn, and let the client read that before the connection ends."""
        self._forget(conn)
        conn.say(
            f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\nContent-Type: text/plain\r\n"
            f"{'Retry-After: 1' if status == HTTPStatus.SERVICE_UNAVAILABLE else 'Cache-Control: no-store'}\r\n"
            f"Content-Length: {len(status.phrase)}\r\n\r\n{status.phrase}".encode()
        )
        conn.is_over = True
        # The oldest are first to go, and by then this one is.
        conn.timeout = time.monotonic() + LINGERING_SECONDS
        self.pending_conns.remove(conn)
        self.pending_conns.appendleft(conn)

    # Answers

    def finish_request(self, conn: Connection, done: "Future[bool]") -> None:
        self.submitted -= not conn.is_urgent
        self.held -= conn.given
        conn.take_back()
        try:
            conn.stays = not done.cancelled() and done.result() and not conn.has_left()
        except Exception:
            self.log.exception("a request broke its thread")
            conn.stays = False
        if conn.sock.unsent:
            self._send_on(conn)
        else:
            self._go_on(conn)
        if self.nr_conns >= self.worker_connections:
            self._end(self.keepalived_conns[0]) if self.keepalived_conns else self._give_way()

    def _send_on(self, conn: Connection) -> None:
        """Have the event loop send the rest of the answer, as fast as the client takes it."""
        conn.timeout = time.monotonic() + ANSWER_SECONDS
        self.answered_conns.append(conn)
        self.poller.register(conn.sock, EVENT_WRITE, partial(self.on_client_socket_writable, conn))
        while self.unsent.is_too_much and self.answered_conns:
            self._end(self.answered_conns[0])

    def on_client_socket_writable(self, conn: Connection, _client: socket) -> None:
        if conn.is_gone:
            return
        try:
            is_over = conn.sock.flush()
        except OSError:
            self._end(conn)
            return
        if is_over:
            self._leave(conn)
            self._go_on(conn)

    def _go_on(self, conn: Connection) -> None:
        """Wait for the next request of a client that was answered, if there may be one."""
        if not conn.stays:
            self.nr_conns -= 1
            self._forget(conn)
            conn.close(graceful=True)
        elif conn.collector:
            # The client has sent more than one at once.
            self._collect(conn)
            self._hand_over(conn)
        else:
            conn.set_timeout()
            self.keepalived_conns.append(conn)
            self.poller.register(conn.sock, EVENT_READ, partial(self.on_client_socket_readable, conn))

    # Endings

    def murder_pending(self) -> None:
        """End what has not sent a whole request in its time, or not taken its answer."""
        now = time.monotonic()
        while self.answered_conns and self.answered_conns[0].timeout <= now:
            self._end(self.answered_conns[0])
        for conn in [conn for conn in self.pending_conns if conn.timeout <= now]:
            if conn.is_over or not conn.collector:
                self._end(conn)
            else:
                self._refuse(conn, HTTPStatus.REQUEST_TIMEOUT)

    def _end(self, conn: Connection) -> None:
        """Close a connection that no thread has."""
        self._leave(conn)
        self._forget(conn)
        self.nr_conns -= 1
        conn.is_gone = True
        conn.close(graceful=True)

    def _leave(self, conn: Connection) -> None:
        """Have the event loop look at the connection no more."""
        self.poller.unregister(conn.sock)
        for waiting in (self.pending_conns, self.answered_conns, self.keepalived_conns):
            if conn in waiting:
                waiting.remove(conn)

    def _forget(self, conn: Connection) -> None:
        """Let go of what has come of a request that nobody answers."""
        self.held -= len(conn.collector)
        conn.collector.clear()
        conn.sock.drop()

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End, and leave the threads to the end of the process: gunicorn takes their lock here, which the event loop may hold."""
        super(ThreadWorker, self).handle_quit(sig, frame)
