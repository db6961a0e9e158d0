"""The gate's own promises: nothing is left out of it, nothing hangs it, nothing outlives it, and what it costs is told."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.waiting import is_alive, until

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / ".ci"))

import pace  # noqa: E402  Found by the line above.
import running  # noqa: E402
import slowest  # noqa: E402
import spending  # noqa: E402
import steps  # noqa: E402

# A step whose child is in a session of its own and does not hear SIGTERM: it writes its number down, and sleeps.
STUBBORN = """
import os, pathlib, signal, subprocess, sys, time
if len(sys.argv) == 2:
    subprocess.Popen([sys.executable, __file__, sys.argv[1], "child"], start_new_session=True)
    time.sleep(600)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
time.sleep(600)
"""
# A gate of one such step; which limit it has is the first argument.
GATE = """
import pathlib, sys
sys.path.insert(0, sys.argv[4])
import gate, running, steps
limit, script, number = float(sys.argv[1]), sys.argv[2], sys.argv[3]
steps.quick = lambda: [running.Step(name="stubborn", command=[sys.executable, script, number], longest=limit)]
sys.exit(gate.main("lint"))
"""


def _spent(**figures: float) -> spending.Spending:
    usual = {"seconds": 300.0, "own": 500.0, "servers": 20.0, "others": 5.0, "throttled": 0.0, "slowness": 1.0}
    return spending.Spending(**{**usual, **figures}, cores=2)


@pytest.fixture
def stubborn(tmp_path: Path) -> tuple[Path, Path]:
    """Return the script of the stubborn step, and where its child writes its number down."""
    script = tmp_path / "stubborn.py"
    script.write_text(STUBBORN)
    return script, tmp_path / "number"


def _gate(stubborn: tuple[Path, Path], *, limit: float) -> "subprocess.Popen[str]":
    script, number = map(str, stubborn)
    command = [sys.executable, "-c", GATE, str(limit), script, number, str(ROOT / ".ci")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)


def _files(arguments: Sequence[str]) -> list[Path]:
    """Return the test files that pytest finds by these arguments."""
    wanted = [ROOT / each for each in arguments if each.startswith("tests")]
    ignored = [ROOT / each.removeprefix("--ignore=") for each in arguments if each.startswith("--ignore=")]
    found = [file for path in wanted for file in ([path] if path.is_file() else path.rglob("test_*.py"))]
    return [file for file in found if not any(file.is_relative_to(path) for path in ignored)]


def _runs(*, exhaustive: bool, found: dict[str, str]) -> list[tuple[Path, str]]:
    """Return (file, "sqlite" or "postgresql") for each file of tests in each step."""
    made = steps.tests(found=found, folder=Path("somewhere"), exhaustive=exhaustive)
    database = {step.name: "postgresql" if step.environment.get("TEST_DATABASE_URL") else "sqlite" for step in made}
    return [(file, database[step.name]) for step in made for file in _files(step.command)]


@pytest.mark.parametrize("found", [{}, {"TEST_DATABASE_URL": "postgresql://"}], ids=["SQLite alone", "PostgreSQL too"])
def test_every_test_runs_in_the_gate_and_none_twice_on_a_database(found: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", str)
    runs = _runs(exhaustive=False, found=found)
    bench = set((ROOT / "tests/bench").rglob("test_*.py"))
    assert len(runs) == len(set(runs))
    assert {file for file, _database in runs} == set((ROOT / "tests").rglob("test_*.py")) - bench


def test_before_a_release_everything_runs_on_sqlite_and_what_databases_do_differently_on_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.which", str)
    runs = _runs(exhaustive=True, found={"TEST_DATABASE_URL": "postgresql://"})
    on_sqlite, on_postgresql = ({file for file, where in runs if where == each} for each in ("sqlite", "postgresql"))
    outside = {file for folder in ("bench", "deploy") for file in (ROOT / "tests" / folder).rglob("test_*.py")}
    assert on_sqlite == set((ROOT / "tests").rglob("test_*.py")) - outside
    differently = {file for paths in (*steps.ON_EITHER.values(), steps.ON_BOTH, steps.AS_WEB) for file in _files(paths)}
    assert differently | outside == on_postgresql


def test_step_that_hangs_fails_alone_and_its_children_with_it(stubborn: tuple[Path, Path]) -> None:
    gate = _gate(stubborn, limit=2)
    said, _ = gate.communicate(timeout=30)
    assert gate.returncode == 1
    assert "FAILED stubborn" in said
    assert "its time was over" in said
    assert not is_alive(int(stubborn[1].read_text()))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_gate_that_is_told_to_stop_leaves_nobody_behind(stubborn: tuple[Path, Path], number: signal.Signals) -> None:
    gate = _gate(stubborn, limit=600)
    until(lambda: stubborn[1].exists() and stubborn[1].read_text())
    gate.send_signal(number)
    gate.send_signal(number)
    gate.communicate(timeout=30)
    assert gate.returncode == 128 + number
    assert not is_alive(int(stubborn[1].read_text()))


def test_step_dies_with_a_gate_that_is_killed(stubborn: tuple[Path, Path]) -> None:
    gate = _gate(stubborn, limit=600)
    until(lambda: stubborn[1].exists() and stubborn[1].read_text())
    (step,) = (int(pid) for pid in Path(f"/proc/{gate.pid}/task/{gate.pid}/children").read_text().split())
    gate.kill()
    gate.communicate()
    until(lambda: not is_alive(step))
    os.kill(int(stubborn[1].read_text()), signal.SIGKILL)


def test_every_bench_is_seen_to_run_small() -> None:
    """A size that is not named is the whole one: a hundred thousand rows took it a minute."""
    sources = "".join(file.read_text() for file in (ROOT / "tests/bench").glob("*.py"))
    sizes = set(re.findall(r'environ\.get\("(BENCH_\w+)"', sources))
    assert sizes == steps.SMALL_BENCH.keys()


def test_all_steps_end_before_ci_loses_its_patience() -> None:
    assert running.LONGEST_STEP < running.LONGEST_RUN < 90 * 60


def test_ten_minutes_pass_in_silence_and_more_is_said_loudly() -> None:
    assert (_spent(seconds=600).warning(), _spent(seconds=600).failure()) == ("", "")
    assert "find what has grown" in _spent(seconds=601).warning()
    assert "others kept the machine busy" in _spent(seconds=1_000, others=500).warning()
    assert _spent(seconds=1_000).failure() == ""


@pytest.mark.parametrize(
    ("figures", "fails"), [({}, True), ({"others": 400.0}, False), ({"throttled": 400.0}, False), ({"slowness": 3.0}, False)]
)
def test_twenty_five_minutes_fail_where_nobody_else_was_busy(figures: dict[str, float], fails: bool) -> None:  # noqa: FBT001
    assert bool(_spent(seconds=1_600, **figures).failure()) == fails


def test_what_the_gate_itself_computes_is_limited_however_busy_others_are() -> None:
    assert _spent(own=2_401, others=5_000, seconds=4_000).failure()
    assert _spent(own=2_401, others=5_000, seconds=4_000, slowness=0.5).failure()
    assert not _spent(own=3_808, others=75, seconds=2_088, slowness=3.0).failure()
    assert _spent(own=7_300, seconds=4_000, slowness=3.0).failure()


def test_pace_is_what_the_same_work_costs_now_against_what_it_is_known_to_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    samples = iter([1.0, 3.0, 2.0])
    monkeypatch.setattr(pace, "cost", lambda: pace.USUAL_SECONDS * next(samples))
    monkeypatch.setattr(pace, "EVERY_SECONDS", 0.0)
    computes = pace.Pace()
    computes.sample()
    computes.sample()
    assert computes.slowness == pytest.approx(2.0)
    monkeypatch.undo()
    assert pace.cost() > 0


def test_test_that_failed_is_named_at_the_end(tmp_path: Path) -> None:
    report = tmp_path / "step.xml"
    cases = (
        '<testcase classname="a.b" name="good"/><testcase classname="a.b" name="bad"><failure message="one&#10;two"/></testcase>'
    )
    report.write_text(f"<testsuites>{cases}</testsuites>")
    step = running.Step(name="step", command=[], report=report)
    outcome = running.Outcome(step=step, ok=False, output="", seconds=1, cpu_seconds=1)
    assert list(slowest.failures([outcome])) == ["failure in step: a.b::bad: one"]


BURN = "import time\nwhile time.process_time() < 0.4: pass\n"


def test_step_is_said_with_what_it_and_its_children_computed() -> None:
    child = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}])"
    step = running.Step(name="burning", command=[sys.executable, "-c", BURN + child])
    (outcome,) = running.run([step], at_once=1)
    # Each takes 0.4; the system counts in hundredths.
    assert outcome.cpu_seconds >= 0.6
    assert f"{outcome.seconds:7.1f} {outcome.cpu_seconds:7.1f}  burning" in list(slowest.words([outcome]))


def test_work_of_children_and_their_orphans_counts_as_its_own() -> None:
    before = spending.read([])
    burn = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    subprocess.run([sys.executable, "-c", burn], check=True)
    spent = spending.between(before, spending.read([]), slowness=1.0)
    assert spent.own >= 0.3
    assert str(round(spent.own)) in spent.words()
