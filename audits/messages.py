"""The messages to workers: by which name, and how often the clock sends them. A name stays for ever."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

# Of the workers whom others' slowness may hold up: nothing waits for a long file.
QUEUE = "notices"
# Of those that read AWS at length, with credentials for it: neither grants nor ends wait behind them. A look takes a minute, and
# looks at the clock with each page and each piece of a file; no two run at once.
READING = "reading"


class Task(StrEnum):
    MAKE_EXTRACT = "audits.make_extract"
    MAKE_PACK = "audits.make_pack"
    SWEEP = "audits.sweep"
    READ_LOG_INS = "audits.read_log_ins"
    LOOK_AT_PERMISSIONS = "audits.look_at_permissions"


def routes() -> Mapping[str, Mapping[str, str]]:
    """Return Celery's task_routes."""
    return {str(task): {"queue": READING if task in (Task.READ_LOG_INS, Task.LOOK_AT_PERMISSIONS) else QUEUE} for task in Task}


def schedule(settings: Any) -> Mapping[str, Mapping[str, Any]]:
    """Return Celery's beat_schedule. A message expires with its period."""
    periods = {
        "audits_sweep": (Task.SWEEP, settings.SWEEP_SECONDS),
        "audits_log_ins": (Task.READ_LOG_INS, settings.LOG_INS_SECONDS),
        "audits_permissions": (Task.LOOK_AT_PERMISSIONS, settings.PERMISSIONS_SECONDS),
    }
    return {
        name: {"task": str(task), "schedule": seconds, "options": {"expires": seconds}}
        for name, (task, seconds) in periods.items()
    }
