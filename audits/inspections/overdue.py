"""Days that are not signed in time are findings, until they are."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform

from audits.findings import raising
from audits.inspections import plan, population
from audits.kinds import FindingKind
from audits.models import Finding, FindingStatus, Inspection, InspectionRow
from portal.verbs.run import run

KIND = FindingKind.INSPECTION_OVERDUE
BATCH = 200


def judge(*, now: datetime) -> None:
    """Raise what is overdue, and close what was signed since, or turned out to be no use. Five queries where nothing is."""
    today = plan.day_of(now)
    lately = set(_lately(now).values_list(KeyTextTransform("inspection", "key"), flat=True))
    for code, entry in (*_unsigned(today), *_never_opened(today)):
        if code not in lately:
            evidence = [entry] if entry else []
            run(partial(raising.raise_finding, kind=KIND, key={"inspection": code}, evidence=evidence, now=now))
    for finding in _signed_since(today):
        run(partial(raising.gone, kind=KIND, key=finding.key, evidence=[], now=now))


def _unsigned(today: date) -> Iterator[tuple[str, int]]:
    rows = InspectionRow.objects.filter(inspection=OuterRef("pk"))
    late = Inspection.objects.filter(Exists(rows), signed_at__isnull=True, due_on__lt=today).order_by("day", "part")
    yield from ((part.code, part.entry_id) for part in late[:BATCH])


def _never_opened(today: date) -> Iterator[tuple[str, int]]:
    """Yield days that are due and could not be opened: their log-ins are not read. What was before reading began is nobody's."""
    wanted, reach = plan.current(), population.reach()
    if wanted is None:
        return
    last = Inspection.objects.order_by("-day").values_list("day", flat=True).first()
    for day in wanted.days(today):
        if wanted.due_on(day) >= today:
            return
        if (last is None or day > last) and not reach.began_after(day):
            yield str(day), 0


def _lately(now: datetime) -> QuerySet[Finding]:
    seen = Finding.objects.filter(kind=KIND, last_seen_at__gt=now - raising.SEEN_EVERY)
    return seen.exclude(status=FindingStatus.CLOSED)


def _signed_since(today: date) -> list[Finding]:
    standing = list(Finding.objects.filter(kind=KIND).exclude(status=FindingStatus.CLOSED).order_by("pk")[:BATCH])
    named = [finding.key["inspection"].partition("/") for finding in standing]
    of_days = Q(day__in=[day for day, _slash, _part in named])
    late = {code for code, _entry in _unsigned(today)}
    there = {part.code for part in Inspection.objects.filter(of_days)} if standing else set[str]()
    return [finding for finding in standing if finding.key["inspection"] in there - late]
