"""The file with the tokens, and what is refused before any token is sent."""

import errno
import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.cli import credentials
from portal.cli.credentials import LogIn
from portal.cli.exits import Failure, NotLoggedIn, Unusable
from portal.cli.transport import checked_address
from tests.cli.terminal import Terminal

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HERE, THERE = "https://portal.example.com", "https://other.example.com"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "SEKISHO_TOKEN", "SEKISHO_PORTAL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def _saved(portal: str = HERE, *, expires_at: str = "2026-11-25T20:00:00Z") -> LogIn:
    log_in = LogIn(portal=portal, token=f"token for {portal}", client_id="sekisho-cli", expires_at=expires_at, scopes=("a", "b"))
    credentials.save(log_in)
    return log_in


def test_file_is_for_its_owners_eyes_alone_whatever_the_umask() -> None:
    before = os.umask(0)
    try:
        _saved()
    finally:
        os.umask(before)
    assert stat.S_IMODE(credentials.path().stat().st_mode) == 0o600
    assert stat.S_IMODE(credentials.path().parent.stat().st_mode) == 0o700
    assert [each.name for each in credentials.path().parent.iterdir()] == ["credentials.json"]


def test_token_that_cannot_be_written_leaves_no_copy_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    _saved(HERE)

    def refused(*_arguments: object) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(Unusable, match="busy"):
        _saved(THERE)
    assert [each.name for each in credentials.path().parent.iterdir()] == ["credentials.json"]
    assert list(credentials.saved()) == [HERE]


def test_log_in_is_found_again_and_the_last_portal_is_the_one_that_is_meant() -> None:
    first, second = _saved(HERE), _saved(THERE)
    assert credentials.chosen(None, now=NOW) == second
    assert credentials.chosen(HERE, now=NOW) == first
    credentials.forget(THERE)
    assert credentials.chosen(None, now=NOW) == first
    credentials.forget(HERE)
    with pytest.raises(NotLoggedIn, match="sekisho login"):
        credentials.chosen(None, now=NOW)


def test_file_goes_where_the_desktop_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    _saved()
    assert (tmp_path / "elsewhere" / "sekisho" / "credentials.json").exists()
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert credentials.path() == tmp_path / ".config" / "sekisho" / "credentials.json"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o622])
def test_file_that_others_can_open_is_refused_and_kept(mode: int) -> None:
    _saved()
    credentials.path().chmod(mode)
    before = credentials.path().read_text()
    for use in (lambda: credentials.chosen(HERE, now=NOW), lambda: _saved(THERE), lambda: credentials.forget(HERE)):
        with pytest.raises(Unusable) as caught:
            use()
        assert caught.value.code == "credentials_open_to_others"
    assert credentials.path().read_text() == before


def test_link_to_another_file_is_not_followed(tmp_path: Path) -> None:
    _saved()
    elsewhere = tmp_path / "elsewhere.json"
    credentials.path().rename(elsewhere)
    credentials.path().symlink_to(elsewhere)
    with pytest.raises(Unusable, match="cannot be read"):
        credentials.chosen(HERE, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"portals": []}',
        '{"portals": {"https://portal.example.com": {}}}',
        '{"portals": {"x": 1}}',
        "\xff",
    ],
)
def test_damaged_file_is_said_to_be_damaged(text: str) -> None:
    _saved()
    credentials.path().write_bytes(text.encode("latin-1"))
    with pytest.raises(Unusable, match="damaged"):
        credentials.chosen(HERE, now=NOW)


def test_log_in_whose_time_is_over_is_not_used() -> None:
    _saved(expires_at="2026-11-25T12:00:00Z")
    with pytest.raises(NotLoggedIn) as caught:
        credentials.chosen(None, now=NOW)
    assert caught.value.code == "log_in_over"


def test_token_of_a_script_goes_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    _saved()
    monkeypatch.setenv("SEKISHO_TOKEN", "of-a-script")
    monkeypatch.setenv("SEKISHO_PORTAL", THERE)
    assert credentials.chosen(None, now=NOW) == LogIn(portal=THERE, token="of-a-script")
    assert credentials.chosen(HERE, now=NOW) == LogIn(portal=HERE, token="of-a-script")


def test_one_portals_token_never_goes_to_another() -> None:
    _saved(HERE)
    with pytest.raises(NotLoggedIn, match="not logged in to https://other"):
        credentials.chosen(THERE, now=NOW)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("https://portal.example.com", HERE),
        ("https://Portal.Example.com/", HERE),
        ("portal.example.com", HERE),
        ("portal.example.com:8443", "https://portal.example.com:8443"),
        ("localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
    ],
)
def test_address_is_read_as_people_write_it(typed: str, address: str) -> None:
    assert checked_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ftp://portal.example.com",
        "file:///etc/passwd",
        "https://",
        "https://user:secret@portal.example.com",
        "https://portal.example.com/requests",
        "https://portal.example.com?next=1",
        "https://portal.example.com:port",
        "http://portal.example.com",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "https://portal.example.com\x1b[2J",
    ],
)
def test_address_that_is_none_or_would_carry_the_token_in_the_open_is_refused(typed: str) -> None:
    with pytest.raises(Unusable):
        checked_address(typed)


def test_whoever_is_not_logged_in_ends_with_3_and_reads_how_to(terminal: Terminal) -> None:
    ended = terminal.run("list")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err == "sekisho: You are not logged in. Run: sekisho login https://your.portal (not_logged_in)\n"
    ended = terminal.run("list", "--json", SEKISHO_PORTAL=HERE)
    assert ended.code == 3
    assert ended.json()["code"] == "not_logged_in"


def test_file_that_others_can_read_ends_a_command_with_2(terminal: Terminal, home: Path) -> None:
    _saved()
    credentials.path().chmod(0o644)
    ended = terminal.run("list", "--portal", HERE, HOME=str(home))
    assert ended.code == 2
    assert "(credentials_open_to_others)" in ended.err
    assert json.loads(credentials.path().read_text())["last"] == HERE


def test_every_failure_has_an_exit_code() -> None:
    kinds = Failure.__subclasses__()
    assert len({kind.exit for kind in kinds}) == len(kinds)
