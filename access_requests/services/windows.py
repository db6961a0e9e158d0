"""No two open windows of one person for one work group overlap. The person's row is the lock under which that is checked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from access_requests import errors
from access_requests.lifecycle import STANDING, UNDECIDED
from access_requests.models import AccessRequest, Elevation, RequestedGroup, WorkGroup
from access_requests.policy import AskedWindow, overlaps
from portal.users.models import User

Window = tuple[datetime, datetime]


def lock_person(person_id: int) -> User:
    """Return the person, locked until the transaction ends: one asks, and one is decided on, at a time.

    Rows that point to the person, such as their decisions on others, may be written meanwhile.
    """
    return User.objects.select_for_update(no_key=True).get(pk=person_id)


def check_free(person: User, groups: Sequence[WorkGroup], asked: AskedWindow, *, now: datetime) -> None:
    """Raise AlreadyPending or WindowsOverlap for a request that is about to be submitted."""
    if asked.starts_at is None:
        _check_none_waits(person, groups)
    check_window_free(person, groups, asked.fixed(now), now=now)


def check_window_free(
    person: User, groups: Sequence[WorkGroup], window: Window, *, now: datetime, besides: AccessRequest | None = None
) -> None:
    """Raise WindowsOverlap where the window shares a moment with another open one of the person for one of the groups."""
    for group in groups:
        for code, other in _open_windows(person, group, now, besides):
            if overlaps(window, other):
                raise errors.WindowsOverlap(other=code, work_group=group.name)


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
    added = (elevation.ends_at, new_end)
    for code, window in _open_windows(elevation.person, elevation.work_group, elevation.ends_at, besides):
        if code != elevation.code and overlaps(added, window):
            raise errors.WindowsOverlap(other=code, work_group=elevation.work_group.name)


def _check_none_waits(person: User, groups: Sequence[WorkGroup]) -> None:
    waiting = RequestedGroup.objects.filter(requester=person, work_group__in=groups, waits_to_start_now=True)
    other = waiting.select_related("request", "work_group").first()
    if other is not None:
        raise errors.AlreadyPending(other=other.request.code, work_group=other.work_group.name)


def _open_windows(person: User, group: WorkGroup, now: datetime, besides: AccessRequest | None) -> list[tuple[str, Window]]:
    """Return (code, window) of the person's elevations and of the pending requests whose window is known."""
    elevations = Elevation.objects.filter(person=person, work_group=group, status__in=STANDING, ends_at__gt=now)
    found = [(elevation.code, (elevation.starts_at, elevation.ends_at)) for elevation in elevations]
    pending = AccessRequest.objects.filter(
        requester=person, requested_groups__work_group=group, status__in=UNDECIDED, asked_starts_at__isnull=False
    ).exclude(pk__in=_pks(besides))
    for request in pending:
        window = _asked(request)
        if window[1] > now:
            found.append((request.code, window))
    return found


def _asked(request: AccessRequest) -> Window:
    start = request.asked_starts_at
    if start is None:
        raise ValueError(f"{request} starts when it is approved")
    return start, request.asked_ends_at or start + timedelta(minutes=request.duration_minutes or 0)


def _pks(request: AccessRequest | None) -> list[int]:
    return [] if request is None else [request.pk]
