"""One process at a time, by a row that its holder counts up. No clock is asked: one that is set back stops nobody."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, QuerySet

from audits.models import Sealer

# Longer than a round may take: the guard and what signs are waited for within it.
PATIENCE_SECONDS = 30.0


def row() -> Sealer:
    """Return the sealer's row, as it is now."""
    return Sealer.objects.get_or_create(pk=1)[0]


def _of_sealer() -> QuerySet[Any]:
    return Sealer.objects.filter(pk=1)


@dataclass(kw_only=True)
class Lease:
    """`rows` is the one row, with `holder` and `beat`: the sealer's, or another process's of which one runs."""

    rows: Callable[[], QuerySet[Any]] = _of_sealer
    holder: str = field(default_factory=lambda: uuid.uuid4().hex)
    clock: Callable[[], float] = time.monotonic
    patience: float = PATIENCE_SECONDS
    _seen: tuple[str, int] | None = None
    _seen_at: float = 0.0

    def held(self) -> bool:
        """Take the lease, or say again that it is held; False while another process lives, as far as is known."""
        if self._count_up(self.holder):
            return True
        if self.rows is _of_sealer:
            row()
        now = self.rows().get()
        if now.holder and not self._is_gone(now):
            return False
        rows = self.rows().filter(holder=now.holder, beat=now.beat)
        return bool(rows.update(holder=self.holder, beat=F("beat") + 1))

    def release(self) -> None:
        self.rows().filter(holder=self.holder).update(holder="")

    def _count_up(self, holder: str) -> bool:
        return bool(self.rows().filter(holder=holder).update(beat=F("beat") + 1))

    def _is_gone(self, now: Any) -> bool:
        """Whether the holder has not counted for long enough, by our own watch."""
        seen = (now.holder, now.beat)
        if seen != self._seen:
            self._seen, self._seen_at = seen, self.clock()
        return self.clock() - self._seen_at >= self.patience
