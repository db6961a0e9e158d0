"""What the gate runs. Each step is a process; those of pytest are cut so that together they keep two cores busy."""

import secrets
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from running import Step

from portal.settings.signing import throwaway_key

APP = "tests/app/access_requests"
# What databases answer or lock differently, and nothing that only calls it. One database is enough for each change: PostgreSQL,
# where there is one; on SQLite every statement of a service is met by the pages, calls, contracts and demos that run there.
ON_EITHER = {
    # AWS against the portal: a quarter of all seconds.
    "comparisons": (f"{APP}/services/drift",),
    "services": (
        *(f"{APP}/services", f"--ignore={APP}/services/drift", f"{APP}/models", f"{APP}/selectors", "tests/app/audits"),
        *("tests/app/users", "tests/app/portal/outbox", "tests/app/portal/verbs"),
    ),
}
# Beside SQLite, at each change: who races for a row, and what is lost when somebody dies with one.
ON_BOTH = ("tests/races", "tests/crashes/test_commits.py", "tests/crashes/test_messages.py")
# The doors of the web, each call as the database role that it has in production.
AS_WEB = (
    f"{APP}/web",
    f"{APP}/api",
    f"{APP}/chat",
    f"--ignore={APP}/api/test_openapi.py",
    "tests/app/audits/web",
    f"{APP}/commands",
)
BENCH = "tests/bench"
# Its plugin takes a second to load; one module uses it.
MADE_UP_CALLS = "every door"
EVERY_DOOR = ("tests/app/test_every_door.py", f"{APP}/api/test_openapi.py", f"{APP}/api/test_every_endpoint.py")
# What runs in the process of the test, and can be traced: of workers and browsers tracing sees nothing.
IN_PROCESS = {
    "rules": ("tests/pure",),
    "the rest of the app": (
        *("tests/app", *(f"--ignore={path}" for paths in ON_EITHER.values() for path in paths if not path.startswith("--"))),
        *(f"--ignore={path}" for path in EVERY_DOOR),
    ),
}
# Each is a process of its own, beside which others run while it waits.
PROCESSES = {
    "journeys": ("tests/journeys",),
    "contracts": ("tests/contracts",),
    "the demo": ("tests/demo",),
    "crashes": ("tests/crashes",),
    "the simulated AWS": ("tests/simulated_aws", "tests/iam_simulate"),
    MADE_UP_CALLS: EVERY_DOOR,
    "command line, doors, races": ("tests/cli", "tests/doors", "tests/structure", "tests/races"),
    "the container set-up": ("tests/deploy",),
    "the web server": ("tests/web_server",),
}
# What the demo's catalogue renders to.
RENDERED = Path("docs/examples/account-design")
# The bench is seen to run, where everything is: it measures nothing there.
SMALL_BENCH = {
    "BENCH_REQUESTS": "300",
    "BENCH_FINDINGS": "300",
    "BENCH_ENTRIES": "10000",
    "BENCH_LOG_INS": "2000",
    "BENCH_ACCOUNTS": "2",
    "BENCH_PRINCIPALS": "6",
    "BENCH_CALLS": "20",
}


def quick() -> list[Step]:
    """Return the checks that read the sources and start no test."""
    return [
        Step(name="types", command=[program("mypy")]),
        Step(name="style", command=[program("ruff"), "check", "."]),
        Step(name="format", command=[program("ruff"), "format", "--check", "."]),
        Step(name="floors", command=[program("lint-imports"), "--no-logo"]),
        # Its formatter is left out: it adds white space where a sentence or a picture has none.
        Step(name="templates", command=[program("djlint"), "templates", "--lint"]),
        Step(name="account design", command=[program("cfn-lint"), *map(str, sorted(RENDERED.glob("*.yaml")))]),
        Step(name="migrations", command=[sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Step(
            name="production's settings",
            command=[sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
            environment=_production(),
        ),
    ]


def tests(*, found: Mapping[str, str], folder: Path, exhaustive: bool) -> list[Step]:
    """Return pytest's runs, the longest first. The exhaustive ones are traced, and ask both databases everything."""
    on_sqlite: dict[str, str | None] = {**found, "TEST_DATABASE_URL": None}
    wanted = () if exhaustive else ("-m", "not exhaustive")
    has_postgresql = "TEST_DATABASE_URL" in found
    in_process = _traced if exhaustive else _pytest
    steps = []
    if has_postgresql:
        steps += [_pytest(name, [*wanted, *paths], folder, found) for name, paths in ON_EITHER.items()]
        steps.append(_pytest("PostgreSQL", [*wanted, *ON_BOTH], folder, found))
    if exhaustive and has_postgresql:
        steps.append(_pytest("the web under its own role", AS_WEB, folder, {**found, "AS_WEB": "1"}))
        steps.append(_pytest("the bench", [BENCH], folder, {**found, **SMALL_BENCH}))
    if exhaustive or not has_postgresql:
        steps += [in_process(f"{name} on SQLite", [*wanted, *paths], folder, on_sqlite) for name, paths in ON_EITHER.items()]
    steps += [in_process(name, [*wanted, *paths], folder, on_sqlite) for name, paths in IN_PROCESS.items()]
    for name, paths in PROCESSES.items():
        if name != "journeys" or shutil.which("chromium"):
            # The container set-up brings databases of its own.
            environment = found if name == "the container set-up" else on_sqlite
            steps.append(_pytest(name, [*wanted, *paths], folder, environment))
    return steps


def affected(paths: Sequence[str], *, found: Mapping[str, str], folder: Path) -> Step:
    """Return the one run of the tests that a change can have broken."""
    options = ["-n", "2", "--dist", "loadgroup", "-m", "not exhaustive"]
    return _pytest("what the change can have broken", [*options, *paths], folder, {**found, "TEST_DATABASE_URL": None})


def _pytest(name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str | None]) -> Step:
    return _run([sys.executable], name, arguments, folder, environment)


def _traced(name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str | None]) -> Step:
    data = {"COVERAGE_FILE": str(folder / "coverage")}
    return _run([program("coverage"), "run"], name, arguments, folder, {**environment, **data})


def _run(
    program: Sequence[str], name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str | None]
) -> Step:
    report = folder / f"{name}.xml"
    without = () if name == MADE_UP_CALLS else ("-p", "no:schemathesis")
    command = [*program, "-m", "pytest", "-rs", *without, f"--junitxml={report}", *arguments]
    return Step(name=name, command=command, environment={**environment, "MIGRATED_DIR": str(folder)}, report=report)


def coverage(folder: Path) -> list[Step]:
    """Return what adds the traced runs up and compares them with the least that pyproject.toml allows."""
    data = {"COVERAGE_FILE": str(folder / "coverage")}
    return [
        Step(name="coverage, added up", command=[program("coverage"), "combine", "--quiet"], environment=data),
        Step(name="coverage", command=[program("coverage"), "report"], environment=data),
    ]


def program(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _production() -> dict[str, str]:
    """Return the environment of a production that has everything it must be given."""
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "OIDC_PRIVATE_KEY": throwaway_key(),
        "FACTOR_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "portal.example.com",
        "PORTAL_URL": "https://portal.example.com",
        "DATABASE_URL": "postgresql://sekisho@127.0.0.1/sekisho",
        "BROKER_URL": "redis://127.0.0.1:6379/0",
        "BEHIND_TLS_PROXY": "true",
    }
