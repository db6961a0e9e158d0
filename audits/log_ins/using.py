"""Whether an access was used, and why that is not known. Told when it changes, with an entry each time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from audits import trail
from audits.acts import Act
from audits.cloudtrail.classes import SETTLED, LoggedIn, Use, use_of
from audits.cloudtrail.entering import Entered
from audits.cloudtrail.leave import RESERVED, Window
from audits.cloudtrail.standing import SKEW
from audits.log_ins import extent, giving
from audits.log_ins.knowing import Known
from audits.models import ElevationUse, LogIn, LogInClass, Stay
from portal.verbs.actor import WORKER

BY_LEAVE = (LogInClass.USED, LogInClass.AFTER_END)
# What could not be read for so long stays unknown; CloudTrail keeps its own events for 90 days.
GIVEN_UP = timedelta(days=90)
AT_ONCE = 500


def tell(*, known: Known, now: datetime, codes: Collection[str] = ()) -> int:
    """Tell of the accesses whose use is otherwise than was told: of those that are over and not settled, and of these codes.

    Return how many. Seven queries, and an entry for each.
    """
    settled = ElevationUse.objects.filter(elevation=OuterRef("subject"), settled=True)
    over = Stay.objects.filter(~Exists(settled), ended_at__isnull=False) | Stay.objects.filter(subject__in=list(codes))
    stays = {stay.subject: stay for stay in over.order_by("-pk")[:AT_ONCE]}
    if not stays:
        return 0
    uses = {use.elevation: use for use in ElevationUse.objects.filter(elevation__in=stays)}
    counts = counted(stays)
    read = extent.how_far(known)
    windows = giving.windows(list(stays), known=known)
    unknown = _unknown(windows)
    told = [
        _told(window, stays[window.elevation], uses.get(window.elevation), counts, read, unknown, known, now)
        for window in windows
    ]
    return sum(told)


def counted(codes: Iterable[str]) -> Mapping[str, int]:
    """Return access -> how many log-ins were by its leave. One query."""
    rows = LogIn.objects.filter(elevation__in=list(codes), kind__in=BY_LEAVE).order_by()
    return dict(rows.values_list("elevation").annotate(count=Count("pk")))


def _told(
    window: Window,
    stay: Stay,
    before: ElevationUse | None,
    counts: Mapping[str, int],
    read: Mapping[str, tuple[datetime, datetime]],
    unknown: Sequence[LoggedIn],
    known: Known,
    now: datetime,
) -> bool:
    accounts = {arn.split(":")[4] for arn, _id in window.roles if arn.startswith("arn:")} | {known.jump}
    accounts |= {known.identity_center} if any(RESERVED in arn for arn, _id in window.roles) else set()
    ranges = [read.get(account) for account in accounts]
    until = None if None in ranges or len(accounts) < 2 else min(one[1] for one in ranges if one)  # noqa: PLR2004  Jump and another.
    gaps = any(one[0] > window.starts_at for one in ranges if one)
    gaps = gaps or any(_may_be_of(window, one) for one in unknown)
    count = counts.get(window.elevation, 0)
    use, reason = use_of(used=count > 0, ended_at=stay.ended_at, read_until=until, gaps=gaps)
    is_settled = stay.ended_at is not None and (
        (until is not None and until >= stay.ended_at + SETTLED) or now >= stay.ended_at + GIVEN_UP
    )
    if before is not None and (before.use, before.reason, before.log_ins, before.settled) == (use, reason, count, is_settled):
        return False
    is_news = before is None or (before.use, before.reason) != (use, reason)
    entry_id = _record(window, use, reason, count, before, now) if is_news or before is None else before.entry_id
    facts = {"use": use, "reason": reason, "log_ins": count, "settled": is_settled, "entry_id": entry_id, "told_at": now}
    ElevationUse.objects.update_or_create(elevation=window.elevation, defaults=facts)
    return is_news


def _unknown(windows: Sequence[Window]) -> list[LoggedIn]:
    """Return the log-ins of the time of these windows of which nobody knows whose they were. One query."""
    if not windows:
        return []
    since, until = min(window.starts_at for window in windows), max(window.ends_at for window in windows)
    rows = LogIn.objects.filter(kind=LogInClass.UNKNOWN, began_at__range=(since - giving.LONGEST_SESSION, until + SKEW))
    return [LoggedIn(entered=Entered.of(row.entered), at=row.began_at, last_call=row.last_call_at) for row in rows]


def _may_be_of(window: Window, one: LoggedIn) -> bool:
    """Whether a log-in touches the window and its roles."""
    return (
        one.at <= window.ends_at + SKEW and (one.last_call or one.at) >= window.starts_at - SKEW and window.leads_to(one.entered)
    )


def _record(window: Window, use: Use, reason: str, count: int, before: ElevationUse | None, now: datetime) -> int:
    data = {
        "elevation": window.elevation,
        "person": window.person,
        "use": use,
        "reason": reason,
        "log_ins": count,
        "before": before.use if before else "",
    }
    return trail.record_act(now=now, act=Act.LOG_IN_USE_TOLD, actor=WORKER, subject=window.elevation, data=data).pk


def reopen(codes: Sequence[str]) -> None:
    """Have the use of these accesses told anew: something came that may change it."""
    ElevationUse.objects.filter(Q(elevation__in=list(codes)), settled=True).update(settled=False)
