"""What AWS was told while the trail could not be written: kept on disk, and recorded before the row is settled."""

import hashlib
import json
import logging
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from access_requests.actor import WORKER
from access_requests.models import Elevation
from access_requests.services import transition
from audits.models import Late, TrailEntry

logger = logging.getLogger(__name__)
ACT = "elevation.end_recorded_late"
ENDED = "ended"


def keep(code: str, *, now: datetime, data: Mapping[str, object]) -> None:
    """Append a line to the elevation's file. A disk that is full too must not hold up an end: that is logged instead."""
    line = json.dumps({"spool_id": uuid.uuid4().hex, "at": now, **data}, cls=DjangoJSONEncoder)
    try:
        settings.SPOOL_DIR.mkdir(parents=True, exist_ok=True)
        with _file(code).open("a") as file:
            file.write(f"{line}\n")
    except OSError:
        logger.critical("neither trail nor spool can be written; %s: %s", code, line, exc_info=True)


def record(elevation: Elevation, *, now: datetime) -> None:
    """Record in the caller's transaction what was kept of the elevation; the file goes once that has committed.

    A file that survives its commit is recorded once all the same: each line has an id.
    """
    path = _file(elevation.code)
    if not path.exists():
        return
    for data in _lines(path):
        known = TrailEntry.objects.filter(subject=elevation.code, act=ACT, data__spool_id=data["spool_id"])
        if not known.exists():
            # When AWS was told, as far as the line still says so; the database adds when that was recorded.
            happened = _moment(data.get("at")) or now
            transition.record(elevation, act=ACT, actor=WORKER, now=happened, data=data, late=Late.SPOOLED)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def says_ended(code: str) -> bool:
    """Whether the elevation is out of AWS already, and only its record is behind."""
    path = _file(code)
    return path.exists() and any(line.get("outcome") == ENDED for line in _lines(path))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(errors="replace").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            # Half a line, of a disk that filled up or a process that died. What there is of it is recorded too.
            yield {"spool_id": hashlib.sha256(line.encode()).hexdigest(), "unreadable": line.replace("\0", "")}


def _moment(said: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else None


def _file(code: str) -> Path:
    path: Path = settings.SPOOL_DIR / f"{code}.jsonl"
    return path
