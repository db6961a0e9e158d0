"""The messages to workers: by which name, through which queue, and how often the clock sends them.

A name stays for ever: messages of the release before are in the broker while this one starts.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Self


class Queue(StrEnum):
    """Each has workers of its own: ends wait for no grant, and nothing waits for notices, whom others' slowness holds up."""

    GRANTS = "grants"
    ENDS = "ends"
    NOTICES = "notices"
    # Reads all there is, under the auditor's role of the database.
    AUDIT = "audit"


class Task(StrEnum):
    """`every` names the setting with the seconds after which the clock sends it again; empty where nothing does."""

    queue: Queue
    every: str

    def __new__(cls, name: str, queue: Queue = Queue.GRANTS, every: str = "") -> Self:
        value = f"access_requests.{name}"
        task = str.__new__(cls, value)
        task._value_, task.queue, task.every = value, queue, every
        return task

    GRANT = "grant"
    PROLONG = "prolong"
    READ_ROLE = "read_role"
    FOLLOW_CHANGE = "follow_change"
    # Its name is from before pages said "evaluated".
    EVALUATE = "judge"
    UNDO_DRIFT = "undo_drift"
    SWEEP = "sweep", Queue.GRANTS, "SWEEP_SECONDS"
    RECONCILE = "reconcile", Queue.GRANTS, "RECONCILE_SECONDS"
    PROBE_BACKENDS = "probe_backends", Queue.GRANTS, "HEALTH_SECONDS"

    END = "end", Queue.ENDS
    TIDY = "tidy", Queue.ENDS
    GATE = "gate", Queue.ENDS
    SWEEP_ENDS = "sweep_ends", Queue.ENDS, "SWEEP_SECONDS"

    COMPARE_TRAIL = "compare_trail", Queue.AUDIT, "COMPARE_TRAIL_SECONDS"

    TELL = "tell", Queue.NOTICES
    SEND_NOTICE = "send_notice", Queue.NOTICES
    SWEEP_NOTICES = "sweep_notices", Queue.NOTICES, "SWEEP_SECONDS"
    WATCH_SEAL = "watch_seal", Queue.NOTICES, "SEAL_WATCH_SECONDS"


def routes() -> Mapping[str, Mapping[str, str]]:
    """Return Celery's task_routes."""
    return {str(task): {"queue": str(task.queue)} for task in Task}


def schedule(settings: Any) -> Mapping[str, Mapping[str, Any]]:
    """Return Celery's beat_schedule. A message expires with its period: whoever was away has nothing to catch up with."""
    periods = {task: getattr(settings, task.every) for task in Task if task.every}
    return {
        task.name.lower(): {"task": str(task), "schedule": seconds, "options": {"expires": seconds}}
        for task, seconds in periods.items()
    }
