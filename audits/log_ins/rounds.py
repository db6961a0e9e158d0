"""One look at everything: accounts and Regions, what the trail says anew about leave, and whether accesses were used."""

import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache, partial
from typing import Any

from django.db.models import Min, Q, Value
from django.db.models.functions import Coalesce

from audits import selectors
from audits.acts import Act
from audits.log_ins import digesting, extent, filing, giving, knowing, reading, regions, trails, unexplained, using
from audits.log_ins.extent import LOOKUP, OF_DIGESTS
from audits.log_ins.knowing import Known, Place
from audits.log_ins.reading import Round
from audits.log_ins.trails import Source
from audits.models import LogIn, LogInClass, Matched, Reading, Stay, TrailEntry
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendError
from portal.aws.sessions import jump_sts
from portal.verbs.run import run

# One look takes no longer; who died holds the others up for as long as this.
TRAILS_EVERY = timedelta(minutes=5)
FILES_SECONDS = 20.0
SECONDS, HELD = 40.0, timedelta(minutes=3)
OF_LEAVE = (*giving.STEPS, Act.ELEVATION_END_RECORDED_LATE)
# Log-ins of so many days are judged anew when people or the catalogue are told of otherwise.
JUDGED_ANEW = timedelta(days=7)
DOUBTFUL = (LogInClass.NO_LEAVE, LogInClass.UNKNOWN)
BATCH = 500
OWN_FAULT = "not_read_by_portal"
logger = logging.getLogger(__name__)


def read(*, now: datetime, seconds: float = SECONDS, pace: float = reading.PACE, with_files: bool = True) -> bool:
    """Look at everything, for so long; return whether nobody else does. What is left over is the next one's.

    Without files LookupEvents alone is asked: the files have the same, and what is proved of it.
    """
    holder = uuid.uuid4().hex
    if not _take(holder, now):
        return False
    try:
        _read(now, _until(seconds), pace, with_files=with_files)
    finally:
        Matched.objects.filter(pk=1, holder=holder).update(holder="", held_until=None)
    return True


def _read(now: datetime, is_over: Callable[[], bool], pace: float, *, with_files: bool) -> None:
    portal = _portal_ids()
    if portal is None:
        return
    regions.look(knowing.known(), now=now)
    known = knowing.known()
    complete = {account: until for account, (_since, until) in extent.how_far(known).items()}
    round_ = Round(known=known, portal=portal, complete=complete, now=now, is_over=is_over, pace=pace, begins=_begins())
    waiting = _in_turn(known)
    while waiting and not is_over():
        waiting = [(place, region) for place, region in waiting if not is_over() and _is_behind(place, region, round_)]
    run(partial(match_anew, round_))
    unexplained.tell(now=now)
    if with_files:
        _look_at_files(round_)
    run(partial(_tell_uses, round_))


def _look_at_files(round_: Round) -> None:
    """Look at the trails and at their files, some minutes apart: files come every five minutes, digests every hour.

    After all that is asked for, and for no long time: what somebody is to be told at once comes first. What is left over is the
    next look's, the longest first.
    """
    cursor = Matched.objects.get(pk=1)
    if cursor.trails_at is not None and round_.now - cursor.trails_at < TRAILS_EVERY:
        return
    Matched.objects.filter(pk=1).update(trails_at=round_.now)
    of_files = replace(round_, is_over=_until(FILES_SECONDS))
    asked = {(row.account, row.region, row.source): row.asked_at for row in Reading.objects.exclude(source=LOOKUP)}
    sources = trails.look(round_.known, now=round_.now)
    for look, name in ((filing.look, ""), (digesting.look, OF_DIGESTS)):
        for source in sorted(sources, key=lambda one: _stamp(asked.get((one.place.account, one.region, name + one.trail.arn)))):
            if not of_files.is_over():
                _look_at(look, source, name, of_files)


def _look_at(look: Callable[[Source, Round], None], source: Source, name: str, round_: Round) -> None:
    """Look at the files of one source; whatever fails there is told, and the others are looked at."""
    try:
        look(source, round_)
    except Exception:
        place = {"account": source.place.account, "region": source.region, "source": name + source.trail.arn}
        logger.exception("the files of %s could not be read", place)
        Reading.objects.filter(**place).update(**_not_read(round_.now))


