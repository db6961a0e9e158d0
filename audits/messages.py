"""The messages to workers: by which name, and how often the clock sends them. A name stays for ever."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

# Of the workers whom others' slowness may hold up: nothing waits for a long file.
QUEUE = "notices"


class Task(StrEnum):
    MAKE_EXTRACT = "audits.make_extract"
    SWEEP = "audits.sweep"


def routes() -> Mapping[str, Mapping[str, str]]:
    """Return Celery's task_routes."""
    return {str(task): {"queue": QUEUE} for task in Task}


def schedule(settings: Any) -> Mapping[str, Mapping[str, Any]]:
    """Return Celery's beat_schedule. A message expires with its period."""
    seconds = settings.SWEEP_SECONDS
    return {"audits_sweep": {"task": str(Task.SWEEP), "schedule": seconds, "options": {"expires": seconds}}}
