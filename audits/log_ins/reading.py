"""LookupEvents of one account and Region, a piece at a time: what was not read yet, and the last days again for what came late.

Each page is kept in one transaction with how far it is, so that whoever stops anywhere goes on there.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import F

from audits.cloudtrail import event as events
from audits.cloudtrail.event import Part
from audits.log_ins import contradicting, extent, giving, keeping, telling
from audits.log_ins.contradicting import TakenBack
from audits.log_ins.extent import LOOKUP
from audits.log_ins.judging import Judge
from audits.log_ins.knowing import Known, Place
from audits.log_ins.pieces import Found
from audits.models import LeftOut, Reading
from portal.aws.cloudtrail import TOKEN_GONE, History
from portal.aws.errors import BackendBusy, BackendError
from portal.verbs.run import run

# CloudTrail says that an event is there within some 15 minutes of the call.
LAG = timedelta(minutes=20)
# And most events much sooner: what comes later than this may wait until the last days are read once more.
ON_TIME = timedelta(minutes=10)
# A piece of what was not read yet; and when what is not read is more than what one look brings.
PIECE, BEHIND = timedelta(days=7), timedelta(hours=1)
# Longer ago AWS answers nothing.
KEPT_BY_AWS = timedelta(days=90) - timedelta(hours=1)
# What came later than that is found when the last days are read once more.
LATE, SWEEP = timedelta(days=3), timedelta(hours=6)
# Two questions a second are answered.
PACE = 0.5
# One event that fails by any of these is told, and the others of its page are kept.
MOST_ODD = 5
FAILS = (*events.ODD, DataError, IntegrityError)


@dataclass(kw_only=True)
class Round:
    """What one look at all accounts has in common. `is_over` says when it has taken long enough."""

    known: Known
    portal: frozenset[str]
    complete: Mapping[str, datetime]
    now: datetime
    is_over: Callable[[], bool]
    wait: Callable[[float], None] = time.sleep
    pace: float = PACE
    # Where nothing was read yet: from when on.
    begins: datetime | None = None
    asked: dict[tuple[str, str], float] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)

    def judge(self, since: datetime, until: datetime) -> Judge:
        leave = giving.leave(since, until, known=self.known, portal=self.portal)
        return Judge(leave=leave, complete=self.complete, now=self.now)

    def parsed(self, raws: Sequence[Mapping[str, Any]], place: str, *, account: str, region: str) -> list[Found]:
        """Return what is kept of one account's events, and tell of those that cannot be read or are another account's."""
        scope, found, odd = self.known.scope, list[Found](), list[str]()
        for raw in raws:
            try:
                one = events.parsed(raw, scope)
                if str(raw["recipientAccountId"]) != account:
                    raise ValueError("it is another account's")
            except events.ODD:
                odd.append(str(raw.get("eventID")))
            else:
                found += [Found(event=one, place=place)] if one is not None else []
        for event_id in odd[:MOST_ODD]:
            telling.tell_fault(f"{place} {event_id}: not read", account=account, region=region, now=self.now)
        return found

    def keep(self, found: Sequence[Found], gone: Sequence[TakenBack] = ()) -> int:
        """Keep these events and tell what they say; return how many are new. In the caller's transaction.

        Where one of them fails, each is kept by itself, and of that one is told. `gone` are events that are rows no more.
        """
        if not found and not gone:
            return 0
        try:
            with transaction.atomic():
                return self._keep(found, gone)
        except FAILS:
            return sum(self._keep_alone(one) for one in found)

    def _keep_alone(self, one: Found) -> int:
        try:
            with transaction.atomic():
                return self._keep([one], ())
        except FAILS as error:
            event = one.event
            why = f"{one.place} {event.id}: not kept ({type(error).__name__})"
            telling.tell_fault(why, account=event.account, region=event.region, now=self.now)
            return 0

    def _keep(self, found: Sequence[Found], gone: Sequence[TakenBack]) -> int:
        for one in contradicting.forged(found, keeping.known(found))[:MOST_ODD]:
            why = f"{one.place} {one.event.id}: another event has this id"
            telling.tell_fault(why, account=one.event.account, region=one.event.region, now=self.now)
        moments = [one.event.at for one in found] + [one.event.began for one in found] + [one.began for one in gone]
        judge = self.judge(min(moments), max(moments))
        fresh = judge.keep(contradicting.instead(found, gone), gone)
        telling.tell_changes(fresh, now=self.now)
        self.touched |= judge.touched
        return len(fresh)

    def ask(self, history: History, **asked: Any) -> tuple[list[Mapping[str, Any]], str]:
        """Ask for a page, no sooner than AWS answers the next question."""
        key = (history.role_arn, history.region)
        rest = self.asked.get(key, 0.0) + self.pace - time.monotonic()
        if rest > 0:
            self.wait(rest)
        self.asked[key] = time.monotonic()
        return history.page(**asked)


def look(place: Place, region: str, round_: Round) -> Reading:
    """Read what is there now; return how far it is. AWS's refusals are written down, and stop nothing else."""
    row = _row(place, region, round_)
    history = History(role_arn=place.role_arn, region=region)
    try:
        _begin(row, round_.now)
        while not _page(row, history, round_) and not round_.is_over():
            pass
    except BackendError as error:
        failed(row, error, round_.now)
    else:
        if row.problem:
            Reading.objects.filter(pk=row.pk).update(problem="", failing_since=None)
    return row


