"""A day, a month, a period, and what waits for whom."""

import calendar as months
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from audits.inspections import plan, population, rules
from audits.inspections.calendar import UnknownYear
from audits.inspections.plan import DAY, Plan
from audits.inspections.population import Reach
from audits.inspections.rules import Bar, Use
from audits.log_ins import showing
from audits.log_ins.showing import ShownLogIn
from audits.models import Inspection, InspectionRow, LogIn, LogInClass
from portal.users.models import User


class DayState(StrEnum):
    # Before inspections began; to come, or today; its log-ins are not read whole; they never will be.
    OUTSIDE = "outside"
    TO_COME = "to_come"
    NOT_READ = "not_read"
    NEVER_READ = "never_read"
    NO_USE = "no_use"
    WAITS = "waits"
    OVERDUE = "overdue"
    SIGNED = "signed"


@dataclass(frozen=True, kw_only=True)
class ShownDay:
    """A day of a month. `parts` have `of_all`, `signed` and `deviating` rows. `off` says why it is no working day."""

    day: date
    state: DayState
    due_on: date | None = None
    is_weekend: bool = False
    holiday: str = ""
    is_day_off: bool = False
    parts: Sequence[Inspection] = field(default=())

    @property
    def is_off(self) -> bool:
        return self.is_weekend or self.is_day_off or bool(self.holiday)

    @property
    def of_all(self) -> int:
        return _sum(self.parts, "of_all")

    @property
    def signed(self) -> int:
        return _sum(self.parts, "signed")

    @property
    def deviating(self) -> int:
        return _sum(self.parts, "deviating")


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """A row. `use` is what is known of it now; `bar` why the viewer does not sign it, None where they may; `signers` who may."""

    row: InspectionRow
    log_in: ShownLogIn
    use: Use
    bar: Bar | None
    signers: Sequence[str]
    signer: User | None = None

    @property
    def is_signed(self) -> bool:
        return self.row.signed_at is not None

    @property
    def kind(self) -> str:
        """The class as it was signed, or as it is."""
        return str(LogInClass(self.row.kind if self.is_signed else self.use.kind).label)

    @property
    def tag(self) -> str:
        return showing.TAGS.get(self.row.kind if self.is_signed else self.use.kind, "")

    @property
    def requester(self) -> str:
        return self.row.requester if self.is_signed else self.use.requester

    @property
    def approvers(self) -> Sequence[str]:
        return self.row.approvers if self.is_signed else self.use.approvers

    @property
    def elevation(self) -> str:
        return self.row.elevation if self.is_signed else self.use.elevation

    @property
    def findings(self) -> Sequence[str]:
        return self.row.findings if self.is_signed else self.use.findings

    @property
    def key(self) -> str:
        """How a form names it: part and number."""
        return f"{self.row.inspection.part}-{self.row.number}"

    @property
    def deviations(self) -> Sequence[str]:
        """Words of `rules.Deviation`: what they were when it was signed; until then what they are now."""
        return self.row.deviations if self.is_signed else self.use.deviations


def may_see(person: User) -> bool:
    """Whether somebody sees inspections: who reads everything, and the inspectors. One query at most."""
    return person.reads_everything or is_inspector(person)


def is_inspector(person: User) -> bool:
    wanted = plan.current()
    return wanted is not None and person.is_active and person.username in wanted.inspectors


def between(since: date, until: date) -> QuerySet[Inspection]:
    """Return what was opened of these days, both included, in their order, with its rows. Two queries."""
    return Inspection.objects.filter(day__range=(since, until)).order_by("day", "part").prefetch_related("rows")


def rows_of(day: date, *, viewer: User) -> Mapping[int, Sequence[ShownRow]]:
    """Return part -> its rows as the viewer is shown them. Fourteen queries, however many there are."""
    wanted = plan.current()
    inspectors = wanted.inspectors if wanted else frozenset[str]()
    rows = list(InspectionRow.objects.filter(inspection__day=day).select_related("inspection").order_by("number"))
    found = list(LogIn.objects.filter(code__in=[row.log_in for row in rows]))
    uses, log_ins = ({one.log_in: one for one in population.of(found)}, {one.row.code: one for one in showing.in_brief(found)})
    signed_by = {one.username: one for one in User.objects.filter(username__in={row.signed_by for row in rows})}
    shown: dict[int, list[ShownRow]] = {}
    for row in rows:
        use = uses[row.log_in]
        why = rules.bar(viewer.username, use, inspectors=inspectors)
        one = ShownRow(
            row=row,
            log_in=log_ins[row.log_in],
            use=use,
            bar=why,
            signers=rules.signers(use, inspectors=inspectors),
            signer=signed_by.get(row.signed_by),
        )
        shown.setdefault(row.inspection.part, []).append(one)
    return shown


