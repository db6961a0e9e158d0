"""What others typed, on somebody's terminal."""

import io
import json
import sys

import pytest
from rich.text import Text

from portal.cli import speaking, tables
from portal.cli.exits import Refused

HOSTILE = "fix\x1b[2J\x1b]0;owned\x07 the [red]index[/red] :bomb: \u202egnp\x9b31m\x00\x07\u200b"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1b", "⟦U+001B⟧"),
        ("a\x07b\x00c", "a⟦U+0007⟧b⟦U+0000⟧c"),
        ("\u202eevil", "⟦U+202E⟧evil"),
        ("one\r\ntwo\rthree", "one\ntwo⟦U+000D⟧three"),
        ("tab\there", "tab here"),
        ("half \ud800 sign", "half ⟦U+D800⟧ sign"),
        ("佐藤 美咲 🎉", "佐藤 美咲 🎉"),
    ],
)
def test_sequences_go_and_what_hides_is_named(typed: str, shown: str) -> None:
    assert speaking.clean(typed) == shown
    assert speaking.clean(shown) == shown


@pytest.mark.parametrize("stream", [io.StringIO, Screen])
def test_no_control_character_of_a_request_reaches_a_terminal(monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO]) -> None:
    made = stream()
    monkeypatch.setattr(sys, "stdout", made)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    speaking.say_table(("ID", "REASON"), [("R-1", HOSTILE)])
    speaking.say_fields([("reason", HOSTILE)])
    speaking.say(HOSTILE, Text("fine"))
    shown = made.getvalue()
    assert "the [red]index[/red] :bomb:" in shown
    assert not [sign for sign in shown if sign < " " and sign not in "\n\x1b"]
    assert not {"\x9b", "\u202e", "\u200b"} & set(shown)
    assert "\x1b[2J" not in shown
    assert "owned" not in shown


def test_json_is_the_portals_with_nothing_raw_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    speaking.say_json({"reason": HOSTILE, "name": "佐藤"})
    out = capsys.readouterr().out
    assert json.loads(out) == {"reason": HOSTILE, "name": "佐藤"}
    assert "佐藤" in out
    assert not {"\x1b", "\x9b", "\u202e", "\u200b", "\x07"} & set(out)


def test_refusal_is_a_sentence_with_its_code_and_what_is_wrong_with_each_field(capsys: pytest.CaptureFixture[str]) -> None:
    errors = [{"field": "reason", "code": "missing", "detail": "Fill\x1b[31m this in."}]
    speaking.tell(Refused("Something cannot be used.\x1b[2J", code="invalid", problem={"errors": errors}))
    assert capsys.readouterr() == ("", "sekisho: Something cannot be used. (invalid)\n  reason: Fill this in.\n")


def test_colour_is_for_terminals_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for stream, environment, coloured in ((Screen(), {}, True), (io.StringIO(), {}, False), (Screen(), {"NO_COLOR": "1"}, False)):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", stream)
            for name, value in environment.items():
                patch.setenv(name, value)
            speaking.say(tables.state("active"))
        assert ("\x1b[" in stream.getvalue() and "31m" in stream.getvalue()) is coloured
        assert "active" in stream.getvalue()


def test_long_line_is_not_wrapped_into_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    speaking.say_table(("ID", "REASON"), [("R-1", "why " * 100)])
    _, line = capsys.readouterr().out.splitlines()
    assert line.count("why") == 100


def test_terminal_that_knows_no_japanese_gets_question_marks(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    speaking.say("佐藤 member01")
    assert raw.getvalue() == b"?? member01\n"
