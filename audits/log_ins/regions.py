"""The Regions that each account has switched on, as AWS says: by any of them somebody may come in."""

from datetime import datetime, timedelta
from functools import partial

from audits.log_ins import telling
from audits.log_ins.knowing import Known, Place
from audits.models import EnabledRegions
from portal.aws.cloudtrail import enabled_regions
from portal.aws.errors import BackendBusy, BackendError
from portal.aws.sessions import GLOBAL_REGION
from portal.verbs.run import run

EVERY = timedelta(minutes=5)


def look(known: Known, *, now: datetime) -> None:
    """Ask each account that is read, some minutes apart. One call for each; what AWS said last stays while it says nothing."""
    rows = {row.account: row for row in EnabledRegions.objects.all()}
    for place in known.places:
        row = rows.get(place.account)
        if place.is_readable and (row is None or now - row.asked_at >= EVERY):
            _ask(place, now)


def _ask(place: Place, now: datetime) -> None:
    told: dict[str, object] = {"asked_at": now, "problem": ""}
    try:
        told["regions"] = sorted(enabled_regions(place.role_arn))
    except BackendError as error:
        problem = error.problem if isinstance(error, BackendBusy) else error.cause
        told["problem"] = problem[:120]
        if not isinstance(error, BackendBusy):
            run(partial(telling.tell_refused, "ListRegions", error, account=place.account, region=GLOBAL_REGION, now=now))
    EnabledRegions.objects.update_or_create(account=place.account, defaults=told)
