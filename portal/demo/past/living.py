"""The company's eight weeks, from its first day with the portal to yesterday."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone

from access_requests.models import NoticeCursor
from access_requests.services.notices import lateness, telling
from audits import selectors
from portal.demo.past import acts, at_work, clocks, reading
from portal.demo.past.in_aws import Aws
from portal.simulated_aws.deployment import Administrator
from portal.simulated_aws.people import Credentials

# How long before its first day with the portal the company has deployed its accounts, and has had its trail.
BEFORE = timedelta(hours=1)
# How long the last thing that happened has to be over with: ends, and what is tidied up behind them.
AFTERWARDS = timedelta(hours=6)


def founded_at() -> datetime:
    """Return when the organisation was made."""
    return reading.first_day(today=_today()) - BEFORE


def live(administrator: Administrator, *, token: str, people: Mapping[str, Credentials], begin: Callable[[], None]) -> None:
    """Have it all happen; `begin` is what the first day begins with. Whoever sends notices does not tell of it afterwards."""
    today = _today()
    with clocks.moved(reading.first_day(today=today), endpoint=administrator.endpoint, token=token) as moved:
        begin()
        with at_work.portal(moved) as portal:
            world = acts.World(portal=portal, aws=Aws(administrator=administrator, token=token, people=people))
            for happening in reading.happenings(today=today):
                portal.work_until(happening.at)
                world.let(happening)
            portal.forward(AFTERWARDS)
    _pass_over_in_notices()


def _today() -> date:
    return timezone.localdate(timezone=reading.ZONE)


def _pass_over_in_notices() -> None:
    for cursor in (telling.CURSOR, lateness.CURSOR):
        NoticeCursor.objects.update_or_create(pk=cursor, defaults={"entry_id": selectors.last_id()})
