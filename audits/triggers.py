"""The triggers that make the trail append-only, in the database itself.

They are made after every migrate, because Django rebuilds a SQLite table to alter it, and its triggers go with the old one.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "audits_trailentry"
NAMES = {
    "sqlite": frozenset({"audits_trail_no_update", "audits_trail_no_delete", "audits_trail_no_replace"}),
    "postgresql": frozenset({"audits_trail_no_change", "audits_trail_no_truncate"}),
}

MAKE = {
    "sqlite": [
        f"""CREATE TRIGGER IF NOT EXISTS audits_trail_no_{verb.lower()} BEFORE {verb} ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"""
        for verb in ("UPDATE", "DELETE")
    ]
    + [
        # INSERT OR REPLACE deletes a row without asking the trigger against DELETE.
        f"""CREATE TRIGGER IF NOT EXISTS audits_trail_no_replace BEFORE INSERT ON {TABLE}
        WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END"""  # noqa: S608  Fixed words.
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION audits_trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$""",
        f"""CREATE OR REPLACE TRIGGER audits_trail_no_change BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION audits_trail_is_append_only()""",
        f"""CREATE OR REPLACE TRIGGER audits_trail_no_truncate BEFORE TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION audits_trail_is_append_only()""",
    ],
}
FIND = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
    # Neither disabled ('D') nor left to replicas ('R').
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgenabled IN ('O', 'A')",
}


def make_triggers(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Make what is missing; Django calls this after each migrate."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in MAKE[connection.vendor]:
            cursor.execute(statement)


def missing_triggers(connection: BaseDatabaseWrapper) -> frozenset[str]:
    """Return the names of the triggers that should be there and are not, or are disabled."""
    with connection.cursor() as cursor:
        cursor.execute(FIND[connection.vendor], [TABLE])
        found = {row[0] for row in cursor.fetchall()}
    return NAMES[connection.vendor] - found
