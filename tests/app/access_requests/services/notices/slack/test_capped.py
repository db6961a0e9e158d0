"""Slack that answers a little at a time: whoever waits is let go, and the thread that called is there for the next call."""

import inspect
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.request import Request

import pytest
from pytest_django import Settings
from slack_sdk import WebClient

from access_requests.services.notices.slack import api, capped
from portal import time_limit
from tests.stand_ins.slack_server import TOKEN, SlackServer, slack_server
from tests.stand_ins.webhook_receivers import dripping, raw

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CLOSING = HEAD + b"Connection: close\r\n"
REFUSING = b"HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\n"
SLOW = [
    (b"", b"H"),
    (HEAD, b"X-A: b\r\n"),
    (HEAD + b"Content-Length: 1000\r\n\r\n", b" "),
    (CLOSING + b"\r\n", b" "),
    (REFUSING, b" "),
]


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "LONG_PATIENCE", 0.5)
    monkeypatch.setattr(api, "PATIENCE", 0.5)


@pytest.fixture
def server(settings: Settings) -> Iterator[SlackServer]:
    settings.SLACK_BOT_TOKEN = TOKEN
    with slack_server() as made:
        yield made


def post(url: str, settings: Settings) -> None:
    settings.SLACK_API_URL = url
    api.call("chat.postMessage", {"channel": "C0"})


@pytest.mark.parametrize(("first", "drop"), SLOW)
def test_slack_that_drips_keeps_no_thread(server: SlackServer, settings: Settings, first: bytes, drop: bytes) -> None:
    with raw(dripping(first, drop)) as url:
        settings.SLACK_API_URL = f"{url}/"
        with ThreadPoolExecutor(max_workers=8) as together:
            failed = list(together.map(lambda _: failure(), range(8)))
        assert set(failed) == {"TimeoutError"}
        until_idle()
    post(server.url, settings)
    assert len(server.told("chat.postMessage")) == 1


def failure() -> str:
    try:
        api.call("chat.postMessage", {"channel": "C0"})
    except api.FAILURES as error:
        return type(error).__name__
    return ""


def until_idle() -> None:
    """Wait for a thread for each of the eight senders: there is none while somebody drips."""
    began = time.monotonic()
    for waiting in [api.senders.submit(time.sleep, 0.05) for _ in range(8)]:
        waiting.result(timeout=3)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_slow_handshake_ends_too(scheme: str) -> None:
    client = capped.CappedClient(token=TOKEN, timeout=1, retry_handlers=[])
    began = time.monotonic()
    with raw(dripping(b"\x16\x03\x03\x40\x00", b"\x02")) as url, suppress(*api.FAILURES):
        client.base_url = f"{url.replace('http:', f'{scheme}:')}/"
        client.api_call("auth.test")
    assert time.monotonic() - began < 3


def test_address_for_an_answer_that_drips_is_let_go(server: SlackServer, settings: Settings) -> None:
    with raw(dripping(CLOSING, b"X-A: b\r\n")) as url:
        settings.SLACK_API_URL = url
        for _ in range(2):
            api.call_back(url, {"text": "done"})
        api.callers.submit(int).result(timeout=3)


def test_nothing_is_connected_outside_of_a_call() -> None:
    with raw(dripping(b"", b"")) as url, pytest.raises(LookupError):
        time_limit.opener().open(Request(url), timeout=1)


def test_connection_that_is_made_too_late_is_cut_at_once() -> None:
    with raw(dripping(b"", b"H")) as url, time_limit.at_most(0) as limit:
        while not limit.is_over:
            time.sleep(0.01)
        with pytest.raises(OSError, match=r"closed|reset|pipe"):
            time_limit.opener().open(Request(url), timeout=5)
        with pytest.raises(TimeoutError):
            limit.check()


def test_slack_sdk_has_what_is_overridden() -> None:
    for name in ("_perform_urllib_http_request", "_perform_urllib_http_request_internal"):
        assert list(inspect.signature(getattr(capped.CappedClient, name)).parameters) == list(
            inspect.signature(getattr(WebClient, name)).parameters
        )
