"""Writing down how each row is, once: from there on the trail tells the whole of it. Called by a migration, with its models."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction

from access_requests.services.comparison.comparing import LARGE, TOLD_LATER
from access_requests.services.comparison.facts import Models, Row, Table
from audits import trail
from audits.acts import Act
from audits.replay import ThingKind
from audits.trail import AsItWas

ACTOR = "sekisho:upgrade"
AT_ONCE = 500
# Of the release whose migration this is: a later one's entries may say more.
SCHEMA_VERSION = 5
FLAGS = ("is_staff", "is_superuser")
ACTS: Mapping[ThingKind, Act] = {
    ThingKind.REQUEST: Act.REQUEST_BASELINE,
    ThingKind.ELEVATION: Act.ELEVATION_BASELINE,
    **dict.fromkeys(
        (ThingKind.ACCOUNT, ThingKind.ROLE, ThingKind.STANDING_GROUP, ThingKind.POLICY, ThingKind.WORK_GROUP),
        Act.CATALOGUE_BASELINE,
    ),
    ThingKind.PERSON: Act.PERSON_BASELINE,
    ThingKind.PROVIDED: Act.PROVIDED_BASELINE,
    ThingKind.DIRECTORY_GROUP: Act.DIRECTORY_GROUP_BASELINE,
    ThingKind.SCIM_TOKEN: Act.SCIM_TOKEN_BASELINE,
    ThingKind.CLIENT: Act.CLIENT_BASELINE,
    ThingKind.TOKEN: Act.TOKEN_BASELINE,
    ThingKind.WEBHOOK: Act.WEBHOOK_BASELINE,
    ThingKind.DRIFT: Act.DRIFT_BASELINE,
}
# Their codes are whole subjects.
BY_CODE = frozenset({ThingKind.REQUEST, ThingKind.ELEVATION, ThingKind.DRIFT})


def write(models: Models, *, now: datetime) -> int:
    """Write an entry for each row; return how many. Run again, it goes on where it died: in parts, each a transaction of its own.

    Whoever writes the trail waits for a part at a time, not for all of it.
    """
    return sum(_write(table, models, now) for table in (*TOLD_LATER, *LARGE))


def _write(table: Table, models: Models, now: datetime) -> int:
    trail_entries = models("audits.TrailEntry").objects
    act, written = ACTS[table.kind], 0
    for keys in _parts(table, models):
        with transaction.atomic():
            # Locked, so that an entry that is written meanwhile comes after this one or is in it.
            rows = list(table.rows(models).select_for_update(of=("self",), no_key=True).filter(pk__in=keys))
            there = {subject_of(table, row): row for row in rows}
            done = trail_entries.filter(act=act, subject__in=there).values_list("subject", flat=True)
            for subject in done:
                there.pop(subject)
            said = [AsItWas(act=act, subject=subject, data=_data(table, row)) for subject, row in there.items()]
            written += trail.record_as_it_was(said, models=models, actor=ACTOR, schema_version=SCHEMA_VERSION, now=now)
    return written


def _data(table: Table, row: Row) -> dict[str, Any]:
    """Return what the entry says. Flags of Django's, by which the portal lets nobody do anything, go with it."""
    flags = [flag for flag in FLAGS if table.kind == ThingKind.PERSON and getattr(row, flag)]
    if not flags:
        return {"after": table.told(row)}
    type(row).objects.filter(pk=row.pk).update(**dict.fromkeys(flags, False))
    return {"after": table.told(row), "cleared": flags}


def _parts(table: Table, models: Models) -> Iterator[list[int]]:
    keys = iter(models(table.model).objects.order_by("pk").values_list("pk", flat=True))
    while some := list(islice(keys, AT_ONCE)):
        yield some


def subject_of(table: Table, row: object) -> str:
    key = table.key.read(row)
    return str(key) if table.kind in BY_CODE else f"{table.kind}:{key}"
