"""Files of a trail: read in bounded memory, cut-off ones refused, and found by their names."""

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from datetime import date
from itertools import islice

import pytest

from audits.cloudtrail.files import CHUNK, Interrupted, Trail, Unreadable, inflated, records


def chunks(body: bytes, size: int = 1000) -> Iterator[bytes]:
    yield from (body[at : at + size] for at in range(0, len(body), size))


@pytest.mark.parametrize("spaces", [None, 1])
@pytest.mark.parametrize("size", [1, 1000, 10**6])
def test_events_come_one_by_one_however_the_file_is_cut(spaces: int | None, size: int) -> None:
    events = [{"eventID": str(number), "text": '関所 ]}, {"' * 20} for number in range(30)]
    body = gzip.compress(json.dumps({"Records": events}, ensure_ascii=False, indent=spaces).encode())
    assert list(records(chunks(body, size))) == events


def test_file_without_events_is_read() -> None:
    assert list(records([gzip.compress(b'{"Records":[]}')])) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not gzipped",
        gzip.compress(b'{"Other":[]}'),
        gzip.compress(b'{"Records":[{"a":1}'),
        gzip.compress(b'{"Records":[{"a":1}]}')[:-9],
        gzip.compress(b'{"Records":[1]}'),
        gzip.compress(b" " * 10 * CHUNK),
    ],
)
def test_what_is_no_whole_file_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        list(records(chunks(body)))


def test_memory_does_not_grow_with_the_file() -> None:
    event = json.dumps({"eventID": "1", "text": "x" * 500})
    body = gzip.compress(('{"Records":[' + ",".join([event] * 20_000) + "]}").encode())
    tracemalloc.start()
    assert sum(1 for _event in records(chunks(body, CHUNK))) == 20_000
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10 * CHUNK


def test_names_have_prefix_and_organisation_where_there_are_any() -> None:
    trail = Trail(name="all", arn="arn:aws:cloudtrail:x", bucket="b", region="ap-northeast-1")
    assert trail.folder("444444444444", "us-east-1", date(2026, 11, 3)) == "AWSLogs/444444444444/CloudTrail/us-east-1/2026/11/03/"
    of_all = Trail(name="all", arn="arn", bucket="b", region="r", prefix="p", organisation="o-1")
    assert of_all.folder("444444444444", "us-east-1", digests=True) == "p/AWSLogs/o-1/444444444444/CloudTrail-Digest/us-east-1/"


def test_number_that_python_refuses_is_read_as_text_and_the_next_event_is_read() -> None:
    body = gzip.compress(b'{"Records":[{"eventID":' + b"9" * 5000 + b'},{"eventID":"next"}]}')
    assert list(records([body])) == [{"eventID": "9" * 5000}, {"eventID": "next"}]


def test_event_that_goes_deeper_than_python_reads_is_refused() -> None:
    deep = b"[" * 100_000 + b"]" * 100_000
    with pytest.raises(Unreadable):
        list(records([gzip.compress(b'{"Records":[{"a":' + deep + b"}]}")]))


def test_what_inflates_to_more_than_any_file_is_refused_in_bounded_memory() -> None:
    bomb = gzip.compress(b" " * 20 * 1024 * 1024)
    tracemalloc.start()
    with pytest.raises(Unreadable):
        list(inflated([bomb], most=1024 * 1024))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * 1024 * 1024


@pytest.mark.parametrize("size", [1, 10**6])
def test_what_follows_the_end_is_refused_and_not_read(size: int) -> None:
    body = gzip.compress(b'{"Records":[]}')
    with pytest.raises(Unreadable):
        list(records(chunks(body + body, size)))


def test_file_is_left_in_the_middle_once_the_time_is_over() -> None:
    events = [{"eventID": str(number), "text": "x" * 500} for number in range(2000)]
    body = gzip.compress(json.dumps({"Records": events}).encode())
    read = list[object]()
    going = records(chunks(body), is_over=lambda: len(read) > 100)
    read += islice(going, 101)
    with pytest.raises(Interrupted):
        read += going
    assert read[:101] == events[:101]
