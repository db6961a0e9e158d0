"""A company that inspects its use every day: the leads do, from the first of the month on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from access_requests.models import InspectionPlan as PlanRow
from access_requests.services.catalogue.kinds import inspection_plan
from access_requests.services.catalogue.kinds.inspection_plan import InspectionPlan
from access_requests.services.inspections import inspecting
from access_requests.services.record import changes
from audits.acts import Act
from audits.inspections import opening
from audits.inspections.signing import Mark
from audits.log_ins import knowing
from audits.log_ins.extent import LOOKUP
from audits.models import Inspection, LogIn, Reading
from portal.users.models import User
from portal.verbs.actor import COMMAND, Actor
from portal.verbs.run import run
from tests.worlds import cloudtrail
from tests.worlds.cast import Cast, actor_of, let_portal_in
from tests.worlds.log_ins import regions_told
from tests.worlds.told import write_down

SUBJECT = "inspection_plan:daily"
USUAL: dict[str, Any] = {"since": "2026-11-01", "signed_within": 5, "country": "JP", "days_off": ["2026-12-30", "2026-12-31"]}
_numbers = count(1)


def planned(*inspectors: str, now: datetime, **changed: Any) -> InspectionPlan:
    """Have the catalogue name who inspects, by row and trail."""
    plan = InspectionPlan.model_construct(**{**USUAL, "inspectors": sorted(inspectors), **changed})
    inspection_plan.write("daily", plan, now)
    said = {"before": None, "after": plan.model_dump()}
    run(lambda: changes.record(act=Act.CATALOGUE_ADDED, subject=SUBJECT, actor=COMMAND, now=now, **said))
    return plan


def given_up(*, now: datetime) -> None:
    """Have nobody inspect any more."""
    before = InspectionPlan.of_row(PlanRow.objects.get()).model_dump()
    inspection_plan.remove("daily", now)
    run(lambda: changes.record(act=Act.CATALOGUE_RETIRED, subject=SUBJECT, before=before, after=None, actor=COMMAND, now=now))


def read_whole(*, since: datetime, until: datetime) -> None:
    """Have all of CloudTrail be read of this time, of every account that can be."""
    Reading.objects.all().delete()
    regions_told(until)
    Reading.objects.bulk_create(
        Reading(account=place.account, region=region, source=LOOKUP, since=since, until=until, swept_at=until)
        for place in knowing.known().places
        if place.is_readable
        for region in place.regions
    )


def came_in(at: datetime, person: User | str = "", **more: Any) -> LogIn:
    """Return a log-in without approval; by `kind` and `elevation` one by leave."""
    number = next(_numbers)
    said = {
        "code": f"L-INSP{number:05}",
        "thread": f"t{number}",
        "account": cloudtrail.PRODUCTION,
        "role": cloudtrail.ROLE,
        "person": str(person),
        "principal": "" if person else "arn:aws:iam::444444444444:root",
        "way": "console",
        "began_at": at,
        "kind": "no_leave",
        "entered": {"principal_id": "AIDA"},
        "changed_at": at,
        "entry_id": 1,
    }
    return LogIn.objects.create(**{**said, **more})


def opened(*, now: datetime) -> int:
    return opening.open_due(now=now)


def signed(
    day: Inspection, who: User | Actor, *numbers: int, now: datetime, comment: str = "", seen: str | None = None
) -> list[Inspection]:
    actor = who if isinstance(who, Actor) else actor_of(who)
    marks = [Mark(part=day.part, number=number, comment=comment, seen=seen) for number in numbers]
    return run(lambda: inspecting.sign(day=day.day, marks=marks, actor=actor, now=now))


@pytest.fixture
def company(cast: Cast, now: datetime) -> Iterator[Cast]:
    """Return the cast, whose accounts the trail tells of, and whose leads inspect what is read up to now."""
    knowing.forget()
    let_portal_in(cast.production)
    run(lambda: write_down(now=now))
    planned("leader01", "leader02", now=now)
    read_whole(since=now - timedelta(days=60), until=now)
    yield cast
    knowing.forget()
