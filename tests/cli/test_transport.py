"""Portals that are busy, broken, or none: what is tried again, how often, and how it ends."""

from pathlib import Path

import pytest

from portal.cli.transport import Transport
from tests.cli.stand_in import Reply, StandIn, answering, problem
from tests.cli.terminal import Ended, Terminal

EMPTY = Reply(body={"items": [], "next": None})
ME = Reply(body={"person": {"username": "member01", "name": ""}, "client": {}, "token": None})


def _run(terminal: Terminal, stand_in: StandIn, *typed: str, **environment: str) -> Ended:
    return terminal.run(*typed, SEKISHO_PORTAL=stand_in.url, SEKISHO_TOKEN="of-a-script", **environment)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr(Transport, "pause", staticmethod(made.append))
    return made


@pytest.mark.parametrize(
    ("replies", "waited"),
    [
        ([Reply(status=None)], [0.5]),
        ([Reply(status=None), Reply(status=None), Reply(status=None)], [0.5, 1.0, 2.0]),
        ([problem(503, "unavailable", retry_after="5")], [5]),
        ([problem(429, "too_many_calls", retry_after="7"), Reply(status=None)], [7, 1.0]),
        ([problem(429, "too_many_calls")], [1]),
        ([problem(503, "unavailable", retry_after="tomorrow")], [1]),
    ],
)
def test_portal_that_is_busy_is_asked_again_when_it_says(
    terminal: Terminal, pauses: list[float], replies: list[Reply], waited: list[float]
) -> None:
    with answering(*replies, EMPTY) as stand_in:
        ended = _run(terminal, stand_in, "list")
    assert ended.code == 0
    assert pauses == waited


@pytest.mark.parametrize(
    ("reply", "calls", "code"),
    [
        (Reply(status=None), 4, "not_reached"),
        (problem(503, "unavailable", retry_after="1"), 4, "unavailable"),
        (problem(429, "too_many_calls", retry_after="1"), 4, "too_many_calls"),
        # Longer than anybody waits at a prompt.
        (problem(429, "too_many_calls", retry_after="3600"), 1, "too_many_calls"),
        (problem(500, "internal_error"), 1, "internal_error"),
        (Reply(status=502, body="<html>Bad Gateway</html>"), 1, "not_a_portal"),
        (Reply(body="<html>Hello</html>"), 1, "not_a_portal"),
        (Reply(body="[]"), 1, "not_a_portal"),
        (Reply(status=302, body="", headers={"Location": "https://evil.example/"}), 1, "not_a_portal"),
        (Reply(status=404, body={"error": "no problem of ours"}), 1, "not_a_portal"),
    ],
)
def test_portal_that_stays_so_ends_with_4(terminal: Terminal, reply: Reply, calls: int, code: str) -> None:
    with answering(reply) as stand_in:
        ended = _run(terminal, stand_in, "list")
    assert (ended.code, len(stand_in.calls)) == (4, calls)
    assert ended.err.endswith(f"({code})\n")


def test_writing_call_is_repeated_under_one_key_and_the_next_command_has_another(terminal: Terminal) -> None:
    answer = Reply(body={"id": "E-12345678", "work_group": "G", "state": "revoking"})
    with answering(Reply(status=None), problem(503, "unavailable", retry_after="1"), answer) as stand_in:
        for _ in range(2):
            assert _run(terminal, stand_in, "return", "E-12345678").code == 0
    first, *again, other = [call.headers["idempotency-key"] for call in stand_in.calls]
    assert again == [first, first]
    assert other != first


def test_token_goes_to_no_other_address(terminal: Terminal) -> None:
    with answering(EMPTY) as elsewhere:
        for following in (f"{elsewhere.url}/api/v1/elevations", "//evil.example/api/v1/", "@evil.example/", "/admin/"):
            with answering(Reply(body={"items": [], "next": following}), EMPTY) as stand_in:
                assert _run(terminal, stand_in, "list", "--all").code == 4
            assert len(stand_in.calls) == 1
        with answering(Reply(status=307, headers={"Location": f"{elsewhere.url}/api/v1/elevations"})) as stand_in:
            assert _run(terminal, stand_in, "list").code == 4
    assert elsewhere.calls == []


def test_file_of_passwords_for_hosts_does_not_take_the_tokens_place(terminal: Terminal, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\ndefault login somebody password else\n")
    netrc.chmod(0o600)
    with answering(EMPTY) as stand_in:
        _run(terminal, stand_in, "list", NETRC=str(netrc))
    assert stand_in.calls[0].headers["authorization"] == "Bearer of-a-script"


def test_no_proxy_stands_before_this_machine(terminal: Terminal) -> None:
    with answering(EMPTY) as stand_in:
        assert _run(terminal, stand_in, "list", HTTP_PROXY="http://127.0.0.1:9", ALL_PROXY="http://127.0.0.1:9").code == 0


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ({"LC_ALL": "ja_JP.UTF-8"}, "ja"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "ja_JP.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "C"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": ""}, "en"),
    ],
)
def test_portal_is_told_the_language_of_this_machine(terminal: Terminal, locale: dict[str, str], language: str) -> None:
    with answering(EMPTY) as stand_in:
        _run(terminal, stand_in, "list", **locale)
    assert stand_in.calls[0].headers["accept-language"] == language


@pytest.mark.parametrize("name", ["SEKISHO_TOKEN", "SEKISHO_ON_BEHALF_OF"])
def test_line_break_in_a_token_is_no_header_of_its_own(terminal: Terminal, name: str) -> None:
    with answering(EMPTY) as stand_in:
        ended = terminal.run("list", **{"SEKISHO_PORTAL": stand_in.url, "SEKISHO_TOKEN": "a-token", name: "x\r\nX-Other: y"})
    assert (ended.code, stand_in.calls) == (2, [])


def test_call_says_who_makes_it(terminal: Terminal) -> None:
    with answering(EMPTY) as stand_in:
        _run(terminal, stand_in, "list", SEKISHO_ON_BEHALF_OF="slack:U0MEMBER01")
    headers = stand_in.calls[0].headers
    assert headers["user-agent"].startswith("sekisho/")
    assert headers["x-on-behalf-of"] == "slack:U0MEMBER01"


def test_portals_own_words_do_nothing_to_the_terminal(terminal: Terminal) -> None:
    with answering(problem(409, "no\x1b[2Jt", "Not\x1b[31m now.\x07")) as stand_in:
        ended = _run(terminal, stand_in, "list")
    assert (ended.code, ended.err) == (1, "sekisho: Not now.⟦U+0007⟧ (not)\n")


def test_reader_that_goes_away_is_no_refusal(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        encoding = "utf-8"

        def isatty(self) -> bool:
            return False

        def write(self, _text: str) -> None:
            raise BrokenPipeError

        def fileno(self) -> int:
            return spare

    with answering(EMPTY) as stand_in, (Path(terminal.home) / "spare").open("w") as file:
        spare = file.fileno()
        monkeypatch.setattr("sys.stdout", Gone())
        ended = _run(terminal, stand_in, "list", "--json")
    assert ended.code == 141
