"""Having drift told: one entry in the trail for all that is new, which the notices follow. Nothing of AWS waits for it."""

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from access_requests.messages import Task
from access_requests.models import Drift
from access_requests.services.drift import recording
from audits import selectors, trail
from audits.acts import Act
from portal.outbox import sending as outbox
from portal.verbs.actor import WORKER
from portal.verbs.run import run

logger = logging.getLogger(__name__)
SUBJECT = "comparison"
# The acts that are news: a drift found, or a known one found worse.
TOLD = (Act.DRIFT_FOUND, Act.DRIFT_CHANGED)
# The most drifts that the entry names; it counts the others.
MOST = 200


def tell_of_new(*, now: datetime) -> None:
    """Have what is open and was never told be told, once. Raises nothing: what fails is told by the next comparison."""
    try:
        new, through = _untold()
        if new:
            run(partial(_append, new, through, now))
    except Exception:
        logger.exception("drift was found and is not told yet")


def _untold() -> tuple[Sequence[Drift], int]:
    """Return what is open and was found, or found worse, after the last entry of this kind, and up to which entry that goes."""
    rows = {row.code: row for row in recording.open_rows().values()}
    told = selectors.numbered().filter(subject=SUBJECT, act=Act.COMPARISON_DRIFT_FOUND)
    last = told.order_by("-id").values_list("pk", "data__through")
    found = selectors.after(_through(*(last.first() or (0, 0)))).filter(subject__in=rows, act__in=TOLD)
    entries = list(found.values_list("pk", "subject"))
    return [rows[code] for code in dict.fromkeys(code for _pk, code in entries)], max((pk for pk, _code in entries), default=0)


def _through(entry_id: int, said: object) -> int:
    """Return up to which entry of the trail has been told: an announcement covers what was there when it was written."""
    return min(said, entry_id) if isinstance(said, int) else 0


def _append(new: Sequence[Drift], through: int, now: datetime) -> None:
    data = {"count": len(new), "found": [_named(row) for row in new[:MOST]], "through": through}
    trail.record(now=now, act=Act.COMPARISON_DRIFT_FOUND, actor=WORKER.name, subject=SUBJECT, data=data)
    outbox.nudge(Task.TELL)


def _named(row: Drift) -> dict[str, str | None]:
    group = row.work_group.name if row.work_group else None
    names = {"code": row.code, "kind": row.kind, "account": row.account, "thing": row.thing, "name": row.name}
    return {**names, "work_group": group}
