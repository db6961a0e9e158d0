"""Fixtures for every test. Tiers by folder:

pure            rules and values; no database, which tests/pure/conftest.py enforces
app             mirrors the source tree
doors           browser, API, chat and command line against each other
cli             whole commands, against a portal over HTTP
contracts       every implementation of an interface against one suite
races, crashes  threads against each other; processes killed at each step
simulated_aws   our additions to moto
iam_simulate    our evaluation of policies against another's
structure       rules of the house that no tool knows
deploy          the container set-up's own commands, as plain processes
bench           speed, as ratios (make bench)
journeys        a real browser before a real worker
"""

import os
from datetime import UTC, datetime

import pytest
from hypothesis import settings as hypothesis_settings

import portal.celery  # noqa: F401  Shared tasks find the application.

# Fixtures are loaded once for all folders. One that a module imports by name is another one there, and starts its process again.
pytest_plugins = [
    "tests.stand_ins.aws",
    "tests.worlds.cast",
    "tests.worlds.factors",
    "tests.worlds.clock",
    "tests.database_roles",
    "tests.databases",
    "tests.emptying",
    "tests.worlds.gated",
    "tests.iam_simulate.peer",
    "tests.worlds.identity_center",
    "tests.worlds.inspections",
    "tests.worlds.jump",
    "tests.worlds.log_ins",
    "tests.worlds.portal_in_aws",
    "tests.preloaded",
    "tests.worlds.runbooked",
    "tests.worlds.runbooks",
    "tests.worlds.sealed",
    "tests.worlds.sealed_in_aws",
    "tests.worlds.tagged",
    "tests.worker",
    # Every call of the web's doors under the role that they have in production: `make test-all`.
    *(["tests.as_web"] if os.environ.get("AS_WEB") else []),
]
# They import one another; the assertions of those that are imported before their turn are explained too.
pytest.register_assert_rewrite(*pytest_plugins)
# No test fails for being slow on a busy machine.
hypothesis_settings.register_profile("sekisho", deadline=None, print_blob=True)
hypothesis_settings.load_profile("sekisho")


@pytest.fixture
def now() -> datetime:
    """A Monday afternoon in Tokyo."""
    return datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
