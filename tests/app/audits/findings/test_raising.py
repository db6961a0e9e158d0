"""What is found wrong: the same cause is the same finding, whenever it is seen."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from audits.acts import Act
from audits.findings import folding, raising
from audits.findings.identity import code_of
from audits.kinds import KINDS, FindingKind
from audits.models import Finding, FindingStatus, Severity, TrailEntry

pytestmark = pytest.mark.django_db
KEY = {"elevation": "E-7K3M9QX2"}


def found(now: datetime, **more: object) -> Finding:
    with transaction.atomic():
        return raising.raise_finding(**{"kind": FindingKind.END_OVERDUE, "key": KEY, "evidence": [], "now": now, **more})  # type: ignore[arg-type]


def gone(now: datetime) -> None:
    with transaction.atomic():
        raising.gone(kind=FindingKind.END_OVERDUE, key=KEY, evidence=[8], now=now)


def acts() -> list[str]:
    return list(TrailEntry.objects.filter(act__startswith="finding.").order_by("pk").values_list("act", flat=True))


def test_what_is_found_is_opened_with_its_entry(now: datetime) -> None:
    finding = found(now, evidence=[7, 3], caused_by=["member01"])
    entry = TrailEntry.objects.get(subject=finding.code)
    assert (entry.act, entry.data["evidence"]) == (Act.FINDING_OPENED, [3, 7])
    assert (finding.status, finding.severity, finding.caused_by) == (FindingStatus.OPEN, Severity.CRITICAL, ["member01"])
    assert not list(folding.faults())


@pytest.mark.parametrize("kind", FindingKind)
def test_same_kind_and_key_are_the_same_finding(kind: FindingKind, now: datetime) -> None:
    key = dict.fromkeys(KINDS[kind].key, "x")
    first = found(now, kind=kind, key=key)
    assert found(now, kind=kind, key=dict(reversed(key.items()))).pk == first.pk
    other = found(now, kind=kind, key={**key, KINDS[kind].key[0]: "y"})
    assert other.code != first.code
    assert str(KINDS[kind].sentence % key)


@pytest.mark.parametrize("key", [{}, {"elevation": "E-1", "more": "x"}, {"person": "E-1"}])
def test_a_key_must_be_its_kinds(key: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="told apart by"):
        code_of(FindingKind.END_OVERDUE, key)


def test_seen_again_without_anything_new_is_written_once_a_day(now: datetime) -> None:
    found(now)
    found(now + timedelta(hours=23))
    assert acts() == [Act.FINDING_OPENED]
    finding = found(now + timedelta(hours=24))
    assert acts() == [Act.FINDING_OPENED, Act.FINDING_SEEN]
    assert (finding.first_seen_at, finding.last_seen_at) == (now, now + timedelta(hours=24))
    assert not list(folding.faults())


@pytest.mark.parametrize("more", [{"evidence": [9]}, {"caused_by": ["member02"]}])
def test_anything_new_is_written_at_once_and_once(more: dict[str, list[object]], now: datetime) -> None:
    found(now, evidence=[8])
    found(now, **more)
    found(now, **more)
    assert acts() == [Act.FINDING_OPENED, Act.FINDING_SEEN]


def test_severity_only_rises(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    for severity, expected in ((Severity.LOW, Severity.LOW), (Severity.HIGH, Severity.HIGH), (Severity.LOW, Severity.HIGH)):
        of_version = replace(KINDS[FindingKind.END_OVERDUE], severity=severity)
        monkeypatch.setitem(KINDS, FindingKind.END_OVERDUE, of_version)
        assert found(now).severity == expected
    assert acts() == [Act.FINDING_OPENED, Act.FINDING_SEEN]


def test_gone_closes_and_seen_again_opens_the_same_one(now: datetime) -> None:
    first = found(now)
    gone(now + timedelta(hours=1))
    gone(now + timedelta(hours=2))
    closed = Finding.objects.get()
    assert (closed.status, closed.closed_at) == (FindingStatus.CLOSED, now + timedelta(hours=1))
    again = found(now + timedelta(hours=3))
    assert (again.pk, again.times_opened, again.first_seen_at) == (first.pk, 2, now)
    assert acts() == [Act.FINDING_OPENED, Act.FINDING_GONE, Act.FINDING_REOPENED]
    told = folding.told(first.code)
    assert told is not None
    assert told.evidence == [8]
    assert not list(folding.faults())


def test_what_was_never_found_is_not_gone(now: datetime) -> None:
    gone(now)
    assert not acts()


def test_those_that_are_there_still_are_seen_once_a_day(now: datetime) -> None:
    found(now)
    for hours in (1, 24, 25):
        with transaction.atomic():
            raising.see_again(
                [(FindingKind.END_OVERDUE, KEY), (FindingKind.END_OVERDUE, {"elevation": "E-2"})],
                now=now + timedelta(hours=hours),
            )
    assert acts() == [Act.FINDING_OPENED, Act.FINDING_SEEN]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"severity": 1}, "not as the trail tells"),
        ({"owner": "member01"}, "not as the trail tells"),
        ({"key": {"elevation": "E-2"}}, "not as the trail tells"),
        ({"code": "F-0"}, "does not tell of it"),
    ],
)
def test_rows_that_were_changed_are_told_from_the_trail(change: dict[str, object], what: str, now: datetime) -> None:
    found(now)
    Finding.objects.update(**change)
    assert what in next(iter(folding.faults()))["what"]


def test_rows_that_are_missing_are_told_from_the_trail(now: datetime) -> None:
    found(now).delete()
    assert "missing" in next(iter(folding.faults()))["what"]
