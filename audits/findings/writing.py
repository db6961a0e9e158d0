"""The row of a finding and its entry in the trail, written together."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from audits import trail
from audits.acts import Act
from audits.findings import folding
from audits.models import Finding, FindingName, Severity, TrailEntry
from audits.triggers import LOCK
from portal.storable import AsTyped
from portal.verbs.actor import Actor

TAKE = "SELECT pg_advisory_xact_lock(%s)"


def hold() -> None:
    """Keep everybody else from writing findings until the transaction ends, by the lock that the trail's writers take anyway.

    Each change of a finding is an entry, and a sweep makes many in one transaction: a lock of the rows' own could wait for who
    waits for the trail.
    On SQLite the transaction is the lock.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [LOCK])


def write(finding: Finding, act: Act, *, actor: Actor, now: datetime, data: Mapping[str, object] | None = None) -> TrailEntry:
    """Append what happened to a finding, with all of it, and save the row as the entry has it. Under `hold`, read after it."""
    # Times as JSON has them are shorter than the database's.
    said = json.loads(json.dumps({"finding": _described(finding), **(data or {})}, cls=AsTyped))
    entry = trail.record_act(now=now, act=act, actor=actor, subject=finding.code, data=said)
    state = folding.state_of(entry)
    for name, value in state.items():
        setattr(finding, name, value)
    finding.save()
    if act in (Act.FINDING_OPENED, Act.FINDING_SEEN, Act.FINDING_REOPENED):
        rows = [FindingName(finding=finding, value=value) for value in sorted(folding.names_of(state))]
        FindingName.objects.bulk_create(rows, ignore_conflicts=True)
    return entry


def level(word: str) -> int:
    """Return how severe a word of the trail's is; nothing for one that only another version knows."""
    return Severity.__members__.get(word.upper(), 0)


def _described(finding: Finding) -> dict[str, object]:
    names = (*folding.TEXTS, *folding.OTHERS, *folding.TIMES, *folding.DATES)
    return {**{name: getattr(finding, name) for name in names}, "severity": Severity(finding.severity).word}
