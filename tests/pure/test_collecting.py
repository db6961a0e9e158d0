"""When a request is there whole: by any pieces, one after the other, and never more than is allowed."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web_server.collecting import BODY_LIMIT, HEAD_LIMIT, Collector, Refused, Whole

GET = b"GET /requests/?all=on HTTP/1.1\r\nHost: portal\r\n\r\n"
POST = b"POST /requests/new/ HTTP/1.1\r\nHost: portal\r\nContent-Length: 5\r\n\r\nhello"
# A body may look like the end of a head.
ODD = b"POST / HTTP/1.1\r\ncontent-LENGTH:\t 8 \r\n\r\n\r\n\r\n\r\n\r\n"


def head(*fields: bytes) -> bytes:
    return b"\r\n".join([b"POST / HTTP/1.1", b"Host: portal", *fields, b"", b""])


def taken(pieces: list[bytes]) -> Iterator[Whole]:
    collector = Collector()
    for piece in pieces:
        collector.add(piece)
        while (whole := collector.take()) is not None:
            yield whole
    assert not collector


@given(st.lists(st.sampled_from([GET, POST, ODD]), max_size=5), st.lists(st.integers(1, 120), max_size=30))
def test_requests_come_out_as_they_came_in_whatever_the_pieces(requests: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(requests)
    pieces = []
    for size in [*sizes, len(stream)]:
        pieces.append(stream[:size])
        stream = stream[size:]
    assert [whole.data for whole in taken(pieces)] == requests


def test_target_is_what_the_first_line_says() -> None:
    (whole,) = taken([GET])
    assert whole.target == b"/requests/?all=on"


@pytest.mark.parametrize("garbage", [b"\r\n\r\n", b"GET\r\n\r\n", b"\x00\xff\r\n\r\n", b"\r\n\r\nGET / HTTP/1.1\r\n\r\n"])
def test_what_is_no_request_is_left_to_gunicorn(garbage: bytes) -> None:
    collector = Collector()
    collector.add(garbage)
    whole = collector.take()
    assert whole is not None
    assert whole.target == b""


@pytest.mark.parametrize(
    "fields",
    [
        (b"Content-Length: 5", b"Content-Length: 5"),
        (b"Content-Length: 5", b"content-length: 6"),
        (b"Content-Length: +5",),
        (b"Content-Length: 5, 5",),
        (b"Content-Length: 0x5",),
        (b"Content-Length: \xc2\xb2",),
        (b"Content-Length: -1",),
        (b"Content-Length:",),
        (b"Content-Length: 9999999999999",),
        (b"Content-Length: 0000000000001",),
    ],
)
def test_length_that_is_not_plain_is_refused(fields: tuple[bytes, ...]) -> None:
    """Gunicorn takes some of these, and would wait in a thread for what nobody sends."""
    collector = Collector()
    collector.add(head(*fields))
    with pytest.raises(Refused) as refused:
        collector.take()
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (head(b"Transfer-Encoding: chunked"), 411),
        (head(b"transfer-encoding : identity", b"Content-Length: 5"), 411),
        (head(b"Content-Length: %d" % (BODY_LIMIT + 1)), 413),
        (head(b"Content-Length: 999999999999"), 413),
        (head(b"X: " + b"x" * HEAD_LIMIT), 431),
        (b"GET /" + b"x" * (HEAD_LIMIT + 1), 431),
    ],
)
def test_what_is_too_long_or_has_no_length_is_refused_before_it_is_there(data: bytes, status: int) -> None:
    collector = Collector()
    collector.add(data)
    with pytest.raises(Refused) as refused:
        collector.take()
    assert refused.value.status == status


def test_longest_that_is_allowed_is_taken() -> None:
    start = head(b"Content-Length: %d" % BODY_LIMIT, b"X: ")
    longest = head(b"Content-Length: %d" % BODY_LIMIT, b"X: " + b"x" * (HEAD_LIMIT - len(start) + 4)) + b"b" * BODY_LIMIT
    (whole,) = taken([longest[:1000], longest[1000:]])
    assert whole.data == longest


def test_client_is_told_once_that_it_may_send_the_body() -> None:
    collector = Collector()
    collector.add(head(b"Content-Length: 3", b"Expect: 100-Continue")[:-1])
    assert collector.take() is None
    assert not collector.is_waited_for()
    collector.add(b"\n")
    assert collector.take() is None
    assert [collector.is_waited_for(), collector.is_waited_for()] == [True, False]
    collector.add(b"abc")
    assert collector.take() is not None
    collector.add(head(b"Content-Length: 0", b"Expect: 100-continue"))
    assert collector.take() is not None
    assert not collector.is_waited_for()


def test_what_is_cleared_is_forgotten() -> None:
    collector = Collector()
    collector.add(POST[:-1])
    assert collector.take() is None
    collector.clear()
    collector.add(GET)
    assert collector.take() == Whole(data=GET, target=b"/requests/?all=on")
