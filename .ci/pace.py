"""How fast the machine computes: a CPU second on a machine that others crowd holds a third of the work of one on a quiet one.

The same small work is done again and again while the gate runs, in the gate's own process; what it cost is compared with what
it costs on the machine for which the budget was set.
"""

import statistics
import time

ROUNDS = 1_000_000
# CPU seconds of the work, beside three steps on two cores.
USUAL_SECONDS = 0.045
EVERY_SECONDS = 10.0


class Pace:
    """Samples of what the work costs. `slowness` is 1 on the machine of the budget, 3 where the same takes thrice as long."""

    def __init__(self) -> None:
        self._costs = [cost()]
        self._next = time.monotonic() + EVERY_SECONDS

    def sample(self) -> None:
        """Take a sample, unless the last one is not old enough."""
        if time.monotonic() >= self._next:
            self._costs.append(cost())
            self._next = time.monotonic() + EVERY_SECONDS

    @property
    def slowness(self) -> float:
        return statistics.median(self._costs) / USUAL_SECONDS


def cost() -> float:
    """Return the CPU seconds of the work."""
    began, left = time.process_time(), ROUNDS
    while left:
        left -= 1
    return time.process_time() - began
