"""No two open windows of one person for one work group overlap. The person's row is the lock under which that is checked."""

from collections.abc import Sequence
from datetime import MINYEAR, UTC, datetime, timedelta

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from access_requests import errors, policy
from access_requests.lifecycle import STANDING, UNDECIDED
from access_requests.models import AccessRequest, ApprovalPolicy, Elevation, RequestedGroup, WorkGroup
from access_requests.policy import AskedWindow, Limits
from portal.users.models import User
from portal.verbs import rejections

Window = tuple[datetime, datetime]
_MINUTES = ExpressionWrapper(
    # SQLite's side of Django multiplies durations by plain integers only.
    Cast("duration_minutes", IntegerField()) * Value(timedelta(minutes=1), DurationField()),
    DurationField(),
)
# When a request that says when it starts would end.
ASKED_END = Coalesce("asked_ends_at", ExpressionWrapper(F("asked_starts_at") + _MINUTES, DateTimeField()))


def limits_of(rule: ApprovalPolicy) -> Limits:
    return Limits(
        shortest=timedelta(minutes=rule.shortest_minutes),
        longest=timedelta(minutes=rule.longest_minutes),
        decision=timedelta(minutes=rule.decision_minutes),
    )


def in_utc(field: str, moment: datetime | None) -> datetime | None:
    """Return the moment in UTC to the whole second, which is what AWS compares.

    Raises NaiveTime; InThePast or TooFarAhead where UTC has no year for it.
    """
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise rejections.NaiveTime(field=field)
    try:
        return moment.astimezone(UTC).replace(microsecond=0)
    except OverflowError as error:
        if moment.year == MINYEAR:
            raise errors.InThePast(field=field) from error
        raise errors.TooFarAhead(field=field, days=policy.FARTHEST_AHEAD.days) from error


def check_free(person: User, groups: Sequence[WorkGroup], asked: AskedWindow, *, now: datetime) -> None:
    """Raise AlreadyPending or WindowsOverlap for a request that is about to be submitted."""
    if asked.starts_at is None:
        _check_none_waits(person, groups)
    check_window_free(person, groups, asked.fixed(now))


def check_window_free(person: User, groups: Sequence[WorkGroup], window: Window, *, besides: AccessRequest | None = None) -> None:
    """Raise WindowsOverlap where the window shares a moment with another open one of the person for one of the groups.

    One that begins as the other ends shares none.
    """
    _refuse_first(_standing(person, groups, window), _waiting(person, groups, window, besides))


def check_still_open(elevation: Elevation, *, now: datetime) -> None:
    """Raise ElevationOver unless the elevation's end can still be moved."""
    if elevation.status not in STANDING or elevation.ends_at <= now:
        raise errors.ElevationOver(state=elevation.status)


def check_extension_free(elevation: Elevation, new_end: datetime, *, besides: AccessRequest | None = None) -> None:
    """Raise AlreadyPending for a second extension, WindowsOverlap where the added time is taken."""
    waiting = AccessRequest.objects.filter(extends=elevation, status__in=UNDECIDED)
    other = waiting.exclude(pk__in=_pks(besides)).first()
    if other is not None:
        raise errors.AlreadyPending(other=other.code, work_group=elevation.work_group.name)
    person, groups, added = elevation.person, [elevation.work_group], (elevation.ends_at, new_end)
    others = _standing(person, groups, added).exclude(pk=elevation.pk)
    _refuse_first(others, _waiting(person, groups, added, besides))


def _check_none_waits(person: User, groups: Sequence[WorkGroup]) -> None:
    waiting = RequestedGroup.objects.filter(requester=person, work_group__in=groups, waits_to_start_now=True)
    other = waiting.select_related("request", "work_group").first()
    if other is not None:
        raise errors.AlreadyPending(other=other.request.code, work_group=other.work_group.name)


def _refuse_first(elevations: QuerySet[Elevation], requests: QuerySet[AccessRequest]) -> None:
    """Raise WindowsOverlap for the first of these that share a moment with the window."""
    other = (
        elevations.values_list("code", "work_group__name").first()
        or requests.values_list("code", "requested_groups__work_group__name").first()
    )
    if other is not None:
        raise errors.WindowsOverlap(other=other[0], work_group=other[1])


def _standing(person: User, groups: Sequence[WorkGroup], window: Window) -> QuerySet[Elevation]:
    """Return the person's elevations that share a moment with the window; one that has passed shares none."""
    start, end = window
    standing = Elevation.objects.filter(person=person, work_group__in=groups, status__in=STANDING)
    return standing.filter(starts_at__lt=end, ends_at__gt=start).order_by("starts_at")


def _waiting(person: User, groups: Sequence[WorkGroup], window: Window, besides: AccessRequest | None) -> QuerySet[AccessRequest]:
    """Return the pending requests that share a moment with the window. One that begins when it is approved has none yet."""
    start, end = window
    pending = AccessRequest.objects.filter(requester=person, requested_groups__work_group__in=groups, status__in=UNDECIDED)
    shared = pending.annotate(asked_end=ASKED_END).filter(asked_starts_at__lt=end, asked_end__gt=start)
    return shared.exclude(pk__in=_pks(besides)).order_by("asked_starts_at")


def _pks(request: AccessRequest | None) -> list[int]:
    return [] if request is None else [request.pk]
