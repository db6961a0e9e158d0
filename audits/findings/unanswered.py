"""What people were to say by a day, and have not: work reports, and items of access reviews."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from audits.findings import raising
from audits.kinds import FindingKind
from audits.models import Finding, FindingStatus, ItemState, Review, WorkReport
from audits.reported import UNWRITTEN
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


def judge(*, now: datetime) -> None:
    """Raise what is overdue; close what was said since. Three queries where nothing is, and nothing was."""
    for one in (*_reports(now), *_reviews(now)):
        raised = partial(raising.raise_finding, kind=one.kind, key=one.key, evidence=[one.entry], now=now)
        run(partial(raised, caused_by=sorted(one.people)))
    for finding in _said_since(now):
        run(partial(raising.gone, kind=FindingKind(finding.kind), key=finding.key, evidence=[], now=now))


def _reports(now: datetime) -> Iterator[Overdue]:
    for row in listing.overdue(now=now).exclude(elevation__in=_lately(FindingKind.WORK_REPORT_OVERDUE, "elevation", now))[:BATCH]:
        key = {"elevation": row.elevation, "person": row.person}
        yield Overdue(kind=FindingKind.WORK_REPORT_OVERDUE, key=key, entry=row.entry_id, people=[row.person])


def _reviews(now: datetime) -> Iterator[Overdue]:
    late = Review.objects.filter(due_on__lt=today(now), items__state=ItemState.OPEN).distinct()
    for row in late.exclude(code__in=_lately(FindingKind.REVIEW_OVERDUE, "review", now)).order_by("pk")[:BATCH]:
        yield Overdue(kind=FindingKind.REVIEW_OVERDUE, key={"review": row.code}, entry=row.entry_id, people=())


def _lately(kind: FindingKind, name: str, now: datetime) -> QuerySet[Finding, str]:
    """Return of which, by this field of their key, the finding is not closed, and was seen lately."""
    seen = Finding.objects.filter(kind=kind, last_seen_at__gt=now - raising.SEEN_EVERY).exclude(status=FindingStatus.CLOSED)
    return seen.values_list(KeyTextTransform(name, "key"), flat=True)


def _said_since(now: datetime) -> QuerySet[Finding]:
    """Return the findings whose report is written, or has more time, and those whose review is decided.

    Nothing is said by that somebody is disabled, who is reminded no more.
    """
    owed = Q(status__in=sorted(UNWRITTEN), due_on__lt=today(now))
    reports = WorkReport.objects.filter(elevation=OuterRef("of_access"))
    reviews = Review.objects.filter(code=OuterRef("of_review"))
    undecided = reviews.filter(items__state=ItemState.OPEN)
    standing = Finding.objects.exclude(status=FindingStatus.CLOSED).annotate(
        of_access=KeyTextTransform("elevation", "key"), of_review=KeyTextTransform("review", "key")
    )
    return standing.filter(
        Q(Exists(reports.exclude(owed)), kind=FindingKind.WORK_REPORT_OVERDUE)
        | Q(Exists(reports.filter(is_unused=False)), kind=FindingKind.REPORTED_UNUSED)
        | Q(Exists(reviews), ~Exists(undecided), kind=FindingKind.REVIEW_OVERDUE)
    ).order_by("pk")[:BATCH]
