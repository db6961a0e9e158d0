"""The gate: everything that must hold before a change is taken.

    make test           all of it, in some ten minutes
    make test-all       and what is exhaustive: before a release
    make test FAST=1    what a change can have broken, in two minutes
    make lint           what reads the sources and starts no test

Each step says what failed. What the machine lacks is named at the end, and with CI=true that is a failure; as root in CI
it is installed by apt first. At the end: seconds by step, the slowest tests, what it all cost, and pytest's own summaries.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import affected
import machine
import pace
import processes
import slowest
import spending
import steps
from running import ROOT, Outcome, Step, run

CI = os.environ.get("CI") == "true"
PARTS = ("lint", "fast", "test", "test-all")
# Two compute while one waits for a process, a broker or a browser. With four, what waits for cold processes runs out of patience.
AT_ONCE = 3


def main(part: str) -> int:
    processes.adopt_orphans()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    return _lint() if part == "lint" else _test(part)


def _stop(number: int, _frame: FrameType | None) -> None:
    """End by way of `finally`, once: whoever asks twice is heard the first time."""
    for other in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise SystemExit(128 + number)


def _lint() -> int:
    with processes.all_ended():
        outcomes = run(steps.quick(), at_once=2)
    return _closing(outcomes)


def _test(part: str) -> int:
    if CI and os.geteuid() == 0 and (packages := machine.lacking()):
        machine.install(packages)
    found = machine.servers_found()
    servers = machine.server_processes(found)
    before, computes = spending.read(servers), pace.Pace()
    with (
        tempfile.TemporaryDirectory(prefix="sekisho_") as name,
        machine.databases_dropped(found, Path(name).name),
        processes.all_ended(),
    ):
        folder = Path(name)
        outcomes = run([*steps.quick(), *_tests(part, found, folder)], at_once=AT_ONCE, meanwhile=computes.sample)
        if part == "test-all":
            outcomes += run(steps.coverage(folder), at_once=1)
        print(*slowest.words(outcomes), *slowest.failures(outcomes), sep="\n")
    spent = spending.between(before, spending.read(servers), slowness=computes.slowness)
    return _closing(outcomes, left_out=machine.not_run(found), spent=spent if part == "test" else None)


def _tests(part: str, found: Mapping[str, str], folder: Path) -> list[Step]:
    if part == "fast":
        selection = affected.affected(ROOT)
        return [steps.affected(selection.paths, found=found, folder=folder)]
    return steps.tests(found=found, folder=folder, exhaustive=part == "test-all")


def _closing(outcomes: Sequence[Outcome], *, left_out: Sequence[str] = (), spent: spending.Spending | None = None) -> int:
    """Print what it comes to, pytest's summaries last, and return the exit code."""
    failed = [outcome.step.name for outcome in outcomes if not outcome.ok]
    for words in left_out:
        print(f"not run: {words}")
    if spent:
        print(spent.words())
        if warning := spent.warning():
            print(f"{'!' * 100}\nTOO SLOW: {warning}\n{'!' * 100}")
        if failure := spent.failure():
            failed.append(failure)
    print(f"failed: {', '.join(failed)}" if failed else "everything that ran passed")
    for outcome in outcomes:
        if outcome.step.report:
            print(f"{outcome.step.name}:", *outcome.output.strip().splitlines()[-1:], sep="\n")
    return 1 if failed or (left_out and CI) else 0


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else "test"
    sys.exit(main(asked) if asked in PARTS else f"{asked} is none of {', '.join(PARTS)}")
