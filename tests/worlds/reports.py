"""Access that is over, and whose policy wants a work report."""

from datetime import datetime
from typing import Any

from access_requests.lifecycle import ElevationAction
from access_requests.models import ApprovalPolicy, Elevation
from access_requests.services.elevations import reporting
from access_requests.services.record import transition
from audits.models import WorkReport
from portal.users.models import User
from portal.verbs.actor import WORKER, Actor
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of
from tests.worlds.entry import data_of
from tests.worlds.story import elevated, returned, taken_for_given

DAYS = 3


def wants_reports(*, days: int = DAYS, blocks: bool = False) -> None:
    ApprovalPolicy.objects.update(report_days=days, overdue_report_blocks=blocks)


def never_given(cast: Cast, *, now: datetime, **changes: Any) -> Elevation:
    """Return member01's access, approved by leader01 and given back before it began: a word of report is owed."""
    wants_reports()
    return returned(elevated(cast.member01, cast.leader01, now=now, **changes), cast.member01, now=now)


def over(elevation: Elevation, *, now: datetime) -> Elevation:
    """Have the rows and the trail say that it was in AWS, and is taken out."""

    def end() -> Elevation:
        taken_for_given(elevation, now=now)
        elevation.stopped_at, elevation.stop_reason, elevation.ended_at = now, "returned", now
        for action in (ElevationAction.START_REVOKE, ElevationAction.CONFIRM_REVOKE):
            transition.apply_to_elevation(elevation, action, actor=WORKER, now=now, data=data_of(action, now))
        return elevation

    return run(end)


def owed(cast: Cast, *, now: datetime, person: User | None = None, **changes: Any) -> Elevation:
    """Return access of member01's, or of somebody else's, that was used and is over."""
    wants_reports()
    return over(elevated(person or cast.member01, cast.leader01, now=now, **changes), now=now)


def written(elevation: Elevation, person: User | Actor, *, now: datetime, **said: Any) -> WorkReport:
    whole = {"done": "rebuilt the index", "deviation": "", "is_unused": False, **said}
    actor = person if isinstance(person, Actor) else actor_of(person)
    return run(lambda: reporting.report(elevation=elevation, **whole, actor=actor, now=now))


def confirmed(elevation: Elevation, person: User | Actor, *, now: datetime, **said: Any) -> WorkReport:
    actor = person if isinstance(person, Actor) else actor_of(person)
    whole = {"comment": "", "seen": None, **said}
    return run(lambda: reporting.confirm(elevation=elevation, **whole, actor=actor, now=now))


def asked_back(elevation: Elevation, person: User | Actor, *, now: datetime, comment: str = "which table?") -> WorkReport:
    actor = person if isinstance(person, Actor) else actor_of(person)
    return run(lambda: reporting.ask_back(elevation=elevation, comment=comment, seen=None, actor=actor, now=now))
