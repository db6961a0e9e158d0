"""The hours of a period of which CloudTrail was not read: what a pack says of memberships and log-ins holds for the others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

# Words: why nothing was read.
NEVER, BEFORE, BETWEEN, BEHIND = "never_read", "before_first", "left_out", "not_yet"
STOPPED, GAP = "trail_stopped", "gap"
Range = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Read:
    """Of an account and Region all events of these ranges were read, and none of others. `problem` is AWS's word."""

    account: str
    key: str
    region: str
    ranges: tuple[Range, ...] = ()
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Uncovered:
    """`why` is one of the words above; `remark` what AWS said. Hours are those between `since` and `until`."""

    account: str
    key: str
    region: str
    since: datetime
    until: datetime
    why: str
    remark: str = ""

    @property
    def hours(self) -> float:
        return round((self.until - self.since) / timedelta(hours=1), 1)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the trail tells of an account's CloudTrail at a moment: that it `stopped`, writes again, or that a `gap` was seen."""

    account: str
    region: str
    at: datetime
    trail: str
    what: str
    remark: str = ""


def uncovered(reads: Iterable[Read], told: Sequence[Told], *, since: datetime, until: datetime) -> list[Uncovered]:
    """Return what was not read of a period, in order of time: by reading, by trails that stood still, by gaps that were told."""
    places = list(reads)
    keys = {read.account: read.key for read in places}
    found = [one for read in places for one in _of_read(read, since, until)]
    found += _stopped(told, keys, since, until)
    found += [
        Uncovered(
            account=one.account,
            key=keys.get(one.account, ""),
            region=one.region,
            since=one.at,
            until=one.at,
            why=GAP,
            remark=one.remark,
        )
        for one in told
        if one.what == GAP and since <= one.at < until
    ]
    return sorted(found, key=lambda one: (one.since, one.until, one.account, one.region, one.why, one.remark))


def hours_in_all(found: Iterable[Uncovered]) -> float:
    """Return in how many hours something was not read, each counted once, however many accounts it was in."""
    total = timedelta()
    reached: datetime | None = None
    for one in sorted(found, key=lambda one: one.since):
        since = max(one.since, reached) if reached else one.since
        if one.until > since:
            total += one.until - since
            reached = one.until
    return round(total / timedelta(hours=1), 1)


def is_covered(account: str, moment: datetime, not_read: Iterable[Uncovered]) -> bool:
    """Whether an account's events of a moment were read, in all its Regions."""
    return not any(one.account == account and one.since <= moment < one.until for one in not_read)


def _of_read(read: Read, since: datetime, until: datetime) -> Iterator[Uncovered]:
    """Yield what lies before, between and behind the ranges that were read."""
    place = {"account": read.account, "key": read.key, "region": read.region, "remark": read.problem}
    if not read.ranges:
        yield Uncovered(since=since, until=until, why=NEVER, **place)
        return
    reached, why = since, BEFORE
    for first, last in sorted(read.ranges):
        if reached < min(first, until):
            yield Uncovered(since=reached, until=min(first, until), why=why, **place)
        reached, why = max(reached, last), BETWEEN
    if reached < until:
        yield Uncovered(since=reached, until=until, why=BEHIND, **place)


def _stopped(told: Sequence[Told], keys: Mapping[str, str], since: datetime, until: datetime) -> Iterator[Uncovered]:
    """Yield from when to when a trail of an account stood still."""
    by_trail: dict[tuple[str, str, str], list[Told]] = defaultdict(list)
    for one in told:
        if one.what != GAP:
            by_trail[one.account, one.region, one.trail].append(one)
    for (account, region, trail), steps in by_trail.items():
        for begun, ends in _stood_still(steps, until):
            if begun < until and ends > since:
                yield Uncovered(
                    account=account,
                    key=keys.get(account, ""),
                    region=region,
                    since=max(begun, since),
                    until=min(ends, until),
                    why=STOPPED,
                    remark=trail,
                )


def _stood_still(steps: Iterable[Told], until: datetime) -> Iterator[tuple[datetime, datetime]]:
    begun: datetime | None = None
    for one in sorted(steps, key=lambda one: one.at):
        if one.what == STOPPED:
            begun = begun or one.at
        elif begun is not None:
            yield begun, one.at
            begun = None
    if begun is not None:
        yield begun, until
