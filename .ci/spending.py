"""What the gate cost in seconds and CPU seconds, how busy others kept the machine meanwhile, and whether that is too much."""

import os
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

MINUTE = 60
# What `make test` may take: past the first it warns, past the second it fails on a machine that did nothing else.
BUDGET_SECONDS, LIMIT_SECONDS = 10 * MINUTE, 25 * MINUTE
# A machine that others keep busy makes it slower, but not more to do: twice what two cores have in the budget, in CPU seconds
# of the machine for which it was set.
CPU_LIMIT_SECONDS = 40 * MINUTE
# Of cores x time, from which on others count as keeping the machine busy.
BUSY_SHARE = 0.1
# How much slower than that machine one computes that counts as slow.
SLOW = 1.5
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """Seconds since the machine started: of the clock, of all CPUs, of our children, of the servers; and throttling's."""

    clock: float
    machine: float
    own: float
    servers: float
    throttled: float


@dataclass(frozen=True, kw_only=True)
class Spending:
    """The differences of two readings. `others` is what the machine did beside the gate and its servers, in CPU seconds."""

    seconds: float
    own: float
    servers: float
    others: float
    throttled: float
    cores: int
    # How much longer this machine computes at the same than the one for which the budget was set.
    slowness: float

    @property
    def is_disturbed(self) -> bool:
        busy = self.others > BUSY_SHARE * self.cores * self.seconds or self.throttled > BUSY_SHARE * self.seconds
        return busy or self.slowness > SLOW

    def words(self) -> str:
        figures = f"{self.seconds:.0f} s, {self.own:.0f} CPU seconds of its own and {self.servers:.0f} of its servers"
        others = f"others took {self.others:.0f} on {self.cores} cores, throttled for {self.throttled:.0f} s"
        return f"the gate took {figures}; {others}, computing {self.slowness:.1f} times as slowly as where its budget was set"

    def failure(self) -> str:
        """Return why this is too much, or nothing."""
        if self.own / max(1.0, self.slowness) > CPU_LIMIT_SECONDS:
            return f"it took more than {CPU_LIMIT_SECONDS} CPU seconds of its own, as a machine counts them that is not slow"
        if self.seconds > LIMIT_SECONDS and not self.is_disturbed:
            return f"it took more than {LIMIT_SECONDS // MINUTE} minutes on a machine that did nothing else"
        return ""

    def warning(self) -> str:
        """Return what to know of the time it took, or nothing."""
        if self.seconds <= BUDGET_SECONDS:
            return ""
        why = (
            "others kept the machine busy, or it is slow"
            if self.is_disturbed
            else "nothing else kept the machine busy: find what has grown"
        )
        return f"it took more than its budget of {BUDGET_SECONDS // MINUTE} minutes; {why}"


def read(servers: Sequence[int]) -> Reading:
    """Read everything now; `servers` are processes whose work, and whose children's, is done for the gate."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Reading(
        clock=time.monotonic(),
        machine=_machine(),
        own=sum(usage.ru_utime + usage.ru_stime for usage in used),
        servers=sum(with_children(pid) for pid in servers),
        throttled=_throttled(),
    )


def between(before: Reading, after: Reading, *, slowness: float) -> Spending:
    own, servers = after.own - before.own, after.servers - before.servers
    return Spending(
        seconds=after.clock - before.clock,
        own=own,
        servers=servers,
        others=max(0.0, after.machine - before.machine - own - servers),
        throttled=after.throttled - before.throttled,
        cores=os.cpu_count() or 1,
        slowness=slowness,
    )


def _machine() -> float:
    """Return the busy and stolen seconds of all CPUs. Linux: user nice system idle iowait irq softirq steal."""
    try:
        user, nice, system, _idle, _waiting, irq, soft, steal = map(int, Path("/proc/stat").read_text().split()[1:9])
    except FileNotFoundError:
        return 0.0
    return (user + nice + system + irq + soft + steal) / _TICKS


def with_children(pid: int) -> float:
    """Return the CPU seconds of a process, of its children that have ended, and of those that run.

    Not of a child that was taken from it, nor of one that ended without being waited for.
    """
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, fields[11:15])) / _TICKS + sum(with_children(int(child)) for child in children)


def _throttled() -> float:
    """Return for how many seconds the cgroup, of either version, has held this process back."""
    for file, name, unit in (("cpu.stat", "throttled_usec", 1e6), ("cpu/cpu.stat", "throttled_time", 1e9)):
        path = Path("/sys/fs/cgroup") / file
        if path.exists():
            found = dict(line.split() for line in path.read_text().splitlines())
            return int(found.get(name, 0)) / unit
    return 0.0
