"""What others may ask of log-ins to production. None of it writes, and none says more than was read: see `coverage`."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q, QuerySet

from audits import personal
from audits.log_ins import extent, knowing
from audits.log_ins.extent import OF_DIGESTS
from audits.log_ins.knowing import Place
from audits.models import ElevationUse, EnabledRegions, LogIn, LogInClass, Reading, SeenEvent, TrailEntry

NEWEST_FIRST = ("-began_at", "-pk")
# Such a class is no deficiency, and nobody looks for it: lists show it when it is asked for.
QUIET = (LogInClass.PORTAL, LogInClass.JOINED)
BEHIND = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """`kind` is one of LogInClass; empty for all but QUIET. `account` is AWS's number. `until` is not included."""

    kind: str = ""
    way: str = ""
    person: str = ""
    account: str = ""
    elevation: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Done:
    """How often a log-in called something, and what AWS answered: `error` is empty where it did it."""

    name: str
    error: str
    count: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, kw_only=True)
class LeftBehind:
    """What may remain after the end; `kind` is a word of `audits/cloudtrail/behind.yaml`."""

    kind: str
    name: str
    call: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class NotRead:
    """An account, or one Region of it, that is not read up to now. `until` is None where nothing was; `problem` is AWS's word."""

    account: str
    key: str
    region: str
    until: datetime | None
    problem: str


@dataclass(frozen=True, kw_only=True)
class Proved:
    """How far the files of a trail were verified of an account, in all its Regions that the trail records."""

    account: str
    key: str
    trail: str
    until: datetime
    problem: str


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """How far CloudTrail was read: `until` in all that is read at all, None where nothing is; `missing` is what is not.

    `proved` is which trails' files were verified, and how far.
    """

    until: datetime | None
    missing: Sequence[NotRead]
    proved: Sequence[Proved] = ()


