"""Being told by a signal to stop.

A handler runs between any two steps of the main thread, and of another handler. Whoever takes a lock there, as
`threading.Event.set` does, waits for ever when that very lock is held by what it interrupted: for a process that is told twice
nothing is left but SIGKILL. So the handler here writes into a pipe, which is nobody's to hold.
"""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


class Told:
    """Whether the process was told to stop; once it was, that stays."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)

    def hear(self, _number: int, _frame: FrameType | None) -> None:
        with suppress(BlockingIOError):  # Full: it was told often enough.
            os.write(self._writing, b"!")

    def is_set(self) -> bool:
        return self.wait(0)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the process is told to stop, or so long; return whether it was told."""
        told, _, _ = select.select([self._reading], [], [], seconds)
        return bool(told)

    def close(self) -> None:
        os.close(self._reading)
        os.close(self._writing)


@contextmanager
def told(*numbers: signal.Signals, is_the_end: bool = False) -> Iterator[Told]:
    """Hear these signals within. In the main thread only.

    `is_the_end`: the process ends after this, and in its own way: signals that still come are ignored from then on.
    """
    heard = Told()
    before = {number: signal.signal(number, heard.hear) for number in numbers}
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if is_the_end else handler)
        heard.close()
