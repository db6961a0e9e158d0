"""How approvers decide, from the trail alone: how soon, how often with a yes, how often at once, and for one another.

A picture of a period, and no list of who is the fastest: people who are measured one by one hurry.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from django.conf import settings

from audits.acts import Act
from audits.models import TrailEntry

YESES = (Act.REQUEST_APPROVAL_GIVEN, Act.REQUEST_APPROVED)
DECIDED = (*YESES, Act.REQUEST_REJECTED, Act.REQUEST_SENT_BACK)
# Nobody has read what they say yes to.
AT_ONCE = timedelta(seconds=10)
WEEK = timedelta(days=7)
PERCENTILES = (50, 90)


@dataclass(frozen=True, kw_only=True)
class Decided:
    """`took`: since the request was asked for, or waited for this level."""

    at: datetime
    took: timedelta
    is_yes: bool
    approver: str
    requester: str


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A time and what was decided in it. Of no decisions there is no time to decide."""

    since: date
    decisions: int
    approved: int
    at_once: int
    median: timedelta | None
    p90: timedelta | None

    @property
    def share(self) -> int | None:
        """The share of yeses, in per cent."""
        return round(100 * self.approved / self.decisions) if self.decisions else None

    @classmethod
    def of(cls, decided: Sequence[Decided], *, since: date) -> "Measured":
        times = sorted(one.took for one in decided)
        median, p90 = (percentile(times, percent) for percent in PERCENTILES)
        return cls(
            since=since,
            decisions=len(decided),
            approved=sum(one.is_yes for one in decided),
            at_once=sum(one.took < AT_ONCE for one in decided),
            median=median,
            p90=p90,
        )


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two who said yes to one another, by name; `first_to_second` counts the yeses of the first to what the second asked for."""

    first: str
    second: str
    first_to_second: int
    second_to_first: int


@dataclass(frozen=True, kw_only=True)
class Quality:
    whole: Measured
    weeks: Sequence[Measured]
    pairs: Sequence[Pair]


def of(since: datetime, until: datetime) -> Quality:
    """Return how it was decided in a period. Two queries."""
    return measured(list(_decided(since, until)), since=since, until=until)


def measured(decided: Sequence[Decided], *, since: datetime, until: datetime) -> Quality:
    first, last = _monday(since), _monday(until - timedelta(microseconds=1))
    mondays = [first + number * WEEK for number in range((last - first) // WEEK + 1)]
    of_week: dict[date, list[Decided]] = {monday: [] for monday in mondays}
    for one in decided:
        of_week[_monday(one.at)].append(one)
    weeks = [Measured.of(found, since=monday) for monday, found in of_week.items()]
    return Quality(whole=Measured.of(decided, since=_day(since)), weeks=weeks, pairs=pairs(decided))


def percentile(times: Sequence[timedelta], percent: int) -> timedelta | None:
    """Return the nearest rank of sorted times: one of them, and no time in between that nobody took."""
    return times[max(ceil(len(times) * percent / 100) - 1, 0)] if times else None


def pairs(decided: Sequence[Decided]) -> list[Pair]:
    """Return who said yes to one another, in the order of their names."""
    yeses = Counter((one.approver, one.requester) for one in decided if one.is_yes)
    return [
        Pair(first=one, second=other, first_to_second=count, second_to_first=yeses[other, one])
        for (one, other), count in sorted(yeses.items())
        if one < other and yeses[other, one]
    ]


def _decided(since: datetime, until: datetime) -> Iterator[Decided]:
    entries = list(TrailEntry.objects.filter(act__in=DECIDED, at__gte=since, at__lt=until).order_by("pk"))
    began = _levels_before(entries)
    for entry in entries:
        decision = entry.data.get("decision")
        # Somebody in AWS decided: nobody here did.
        if decision is None:
            continue
        request = entry.data["request"]
        waited = began.get(entry.subject) or datetime.fromisoformat(request["submitted_at"])
        began[entry.subject] = entry.at
        yield Decided(
            at=entry.at,
            took=max(entry.at - waited, timedelta()),
            is_yes=entry.act in YESES,
            approver=decision["approver"],
            requester=request["requester"],
        )


def _levels_before(entries: Sequence[TrailEntry]) -> dict[str, datetime]:
    """Return request -> the last approval before the first of these entries, where there was one."""
    if not entries:
        return {}
    subjects = {entry.subject for entry in entries}
    earlier = TrailEntry.objects.filter(subject__in=subjects, act=Act.REQUEST_APPROVAL_GIVEN, pk__lt=entries[0].pk)
    return dict(earlier.order_by("pk").values_list("subject", "at"))


def _monday(moment: datetime) -> date:
    day = _day(moment)
    return day - timedelta(days=day.weekday())


def _day(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(settings.DEFAULT_PERSON_TIME_ZONE)).date()
