"""The gate before the web: shut until all else has been started, then open for good. A pipe, which ends with the supervisor."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

GATE = "DEMO_GATE"


@dataclass(slots=True)
class Gate:
    fileno: int
    _held: int | None

    def open(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None


@contextmanager
def closed_gate() -> Iterator[Gate]:
    waits_on, held = os.pipe()
    gate = Gate(waits_on, held)
    try:
        yield gate
    finally:
        gate.open()
        os.close(waits_on)


def wait() -> None:
    """Return when the gate is open, at once where it is already. A process that was started by hand has none."""
    if number := os.environ.get(GATE):
        with open(int(number), closefd=False) as end:
            end.read()
