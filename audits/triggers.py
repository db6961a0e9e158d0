"""The triggers: trail and seal are append-only, each entry gets its id and the time at which it was recorded, and gives stays.

They are in the database itself, so that whoever writes the trail without this code cannot choose either. They are made after
every migrate, because Django rebuilds a SQLite table to alter it, and its triggers go with the old one.
"""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from audits import marked, stays
from audits.models import APART, EARLIEST, FARTHEST, Late, TrailEntry
from audits.sealed import SEALED_TABLES

TABLE = "audits_trailentry"
# The advisory lock of whoever writes. Any constant will do, as long as nothing else in this database locks by it.
LOCK = 0x5E_C1_5B_0
_APART = f"interval '{APART.total_seconds():.0f} seconds'"
_EARLIEST = f"timestamptz '{EARLIEST.isoformat()}'"
# What a service may say; "" is an entry that is not late.
_LATE = ", ".join(f"'{reason}'" for reason in ("", *Late))

_SQLITE = {
    "audits_trail_no_update": f"""BEFORE UPDATE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",
    "audits_trail_no_delete": f"""BEFORE DELETE ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",
    # INSERT OR REPLACE deletes a row without asking the trigger against DELETE.
    "audits_trail_no_replace": f"""BEFORE INSERT ON {TABLE}
        WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END""",  # noqa: S608  Fixed words.
    # A trigger of SQLite's cannot change a new row. The defaults of the columns give what this expects, and nothing else passes.
    "audits_trail_is_given": f"""AFTER INSERT ON {TABLE}
        WHEN NEW.id <> 1 + coalesce((SELECT id FROM {TABLE} WHERE id <> NEW.id ORDER BY id DESC LIMIT 1), 0)
            OR julianday(NEW.recorded_at) IS NULL OR abs(julianday(NEW.recorded_at) - julianday('now')) > 1.0 / (24 * 60)
        BEGIN SELECT RAISE(ABORT, 'the trail gives ids and times of recording itself'); END""",  # noqa: S608
}
# A function does not look into pg_temp, and not into a schema of the caller's: what it reads is the table whose trigger fired.
_FUNCTION = "RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp"
_POSTGRESQL_FUNCTIONS = [
    f"""CREATE OR REPLACE FUNCTION audits_trail_is_append_only() {_FUNCTION} AS
        $$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$""",
    # The lock is held until the commit: the order of ids is the order of commits, and what is rolled back leaves no hole.
    # Code of an older version takes it by a statement of its own, and then here once more.
    f"""CREATE OR REPLACE FUNCTION audits_trail_is_given() {_FUNCTION} AS $$ BEGIN
        PERFORM pg_advisory_xact_lock({LOCK});
        EXECUTE format('SELECT coalesce(max(id), 0) + 1 FROM %I.%I WHERE id < {FARTHEST}', TG_TABLE_SCHEMA, TG_TABLE_NAME)
            INTO NEW.id;
        NEW.recorded_at := clock_timestamp();
        RETURN NEW;
    END $$""",  # noqa: S608  Fixed words.
    # Whoever may act as the table's owner could lift this trigger, and is not asked: tests and a demo write what is long past.
    f"""CREATE OR REPLACE FUNCTION audits_trail_is_in_time() {_FUNCTION} AS $$ BEGIN
        IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
            RETURN NEW;
        END IF;
        IF NEW.late NOT IN ({_LATE}) THEN
            RAISE EXCEPTION 'the trail knows no such reason to be late: %', NEW.late;
        END IF;
        IF NEW.at > NEW.recorded_at + {_APART} OR NEW.at < {_EARLIEST}
            OR (NEW.late = '' AND NEW.at < NEW.recorded_at - {_APART}) THEN
            RAISE EXCEPTION 'an entry of the trail is recorded when it happens, or says why it is late';
        END IF;
        RETURN NEW;
    END $$""",  # noqa: S608  Fixed words.
]
# PostgreSQL fires triggers in the order of their names: whether an entry is in time is asked when it has got its time.
_POSTGRESQL = {
    "audits_trail_no_change": ("BEFORE UPDATE OR DELETE", "FOR EACH ROW EXECUTE FUNCTION audits_trail_is_append_only()"),
    "audits_trail_no_truncate": ("BEFORE TRUNCATE", "FOR EACH STATEMENT EXECUTE FUNCTION audits_trail_is_append_only()"),
    "audits_trail_is_given": ("BEFORE INSERT", "FOR EACH ROW EXECUTE FUNCTION audits_trail_is_given()"),
    "audits_trail_is_in_time": ("BEFORE INSERT", "FOR EACH ROW EXECUTE FUNCTION audits_trail_is_in_time()"),
}


