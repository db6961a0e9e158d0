"""Having the newest checkpoint stamped now and then, beside sealing, which never waits for it."""

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from audits.models import Anchor, Checkpoint, Sealer, StampState
from audits.sealing import beginning, rounds
from audits.sealing.stamps import Stamp, StampService, StampTrouble

logger = logging.getLogger(__name__)
# After a failure, doubled with each further one up to the ordinary pause.
PATIENCE_SECONDS = 60.0


@dataclass(kw_only=True)
class _Turn:
    """When a service is asked next, and what it is being asked now."""

    service: StampService
    next_at: float = 0.0
    failures: int = 0
    checkpoint: Checkpoint | None = None
    asked: "Future[Stamp] | None" = None


@dataclass(kw_only=True)
class Stamping:
    """Call `step` often: it asks in a thread of its own, and writes down what was answered before. Nothing raises."""

    services: Sequence[StampService]
    clock: Callable[[], float] = time.monotonic
    _turns: list[_Turn] = field(default_factory=list)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=4, thread_name_prefix="stamps"))

    def __post_init__(self) -> None:
        self._turns = [_Turn(service=service) for service in self.services]

    def step(self) -> None:
        for turn in self._turns:
            if turn.asked is not None and turn.asked.done():
                self._settle(turn, turn.asked)
            if turn.asked is None and self.clock() >= turn.next_at:
                self._ask(turn)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _ask(self, turn: _Turn) -> None:
        log = beginning.latest()
        newest = rounds.newest(log) if log else None
        if newest is None or Anchor.objects.filter(checkpoint=newest, place=turn.service.url).exists():
            return
        turn.checkpoint = newest
        turn.asked = self._pool.submit(turn.service.stamp, newest.note, now=timezone.now())

    def _settle(self, turn: _Turn, asked: "Future[Stamp]") -> None:
        """Keep the stamp, or why there is none."""
        try:
            stamp = asked.result()
        except StampTrouble as trouble:
            turn.failures += 1
            wait = min(PATIENCE_SECONDS * 2 ** (turn.failures - 1), float(settings.SEAL_STAMP_SECONDS))
            _keep(turn.service.url, trouble.state, trouble.detail)
        else:
            turn.failures, wait = 0, float(settings.SEAL_STAMP_SECONDS)
            place = {"checkpoint": turn.checkpoint, "place": turn.service.url}
            Anchor.objects.get_or_create(**place, defaults={"receipt": stamp.receipt, "stamped_at": stamp.at})
            _keep(turn.service.url, StampState.STAMPED, "")
        turn.asked, turn.checkpoint, turn.next_at = None, None, self.clock() + wait


def _keep(url: str, state: StampState, detail: str) -> None:
    """Keep how the service is, and since when it is so."""
    row, now = Sealer.objects.get(pk=1), timezone.now()
    before = row.stamps.get(url, {})
    since = before.get("since") if before.get("state") == state else _text(now)
    if before.get("state") != state:
        logger.log(logging.INFO if state == StampState.STAMPED else logging.ERROR, "time stamps: %s %s", state.value, detail)
    said = {"state": state.value, "detail": detail, "since": since, "seen_at": _text(now)}
    Sealer.objects.filter(pk=1).update(stamps={**row.stamps, url: said})


def _text(moment: datetime) -> str:
    return moment.isoformat()
