"""People at machines of their own, before a portal that runs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from pytest_django.live_server_helper import LiveServer

from portal.cli.transport import Transport
from tests.bots import SCOPES, make_client, token_of
from tests.cast import Cast
from tests.cli.terminal import Terminal


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pauses between tries pass at once; tests that measure them put their own clock there."""
    monkeypatch.setattr(Transport, "pause", staticmethod(lambda _seconds: None))


@pytest.fixture(autouse=True)
def _counts_begin_anew() -> Iterator[None]:
    caches["calls"].clear()
    yield
    caches["calls"].clear()


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(home=tmp_path, monkeypatch=monkeypatch, capsys=capsys)


@pytest.fixture
def person(live_server: LiveServer, cast: Cast, terminal: Terminal) -> Callable[..., Terminal]:
    """Return a terminal of a person, with the token of a client that acts for them: one to ask with, another to decide with."""
    clients = {key: token_of(make_client(key, cast), *SCOPES) for key in ("asking", "deciding")}

    def at_a_terminal(username: str) -> Terminal:
        return Terminal(
            home=terminal.home / username,
            monkeypatch=terminal.monkeypatch,
            capsys=terminal.capsys,
            environment={
                "SEKISHO_PORTAL": live_server.url,
                "SEKISHO_TOKEN": clients["asking" if username.startswith("member") else "deciding"],
                "SEKISHO_ON_BEHALF_OF": f"slack:U0{username.upper()}",
            },
        )

    return at_a_terminal


@pytest.fixture
def member01(person: Callable[..., Terminal]) -> Terminal:
    return person("member01")


@pytest.fixture
def member02(person: Callable[..., Terminal]) -> Terminal:
    return person("member02")


@pytest.fixture
def leader01(person: Callable[..., Terminal]) -> Terminal:
    return person("leader01")
