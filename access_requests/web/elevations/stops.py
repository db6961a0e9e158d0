"""Access of one's own that somebody stopped of late: the person is told first of all, with who did it, when and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from access_requests.models import Elevation
from access_requests.selectors import elevations, timeline
from access_requests.web.timeline import naming
from audits import sentences
from portal.users.models import User

LATELY = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Stop:
    elevation: Elevation
    who: str
    comment: str


def of_person(person: User, *, now: datetime) -> list[Stop]:
    """Return them, the latest first."""
    rows = list(elevations.stopped_since(person, now - LATELY))
    if not rows:
        return []
    entries = {entry.subject: entry for entry in timeline.of_ends(rows)}
    call = naming.of(entries.values())
    return [
        Stop(elevation=row, who=sentences.who(entries[row.code], call=call), comment=entries[row.code].data.get("comment", ""))
        for row in rows
        if row.code in entries
    ]