def _row(place: Place, region: str, round_: Round) -> Reading:
    since = max(min(round_.begins or round_.now, round_.now - LAG), round_.now - KEPT_BY_AWS)
    first = {"since": since, "until": since, "swept_at": round_.now}
    return Reading.objects.get_or_create(account=place.account, region=region, source=LOOKUP, defaults=first)[0]


def _begin(row: Reading, now: datetime) -> None:
    """Choose what is read next, unless a piece is being read."""
    if row.slice_until is not None:
        return
    # What its files have told, and digests have proved, nobody asks for.
    row.until = max([row.until, *(until for _since, until in extent.proved(row.account, row.region))])
    if now - row.until > BEHIND:
        row.slice_since, row.slice_until = row.until - LAG, min(row.until + PIECE, now)
    elif now - row.swept_at >= SWEEP:
        row.slice_since, row.slice_until, row.swept_at = max(row.since, now - LATE), now, now
    else:
        row.slice_since, row.slice_until = row.until - LAG, now
    row.token = ""


def _page(row: Reading, history: History, round_: Round) -> bool:
    """Read a page; return whether that was the last one of the piece."""
    if row.slice_since is None or row.slice_until is None:
        raise ValueError("no piece was begun")
    try:
        raws, token = round_.ask(history, since=row.slice_since, until=row.slice_until, token=row.token)
    except BackendError as error:
        if error.problem != TOKEN_GONE or not row.token:
            raise
        row.token = ""  # It is old: the piece begins anew, and what was kept of it is kept.
        return False
    run(partial(_keep, row, raws, token, round_))
    return row.slice_until is None


def _keep(row: Reading, raws: Sequence[Mapping[str, Any]], token: str, round_: Round) -> None:
    found = round_.parsed(raws, LOOKUP, account=row.account, region=row.region)
    _count_left_out(row, found)
    gone = contradicting.taken_back(row.account, raws)
    for one in gone[:MOST_ODD]:
        why = f"{one.place} {one.id[1]}: LookupEvents has another event of this id"
        telling.tell_fault(why, account=row.account, region=row.region, now=round_.now)
    new = round_.keep(found, gone)
    newest = max((str(raw["eventTime"]) for raw in raws if raw.get("eventTime")), default="")
    is_short = row.slice_until is not None and row.slice_since is not None and row.slice_until - row.slice_since <= BEHIND + LAG
    # The newest come first. What lies behind a page that is known whole is known too, once most events of its time have come.
    is_known = is_short and new == 0 and newest != "" and newest < f"{row.until.astimezone(UTC) - ON_TIME:%Y-%m-%dT%H:%M:%SZ}"
    row.token = "" if is_known else token
    if not row.token and row.slice_until is not None:
        row.until = max(row.until, row.slice_until)
        row.slice_since = row.slice_until = None
    row.asked_at = round_.now
    row.save()


def _count_left_out(row: Reading, found: Sequence[Found]) -> None:
    """Count how often services took on roles, of what is read for the first time."""
    services = [one.event.at for one in found if one.event.part == Part.SERVICE and one.event.at > row.until]
    for hour, count in Counter(at.replace(minute=0, second=0, microsecond=0) for at in services).items():
        key = {"account": row.account, "region": row.region, "source": row.source, "hour": hour}
        counted, is_new = LeftOut.objects.get_or_create(**key, defaults={"count": count})
        if not is_new:
            LeftOut.objects.filter(pk=counted.pk).update(count=F("count") + count)


def failed(row: Reading, error: BackendError, now: datetime) -> None:
    """Write down what AWS said; what was read stays read."""
    problem = error.problem if isinstance(error, BackendBusy) else error.cause
    since = row.failing_since or now
    Reading.objects.filter(pk=row.pk).update(problem=problem[:120], failing_since=since, asked_at=now)
