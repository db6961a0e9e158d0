"""What else of a person lies in a window: no two open ones for one work group overlap. The person's row is the lock for it."""

from collections.abc import Sequence
from datetime import MINYEAR, UTC, datetime, timedelta

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from access_requests import errors
from access_requests.lifecycle import STANDING, UNDECIDED
from access_requests.models import AccessRequest, Elevation, RequestedGroup, WorkGroup
from access_requests.policy.facts import Other
from access_requests.policy.rules.times import FARTHEST_AHEAD
from access_requests.policy.windows import AskedWindow
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
        raise errors.TooFarAhead(field=field, days=FARTHEST_AHEAD.days) from error


def overlapping(
    person: User, groups: Sequence[WorkGroup], window: Window, *, besides: AccessRequest | None = None
) -> Other | None:
    """Return what else of the person shares a moment with the window for one of the groups.

    A window that begins as the other ends shares none.
    """
    return _first(_standing(person, groups, window), _waiting(person, groups, window, besides))


def overlapping_extension(elevation: Elevation, new_end: datetime, *, besides: AccessRequest | None = None) -> Other | None:
    """Return what else of the person lies in the time that is added to the elevation."""
    person, groups, added = elevation.person, [elevation.work_group], (elevation.ends_at, new_end)
    others = _standing(person, groups, added).exclude(pk=elevation.pk)
    return _first(others, _waiting(person, groups, added, besides))


def waiting_to_start_now(person: User, groups: Sequence[WorkGroup]) -> Other | None:
    """Return the person's request for one of the groups that begins when it is approved."""
    waiting = RequestedGroup.objects.filter(requester=person, work_group__in=groups, waits_to_start_now=True)
    other = waiting.select_related("request", "work_group").first()
    return None if other is None else Other(code=other.request.code, work_group=other.work_group.name)


def waiting_extension(elevation: Elevation, *, besides: AccessRequest | None = None) -> Other | None:
    """Return another request for more time that waits."""
    waiting = AccessRequest.objects.filter(extends=elevation, status__in=UNDECIDED)
    code = waiting.exclude(pk__in=_pks(besides)).values_list("code", flat=True).first()
    return None if code is None else Other(code=code, work_group=elevation.work_group.name)


def is_open(elevation: Elevation, *, now: datetime) -> bool:
    """Whether the elevation's end can still be moved."""
    return elevation.status in STANDING and elevation.ends_at > now


def asked_window(request: AccessRequest) -> AskedWindow:
    """Return the window of a submitted request."""
    minutes = request.duration_minutes
    duration = timedelta(minutes=minutes) if minutes is not None else None
    return AskedWindow(starts_at=request.asked_starts_at, ends_at=request.asked_ends_at, duration=duration)


def _first(elevations: QuerySet[Elevation], requests: QuerySet[AccessRequest]) -> Other | None:
    found = (
        elevations.values_list("code", "work_group__name").first()
        or requests.values_list("code", "requested_groups__work_group__name").first()
    )
    return None if found is None else Other(code=found[0], work_group=found[1])


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
