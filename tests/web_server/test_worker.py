"""What gunicorn's worker of the portal does with clients, over real sockets."""

import hashlib
import inspect
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import ninja
import pytest
from django.urls import reverse
from gunicorn.http import parser, unreader, wsgi
from gunicorn.workers import gthread

from portal.web_server import urgent
from portal.web_server.connection import Connection
from portal.web_server.worker import CollectingWorker
from tests.waiting import until
from tests.web_server.application import LONG
from tests.web_server.conftest import Server, answered, is_closed, served

GET = b"GET /healthz HTTP/1.1\r\nHost: portal\r\n\r\n"
HALF_A_BODY = b"POST /body HTTP/1.1\r\nHost: portal\r\nContent-Length: 1000\r\n\r\nhalf"
REFUSED = b"POST /refused HTTP/1.1\r\nHost: portal\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200_000
STOP = b"GET /elevations/E-00000000/stop/?long HTTP/1.1\r\nHost: portal\r\n\r\n"
LENGTH = b"POST /healthz HTTP/1.1\r\nHost: portal\r\nContent-Length: %s\r\n\r\n"
# One that the portal serves to anybody.
LONG_FILE = str(Path(ninja.__file__).parent / "static/ninja/redoc.standalone.js.map").encode()
# The digest of what is overridden of gunicorn, or relied on, as it was read. When it differs: read it again, then write it here.
READ = "6e239a4ce2de73ffc841cdd7fe662c6c8c8cc6ef25b00c050851fa6f1d2f25a1"


def drip(server: Server) -> socket.socket:
    """Return a connection to which a byte a second is sent, for as long as anybody asks; here: its first."""
    return server.sends(b"G")


FEW = 40
ATTACKS: dict[str, Callable[[Server], socket.socket]] = {
    "half a body": lambda server: server.sends(HALF_A_BODY),
    "half a head": lambda server: server.sends(GET[:-2]),
    "no byte": lambda server: server.connect(),
    "a byte a second": drip,
    "a refused call whose body nobody reads": lambda server: server.sends(REFUSED),
    "an answer that nobody reads": lambda server: server.sends(b"GET /long HTTP/1.1\r\nHost: portal\r\n\r\n"),
    "answers that nobody reads, of what is urgent": lambda server: server.sends(STOP * 20),
    "a file that nobody reads": lambda server: server.sends(b"GET /file?%s HTTP/1.1\r\nHost: portal\r\n\r\n" % LONG_FILE),
    "a length with noughts before it": lambda server: server.sends(LENGTH % b"0000000000001"),
    "a length of thirteen digits": lambda server: server.sends(LENGTH % b"9999999999999"),
}


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("number", [FEW, pytest.param(2500, marks=pytest.mark.exhaustive)])
def test_clients_that_do_not_finish_keep_nobody_from_an_answer(server: Server, attack: str, number: int) -> None:
    before = server.state()
    opened = [ATTACKS[attack](server) for _ in range(number)]
    try:
        for path in ("/healthz", "/elevations/E-00000000/stop/", "/api/v1/elevations/E-00000000/return"):
            for each in opened if attack == "a byte a second" else ():
                _drip_on(each)
            # Half a gigabyte of bodies has to be read first, where they are whole.
            assert server.get(path, timeout=5 if number == FEW else 30)[0] == 200
        # Whatever is not urgent: once those are cut whose answer nobody reads.
        until(lambda: server.get("/anything", timeout=30)[0] == 200, 30)
    finally:
        server.hang_up()
    until(lambda: server.state().files <= before.files + 2, 20)
    after = server.state()
    assert after.pid == before.pid
    # Four and two, and the event loop.
    assert after.threads <= 4 + 2 + 1
    # What was held at most, of which an allocator gives little back.
    assert after.memory < before.memory + 100_000


def _drip_on(opened: socket.socket) -> None:
    try:
        opened.send(b"E")
    except OSError:
        return


