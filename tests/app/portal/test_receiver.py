"""The demo's receiver of webhooks: what it takes, keeps and shows, and whom it shows nothing."""

import json
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest

from portal.demo.receiver import MOST_BYTES, SHOWN, Received, Receiver


@contextmanager
def receiving(path: Path) -> Iterator[Receiver]:
    receiver = Receiver(0, Received(path))
    Thread(target=receiver.serve_forever, args=(0.01,)).start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path / "received.jsonl") as made:
        yield made


def call(receiver: Receiver, method: str, *, body: bytes | None = None, host: str = "", **headers: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", receiver.server_port, timeout=10)
    named = {"Host": host} if host else {}
    connection.request(method, "/hook", body, {**named, **{name.replace("_", "-"): word for name, word in headers.items()}})
    with connection.getresponse() as answer:
        said = answer.status, answer.read().decode()
    connection.close()
    return said


def notice(text: str) -> bytes:
    return json.dumps({"type": "request.submitted", "data": {"text": text}}).encode()


def test_what_comes_is_shown_newest_first_with_its_signature(receiver: Receiver) -> None:
    assert "Nothing has come yet." in call(receiver, "GET")[1]
    assert call(receiver, "POST", body=notice("佐藤 美咲が申請しました"), webhook_signature="v1,abc") == (204, "")
    assert call(receiver, "POST", body=notice("second")) == (204, "")
    status, page = call(receiver, "GET")
    assert status == 200
    assert page.index("second") < page.index("not signed") < page.index("佐藤 美咲が申請しました") < page.index("v1,abc")
    assert receiver.address in page


def test_it_is_kept_over_a_restart_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "received.jsonl"
    with receiving(path) as before:
        for number in range(SHOWN + 1):
            call(before, "POST", body=notice(f"number {number:03}"))
    with receiving(path) as after:
        page = call(after, "GET")[1]
    assert f"number {SHOWN:03}" in page
    assert "number 000" not in page
    assert len(path.read_text().splitlines()) == SHOWN + 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_somebody_sends_is_text_on_the_page(receiver: Receiver) -> None:
    evil = "<script>alert(1)</script>"
    call(receiver, "POST", body=notice(evil), x_header=evil)
    call(receiver, "POST", body=evil.encode())
    call(receiver, "POST", body=b"[1]")
    page = call(receiver, "GET")[1]
    assert evil not in page
    assert page.count("&lt;script&gt;") == 4


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example:80"])
def test_a_name_of_somebody_elses_that_leads_here_is_shown_nothing(receiver: Receiver, host: str) -> None:
    call(receiver, "POST", body=notice("internal"))
    status, said = call(receiver, "GET", host=host)
    assert (status, "internal" in said) == (421, False)


@pytest.mark.parametrize("length", [str(MOST_BYTES + 1), "-1", "many", "１"])
def test_what_is_too_long_or_of_no_length_is_not_taken(receiver: Receiver, length: str, tmp_path: Path) -> None:
    connection = HTTPConnection("127.0.0.1", receiver.server_port, timeout=10)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", length.encode())
    connection.endheaders()
    with connection.getresponse() as answer:
        assert answer.status == 413
    connection.close()
    assert not (tmp_path / "received.jsonl").exists()
