"""What of the seal is worth telling, as entries of the trail, which notices read; by a worker, since a sealer may be dead."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.db import transaction

from audits import selectors, trail
from audits.acts import Act
from audits.models import SealState, TrailEntry
from audits.sealing import status
from audits.sealing.beginning import SUBJECT
from audits.sealing.status import STOPS, Status

ACTOR = "sekisho:worker"
# These wait for somebody and are told at once. Of the others the sealer tries again, and they are told when it takes too long.
WAITS_FOR_SOMEBODY = STOPS - {SealState.KEY_REFUSED, SealState.GUARD_UNREACHABLE}
HOW_IT_IS = (Act.SEAL_STOPPED, Act.SEAL_OVERDUE, Act.SEAL_CAUGHT_UP)


def watch(*, now: datetime) -> list[TrailEntry]:
    """Record what is not as the trail said last; return that. Costs ten queries."""
    return [entry for act, data in _news(status.current(now=now)) if (entry := _recorded(act, data, now))]


def _news(found: Status) -> Iterator[tuple[Act, Mapping[str, object]]]:
    told = _told(HOW_IT_IS)
    state = found.stopped.value if found.stopped else ""
    if found.stopped in WAITS_FOR_SOMEBODY:
        yield Act.SEAL_STOPPED, {"state": state, "detail": found.sealer.detail if found.sealer else ""}
    elif found.is_late and found.first_waiting:
        since = found.first_waiting.recorded_at or found.first_waiting.at
        yield Act.SEAL_OVERDUE, {"state": state, "waiting": found.waiting, "waiting_since": since}
    elif told is not None and told.act != Act.SEAL_CAUGHT_UP:
        yield Act.SEAL_CAUGHT_UP, {}
    if found.sealer and found.sealer.remark:
        yield Act.SEAL_GUARD_TOUCHED, {"remark": found.sealer.remark}


def _recorded(act: Act, data: Mapping[str, object], now: datetime) -> TrailEntry | None:
    """Record it unless the trail says so. Of two who come at once the second sees the first's: an INSERT locks the trail."""
    acts = HOW_IT_IS if act in HOW_IT_IS else (act,)
    if _says(_told(acts), act, data):
        return None
    with transaction.atomic():
        entry = trail.record(now=now, act=act, actor=ACTOR, subject=SUBJECT, data=data)
        if _says(_told(acts, before=entry.pk), act, data):
            transaction.set_rollback(True)
            return None
    return entry


def _told(acts: tuple[Act, ...], *, before: int | None = None) -> TrailEntry | None:
    """Return what a worker recorded last of these. What was recorded under another name tells nobody's state."""
    entries = selectors.numbered().filter(subject=SUBJECT, act__in=acts, actor=ACTOR)
    return (entries.filter(pk__lt=before) if before else entries).order_by("-pk").first()


def _says(told: TrailEntry | None, act: Act, data: Mapping[str, object]) -> bool:
    """Whether the entry says the same: how many wait, and since when, changes with every entry."""
    same = ("state", "remark")
    return told is not None and told.act == act and all(told.data.get(name) == data.get(name) for name in same)
