"""The demo's processes: started, watched, stopped, and never left behind."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from portal.demo.environment import Environment

STOP_SECONDS = 15
LOG_LINES = 15
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, kw_only=True)
class Command:
    """How a process is started. `say` goes to its standard input, where no list of processes shows it."""

    name: str
    line: Sequence[str]
    environment: Environment
    keep_open: Sequence[int] = ()
    say: str = ""


@dataclass(kw_only=True)
class Children:
    folder: Path
    log: Callable[[str], Path]
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def pids(self) -> dict[str, int]:
        return {name: process.pid for name, process in self._running.items()}

    def start(self, command: Command) -> None:
        """Start a process whose life ends with ours, however ours ends."""
        parent = os.getpid()
        with self.log(command.name).open("ab") as log:
            process = subprocess.Popen(  # noqa: S603  Commands of ours.
                command.line,
                env=dict(command.environment),
                cwd=self.folder,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=command.keep_open,
                # Of a Ctrl-C only the supervisor hears, which stops them in their order.
                start_new_session=True,
                # Safe here: it runs two system calls, and the supervisor has no threads when it starts a process.
                preexec_fn=lambda: end_with_parent(parent),  # noqa: PLW1509
            )
        if process.stdin is not None:
            with process.stdin as stdin:
                stdin.write(command.say.encode())
        self._running[command.name] = process

    def died(self) -> dict[str, int]:
        """Return the processes that ended by themselves since the last time, with how; they are reaped."""
        codes = {name: process.poll() for name, process in self._running.items()}
        ended = {name: code for name, code in codes.items() if code is not None}
        for name in ended:
            del self._running[name]
        return ended

    def stop(self, names: Iterable[str]) -> None:
        """Stop these all at once, and reap them; one that does not hear is killed: nothing is lost by that."""
        stopping = [self._running.pop(name) for name in list(names) if name in self._running]
        for process in stopping:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in stopping:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def last_words(self, name: str) -> str:
        """Return the end of a process's log."""
        lines = self.log(name).read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES:])


def end_with_parent(parent: int) -> None:
    """Have the system kill this process when its parent dies, also when that one cannot say so any more. Linux only."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # It died before that call.
        os.kill(os.getpid(), signal.SIGKILL)
