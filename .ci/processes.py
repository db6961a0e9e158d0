"""Processes that end with the gate: whatever a step started, and whatever that started, is ours to kill and to reap."""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_PATIENCE_SECONDS = 10


def adopt_orphans() -> None:
    """Become the parent of whatever loses its own: so that its CPU seconds are counted, and it is found in the end."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)


def ending_with(parent: int) -> Callable[[], None]:
    """Return what a child calls first, so that it dies with the gate even if that is killed."""

    def arrange() -> None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGKILL)

    return arrange


def family(pid: int) -> list[int]:
    """Return the process, and below it its children and theirs."""
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        children = []
    return [pid, *(member for child in children for member in family(child))]


def kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def reap(*, but: frozenset[int]) -> None:
    """Take leave of the adopted ones that have ended; `but` are waited for by whoever started them."""
    for pid in family(os.getpid())[1:]:
        if pid not in but:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


@contextmanager
def all_ended() -> Iterator[None]:
    """Afterwards nothing lives below the gate; what had to be killed for that is named."""
    try:
        yield
    finally:
        for name in _end_all():
            print(f"left behind, and killed: {name}")


def _end_all() -> list[str]:
    """Kill and reap whatever is left below the gate. Returns the command lines of those that were alive."""
    names: list[str] = []
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (left := family(os.getpid())[1:]) and time.monotonic() < deadline:
        names += [name for pid in left if (name := _command_line(pid))]
        kill(left)
        reap(but=frozenset())
        time.sleep(0.02)
    return sorted(set(names))


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""
