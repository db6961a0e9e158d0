"""A day is opened for inspection once it is read, with all of it; what comes late is opened as a part of its own."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import Exists, Max, OuterRef, QuerySet

from audits import trail
from audits.acts import Act
from audits.findings import writing
from audits.inspections import folding, plan, population
from audits.inspections.plan import DAY, Plan
from audits.inspections.population import Reach
from audits.inspections.rules import Use
from audits.models import Inspection, InspectionRow, LogIn
from portal.storable import AsTyped
from portal.verbs.actor import WORKER
from portal.verbs.run import run

# So many days in one look: whoever begins with days long past gets them one after the other.
AT_ONCE = 40
# A log-in is told of within minutes; what was told so long before the last day was opened was seen then.
LATELY = timedelta(days=2)


def open_due(*, now: datetime) -> int:
    """Open what came late to days that are open, then each day that is read; return how many. Six queries where none is."""
    wanted = plan.current()
    if wanted is None:
        return 0
    reach = population.reach()
    last = Inspection.objects.aggregate(day=Max("day"), at=Max("opened_at"))
    late = _late(last["day"], last["at"], wanted) if reach.until and last["day"] else {}
    opened = sum(run(partial(_open_late, day, codes, wanted, reach, now)) for day, codes in sorted(late.items()))
    for day in _days(last["day"], wanted, reach, now):
        opened += run(partial(_open, day, wanted, reach, now))
    return opened


def _days(last: date | None, wanted: Plan, reach: Reach, now: datetime) -> Iterator[date]:
    """Yield the days after the last one that are read whole. One of which reading will never tell the whole is left out."""
    day = max(wanted.since, last + DAY) if last else wanted.since
    today = plan.day_of(now)
    while day < today and reach.began_after(day):
        day += DAY
    for _each in range(AT_ONCE):
        if day >= today or not reach.has(day):
            return
        yield day
        day += DAY


def _late(last: date, opened_at: datetime, wanted: Plan) -> Mapping[date, Collection[str]]:
    """Return day -> log-ins that no part of it has, or that are classed otherwise than they were signed. Two queries."""
    rows = population.entries(plan.span(wanted.since)[0], plan.span(last)[1]).filter(changed_at__gte=opened_at - LATELY)
    found: dict[date, list[str]] = defaultdict(list)
    for code, began_at in _not_inspected(rows).values_list("code", "began_at"):
        found[plan.day_of(began_at)].append(code)
    return found


def _not_inspected(rows: QuerySet[LogIn]) -> QuerySet[LogIn]:
    there = InspectionRow.objects.filter(log_in=OuterRef("code"))
    waits = there.filter(signed_at__isnull=True)
    signed_so = there.filter(kind=OuterRef("kind"), elevation=OuterRef("elevation"))
    return rows.exclude(Exists(waits)).exclude(Exists(signed_so))


def _open(day: date, wanted: Plan, reach: Reach, now: datetime) -> int:
    writing.hold()
    if Inspection.objects.filter(day=day).exists():
        return 0
    uses = population.of(population.entries(*plan.span(day)))
    _write(Inspection(day=day, part=0, due_on=wanted.due_on(day)), uses, reach, now)
    return 1


def _open_late(day: date, codes: Collection[str], wanted: Plan, reach: Reach, now: datetime) -> int:
    writing.hold()
    last = Inspection.objects.filter(day=day).aggregate(part=Max("part"))["part"]
    rows = list(_not_inspected(population.entries(*plan.span(day)).filter(code__in=codes)))
    if last is None or not rows:
        return 0
    _write(Inspection(day=day, part=last + 1, due_on=wanted.due_on(plan.day_of(now))), population.of(rows), reach, now)
    return 1


def _write(part: Inspection, uses: Sequence[Use], reach: Reach, now: datetime) -> None:
    """Append what is opened, and keep it as the entry has it."""
    if reach.until is None:
        raise ValueError("what is not read is not opened")
    part.read_until, part.unread, part.opened_at = reach.until, list(reach.unread), now
    part.refused = 0 if part.part else population.refused(*plan.span(part.day))
    said = {
        "inspection": {name: getattr(part, name) for name in folding.PART},
        "rows": [folding.described(number, use) for number, use in enumerate(uses, 1)],
    }
    whole = json.loads(json.dumps(said, cls=AsTyped))
    subject = f"{folding.PREFIX}{part.code}"
    entry = trail.record_act(now=now, act=Act.INSPECTION_OPENED, actor=WORKER, subject=subject, data=whole)
    row = Inspection.objects.create(opened_at=entry.at, **folding.part(entry))
    InspectionRow.objects.bulk_create(InspectionRow(inspection=row, **folding.row(each, entry)) for each in whole["rows"])
