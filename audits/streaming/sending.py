"""Sending the stream: by one process at a time, from the entry after the last one that was taken, each at least once.

The position is moved when the place has taken a batch, so that whoever is killed in between sends it again. Who has lost the
lease sends nothing more: they find that out before each batch, and again when they move the position.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models import QuerySet
from django.utils import timezone

from audits import personal, selectors
from audits.models import Stream, TrailEntry
from audits.sealing.lease import Lease
from audits.streaming import events
from audits.streaming.places import Batch, NotTaken, Place

logger = logging.getLogger(__name__)
MOST_ENTRIES, MOST_BYTES = 500, 1_000_000
# A place that does not take anything is asked again after so long, twice as long each time.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0


@dataclass(kw_only=True)
class Sending:
    place: Place
    lease: Lease = field(init=False)

    def __post_init__(self) -> None:
        Stream.objects.get_or_create(place=self.place.name)
        self.lease = Lease(rows=self._rows)

    def step(self) -> int | None:
        """Send a batch; return how many entries it had, or None while another process sends. Raises NotTaken."""
        if not self.lease.held():
            return None
        position = self._rows().values_list("position", flat=True).get()
        entries = list(selectors.after(position)[:MOST_ENTRIES])
        if not entries:
            return 0
        count, batch = _batch(entries)
        try:
            self.place.take(batch)
        except NotTaken as trouble:
            self._note(str(trouble))
            raise
        mine = self._rows().filter(holder=self.lease.holder, position=position)
        taken = mine.update(position=batch.last, sent_at=timezone.now(), failing_since=None, problem="")
        return count if taken else None

    def run(self, wait: Callable[[float], bool], alive: Callable[[], None]) -> None:
        """Send until told to stop. A place or a database that is away is waited for."""
        pause = FIRST_PAUSE
        try:
            while True:
                try:
                    close_old_connections()
                    sent = self.step()
                    pause, idle = FIRST_PAUSE, 0.0 if sent else float(settings.STREAM_SECONDS)
                except NotTaken as trouble:
                    logger.warning("%s did not take the stream: %s", self.place.name, trouble)
                    idle, pause = pause, min(2 * pause, LONGEST_PAUSE)
                except DatabaseError:
                    logger.exception("the stream waits for the database")
                    idle, pause = pause, min(2 * pause, LONGEST_PAUSE)
                alive()
                if wait(idle):
                    return
        finally:
            self.lease.release()

    def _rows(self) -> QuerySet[Stream]:
        return Stream.objects.filter(place=self.place.name)

    def _note(self, problem: str) -> None:
        self._rows().filter(holder=self.lease.holder).update(problem=problem[:300])
        self._rows().filter(holder=self.lease.holder, failing_since=None).update(failing_since=timezone.now())


def _batch(entries: Sequence[TrailEntry]) -> tuple[int, Batch]:
    """Return as much as fits into a batch, at least one entry, and how many entries that is."""
    lines: list[bytes] = []
    size = 0
    for entry in personal.shown(entries) if settings.STREAM_PERSONAL else entries:
        said = events.line(entry).encode()
        if lines and size + len(said) > MOST_BYTES:
            break
        lines.append(said)
        size += len(said)
    return len(lines), Batch(first=entries[0].pk, last=entries[len(lines) - 1].pk, lines=b"".join(lines))
