"""The sealing process: a round every few seconds under the lease; how each went is kept for the pages."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from audits.models import Sealer, SealState
from audits.sealing import beginning, growing, lease, rounds
from audits.sealing.guards import GuardTrouble
from audits.sealing.lease import Lease
from audits.sealing.rounds import LeaseGone, Means, Stopped
from audits.sealing.stamping import Stamping

logger = logging.getLogger(__name__)
# How often the guard is looked at where there is nothing to sign.
LOOK_SECONDS = 60.0


@dataclass(kw_only=True)
class Sealing:
    means: Means
    lease: Lease = field(default_factory=Lease)
    stamping: Stamping | None = None
    clock: Callable[[], float] = time.monotonic
    _looked_at: float | None = None

    def step(self) -> SealState | None:
        """Do a round if there is something to seal or to look at; return how sealing is, or None while another sealer does it."""
        if not self.lease.held():
            return None
        if not self._is_due():
            return SealState.SEALED
        try:
            state = rounds.seal(replace(self.means, holder=self.lease.holder))
        except LeaseGone:
            return None
        except Stopped as stopped:
            self._keep(stopped.state, stopped.detail)
            return stopped.state
        self._looked_at = self.clock()
        self._keep(state, "")
        return state

    def run(self, wait: Callable[[float], bool], alive: Callable[[], None]) -> None:
        """Seal until told to stop. A database that is away is waited for."""
        try:
            while True:
                pause = float(settings.SEAL_SECONDS)
                try:
                    close_old_connections()
                    state = self.step()
                    if state == SealState.BEHIND:
                        pause = 0.0
                    if state is not None and self.stamping is not None:
                        self.stamping.step()
                except DatabaseError:
                    logger.exception("the database does not answer; entries wait to be sealed")
                alive()
                if wait(pause):
                    return
        finally:
            if self.stamping is not None:
                self.stamping.close()
            self.lease.release()

    def _is_due(self) -> bool:
        """Whether entries wait, or the guard was not looked at for a while. Nothing of it is due for who is stopped but that."""
        if self._looked_at is None or self.clock() - self._looked_at >= LOOK_SECONDS:
            return True
        log = beginning.latest()
        newest = rounds.newest(log) if log else None
        return log is None or growing.length(log) != (newest.size if newest else 0)

    def _keep(self, state: SealState, detail: str) -> None:
        """Keep how sealing is; since when, where it is another way than before."""
        now, before = timezone.now(), lease.row()
        if (before.state, before.detail) != (state, detail):
            goes_on = state in (SealState.SEALED, SealState.BEHIND)
            (logger.info if goes_on else logger.critical)("sealing: %s %s", state.value, detail)
        said = {"state": state, "detail": detail, "since": before.since if before.state == state else now, "seen_at": now}
        with suppress(GuardTrouble):
            said["origin"] = beginning.latest_origin(self.means.guard, self.means.base)
        guard = self.means.guard
        Sealer.objects.filter(pk=1).update(guard=guard.place, remark=guard.remark, **said)


def base_origin() -> str:
    """Return the portal's address without scheme."""
    address = urlsplit(settings.PORTAL_URL)
    return f"{address.netloc}{address.path}".rstrip("/")
