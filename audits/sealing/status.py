"""How sealing is, as pages and notices say it: from what the sealer left in the database, whether it lives or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import OuterRef, Subquery

from audits import selectors
from audits.models import Anchor, Checkpoint, Log, Sealer, SealState, StampState, TrailEntry
from audits.sealing import beginning, growing, rounds

# What stops sealing until somebody has done something.
STOPS = frozenset(SealState) - {SealState.SEALED, SealState.BEHIND}


@dataclass(frozen=True, kw_only=True)
class Stamped:
    """A time-stamp service: until where it stamped last, if it ever did, and how it is."""

    place: str
    anchor: Anchor | None
    state: StampState | None
    detail: str

    @property
    def is_well(self) -> bool:
        return self.state in (None, StampState.STAMPED)


@dataclass(frozen=True, kw_only=True)
class Status:
    """`until` is the last entry that is sealed, `first_waiting` the first that is not; None where there is none."""

    log: Log | None
    newest: Checkpoint | None
    sealer: Sealer | None
    until: TrailEntry | None
    first_waiting: TrailEntry | None
    waiting: int
    stamps: Sequence[Stamped]
    now: datetime

    @property
    def stopped(self) -> SealState | None:
        """Return why nothing is sealed, where that is known."""
        state = SealState(self.sealer.state) if self.sealer and self.sealer.state else None
        return state if state in STOPS else None

    @property
    def is_late(self) -> bool:
        """Whether an entry has waited for longer than SEAL_LATE_SECONDS: the sealer is stopped, or dead."""
        since = self.first_waiting and (self.first_waiting.recorded_at or self.first_waiting.at)
        return bool(since and since < self.now - timedelta(seconds=settings.SEAL_LATE_SECONDS))

    @property
    def can_begin_another(self) -> bool:
        """Whether a new log is what an administrator may answer."""
        return self.stopped in rounds.ENDS_LOG


def current(*, now: datetime) -> Status:
    """Return how sealing is. Costs seven queries, whatever the trail's length."""
    log = beginning.latest()
    newest = rounds.newest(log) if log else None
    ahead, size = (log.ahead if log else 0), (newest.size if newest else 0)
    last = max(size - ahead, 0)
    sealer = Sealer.objects.filter(pk=1).first()
    return Status(
        log=log,
        newest=newest,
        sealer=sealer,
        stamps=_stamps(log, sealer),
        until=TrailEntry.objects.filter(pk=last).first(),
        first_waiting=selectors.after(last).first(),
        waiting=(growing.length(log) if log else selectors.last_id()) - size,
        now=now,
    )


def _stamps(log: Log | None, sealer: Sealer | None) -> list[Stamped]:
    """Return each service that ever stamped this log, or was asked to."""
    said = sealer.stamps if sealer else {}
    last = Anchor.objects.filter(place=OuterRef("place"), checkpoint__log=log).order_by("-checkpoint__number")
    newest = Anchor.objects.filter(checkpoint__log=log, pk=Subquery(last.values("pk")[:1])).select_related("checkpoint")
    anchors = {anchor.place: anchor for anchor in newest.defer("receipt")} if log else {}
    return [_stamped(place, anchors.get(place), said.get(place, {})) for place in sorted({*said, *anchors})]


def _stamped(place: str, anchor: Anchor | None, said: Mapping[str, str]) -> Stamped:
    state = StampState(said["state"]) if said.get("state") in StampState.values else None
    return Stamped(place=place, anchor=anchor, state=state, detail=said.get("detail", ""))


def is_late(*, now: datetime) -> bool:
    return current(now=now).is_late
