"""A process that is told to stop stops, however often and whenever it is told."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal import stopping
from tests.waiting import told_often

ROOT = Path(__file__).resolve().parents[3]
# It asks all the time, so that a signal comes in the midst of asking; and says when it is ready to be told.
WAITS = """
import signal
import time
from portal import stopping
with stopping.told(signal.SIGTERM, signal.SIGINT) as stop:
    print("ready", flush=True)
    while not stop.wait(0.0001):
        pass
    until = time.monotonic() + 2
    while time.monotonic() < until:
        assert stop.is_set()
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_hundreds_of_times_it_ends(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", WAITS], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            assert told_often(process, number) == 0
        finally:
            process.kill()


def test_told_in_the_midst_of_being_told_it_has_heard() -> None:
    with stopping.told(signal.SIGTERM) as stop:
        assert not stop.is_set()
        began = time.monotonic()
        assert not stop.wait(0.05)
        assert time.monotonic() - began >= 0.04
        for _ in range(100_000):  # More than the pipe holds.
            stop.hear(signal.SIGTERM, None)
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.is_set()
        assert stop.wait()


def test_what_heard_before_hears_again_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stopping.told(signal.SIGTERM):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before
