"""The portal's own work in the past: what its workers and its clock would have done, in this process, one after the other."""

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from celery import Celery
from django.db.models import Min, QuerySet
from django.utils import timezone

from access_requests import tasks
from access_requests.lifecycle import INSIDE, UNDECIDED, UNSETTLED, ElevationStatus
from access_requests.messages import Queue, Task
from access_requests.models import AccessRequest, AutomationExecution, Elevation
from audits import tasks as audit
from audits.log_ins import rounds
from portal.celery import app as workers_application
from portal.demo.past.clocks import Clocks

# How long after something is due a sweep has found it.
SOON = timedelta(seconds=2)
_LONG = 600.0
TAKEN = frozenset(str(task) for task in Task if task.queue is not Queue.NOTICES)


class Messages(Celery):
    """Keeps what is sent to workers, for `Portal` to do. Of notices nobody hears: they would tell the present of the past."""

    def __init__(self) -> None:
        super().__init__("past")
        self.waiting: deque[tuple[str, Sequence[int]]] = deque()

    def send_task(self, name: str, args: Sequence[int] | None = None, **_options: Any) -> None:  # type: ignore[override]
        if name in TAKEN:
            self.waiting.append((name, args or ()))


class Portal:
    def __init__(self, messages: Messages, clocks: Clocks) -> None:
        self._messages = messages
        self.clocks = clocks

    def work(self) -> None:
        """Do what was sent, and what comes of it."""
        waiting = self._messages.waiting
        while waiting:
            name, arguments = waiting.popleft()
            self._messages.tasks[name](*arguments)

    def work_until(self, moment: datetime) -> None:
        """Let time pass until then, with each thing done as it becomes due."""
        while (due := _next_due()) is not None and due < moment:
            self.clocks.put(max(due, timezone.now()) + SOON)
            tasks.sweep_ends()
            tasks.sweep_grants()
            self.work()
        self.clocks.put(moment)

    def look_through_the_trail(self) -> None:
        """Note what entries mention, and make findings of what they tell."""
        audit.sweep()

    def read_log_ins(self) -> None:
        """Read all that CloudTrail tells, at once: nobody limits how often it is asked yet. Its files are for the workers."""
        rounds.read(now=timezone.now(), seconds=_LONG, pace=0, with_files=False)

    def forward(self, time: timedelta) -> None:
        self.work_until(timezone.now() + time)


@contextmanager
def portal(clocks: Clocks) -> Iterator[Portal]:
    """Have this process do what is sent to workers, until the end."""
    messages = Messages()
    try:
        yield Portal(messages, clocks)
    finally:
        workers_application.set_current()
        messages.close()


def _next_due() -> datetime | None:
    """Return when something is to be done next: what the sweeps look for, by its time."""
    moments = [rows.aggregate(next=Min(column))["next"] for rows, column in _due()]
    return min(filter(None, moments), default=None)


def _due() -> Iterator[tuple[QuerySet[Any], str]]:
    elevations = Elevation.objects.all()
    yield elevations.filter(status=ElevationStatus.SCHEDULED), "starts_at"
    yield elevations.filter(status__in=sorted(INSIDE - {ElevationStatus.SCHEDULED})), "ends_at"
    yield elevations.filter(status__in=sorted(UNSETTLED)), "try_again_at"
    yield elevations, "fence_due_at"
    yield elevations, "evaluate_at"
    yield AutomationExecution.objects.all(), "follow_at"
    yield AccessRequest.objects.filter(status__in=sorted(UNDECIDED)), "decide_until"
