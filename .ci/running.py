"""Steps of the gate, some at once: each fails alone, at its own limit, and takes everything that it started with it."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import processes
import spending

ROOT = Path(__file__).resolve().parent.parent
# CI ends the whole run after 90 minutes without a word of what hung: each step, and all of them, end before that.
# On a slow and busy machine a step takes five times as long as on another; one that hangs, for ever.
LONGEST_STEP, LONGEST_RUN = 30 * 60, 80 * 60
POLL_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Step:
    """A command; `report` is where pytest writes what each test took."""

    name: str
    command: Sequence[str]
    # None takes a variable away.
    environment: Mapping[str, str | None] = field(default_factory=dict)
    report: Path | None = None
    longest: float = LONGEST_STEP


@dataclass(frozen=True, kw_only=True)
class Outcome:
    step: Step
    ok: bool
    output: str
    seconds: float
    cpu_seconds: float


@dataclass(kw_only=True)
class _Running:
    step: Step
    process: subprocess.Popen[bytes]
    log: IO[str]
    began: float
    cpu_seconds: float = 0.0

    def outcome(self, *, until: float) -> Outcome | None:
        """Return what came of it, once it has ended or its time is over."""
        late = time.monotonic() > min(self.began + self.step.longest, until)
        # It is looked at before it is waited for, after which nothing of it can be read.
        has_ended = os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        self.cpu_seconds = max(self.cpu_seconds, spending.with_children(self.process.pid))
        if not has_ended and not late:
            return None
        if self.process.poll() is None:
            processes.kill(processes.family(self.process.pid))
            self.process.wait()
        self.log.seek(0)
        seconds = time.monotonic() - self.began
        words = f"{self.log.read()}\nended after {seconds:.0f} s: its time was over\n" if late else self.log.read()
        self.log.close()
        ok = self.process.returncode == 0
        return Outcome(step=self.step, ok=ok, output=words, seconds=seconds, cpu_seconds=self.cpu_seconds)


def run(steps: Sequence[Step], *, at_once: int, meanwhile: Callable[[], object] = lambda: None) -> list[Outcome]:
    """Run the steps in their order, so many at once, and say of each how it ended. No thread: a fork is safe.

    `meanwhile` is called several times a second.
    """
    until = time.monotonic() + LONGEST_RUN
    waiting, running, outcomes = list(steps), list[_Running](), list[Outcome]()
    while waiting or running:
        while waiting and len(running) < at_once:
            running.append(_begin(waiting.pop(0)))
        for each in list(running):
            if outcome := each.outcome(until=until):
                running.remove(each)
                outcomes.append(outcome)
                _say(outcome)
        processes.reap(but=frozenset(each.process.pid for each in running))
        meanwhile()
        time.sleep(POLL_SECONDS)
    return outcomes


def _begin(step: Step) -> _Running:
    # Bytecode is kept, whatever the machine says: some hundred processes import the same modules.
    kept = {"PYTHONDONTWRITEBYTECODE": None}
    variables = {**os.environ, **kept, "DJANGO_SETTINGS_MODULE": "portal.settings.test", **step.environment}
    log = tempfile.TemporaryFile("w+")  # noqa: SIM115  It lives as long as the step.
    process = subprocess.Popen(
        step.command,
        cwd=ROOT,
        env={name: value for name, value in variables.items() if value is not None},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=processes.ending_with(os.getpid()),  # noqa: PLW1509  Two system calls, and no threads here.
    )
    return _Running(step=step, process=process, log=log, began=time.monotonic())


def _say(outcome: Outcome) -> None:
    print(f"{'ok    ' if outcome.ok else 'FAILED'} {outcome.step.name} ({outcome.seconds:.0f} s)", flush=True)
    if not outcome.ok:
        print(outcome.output, flush=True)
