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
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

import portal.celery  # noqa: F401  Shared tasks find the application.
from audits.triggers import NAMES, TABLE, make_triggers

pytest_plugins = ["tests.cast"]
# No test fails for being slow on a busy machine.
hypothesis_settings.register_profile("sekisho", deadline=None, print_blob=True)
hypothesis_settings.load_profile("sekisho")


@pytest.fixture
def now() -> datetime:
    """A Monday afternoon in Tokyo."""
    return datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Give this process a database of its own, so that several suites may run on one machine at once."""
    test = settings.DATABASES["default"].setdefault("TEST", {})
    name = test.get("NAME") or f"test_{settings.DATABASES['default']['NAME']}"
    test["NAME"] = f"{name}_{os.getpid()}"


@pytest.fixture(scope="session", autouse=True)
def _flush_may_empty_the_trail() -> Iterator[None]:
    """Lift the trail's triggers while Django empties the tables after a test that commits, and make them again."""
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def lift_and_flush(case: TransactionTestCase) -> None:
        _drop_triggers()
        flush(case)
        make_triggers()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lift_and_flush)
        yield


def _drop_triggers() -> None:
    table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in NAMES[connection.vendor]:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{table}")
