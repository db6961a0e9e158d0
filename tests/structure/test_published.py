"""Names that others hold on to stay: links, messages of the release before, tables, and what migrations import."""

import ast
import importlib
import json
from pathlib import Path

import pytest

from access_requests.grants.registry import made_of
from tests.structure.published import FILE, published

ROOT = Path(__file__).resolve().parents[2]
# Each is imported by a migration that has been released.
NAMED_BY_MIGRATIONS = (
    *("access_requests.lifecycle", "access_requests.models.codes", "audits.storable", "portal.users.models"),
    # Writes down how rows are, by a migration's own models (docs/decisions/0032-state-from-the-trail.md).
    "access_requests.services.comparison",
)


def test_addresses_tasks_applications_and_backends_are_those_that_were_published() -> None:
    assert published() == json.loads(FILE.read_text())


@pytest.mark.parametrize("path", json.loads(FILE.read_text())["backends"])
def test_what_settings_may_name_as_a_backend_is_one(path: str) -> None:
    assert made_of({"BACKEND": path}).words.name


@pytest.mark.parametrize("module", NAMED_BY_MIGRATIONS)
def test_what_migrations_name_can_be_imported(module: str) -> None:
    assert importlib.import_module(module)


def test_no_migration_imports_anything_else_of_ours() -> None:
    imported = set()
    for migration in (
        path for root in ("portal", "access_requests", "audits") for path in (ROOT / root).rglob("migrations/0*.py")
    ):
        for node in ast.walk(ast.parse(migration.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            imported |= {name for name in names if name.split(".")[0] in ("portal", "access_requests", "audits")}
    assert imported <= {*NAMED_BY_MIGRATIONS, "access_requests.models.catalogue", "portal.storable"}
