"""How a log begins, how its key changes, and how one is begun that another cannot go on from.

The last is an administrator's act: an entry of the trail orders it, and the sealer obeys where it is stopped. The new log seals
all entries anew; its first leaf names the last checkpoint of the log before, so that nobody takes it for the only one.
"""

import re
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from audits import trail
from audits.acts import LATEST, Act
from audits.merkle import leaves, notes
from audits.merkle.notes import Key, Unreadable
from audits.models import Log, SealKey, TrailEntry
from audits.sealing import keys
from audits.sealing.guards import Guard
from audits.sealing.keys import Signer

SUBJECT = "seal"
ACTOR = "sekisho:sealer"


def latest() -> Log | None:
    return Log.objects.order_by("-number").first()


def latest_origin(guard: Guard, base: str) -> str:
    """Return the origin of the last log that database or guard knows; empty where nothing was sealed. Raises GuardTrouble."""
    log = latest()
    known = numbers(guard, _base(log, base))
    most = max([*known, log.number if log else 0])
    return _origin(_base(log, base), most) if most else ""


def numbers(guard: Guard, base: str) -> list[int]:
    """Return the numbers of this portal's logs of which the guard has a note. Raises GuardTrouble."""
    mine = re.compile(rf"{re.escape(base)}(?:/(\d+))?")
    found = [mine.fullmatch(origin) for origin in guard.origins()]
    return [int(match[1] or 1) for match in found if match]


def begin_first(signer: Signer, base: str) -> Log:
    """Begin the first log. The origin is fixed from now on, whatever address the portal moves to."""
    with transaction.atomic():
        log = Log.objects.create(number=1, origin=base)
        SealKey.objects.create(log=log, vkey=Key(name=log.origin, public=signer.public).vkey, from_size=1)
    return log


def begin_next(guard: Guard, signer: Signer, base: str) -> Log | None:
    """Begin a log after the one that cannot go on, if an administrator has ordered it; else return None. Raises GuardTrouble."""
    stopped, log = latest_origin(guard, base), latest()
    order = TrailEntry.objects.filter(act=Act.SEAL_NEW_LOG_ORDERED, data__origin=stopped).order_by("-pk").first()
    if order is None or not stopped:
        return None
    number = int(stopped.rpartition("/")[2]) + 1 if stopped != _base(log, base) else 2
    origin = _origin(_base(log, base), number)
    now = timezone.now()
    first = _first_leaf(origin, order, _last_note(guard, stopped), now)
    with transaction.atomic():
        begun = Log.objects.create(number=number, origin=origin, begun_at=now, first_leaf=first)
        SealKey.objects.create(log=begun, vkey=Key(name=origin, public=signer.public).vkey, from_size=1)
    return begun


def change_key(log: Log, signer: Signer, *, size: int, by_old_key: bool) -> None:
    """Have the key sign from now on, and record it. The old key, where it is there, still signs the entry that says so."""
    key = Key(name=log.origin, public=signer.public)
    with transaction.atomic():
        before = keys.newest(log).vkey
        data = {"before": before, "after": key.vkey, "signed_by_both": by_old_key}
        entry = trail.record(now=timezone.now(), act=Act.SEAL_KEY_CHANGED, actor=ACTOR, subject=SUBJECT, data=data)
        from_size = entry.pk + log.ahead + 1 if by_old_key else size + 1
        SealKey.objects.create(log=log, vkey=key.vkey, from_size=from_size)


def _last_note(guard: Guard, origin: str) -> str:
    """Return the newest checkpoint of a log that the guard has, or the database; empty where there is none."""
    theirs = guard.since(origin, 1)
    ours = Log.objects.filter(origin=origin).values_list("checkpoints__note", flat=True).order_by("-checkpoints__number")
    newest = next((note for number in sorted(theirs, reverse=True) if _size(note := theirs[number]) >= 0), "")
    return max([newest, *(note for note in ours[:1] if note)], key=_size)


def _size(note: str) -> int:
    """Return the size of a note's tree; -1 for what is no checkpoint."""
    try:
        return notes.Checkpoint.read(note).size
    except Unreadable:
        return -1


def _first_leaf(origin: str, order: TrailEntry, note: str, now: datetime) -> str:
    said = {
        "act": Act.SEAL_LOG_BEGUN,
        "actor": order.actor,
        "at": leaves.moment(now),
        "data": {"after": order.data["origin"], "checkpoint": note, "reason": order.data["reason"]},
        "id": 1,
        "on_behalf_of": "",
        "previous": None,
        "recorded_at": leaves.moment(now),
        "schema": LATEST,
        # No entry's: the log's own.
        "subject": f"log:{origin}",
        "v": leaves.VERSION,
    }
    return leaves.canonical(said).decode()


def _base(log: Log | None, base: str) -> str:
    """Return the origin of the first log: what the last one that is known builds on."""
    if log is None:
        return base
    return log.origin if log.number == 1 else log.origin.removesuffix(f"/{log.number}")


def _origin(base: str, number: int) -> str:
    return base if number == 1 else f"{base}/{number}"
