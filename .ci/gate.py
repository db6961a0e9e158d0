"""The gate: everything that must hold before a change is taken. `make test` runs it whole, `make lint` its quick part.

Two steps at once, as on two cores; each step's output is shown when it ends. What the machine lacks is named at the end, and with
CI=true that is a failure; as root in CI it is installed by apt first. The last lines are pytest's own summaries.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI") == "true"
sys.path.insert(0, str(ROOT))

from portal.settings.signing import throwaway_key  # noqa: E402  Found by the line above.

# What a program of Debian is called, and the package that brings it.
PROGRAMS = {"chromium": "chromium", "node": "nodejs", "npm": "npm", "openssl": "openssl", "psql": "postgresql-client"}
CJK_FONT = ("fc-list :lang=ja family", "fonts-noto-cjk")
# What touches no database runs once, and so does what asks the same of either: doors and terminals, behind which the verbs are
# tried on both. Journeys and the demo bring processes and databases of their own.
RUNS_ONCE = ("pure", "structure", "simulated_aws", "iam_simulate", "journeys", "demo", "doors", "cli")
NEEDS_SERVERS = "deploy"
# The bench measures nothing here; it is seen to run.
SMALL_BENCH = {"BENCH_REQUESTS": "300", "BENCH_CALLS": "20"}
LONGEST_STEP = 50 * 60


@dataclass(frozen=True, kw_only=True)
class Step:
    name: str
    command: Sequence[str]
    # None takes a variable away.
    environment: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    step: Step
    ok: bool
    output: str
    seconds: float


def run(step: Step) -> Outcome:
    began = time.monotonic()
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings.test", **step.environment}
    environment = {name: value for name, value in variables.items() if value is not None}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            step.command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        code = wait(process)
        log.seek(0)
        outcome = Outcome(step=step, ok=code == 0, output=log.read(), seconds=time.monotonic() - began)
    print(f"{'ok    ' if outcome.ok else 'FAILED'} {step.name} ({outcome.seconds:.0f} s)", flush=True)
    if not outcome.ok:
        print(outcome.output, flush=True)
    return outcome


def wait(process: subprocess.Popen[bytes]) -> int | None:
    """Return the exit code, or None when it took too long. It leaves no process behind, interrupted or not."""
    try:
        return process.wait(timeout=LONGEST_STEP)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def run_two_at_once(steps: Sequence[Step]) -> list[Outcome]:
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(run, steps))


def quick_steps() -> list[Step]:
    """Return the checks that read the sources and start no test."""
    return [
        Step(name="types", command=[program("mypy")]),
        Step(name="style", command=[program("ruff"), "check", "."]),
        Step(name="format", command=[program("ruff"), "format", "--check", "."]),
        Step(name="floors", command=[program("lint-imports"), "--no-logo"]),
        # Its formatter is left out: it adds white space where a sentence or a picture has none.
        Step(name="templates", command=[program("djlint"), "templates", "--lint"]),
        Step(name="migrations", command=[sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Step(
            name="production's settings",
            command=[sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            environment=production(),
        ),
    ]


def program(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def production() -> dict[str, str]:
    """Return the environment of a production that has everything it must be given."""
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "OIDC_PRIVATE_KEY": throwaway_key(),
        "ALLOWED_HOSTS": "portal.example.com",
        "PORTAL_URL": "https://portal.example.com",
        "DATABASE_URL": "postgresql://sekisho@127.0.0.1/sekisho",
        "BROKER_URL": "redis://127.0.0.1:6379/0",
        "BEHIND_TLS_PROXY": "true",
    }


def test_steps(found: Mapping[str, str], coverage: Mapping[str, str]) -> list[Step]:
    """Return pytest's runs, one after the other since each uses both cores itself."""
    options = ["-n", "2", "--dist", "loadgroup", "-rs"]
    pytest = [program("coverage"), "run", "-m", "pytest", *options]
    steps = [
        Step(
            name="tests on SQLite",
            command=[*pytest, *ignoring("journeys", "bench", NEEDS_SERVERS), "tests"],
            environment={**coverage, **found, "TEST_DATABASE_URL": None},
        )
    ]
    if "TEST_DATABASE_URL" in found:
        steps.append(
            Step(
                name="tests on PostgreSQL",
                # What it covers beyond the run before is little, and tracing it takes long.
                command=[sys.executable, "-m", "pytest", *options, *ignoring(*RUNS_ONCE), "tests"],
                environment={**found, **SMALL_BENCH},
            )
        )
    if shutil.which("chromium"):
        steps.append(Step(name="journeys in a browser", command=[*pytest, "tests/journeys"], environment={**coverage, **found}))
    return steps


