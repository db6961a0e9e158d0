"""What people were to say by a day, and have not: work reports, and items of access reviews."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from audits.findings import raising
from audits.findings.identity import code_of
from audits.kinds import FindingKind
from audits.models import Finding, FindingStatus, ItemState, Review, WorkReport
from audits.reports import listing
from audits.reports.owing import today
from portal.verbs.run import run

BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """`entry`: the last of the trail that says it is owed; `people`: who owes it."""

    kind: FindingKind
    key: Mapping[str, str]
    entry: int
    people: Collection[str]

    @property
    def code(self) -> str:
        return code_of(self.kind, self.key)


def judge(*, now: datetime) -> None:
    """Raise what is overdue; close what was said since. Three queries where nothing is, and nothing was."""
    overdue = {one.code: one for one in (*_reports(now), *_reviews(now))}
    lately = Finding.objects.filter(code__in=overdue, last_seen_at__gt=now - raising.SEEN_EVERY).exclude(
        status=FindingStatus.CLOSED
    )
    known = set(lately.values_list("code", flat=True)) if overdue else set()
    for code, one in overdue.items():
        if code not in known:
            raised = partial(raising.raise_finding, kind=one.kind, key=one.key, evidence=[one.entry], now=now)
            run(partial(raised, caused_by=sorted(one.people)))
    for finding in _said_since(overdue):
        run(partial(raising.gone, kind=FindingKind(finding.kind), key=finding.key, evidence=[], now=now))


def _reports(now: datetime) -> Iterator[Overdue]:
    for row in listing.overdue(now=now)[:BATCH]:
        key = {"elevation": row.elevation, "person": row.person}
        yield Overdue(kind=FindingKind.WORK_REPORT_OVERDUE, key=key, entry=row.entry_id, people=[row.person])


def _reviews(now: datetime) -> Iterator[Overdue]:
    rows = Review.objects.filter(due_on__lt=today(now), items__state=ItemState.OPEN).distinct()
    for row in rows.order_by("pk")[:BATCH]:
        yield Overdue(kind=FindingKind.REVIEW_OVERDUE, key={"review": row.code}, entry=row.entry_id, people=())


def _said_since(overdue: Collection[str]) -> Iterator[Finding]:
    """Yield the findings whose report or review is there, and is not overdue any more."""
    kinds = (FindingKind.WORK_REPORT_OVERDUE, FindingKind.REVIEW_OVERDUE)
    standing = list(Finding.objects.filter(kind__in=kinds).exclude(status=FindingStatus.CLOSED).exclude(code__in=overdue)[:BATCH])
    if not standing:
        return
    keys = {value for finding in standing for value in finding.key.values()}
    there = set(WorkReport.objects.filter(elevation__in=keys).values_list("elevation", flat=True))
    there |= set(Review.objects.filter(code__in=keys).values_list("code", flat=True))
    yield from (finding for finding in standing if there & set(finding.key.values()))