def unsigned(day: date, part: int) -> list[InspectionRow]:
    """Return the rows of a part that wait. One query."""
    return list(InspectionRow.objects.filter(inspection__day=day, inspection__part=part, signed_at__isnull=True))


def may_sign(row: InspectionRow, username: str) -> bool:
    """Whether an inspector of this name may, as the row was opened."""
    return username not in {row.person, row.requester, *row.approvers}


def waiting_for(person: User) -> list[InspectionRow]:
    """Return the rows that the person may sign, the oldest first, as they were opened. Two queries at most."""
    wanted = plan.current()
    if wanted is None or not person.is_active or person.username not in wanted.inspectors:
        return []
    rows = InspectionRow.objects.filter(signed_at__isnull=True).select_related("inspection")
    among = rows.order_by("inspection__day", "inspection__part", "number")
    return [row for row in among if may_sign(row, person.username)]


def month(year: int, number: int, *, now: datetime, language: str = "") -> Sequence[ShownDay]:
    """Return the days of a month; nothing is said of working days in a year whose holidays are not known. Six queries."""
    first, last = date(year, number, 1), date(year, number, months.monthrange(year, number)[1])
    wanted, reach = plan.current(), population.reach()
    parts: dict[date, list[Inspection]] = {}
    for part in _counted(first, last):
        parts.setdefault(part.day, []).append(part)
    days = [first + DAY * each for each in range((last - first).days + 1)]
    return [_shown(day, parts.get(day, ()), wanted, reach, now, language) for day in days]


def _counted(first: date, last: date) -> QuerySet[Inspection]:
    counted = {
        "of_all": Count("rows"),
        "signed": Count("rows", filter=Q(rows__signed_at__isnull=False)),
        "deviating": Count("rows", filter=~Q(rows__deviations=[])),
    }
    return Inspection.objects.filter(day__range=(first, last)).order_by("day", "part").annotate(**counted)


def _shown(day: date, parts: Sequence[Inspection], wanted: Plan | None, reach: Reach, now: datetime, language: str) -> ShownDay:
    state = _state(day, parts, wanted, reach, plan.day_of(now))
    if wanted is None:
        return ShownDay(day=day, state=state, parts=parts)
    calendar = wanted.calendar
    try:
        holiday, due_on = calendar.holiday(day, language), wanted.due_on(day)
    except UnknownYear:
        return ShownDay(day=day, state=state, parts=parts)
    return ShownDay(
        day=day,
        state=state,
        due_on=due_on,
        parts=parts,
        holiday=holiday,
        is_weekend=calendar.is_weekend(day),
        is_day_off=day in calendar.days_off,
    )


def _sum(parts: Sequence[Inspection], name: str) -> int:
    """Return what `_counted` counted, of all parts."""
    return sum(getattr(part, name) for part in parts)


def _state(day: date, parts: Sequence[Inspection], wanted: Plan | None, reach: Reach, today: date) -> DayState:
    if parts:
        waits = [part for part in parts if part.of_all and part.signed_at is None]  # type: ignore[attr-defined]
        if waits:
            return DayState.OVERDUE if any(part.due_on < today for part in waits) else DayState.WAITS
        return DayState.SIGNED if any(part.signed_at for part in parts) else DayState.NO_USE
    if wanted is None or day < wanted.since:
        return DayState.OUTSIDE
    if day >= today:
        return DayState.TO_COME
    if reach.began_after(day):
        return DayState.NEVER_READ
    return DayState.OVERDUE if wanted.due_on(day) < today else DayState.NOT_READ


def neighbours(year: int, number: int) -> Iterator[tuple[int, int]]:
    """Yield the month before and the one after."""
    for each in (year * 12 + number - 2, year * 12 + number):
        yield each // 12, each % 12 + 1
