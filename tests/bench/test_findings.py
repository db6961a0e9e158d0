"""findings: lists, one of them, and raising one, with a hundred thousand behind them against ten thousand."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from django.db import connection
from django.test import Client

from audits.acts import Act
from audits.findings import raising
from audits.findings.identity import code_of
from audits.kinds import KINDS, FindingKind
from audits.models import Finding, FindingName, Severity, TrailEntry
from portal.verbs.run import run
from tests.bench.measuring import CALLS, WARM_UP, report_p50, seconds
from tests.worlds.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
MANY = int(os.environ.get("BENCH_FINDINGS", "100000"))
FEW = MANY // 10
GROWTH = 1.3
# Each name is in so many findings, however many there are; one in so many is open.
OF_A_NAME, CLOSED_OF = 20, 10
AT = datetime(2026, 11, 23, tzinfo=UTC)


def test_findings(cast: Cast) -> None:
    client, numbers = Client(), count()
    client.force_login(cast.auditor01)
    calls = {name: _page(client, url) for name, url in _pages().items()} | {"raise": lambda: _raise(next(numbers))}
    fill(0, FEW)
    few = {name: _times(call) for name, call in calls.items()}
    fill(FEW, MANY)
    for name, call in calls.items():
        report_p50(f"findings_{name}", _times(call), few[name], against=f"the same with {FEW}", target=GROWTH)


def fill(first: int, last: int) -> None:
    """Write findings with an entry each, as lists and pages read them."""
    made = [_row(number) for number in range(first, last)]
    entries = [_entry(row) for row in made]
    TrailEntry.objects.bulk_create(entries, batch_size=2000)
    Finding.objects.bulk_create(made, batch_size=2000)
    names = ((row, name) for row, number in zip(made, range(first, last), strict=True) for name in _names(row, number))
    FindingName.objects.bulk_create((FindingName(finding=row, value=name) for row, name in names), batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _row(number: int) -> Finding:
    kind = (FindingKind.END_OVERDUE, FindingKind.ROW_FORGED, FindingKind.DRIFT, FindingKind.NOT_GRANTED)[number % 4]
    key = {field: f"{field}-{number}" for field in KINDS[kind].key}
    is_open = number % CLOSED_OF == 0
    at = AT - timedelta(minutes=number)
    times = {"first_seen_at": at, "last_seen_at": at, "opened_at": at, "closed_at": None if is_open else at}
    return Finding(
        code=code_of(kind, key),
        kind=kind,
        key=key,
        severity=Severity(1 + number % 4),
        status="open" if is_open else "closed",
        owner=f"admin{number % 50}",
        entry_id=0,
        **times,
    )


def _entry(row: Finding) -> TrailEntry:
    finding = {"kind": row.kind, "key": row.key, "severity": "high"}
    data = {"finding": finding, "evidence": [], "remark": ""}
    said = {"act": Act.FINDING_OPENED, "actor": "sekisho:worker", "subject": row.code, "schema_version": 5}
    return TrailEntry(at=row.opened_at, data=data, **said)


def _names(row: Finding, number: int) -> list[str]:
    return [row.code.lower(), f"person-{number // OF_A_NAME}"]


def _pages() -> dict[str, str]:
    # One of the first ten thousand, which are there from the beginning.
    key = {"elevation": "elevation-0"}
    return {
        "list": "/audit/findings/",
        "all": "/audit/findings/?status=all",
        "of_a_kind": "/audit/findings/?kind=not_granted&status=closed",
        "of_an_owner": "/audit/findings/?owner=admin10",
        "named": "/audit/findings/?words=person-7&status=all",
        "one": f"/audit/findings/{code_of(FindingKind.END_OVERDUE, key)}/",
    }


def _page(client: Client, url: str) -> Callable[[], object]:
    def call() -> None:
        assert client.get(url).status_code == 200

    return call


def _raise(number: int) -> None:
    key = {"elevation": f"E-{number}"}
    run(lambda: raising.raise_finding(kind=FindingKind.END_OVERDUE, key=key, evidence=[], now=datetime.now(UTC)))


def _times(call: Callable[[], object]) -> list[float]:
    for _ in range(WARM_UP):
        call()
    return [seconds(call) for _ in range(CALLS // 2)]
