"""Packs that the portal orders by itself, once a period is over and CloudTrail has told all of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.conf import settings

from audits.cloudtrail.classes import SETTLED
from audits.evidence import periods
from audits.evidence.periods import Length, Period
from audits.evidence.sampling import PRESET
from audits.models import Pack
from audits.packs import asking
from audits.packs import periods as counted
from audits.packs.asking import NotSealedYet, TooManyPacks
from portal.verbs.actor import WORKER
from portal.verbs.run import run

# An end of the night before is recorded, and read, by then.
PATIENCE = SETTLED + timedelta(hours=1)
# After a longer time people order for themselves: whoever sets a schedule wants the next periods, not all that there were.
LATEST = timedelta(days=31)


def order_due(*, now: datetime) -> None:
    """Order a pack of each period of the schedule that is over, and of which the portal has ordered none. One query each."""
    for period in _over(now):
        if Pack.objects.filter(period=period.key, asked_by=WORKER.name).exists():
            continue
        said: dict[str, Any] = {"seed": "", "count": PRESET, "language": settings.LANGUAGE_CODE}
        try:
            run(partial(asking.ask, period=period, **said, actor=WORKER, now=now))
        except (NotSealedYet, TooManyPacks):
            return  # The next sweep tries again.


def _over(now: datetime) -> Iterator[Period]:
    for length in settings.EVIDENCE_SCHEDULE:
        for period in islice(periods.back_from(now, Length(length), counted.fiscal()), 1, 2):
            if period.until + PATIENCE <= now < period.until + PATIENCE + LATEST:
                yield period
