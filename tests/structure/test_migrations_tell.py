"""From the baseline on, a migration that changes rows which the trail tells writes entries, too.

Otherwise each upgrade would be a flood of differences, and among them nobody would see the one that somebody made.
"""

import inspect
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from access_requests.services.comparison.comparing import LARGE, SMALL

BASELINE = ("access_requests", "0028_told_whole")
OURS = ("access_requests", "audits", "users", "outbox", "verbs")
# How a migration writes entries (`audits.trail`), and the room that does it for it.
WRITES = ("record_as_it_was", "baseline.write")
# Migration -> why it says nothing though it names such a table: nothing that is told is otherwise by it.
SAY_NOTHING: dict[tuple[str, str], str] = {
    ("users", "0009_rows_of_flags"): "a flag without a row was told as said here, and its row says the same",
}


def told() -> set[str]:
    """Return how code and SQL name what the trail tells: by class and by table, with the tables between."""
    fields = {field.partition(".")[0] for table in (*SMALL, *LARGE) for fact in table.facts for field in fact.fields}
    models = [model for model in apps.get_models() if model.__name__ in fields]
    through = [field.remote_field.through for model in models for field in model._meta.many_to_many]
    return {name for model in (*models, *filter(None, through)) for name in (model.__name__, model._meta.db_table)}


def silent(operation: Operation) -> bool:
    """Whether an operation changes told rows by code or by SQL, and writes no entry."""
    match operation:
        case migrations.RunPython():
            module = inspect.getmodule(operation.code)
            return is_silent(inspect.getsource(module) if module is not None else "")
        case migrations.RunSQL():
            return is_silent(str(operation.sql))
        case _:
            return False


def is_silent(text: str) -> bool:
    names = any(re.search(rf"\b{name}\b", text) for name in told())
    return names and not any(writes in text for writes in WRITES)


def since_the_baseline() -> Iterator[tuple[tuple[str, str], migrations.Migration]]:
    loader = MigrationLoader(None)
    before = set(loader.graph.forwards_plan(BASELINE))
    yield from ((key, each) for key, each in loader.disk_migrations.items() if key[0] in OURS and key not in before)


def test_migrations_that_change_what_is_told_write_entries() -> None:
    found = dict(since_the_baseline())
    assert found
    quiet = {key for key, migration in found.items() if any(silent(each) for each in migration.operations)}
    assert quiet == set(SAY_NOTHING)


@pytest.mark.parametrize(
    "text",
    [
        'models.get_model("users", "User").objects.update(is_administrator=True)',
        "UPDATE users_user SET is_administrator = true",
        "DELETE FROM access_requests_workgroup_target_roles WHERE id = 7",
    ],
)
def test_one_that_says_nothing_is_found(text: str) -> None:
    assert is_silent(text)
    assert silent(migrations.RunSQL(text))
    assert not is_silent(f"{text}; trail.record_as_it_was(said)")


def test_one_that_changes_nothing_told_may_say_nothing() -> None:
    assert not silent(migrations.RunSQL("DELETE FROM django_session WHERE true"))