# What was sealed is changed by nobody either; PostgreSQL's function is the trail's. Trigger -> its table, and what makes it.
_SEALED: dict[str, dict[str, tuple[str, str]]] = {
    "sqlite": {
        f"{table}_no_{verb}": (
            table,
            f"BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'what was sealed is append-only'); END",
        )
        for table in SEALED_TABLES
        for verb in ("update", "delete")
    },
    "postgresql": {
        f"{table}_{name}": (table, f"{when} ON {table} {what}")
        for table in SEALED_TABLES
        for name, (when, what) in (
            ("no_change", _POSTGRESQL["audits_trail_no_change"]),
            ("no_truncate", _POSTGRESQL["audits_trail_no_truncate"]),
        )
    },
}
# Vendor -> trigger -> its table.
TABLE_OF: dict[str, dict[str, str]] = {
    vendor: {**dict.fromkeys(of_trail, TABLE), **{name: table for name, (table, _) in _SEALED[vendor].items()}}
    for vendor, of_trail in (("sqlite", _SQLITE | stays.SQLITE), ("postgresql", _POSTGRESQL | stays.POSTGRESQL))
}
MAKE = {
    "sqlite": [
        # Made anew, since an older version's may say less.
        *(f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE),
        *(f"CREATE TRIGGER {name} {rest}" for name, rest in _SQLITE.items()),
        # Ids go on from the last entry that is there, also where entries were once taken out with the triggers lifted.
        f"UPDATE sqlite_sequence SET seq = (SELECT coalesce(max(id), 0) FROM {TABLE}) WHERE name = '{TABLE}'",  # noqa: S608
    ],
    "postgresql": [
        *_POSTGRESQL_FUNCTIONS,
        *(f"CREATE OR REPLACE TRIGGER {name} {when} ON {TABLE} {what}" for name, (when, what) in _POSTGRESQL.items()),
    ],
}
FIND = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    # Neither disabled ('D') nor left to replicas ('R').
    "postgresql": """SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE pg_table_is_visible(pg_class.oid) AND tgenabled IN ('O', 'A')""",
}


def make_triggers(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Make what is missing; Django calls this after each migrate."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    if TABLE not in tables:
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        made = [*MAKE[connection.vendor], *_make_sealed(connection.vendor, tables), *_make_stays(connection.vendor, tables)]
        made += marked.made(tables) if connection.vendor == "postgresql" else ()
        for statement in made:
            cursor.execute(statement)
        if stays.TABLE in tables:
            # The trigger keeps who writes the trail waiting until this is committed: no entry is left out.
            stays.fill(TrailEntry.objects.using(using))


def missing_triggers(connection: BaseDatabaseWrapper) -> frozenset[str]:
    """Return the names of the triggers that should be there and are not, or are disabled."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        cursor.execute(FIND[connection.vendor])
        there = {row[0] for row in cursor.fetchall()}
    # Before the migration that makes the stays' table no trigger fills it.
    there |= set() if stays.TABLE in tables else set(stays.SQLITE)
    return frozenset(name for name, table in TABLE_OF[connection.vendor].items() if table in tables and name not in there)


def _make_sealed(vendor: str, tables: Collection[str]) -> Iterator[str]:
    """Yield what guards the tables of what was sealed, as far as the migrations have come."""
    for name, (table, rest) in _SEALED[vendor].items():
        if table in tables:
            yield f"CREATE {'OR REPLACE TRIGGER' if vendor == 'postgresql' else 'TRIGGER IF NOT EXISTS'} {name} {rest}"


def _make_stays(vendor: str, tables: Collection[str]) -> Iterator[str]:
    if stays.TABLE not in tables:
        return
    if vendor == "sqlite":
        yield from (f"DROP TRIGGER IF EXISTS {name}" for name in stays.SQLITE)
        yield from (f"CREATE TRIGGER {name} {rest}" for name, rest in stays.SQLITE.items())
    else:
        yield stays.POSTGRESQL_FUNCTION
        yield from (
            f"CREATE OR REPLACE TRIGGER {name} {when} ON {TABLE} {what}" for name, (when, what) in stays.POSTGRESQL.items()
        )