def found(filters: Filters) -> QuerySet[LogIn]:
    """Return the log-ins that the filters leave, in no order yet."""
    rows = LogIn.objects.filter(kind=filters.kind) if filters.kind else LogIn.objects.exclude(kind__in=QUIET)
    for name in ("way", "person", "account", "elevation"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.since:
        rows = rows.filter(began_at__gte=filters.since)
    return rows.filter(began_at__lt=filters.until) if filters.until else rows


def of_elevation(code: str) -> list[LogIn]:
    """Return the log-ins by the leave of an access, oldest first. One query."""
    return list(LogIn.objects.filter(elevation=code).exclude(kind__in=QUIET).order_by("began_at", "pk"))


def done(rows: Collection[LogIn]) -> Mapping[int, Sequence[Done]]:
    """Return key of a log-in -> what was called in it, the most frequent first. One query."""
    calls = SeenEvent.objects.filter(log_in__in=[row.pk for row in rows]).exclude(part="entry").order_by()
    counted = calls.values("log_in_id", "name", "error").annotate(count=Count("pk"), first_at=Min("at"), last_at=Max("at"))
    said: dict[int, list[Done]] = defaultdict(list)
    for row in counted.order_by("-count", "name", "error"):
        one = Done(name=row["name"], error=row["error"], count=row["count"], first_at=row["first_at"], last_at=row["last_at"])
        said[row["log_in_id"] or 0].append(one)
    return said


def left_behind(rows: Collection[LogIn]) -> Mapping[int, Sequence[LeftBehind]]:
    """Return key of a log-in -> what may remain of it after the end, in order of time. One query."""
    events = SeenEvent.objects.filter(~Q(left_kind=""), log_in__in=[row.pk for row in rows]).order_by("at", "pk")
    said: dict[int, list[LeftBehind]] = defaultdict(list)
    for key, kind, name, call, at in events.values_list("log_in_id", "left_kind", "left_name", "name", "at"):
        said[key].append(LeftBehind(kind=kind, name=name, call=call, at=at))
    return said


def from_where(rows: Collection[LogIn], *, erased: str) -> Mapping[str, tuple[str, str]]:
    """Return code -> the address and the program that its entries say last, `erased` where the text is no more. Two queries."""
    entries = TrailEntry.objects.filter(subject__in=[row.code for row in rows], act__startswith="log_in.").order_by("pk")
    said: dict[str, tuple[str, str]] = {}
    for entry in personal.shown(entries, erased=erased):
        address, agent = str(entry.data.get("address", "")), str(entry.data.get("user_agent", ""))
        before = said.get(entry.subject, ("", ""))
        said[entry.subject] = (address or before[0], agent or before[1])
    return said


def use_of(code: str) -> ElevationUse | None:
    """Return whether an access was used, as the trail was told last; None while it is not over and nobody logged in."""
    return ElevationUse.objects.filter(elevation=code).first()


def uses(codes: Collection[str]) -> Mapping[str, ElevationUse]:
    """Return access -> whether it was used. One query."""
    return {use.elevation: use for use in ElevationUse.objects.filter(elevation__in=codes)}


def changed_since(moment: datetime) -> QuerySet[LogIn]:
    """Return the log-ins that came, or were classed otherwise, since then: of a day that was closed they open it again."""
    return LogIn.objects.filter(changed_at__gte=moment).exclude(kind__in=QUIET)


def changes(since: datetime, until: datetime, *, account: str = "") -> QuerySet[SeenEvent]:
    """Return what was done to members, gates, fences and trails between these times, oldest first."""
    rows = SeenEvent.objects.filter(part="change", at__gte=since, at__lt=until)
    return (rows.filter(account=account) if account else rows).order_by("at", "pk")


def coverage(*, now: datetime, accounts: Collection[str] = ()) -> Coverage:
    """Return how far all was read, or these accounts, by AWS's numbers. Four queries.

    Nothing is complete before `until` has passed its end by `classes.SETTLED`, a day.
    """
    rows = list(Reading.objects.order_by("pk"))
    read, problems = extent.ranges(rows), dict[tuple[str, str], str]()
    for row in rows:
        if row.problem and not row.source.startswith(OF_DIGESTS):
            problems.setdefault((row.account, row.region), row.problem)
    refused = dict(EnabledRegions.objects.exclude(problem="").values_list("account", "problem"))
    places = [place for place in knowing.known().places if not accounts or place.account in accounts]
    missing = [one for place in places for one in _of_account(place, refused.get(place.account, ""))]
    regions = [(place, region) for place in places if place.is_readable for region in place.regions]
    until = {key: max(until for _since, until in each) for key, each in read.items()}
    for place, region in regions:
        key = place.account, region
        missing += _of_region(place, region, until.get(key), problems.get(key, ""), now)
    untils = [until[place.account, region] for place, region in regions if (place.account, region) in until]
    return Coverage(
        until=min(untils, default=None),
        missing=sorted(missing, key=lambda one: (one.key, one.region)),
        proved=_proved(rows, {place.account: place.key for place in places}),
    )


def _proved(rows: Sequence[Reading], keys: Mapping[str, str]) -> list[Proved]:
    """Return each trail of these accounts whose digests are followed, as far as in the Region that is the farthest behind."""
    chains: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for row in rows:
        if row.source.startswith(OF_DIGESTS) and row.account in keys:
            chains[row.account, row.source.removeprefix(OF_DIGESTS)].append(row)
    return [
        Proved(
            account=account,
            key=keys[account],
            trail=trail,
            until=min(row.until for row in chain),
            problem=next((row.problem for row in chain if row.problem), ""),
        )
        for (account, trail), chain in sorted(chains.items(), key=lambda one: (keys[one[0][0]], one[0][1]))
    ]


def _of_account(place: Place, refused: str) -> Iterator[NotRead]:
    """Yield that an account is not read at all, or that nobody knows which Regions it has besides those that are read."""
    problem = refused if place.is_readable else "no_role"
    if problem:
        yield NotRead(account=place.account, key=place.key, region="", until=None, problem=problem)


def _of_region(place: Place, region: str, until: datetime | None, problem: str, now: datetime) -> Iterator[NotRead]:
    if until is None or problem or until < now - BEHIND:
        yield NotRead(account=place.account, key=place.key, region=region, until=until, problem=problem)
