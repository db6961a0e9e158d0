"""Somebody at a terminal, or a script: commands that are typed, and how they end."""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from portal import cli

CHECKOUT = Path(__file__).resolve().parent.parent.parent
ENOUGH_SECONDS = 30
PRESSED_AGAIN_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Ended:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(kw_only=True)
class Terminal:
    """Commands of one person on one machine, without anybody who could be asked: `person.run("list")`."""

    home: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *typed: str, **environment: str) -> Ended:
        """Run a command in this process."""
        with self.monkeypatch.context() as patch:
            for name, value in {**self.variables(), **environment}.items():
                patch.setenv(name, value)
            time.tzset()
            patch.setattr(sys, "argv", ["sekisho", *typed])
            self.capsys.readouterr()
            code = cli.main()
            said = self.capsys.readouterr()
        time.tzset()
        return Ended(code=int(code), out=said.out, err=said.err)

    def variables(self) -> dict[str, str]:
        return {
            "HOME": str(self.home),
            "XDG_CONFIG_HOME": "",
            "LC_ALL": "en_US.UTF-8",
            "TZ": os.environ.get("TZ", ""),
            "SEKISHO_PORTAL": "",
            "SEKISHO_TOKEN": "",
            "SEKISHO_ON_BEHALF_OF": "",
            "AWS_CONFIG_FILE": str(self.home / ".aws" / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(self.home / ".aws" / "credentials"),
            **self.environment,
        }

    @property
    def credentials(self) -> Path:
        return self.home / ".config" / "sekisho" / "credentials.json"


@dataclass(kw_only=True)
class Session:
    """A command in a process and on a terminal of its own, that a person answers."""

    screen: int
    process: "subprocess.Popen[bytes]"
    seen: str = ""

    def until(self, words: str) -> str:
        """Return what was shown up to these words. Raises AssertionError when they do not come."""
        deadline = time.monotonic() + ENOUGH_SECONDS
        while words not in self.seen:
            assert time.monotonic() < deadline, self.seen
            assert self._read(), self.seen
        return self.seen

    def type(self, text: str) -> None:
        os.write(self.screen, text.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C, and again where nothing comes of it: a read that is just beginning does not notice the first."""
        deadline = time.monotonic() + ENOUGH_SECONDS
        while self.process.poll() is None and time.monotonic() < deadline:
            self.process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(PRESSED_AGAIN_SECONDS)

    def end(self) -> int:
        """Return how it ended, once it did; `seen` is then all that was shown."""
        while self._read():
            pass
        os.close(self.screen)
        return self.process.wait(ENOUGH_SECONDS)

    def _read(self) -> bool:
        if not select.select([self.screen], [], [], ENOUGH_SECONDS)[0]:
            return False
        try:
            more = os.read(self.screen, 65_536)
        except OSError:  # Whoever wrote to it is gone.
            return False
        self.seen += more.decode(errors="replace")
        return bool(more)


def on_a_terminal(terminal: Terminal, *typed: str, **environment: str) -> Session:
    """Start a command where somebody sits."""
    screen, other = pty.openpty()
    variables = {**os.environ, **terminal.variables(), "TERM": "xterm-256color", "COLUMNS": "200", **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "portal.cli", *typed],
        cwd=CHECKOUT,
        env=variables,
        stdin=other,
        stdout=other,
        stderr=other,
        start_new_session=True,
    )
    os.close(other)
    return Session(screen=screen, process=process)
