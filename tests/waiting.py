"""Waiting for what other processes do."""

import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Return once it holds. Raises AssertionError when it does not come to hold."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"this did not come about within {seconds} s"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be reaped by somebody does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def told_often(process: subprocess.Popen[str], number: signal.Signals, *, seconds: float = 20) -> int:
    """Send a process a signal three hundred times within its last two seconds; return its exit code. Raises TimeoutExpired."""
    for _ in range(300):
        process.send_signal(number)
        time.sleep(0.0005)
    return process.wait(timeout=seconds)
