"""People at machines of their own, before a portal that runs."""

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache, caches
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from access_requests.models import ApiClient
from portal.cli import device
from portal.cli.transport import Transport
from portal.users.models import User
from tests.cli.terminal import Terminal
from tests.stand_ins.bots import SCOPES, make_personal_client, own_token_of
from tests.worlds.cast import Cast

AtATerminal = Callable[[str], Terminal]


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pauses between tries pass at once; tests that measure them put something else there."""
    monkeypatch.setattr(Transport, "pause", staticmethod(lambda _seconds: None))


@pytest.fixture(autouse=True)
def _caches_begin_anew() -> Iterator[None]:
    yield
    cache.clear()
    caches["calls"].clear()


@pytest.fixture
def terminal(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Terminal:
    return Terminal(home=tmp_path_factory.mktemp("home"), monkeypatch=monkeypatch, capsys=capsys)


@pytest.fixture
def command_line(cast: Cast) -> ApiClient:
    """The client that the command line is at the portal."""
    return make_personal_client(device.CLIENT, cast)


@pytest.fixture
def portal(live_server: LiveServer, command_line: ApiClient, settings: Settings) -> str:
    """Return the address of the portal, which runs."""
    settings.PORTAL_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def person(portal: str, terminal: Terminal, command_line: ApiClient) -> AtATerminal:
    """Return a terminal of a person who has a token for everything that they may."""

    def at_a_terminal(username: str) -> Terminal:
        token = own_token_of(User.objects.get(username=username), command_line, *SCOPES)
        home = terminal.home / username
        home.mkdir()
        return Terminal(
            home=home,
            monkeypatch=terminal.monkeypatch,
            capsys=terminal.capsys,
            environment={"SEKISHO_PORTAL": portal, "SEKISHO_TOKEN": token},
        )

    return at_a_terminal


@pytest.fixture
def member01(person: AtATerminal) -> Terminal:
    return person("member01")


@pytest.fixture
def member02(person: AtATerminal) -> Terminal:
    return person("member02")


@pytest.fixture
def leader01(person: AtATerminal) -> Terminal:
    return person("leader01")
