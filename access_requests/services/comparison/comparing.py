"""The comparison itself: rows as they are now against the fold of all entries, in one snapshot of the database."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from access_requests.services.comparison import of_access, of_catalogue, of_people, of_programs
from access_requests.services.comparison.facts import Row, Table, in_order
from access_requests.services.comparison.following import follow
from access_requests.services.people.personal_tokens import UNCOLLECTED
from audits import personal, selectors
from audits.acts import Act
from audits.models import TrailEntry
from audits.replay import State, Thing, ThingKind, fold
from audits.replay.steps import STEPS

# So many rows of those of which there may be very many are read at once, with their entries.
AT_ONCE = 500
# In the place of a personal text that was erased.
ERASED = "\ufffdERASED\ufffd"
TOLD_LATER = (*of_catalogue.TABLES, *of_people.TABLES, *of_programs.TABLES)
SMALL = (*TOLD_LATER, *of_people.NEW, *of_catalogue.NEW)
LARGE = of_access.TABLES
# By which entries there is a thing at all.
BEGUN: Mapping[ThingKind, Collection[Act]] = {
    ThingKind.REQUEST: (Act.REQUEST_SUBMITTED, Act.REQUEST_BASELINE),
    ThingKind.ELEVATION: (Act.ELEVATION_SCHEDULED, Act.ELEVATION_BASELINE),
    ThingKind.DRIFT: (Act.DRIFT_FOUND, Act.DRIFT_BASELINE),
}
OF_LARGE = ("request.", "elevation.", "drift.")
ACTS_OF_SMALL = frozenset(act for act in STEPS if not act.startswith(OF_LARGE))


class What(StrEnum):
    # A row says something else than the trail.
    DIFFERS = "differs"
    # A row of which no entry tells.
    UNKNOWN = "unknown"
    # The trail tells of what no row has.
    MISSING = "missing"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """`facts` are the names of those that differ: values may be personal, or what somebody put there to be read."""

    kind: ThingKind
    key: str
    what: What
    facts: tuple[str, ...] = ()


@dataclass(kw_only=True)
class Result:
    """`untold` facts no entry tells, which older versions wrote; of `erased` ones the text is no more."""

    through: int = 0
    things: int = 0
    facts: int = 0
    untold: int = 0
    erased: int = 0
    differences: list[Difference] = field(default_factory=list)


def compare(*, now: datetime) -> Result:
    """Compare all rows with all entries. Reads alone; takes memory for catalogue and people, however long the trail is.

    Costs two queries for each 500 requests, elevations and drifts, beside some for each small table.
    """
    with _snapshot():
        result = Result(through=selectors.last_id())
        state = fold(_shown(TrailEntry.objects.filter(act__in=ACTS_OF_SMALL).order_by("pk").iterator(AT_ONCE)))
        for table in SMALL:
            _compare_all(table, state, result, now=now)
        for table in LARGE:
            _compare_in_parts(table, result)
        return result


@contextmanager
def _snapshot() -> Iterator[None]:
    """Read all of it as it was at one moment, and keep nobody who writes waiting.

    Within another transaction, as in a test, that one's view is the moment.
    """
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        with _deferred(connection):
            yield
        return
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _deferred(sqlite: Any) -> Iterator[None]:
    """Begin a transaction of SQLite's that takes no lock for writing: the portal's others do at once."""
    sqlite.ensure_connection()  # Which reads the mode from the settings.
    mode, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic(durable=True):
            yield
    finally:
        sqlite.transaction_mode = mode


def _shown(entries: Iterable[TrailEntry]) -> Iterator[TrailEntry]:
    """Yield the entries with their personal texts."""
    rest = iter(entries)
    while some := list(islice(rest, AT_ONCE)):
        yield from personal.shown(some, erased=ERASED)


def _compare_all(table: Table, state: State, result: Result, *, now: datetime) -> None:
    told = dict(state.of(table.kind))
    for row in table.marked().iterator(AT_ONCE):
        key = table.key.read(row)
        _compare_row(table, row, key, told.pop(key, None), state, result)
    for key, thing in told.items():
        if not _is_over(table.kind, thing, now):
            result.differences.append(Difference(kind=table.kind, key=key, what=What.MISSING))


def _is_over(kind: ThingKind, thing: Thing, now: datetime) -> bool:
    """Whether a row may be gone without an entry: a token that has expired, or that nobody collected in time."""
    if kind != ThingKind.TOKEN:
        return False
    if thing["expires_at"] is not None:
        return datetime.fromisoformat(thing["expires_at"]) <= now
    return datetime.fromisoformat(thing["allowed_at"]) + UNCOLLECTED <= now


def _compare_in_parts(table: Table, result: Result) -> None:
    rows = table.marked()
    ordered = rows.iterator(AT_ONCE)
    while some := {table.key.read(row): row for row in islice(ordered, AT_ONCE)}:
        entries = TrailEntry.objects.filter(subject__in=some, act__in=STEPS).order_by("pk")
        state = fold(_shown(entries))
        for key, row in some.items():
            thing = state.of(table.kind).get(key)
            _compare_row(table, row, key, thing, state, result)
    there = apps.get_model(table.model).objects.filter(code=OuterRef("subject"))
    begun = TrailEntry.objects.filter(act__in=BEGUN[table.kind]).exclude(Exists(there))
    missing = begun.order_by("subject").values_list("subject", flat=True).distinct()
    result.differences += [Difference(kind=table.kind, key=key, what=What.MISSING) for key in missing]


def _compare_row(table: Table, row: Row, key: str, thing: Thing | None, state: State, result: Result) -> None:
    result.things += 1
    if thing is None:
        result.differences.append(Difference(kind=table.kind, key=key, what=What.UNKNOWN))
        return
    told, differing = {**in_order(thing), **follow(table.kind, thing, state)}, []
    for name, said in table.compared(row).items():
        if name not in told:
            result.untold += 1
            continue
        result.facts += 1
        match _agree(told[name], said):
            case None:
                result.erased += 1
            case False:
                differing.append(name)
    if differing:
        result.differences.append(Difference(kind=table.kind, key=key, what=What.DIFFERS, facts=tuple(sorted(differing))))


def _agree(told: Any, said: Any) -> bool | None:
    """Whether both are the same; None where all that can still be read is, and some of it was erased."""
    if told == ERASED:
        return None
    if isinstance(told, Mapping) and isinstance(said, Mapping):
        names = {*told, *said}
        return _all(_agree(told.get(name), said.get(name)) for name in names)
    if isinstance(told, list) and isinstance(said, list) and len(told) == len(said):
        return _all(_agree(*pair) for pair in zip(told, said, strict=True))
    return bool(told == said)


def _all(each: Iterable[bool | None]) -> bool | None:
    found = list(each)
    return False if False in found else None if None in found else True
