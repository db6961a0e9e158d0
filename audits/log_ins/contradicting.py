"""Two events with one id: LookupEvents is AWS's own history, which nobody in the account writes, and has the last word."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from audits.cloudtrail import event as events
from audits.cloudtrail.event import Part
from audits.log_ins.extent import LOOKUP
from audits.log_ins.pieces import Found, Id
from audits.models import SeenEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """An event that a file had, and AWS's own history has not: what there was of it."""

    id: Id
    place: str
    region: str
    thread: str
    began: datetime
    log_in: int | None


def taken_back(account: str, raws: Sequence[Mapping[str, Any]]) -> list[TakenBack]:
    """Return the events out of files that these, by LookupEvents, show to be others; their rows are gone then.

    In the caller's transaction. One query, and one more where there are any.
    """
    ids = {str(raw.get("eventID", "")): raw for raw in raws}
    rows = SeenEvent.objects.filter(account=account, event_id__in=sorted(ids)).exclude(place=LOOKUP)
    wrong = [row for row in rows if events.digest(ids[row.event_id]) != row.sha256]
    if wrong:
        SeenEvent.objects.filter(pk__in=[row.pk for row in wrong]).delete()
    return [
        TakenBack(
            id=(row.account, row.event_id),
            place=row.place,
            region=row.region,
            thread=row.thread,
            began=row.began_at,
            log_in=row.log_in_id,
        )
        for row in wrong
    ]


def instead(found: Sequence[Found], gone: Sequence[TakenBack]) -> list[Found]:
    """Return the events with what they take the place of."""
    log_ins = {one.id: one.log_in for one in gone}
    return [replace(one, instead_of=log_ins.get((one.event.account, one.event.id))) for one in found]


def forged(found: Sequence[Found], known: Mapping[Id, str]) -> list[Found]:
    """Return the events that are known with another hash: of two with one id, one is not CloudTrail's."""
    wanted = {(one.event.account, one.event.id): one for one in found if one.event.part != Part.SERVICE}
    return [one for key, one in wanted.items() if known.get(key, one.event.sha256) != one.event.sha256]
