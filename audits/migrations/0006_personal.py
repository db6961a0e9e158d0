"""Personal texts leave the trail for a table beside it, before anything is sealed; once it is, no entry is changed any more."""

import hmac
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "audits_trailentry"
# How acts begin -> where their data has personal texts, as of this migration; `*` is each of an object's. All acts have OF_ALL.
OF_ALL = [("proof", "identity"), ("proof", "own_token", "allowed", "proof", "identity")]
PERSONAL = {
    "request.": [("decision", *path) for path in OF_ALL],
    "drift.": [("drift", "event", "sourceIPAddress"), ("drift", "event", "userAgent")],
    "person.": [(when, *path) for when in ("before", "after") for path in (("name",), ("email",), ("identities", "*"))],
    "identity.": [
        ("before", "external_id"),
        ("after", "external_id"),
        *(("after", "code_made_by", *path[1:]) for path in OF_ALL),
    ],
    "token.": [(when, name) for when in ("before", "after") for name in ("asked_from", "collected_from")],
}
# Proofs are of whoever acted; the rest is of the person that the entry is about.
OF_ACTOR = ("proof", "decision")
CHUNK = 500


def commit_to_what_there_is(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Rewrite each entry that has personal texts, unless something is sealed: then the texts are part of what was signed."""
    if apps.get_model("audits", "Checkpoint").objects.exists():
        return
    entries, kept = apps.get_model("audits", "TrailEntry").objects, apps.get_model("audits", "Personal").objects
    lift, restore = _guard(editor)
    lift()
    last = 0
    while some := list(entries.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        changed, texts = [], []
        for entry in some:
            made = [one for path in _paths(entry.act) for one in _committed(entry.data, path)]
            texts += [{**one, "entry_id": entry.pk, "person": _about(entry, path)} for path, one in made]
            changed += [entry] if made else []
        kept.bulk_create(kept.model(**one) for one in texts)
        entries.bulk_update(changed, ["data"])
        last = some[-1].pk
    restore()


def _guard(editor: BaseDatabaseSchemaEditor) -> tuple[Callable[[], None], Callable[[], None]]:
    """Return how to lift the trigger against changes, and how to put it back. On SQLite, where it is, it is made anew as it was."""
    if editor.connection.vendor == "postgresql":
        statement = f"ALTER TABLE {TABLE} {{}} TRIGGER audits_trail_no_change"
        with editor.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_trigger WHERE tgname = 'audits_trail_no_change'")
            there = cursor.fetchone() is not None
        statements = [statement.format(verb) for verb in ("DISABLE", "ENABLE")] if there else []
    else:
        with editor.connection.cursor() as cursor:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'audits_trail_no_update'")
            found = cursor.fetchone()
        statements = ["DROP TRIGGER audits_trail_no_update", found[0]] if found else []
    lift, restore = statements or (None, None)
    return (lambda: lift and editor.execute(lift)), (lambda: restore and editor.execute(restore))


def _paths(act: str) -> list[tuple[str, ...]]:
    return OF_ALL + [path for kind, paths in PERSONAL.items() if act.startswith(kind) for path in paths]


def _committed(
    value: Any, path: tuple[str, ...], whole: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    """Put commitments in the place of the texts at the path, and yield where each was, with text and salt."""
    if not isinstance(value, dict):
        return
    whole = whole or path
    for name in list(value) if path[0] == "*" else [path[0]]:
        if len(path) > 1:
            yield from _committed(value.get(name), path[1:], whole)
        elif isinstance(text := value.get(name), str) and text:
            salt = secrets.token_bytes(16)
            commitment = hmac.new(salt, text.encode(), "sha256").hexdigest()
            value[name] = {"commitment": commitment}
            yield whole, {"commitment": commitment, "salt": salt.hex(), "text": text}


def _about(entry: Any, path: tuple[str, ...]) -> str:
    kind, _, name = entry.subject.partition(":")
    if kind == "person" and path[0] not in OF_ACTOR:
        return str(name)
    who = entry.on_behalf_of or entry.actor
    return "" if ":" in who else str(who)


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0005_sealed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Personal",
            fields=[
                ("commitment", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("salt", models.CharField(max_length=64)),
                ("text", models.TextField()),
                ("entry_id", models.BigIntegerField(db_index=True)),
                ("person", models.CharField(db_index=True, max_length=200)),
            ],
            options={
                "db_table": "audits_personal",
            },
        ),
        migrations.RunPython(commit_to_what_there_is, migrations.RunPython.noop),
    ]