def test_request_that_is_not_whole_in_time_is_told_so_whatever_drips_in(server: Server) -> None:
    opened = server.sends(HALF_A_BODY)
    began = time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(answered, opened)
        while not told.done():
            _drip_on(opened)
            time.sleep(0.1)
    assert told.result() == (408, b"Request Timeout")
    assert time.monotonic() - began < 20
    assert is_closed(opened)


def test_who_sends_nothing_is_closed_without_a_word(server: Server) -> None:
    opened = server.connect()
    assert opened.recv(1) == b""


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", 411),
        (b"POST / HTTP/1.1\r\nContent-Length: 10000000\r\n\r\n" + b"x" * 1_000_000, 413),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000, 431),
        (b"POST / HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nhalfs", 400),
        (b"nonsense\r\n\r\n", 400),
    ],
)
def test_what_is_refused_is_told_why_and_the_connection_ends(server: Server, data: bytes, status: int) -> None:
    opened = server.sends(data)
    assert answered(opened)[0] == status
    assert is_closed(opened)


def test_what_is_sent_after_a_refusal_is_no_request(server: Server) -> None:
    opened = server.sends(b"POST / HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 40\r\n\r\n" + GET)
    response = HTTPResponse(opened)
    response.begin()
    assert response.status == 400
    assert is_closed(opened)


def test_requests_on_one_connection_are_answered_in_turn_however_they_come(server: Server) -> None:
    posts = [b"POST /body HTTP/1.1\r\nHost: portal\r\nContent-Length: 6\r\n\r\nbody %d" % number for number in range(5)]
    opened = server.connect()
    data = b"".join(posts)
    for start in range(0, len(data), 37):
        opened.sendall(data[start : start + 37])
    # One reader for all: what it has read ahead is of the next answer.
    with opened.makefile("rb") as reading:
        assert [_body_of_next(reading) for _ in posts] == [b"body %d" % number for number in range(5)]


def _body_of_next(reading: BinaryIO) -> bytes:
    while (line := reading.readline()) != b"\r\n":
        assert line
    return reading.read(6)


def test_connection_that_was_answered_takes_another_request_long_after(server: Server) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    for pause in (0, 2.5):
        # Longer than a request may take: an idle connection is not an unfinished one.
        time.sleep(pause)
        connection.request("POST", "/body", b"again")
        assert connection.getresponse().read() == b"again"
    connection.close()