def ignoring(*folders: str) -> list[str]:
    return [f"--ignore=tests/{folder}" for folder in folders]


def coverage_steps(coverage: Mapping[str, str]) -> list[Step]:
    """Return what adds the runs up and compares them with the least that pyproject.toml allows."""
    return [
        Step(name="coverage, added up", command=[program("coverage"), "combine", "--quiet"], environment=coverage),
        Step(name="coverage", command=[program("coverage"), "report"], environment=coverage),
    ]


def servers_found() -> dict[str, str]:
    """Return the addresses of PostgreSQL and Redis: as told by the environment, else what answers on loopback."""
    found: dict[str, str] = {}
    databases = [f"postgresql://{user}@127.0.0.1:5432/postgres" for user in ("postgres", "root")]
    brokers = ["redis://127.0.0.1:6379/0"]
    for name, usual, answers in (("TEST_DATABASE_URL", databases, database_answers), ("TEST_REDIS_URL", brokers, broker_answers)):
        told = os.environ.get(name)
        if url := next((url for url in ([told] if told else usual) if answers(url)), None):
            found[name] = url
    return found


def database_answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    except psycopg.Error:
        return False
    return row is not None and bool(row[0])


def broker_answers(url: str) -> bool:
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=3) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def lacking() -> list[str]:
    """Return the packages of Debian that bring what this machine lacks."""
    packages = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    command, font = CJK_FONT
    has_fonts = shutil.which("fc-list") and subprocess.run(command.split(), check=False, capture_output=True).stdout
    return packages if has_fonts else [*packages, font]


def install(packages: Sequence[str]) -> None:
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "install", "-qq", "--no-install-recommends", *packages], check=True, env=environment)


def not_run(found: Mapping[str, str]) -> list[str]:
    """Return, in words, what of the gate this machine could not run."""
    missing = {
        "TEST_DATABASE_URL": "tests on PostgreSQL: no server that may make databases (TEST_DATABASE_URL, or 127.0.0.1:5432)",
        "TEST_REDIS_URL": "tests with Redis: no server (TEST_REDIS_URL, or 127.0.0.1:6379)",
    }
    words = [sentence for name, sentence in missing.items() if name not in found]
    return words + [f"what needs {package}: not installed" for package in lacking()]


def main(part: str) -> int:
    outcomes = run_two_at_once(quick_steps())
    left_out: list[str] = []
    if part == "all":
        if CI and os.geteuid() == 0 and (packages := lacking()):
            install(packages)
        found = servers_found()
        left_out = not_run(found)
        with tempfile.TemporaryDirectory() as folder:
            coverage = {"COVERAGE_FILE": f"{folder}/coverage"}
            outcomes += [run(step) for step in (*test_steps(found, coverage), *coverage_steps(coverage))]
    return closing(outcomes, left_out)


def closing(outcomes: Sequence[Outcome], left_out: Sequence[str]) -> int:
    """Print what it comes to, pytest's summaries last, and return the exit code."""
    failed = [outcome.step.name for outcome in outcomes if not outcome.ok]
    for words in left_out:
        print(f"not run: {words}")
    print(f"failed: {', '.join(failed)}" if failed else "everything that ran passed")
    for outcome in outcomes:
        if outcome.step.command[1:4] == ["run", "-m", "pytest"]:
            print(f"{outcome.step.name}:", *outcome.output.strip().splitlines()[-1:], sep="\n")
    return 1 if failed or (left_out and CI) else 0


if __name__ == "__main__":
    sys.exit(main("quick" if sys.argv[1:] == ["lint"] else "all"))
