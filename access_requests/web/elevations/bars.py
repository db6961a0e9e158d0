"""Who is in production as bars on one scale of time. Positions are per cent of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from access_requests import wording
from access_requests.lifecycle import STANDING
from access_requests.models import Elevation
from access_requests.services.elevations import stop
from portal.listed import listed
from portal.pages import moments
from portal.users.models import User

# Whatever lasts longer is cut off at the edge, so that an hour stays wide enough to be seen.
BEFORE, AFTER = timedelta(hours=4), timedelta(hours=8)
NARROWEST = 1.5
EDGE = 40


@dataclass(frozen=True, kw_only=True)
class Bar:
    """`group` is named where the person has several bars. `may_stop`: the reader may end it."""

    elevation: Elevation
    group: str
    start: str
    width: str
    label: str
    may_stop: bool


@dataclass(frozen=True, kw_only=True)
class Bars:
    rows: Sequence[Bar]
    begins: datetime
    ends: datetime
    place: float

    @property
    def now(self) -> str:
        return f"{self.place:.1f}"

    # The words below the scale stand apart: the edge that the present is near has none.
    @property
    def says_beginning(self) -> bool:
        return self.place > EDGE

    @property
    def says_end(self) -> bool:
        return self.place < 100 - EDGE

    @property
    def anchor(self) -> str:
        if self.place < EDGE / 2:
            return "start"
        return "end" if self.place > 100 - EDGE / 2 else "middle"


def bars(elevations: Sequence[Elevation], *, now: datetime, viewer: User) -> Bars | None:
    """Return the bars, or None where there is nothing to show."""
    if not elevations:
        return None
    begins = max(min(elevation.starts_at for elevation in elevations), now - BEFORE)
    ends = min(max(elevation.ends_at for elevation in elevations), now + AFTER)
    begins, ends = min(begins, now), max(ends, now + timedelta(minutes=10))
    scale = (begins, ends)
    bars_of = Counter(elevation.person_id for elevation in elevations)
    others = [row for row in elevations if row.status in STANDING and row.person_id != viewer.pk]
    may_end = {row.pk for row in stop.stoppable(others, viewer)} if others else set()
    rows = [_bar(row, scale, with_group=bars_of[row.person_id] > 1, may_stop=row.pk in may_end) for row in elevations]
    return Bars(rows=rows, begins=begins, ends=ends, place=_place(now, scale))


def _bar(elevation: Elevation, scale: tuple[datetime, datetime], *, with_group: bool, may_stop: bool) -> Bar:
    start, end = _place(elevation.starts_at, scale), _place(elevation.ends_at, scale)
    start = min(start, 100 - NARROWEST)
    window = moments.dated(elevation.starts_at, elevation.ends_at)
    about = listed((elevation.work_group.name, wording.state(elevation.status), window))
    label = f"{elevation.person.called}: {about}"
    return Bar(
        elevation=elevation,
        group=elevation.work_group.name if with_group else "",
        start=f"{start:.1f}",
        width=f"{max(end - start, NARROWEST):.1f}",
        label=label,
        may_stop=may_stop,
    )


def _place(moment: datetime, scale: tuple[datetime, datetime]) -> float:
    return min(1.0, max(0.0, (moment - scale[0]) / (scale[1] - scale[0]))) * 100