def test_client_that_asks_first_is_told_to_go_on(server: Server) -> None:
    opened = server.sends(b"POST /body HTTP/1.1\r\nHost: p\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
    assert opened.recv(100).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
    opened.sendall(b"body")
    assert answered(opened) == (200, b"body")


def test_answer_that_nobody_takes_is_given_up(tmp_path: Path) -> None:
    with served(tmp_path, ANSWER_SECONDS="0.5") as impatient:
        opened = [ATTACKS["an answer that nobody reads"](impatient) for _ in range(8)]
        # The loop looks at its clock once a second.
        time.sleep(2.5)
        assert all(is_closed(each) for each in opened)


def test_answer_that_is_taken_slowly_is_taken_whole(server: Server) -> None:
    opened = server.sends(b"GET /long HTTP/1.1\r\nHost: portal\r\nConnection: close\r\n\r\n")
    time.sleep(0.5)
    assert server.get("/anything")[0] == 200
    assert answered(opened) == (200, LONG)


def test_answer_that_breaks_off_ends_its_connection_alone(server: Server) -> None:
    """Gunicorn closes the socket in its thread then; the event loop would fall over one that is closed, and with it everybody."""
    pid = server.state().pid
    opened = [server.sends(b"GET /broken HTTP/1.1\r\nHost: portal\r\n\r\n") for _ in range(4)]
    until(lambda: server.get("/anything")[0] == 200)
    assert all(is_closed(each) for each in opened)
    assert server.state().pid == pid


def test_answers_that_are_not_taken_have_their_room_and_no_more(server: Server) -> None:
    for _ in range(40):
        ATTACKS["an answer that nobody reads"](server)
    until(lambda: server.get("/anything")[0] == 200)
    # Whose answer has lain there longest is given up: who comes now, and reads, gets all of it.
    assert server.get("/long") == (200, LONG)
    assert server.state().memory < 250_000


def test_who_is_idle_in_numbers_takes_nobodys_place_who_sends(tmp_path: Path) -> None:
    with served(tmp_path, "--worker-connections=40") as small:
        sending = small.sends(HALF_A_BODY)
        idle = [small.sends(GET) for _ in range(60)]
        # The first of them have given way by now, and this one is still waited for.
        assert [answered(each)[0] for each in idle] == [200] * 60
        sending.sendall(b"x" * 996)
        assert answered(sending) == (200, b"half" + b"x" * 996)


def test_who_sends_half_of_something_in_numbers_takes_nobodys_place_who_is_idle(tmp_path: Path) -> None:
    with served(tmp_path, "--worker-connections=40") as small:
        idle = HTTPConnection("127.0.0.1", small.port, timeout=10)
        for crowd in (60, 0):
            idle.request("POST", "/body", b"again")
            assert idle.getresponse().read() == b"again"
            for _ in range(crowd):
                small.sends(HALF_A_BODY)
        idle.close()


def test_urgent_requests_do_not_wait_for_slow_ones(server: Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        slow = [pool.submit(server.get, "/slow?1.5") for _ in range(8)]
        time.sleep(0.3)
        began = time.monotonic()
        assert server.get("/healthz", timeout=2)[0] == 200
        assert not any(each.done() for each in slow)
        assert time.monotonic() - began < 2
        assert [each.result()[0] for each in slow] == [200] * 8


def test_more_than_can_be_answered_is_told_to_come_back(server: Server) -> None:
    with ThreadPoolExecutor(1) as pool:
        slow = [server.sends(b"GET /slow?0.02 HTTP/1.1\r\nHost: portal\r\n\r\n") for _ in range(300)]
        assert pool.submit(server.get, "/healthz", timeout=5).result()[0] == 200
        statuses = [answered(each)[0] for each in slow]
    assert set(statuses) == {200, 503}
    assert server.get("/anything")[0] == 200


def test_urgent_is_what_ends_access_and_says_that_the_portal_lives() -> None:
    code = "E-0A1B2C3D"
    named = [reverse("healthz"), *(reverse(f"elevation-{act}", args=[code]) for act in ("stop", "return"))]
    programs = [f"/api/v1/elevations/{code}/{act}" for act in ("stop", "return")]
    for path in [*named, *programs]:
        assert urgent.is_urgent(f"{path}?next=/".encode()), path
    for path in ("/", f"/elevations/{code}/", f"/elevations/{code}/extend/", "/healthzz", "/api/v1/elevations", "/static/stop"):
        assert not urgent.is_urgent(path.encode()), path


def test_signal_to_end_at_once_waits_for_no_lock() -> None:
    """The event loop may hold the locks of both pools when the signal comes."""
    worker = CollectingWorker.__new__(CollectingWorker)
    worker.cfg = SimpleNamespace(worker_int=lambda _worker: None)
    worker.tpool, worker.urgent = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
    with worker.tpool._shutdown_lock, worker.urgent._shutdown_lock, pytest.raises(SystemExit):
        worker.handle_quit(signal.SIGQUIT, None)


def test_what_is_overridden_of_gunicorn_is_what_was_read() -> None:
    overridden = [name for name in vars(CollectingWorker) if name in vars(gthread.ThreadWorker) and name != "__doc__"]
    relied_on = [gthread.ThreadWorker.run, gthread.ThreadWorker.handle, gthread.ThreadWorker.handle_request, gthread.TConn]
    sources = [
        getattr(gthread.ThreadWorker, name) for name in sorted(overridden) if callable(getattr(gthread.ThreadWorker, name))
    ]
    text = "".join(inspect.getsource(each) for each in [*sources, *relied_on, unreader, parser, wsgi.Response])
    assert hashlib.sha256(text.encode()).hexdigest() == READ
    assert issubclass(Connection, gthread.TConn)