def _not_read(now: datetime) -> dict[str, Any]:
    """Return what says of a reading that it failed here, and nothing that AWS said."""
    return {"problem": OWN_FAULT, "failing_since": Coalesce("failing_since", Value(now)), "asked_at": now}


def _stamp(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _is_behind(place: Place, region: str, round_: Round) -> bool:
    """Read a piece; return whether there is another one that was never read."""
    try:
        row = reading.look(place, region, round_)
    except Exception:
        logger.exception("CloudTrail of %s in %s could not be read", place.account, region)
        Reading.objects.filter(account=place.account, region=region, source=LOOKUP).update(**_not_read(round_.now))
        return False
    return not row.problem and row.slice_until is None and round_.now - row.until > reading.BEHIND


def match_anew(round_: Round) -> int:
    """Judge the log-ins anew of whose leave the trail says more than when they were judged; return how many are otherwise."""
    cursor, _new = Matched.objects.get_or_create(pk=1)
    last = selectors.last_id()
    if not cursor.until or cursor.until == last:
        Matched.objects.filter(pk=1).update(until=last)
        return 0
    told = list(selectors.after(cursor.until).filter(pk__lte=last, act__in=OF_LEAVE)[:BATCH])
    windows = giving.windows(sorted({entry.subject for entry in told}), known=round_.known)
    touched = Q(elevation__in=[window.elevation for window in windows])
    for window in windows:
        touched |= Q(
            person=window.person,
            began_at__gte=window.starts_at - giving.LONGEST_SESSION,
            began_at__lte=window.ends_at + giving.LONGEST_SESSION,
        )
    if TrailEntry.objects.filter(pk__gt=cursor.until, pk__lte=last, act__in=knowing.ACTS).exists():
        touched |= Q(kind__in=DOUBTFUL, began_at__gte=round_.now - JUDGED_ANEW)
    wanted = LogIn.objects.filter(touched).order_by("began_at", "pk").values_list("pk", flat=True)
    ids = list(wanted) if windows or touched != Q(elevation__in=[]) else []
    changed = sum(_again(ids[first : first + BATCH], round_) for first in range(0, len(ids), BATCH))
    Matched.objects.filter(pk=1).update(until=told[-1].pk if len(told) == BATCH else last)
    return changed


def _again(ids: list[int], round_: Round) -> int:
    rows = list(LogIn.objects.filter(pk__in=ids).order_by("began_at", "pk"))
    judge = round_.judge(min(row.began_at for row in rows), max(row.last_call_at or row.began_at for row in rows))
    changed = judge.again(rows)
    round_.touched |= judge.touched
    return changed


def _tell_uses(round_: Round) -> None:
    using.reopen(sorted(round_.touched))
    using.tell(known=round_.known, now=round_.now, codes=round_.touched)


def _in_turn(known: Known) -> list[tuple[Place, str]]:
    """Return accounts and Regions, those first that were not looked at for longest."""
    asked = {
        (account, region): at
        for account, region, at in Reading.objects.filter(source=LOOKUP).values_list("account", "region", "asked_at")
    }
    pairs = [(place, region) for place in known.places if place.is_readable for region in place.regions]
    # The Jump account's events name whom the other accounts' only number.
    return sorted(pairs, key=lambda pair: (not pair[0].is_jump, _stamp(asked.get((pair[0].account, pair[1])))))


def _take(holder: str, now: datetime) -> bool:
    """Become the one who reads; False while somebody else does."""
    Matched.objects.get_or_create(pk=1)
    free = Matched.objects.filter(Q(holder="") | Q(held_until__lt=now), pk=1)
    return bool(free.update(holder=holder, held_until=now + HELD))


def _until(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _portal_ids() -> frozenset[str] | None:
    """Return who AWS says the portal is; None while it does not say: what the portal does would be looked at as a stranger's."""
    try:
        return frozenset({_own_id()})
    except BackendError as error:
        logger.warning("CloudTrail is not read while AWS does not say who the portal is: %s", error)
        return None


@lru_cache(maxsize=1)
def _own_id() -> str:
    """Return the id of the portal's user or role, asked once a process. Raises BackendError."""
    answer = AwsClient.without_lease(jump_sts()).call("get_caller_identity")
    return str(answer["UserId"]).partition(":")[0]


def _begins() -> datetime | None:
    """Return when the first access began: before that nobody had leave."""
    found: datetime | None = Stay.objects.aggregate(first=Min("granting_at"))["first"]
    return found
