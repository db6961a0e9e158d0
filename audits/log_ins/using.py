"""Whether an access was used, and why that is not known. Told when it changes, with an entry each time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, Min, OuterRef, Q

from audits import trail
from audits.acts import Act
from audits.cloudtrail.classes import SETTLED, Use, use_of
from audits.cloudtrail.leave import Window
from audits.log_ins import giving
from audits.log_ins.knowing import Known
from audits.models import ElevationUse, LogIn, LogInClass, Reading, Stay
from portal.verbs.actor import WORKER

LOOKUP = "lookup"
BY_LEAVE = (LogInClass.USED, LogInClass.AFTER_END)
# What could not be read for so long stays unknown; CloudTrail keeps its own events for 90 days.
GIVEN_UP = timedelta(days=90)
AT_ONCE = 500


def tell(*, known: Known, now: datetime, codes: Collection[str] = ()) -> int:
    """Tell of the accesses whose use is otherwise than was told: of those that are over and not settled, and of these codes.

    Return how many. Six queries, and an entry for each.
    """
    settled = ElevationUse.objects.filter(elevation=OuterRef("subject"), settled=True)
    over = Stay.objects.filter(~Exists(settled), ended_at__isnull=False) | Stay.objects.filter(subject__in=list(codes))
    stays = {stay.subject: stay for stay in over.order_by("-pk")[:AT_ONCE]}
    if not stays:
        return 0
    uses = {use.elevation: use for use in ElevationUse.objects.filter(elevation__in=stays)}
    counts = counted(stays)
    read = how_far()
    windows = giving.windows(list(stays), known=known)
    told = [_told(window, stays[window.elevation], uses.get(window.elevation), counts, read, known, now) for window in windows]
    return sum(told)


def counted(codes: Iterable[str]) -> Mapping[str, int]:
    """Return access -> how many log-ins were by its leave. One query."""
    rows = LogIn.objects.filter(elevation__in=list(codes), kind__in=BY_LEAVE).order_by()
    return dict(rows.values_list("elevation").annotate(count=Count("pk")))


def how_far() -> Mapping[str, tuple[datetime, datetime]]:
    """Return account -> from when to when all of it was read, in every Region that is read. One query.

    Of an account and Region that is read in two ways the better one counts.
    """
    told = Reading.objects.filter(Q(source=LOOKUP) | Q(source__startswith="arn:"))
    rows = told.values_list("account", "region").annotate(since=Min("since"), until=Max("until")).order_by()
    found: dict[str, tuple[datetime, datetime]] = {}
    for account, _region, since, until in rows:
        known = found.get(account, (since, until))
        found[account] = (max(known[0], since), min(known[1], until))
    return found


def _told(
    window: Window,
    stay: Stay,
    before: ElevationUse | None,
    counts: Mapping[str, int],
    read: Mapping[str, tuple[datetime, datetime]],
    known: Known,
    now: datetime,
) -> bool:
    accounts = {arn.split(":")[4] for arn, _id in window.roles if arn.startswith("arn:")} | {known.jump}
    ranges = [read.get(account) for account in accounts]
    until = None if None in ranges or len(accounts) < 2 else min(one[1] for one in ranges if one)  # noqa: PLR2004  Jump and another.
    gaps = any(one[0] > window.starts_at for one in ranges if one)
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
