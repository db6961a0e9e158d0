"""What AWS was told while the trail could not be written: kept on disk, and recorded before the row is settled."""

import hashlib
import json
import logging
import os
import stat
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from access_requests.models import Elevation
from access_requests.services.record import transition
from audits.acts import Act
from audits.acts.elevations import KeptLine, OfElevation
from audits.merkle import values
from audits.models import EARLIEST, Late, TrailEntry
from portal.rest import strict_json
from portal.storable import storable
from portal.verbs.actor import WORKER

logger = logging.getLogger(__name__)
ACT = Act.ELEVATION_END_RECORDED_LATE
# What an entry says by itself: no line says it.
ENTRYS = frozenset(OfElevation.model_fields)
ENDED = "ended"
# The worker's own, whatever the umask lets others do.
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


def keep(code: str, *, now: datetime, data: Mapping[str, object]) -> None:
    """Append a line to the elevation's file. A disk that is full too must not hold up an end: that is logged instead."""
    line = json.dumps({"spool_id": uuid.uuid4().hex, "at": now, **data}, cls=DjangoJSONEncoder)
    try:
        _make_private(settings.SPOOL_DIR)
        with os.fdopen(os.open(_file(code), os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE_FILE), "a") as file:
            file.write(f"{line}\n")
    except OSError:
        logger.critical("neither trail nor spool can be written; %s: %s", code, line, exc_info=True)


def record(elevation: Elevation, *, now: datetime) -> None:
    """Record in the caller's transaction what was kept of the elevation; the file goes once that has committed.

    A file that survives its commit is recorded once all the same: each line has an id.
    """
    path = _file(elevation.code)
    kept = list(_lines(path))
    for data in kept:
        known = TrailEntry.objects.filter(subject=elevation.code, act=ACT, data__spool_id=data["spool_id"])
        if not known.exists():
            happened = _happened(data.get("at"), now=now)
            transition.record(elevation, act=ACT, actor=WORKER, now=happened, data=data, late=Late.SPOOLED)
    if kept:
        transaction.on_commit(lambda: path.unlink(missing_ok=True), robust=True)


def says_ended(code: str) -> bool:
    """Whether the elevation is out of AWS already, and only its record is behind."""
    return any(line.get("outcome") == ENDED for line in _lines(_file(code)))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yield what each line says. One that says nothing is yielded as it stands: no line may hold up an end."""
    for line in _text(path).splitlines():
        try:
            yield _read(line)
        except ValueError:
            # Half a line, of a disk that filled up or a process that died; or of another hand.
            yield {"spool_id": hashlib.sha256(line.encode()).hexdigest(), "unreadable": storable(line)}


def _read(line: str) -> dict[str, Any]:
    """Return the object of a line as the trail can keep it. Raises ValueError when it is none, or has no id of its own."""
    said = strict_json.read(line)
    if not isinstance(said, dict) or ENTRYS & said.keys():
        raise ValueError("no line of the spool")
    try:
        kept: dict[str, Any] = storable(said)
        # Numbers that the trail cannot seal; a line of ours has none.
        values.check(kept)
        KeptLine.model_validate_json(json.dumps(kept))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return kept


def _text(path: Path) -> str:
    """Return what is in the file, nothing where there is none. One that may not be read stays, and the log says so."""
    try:
        return path.read_text(errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError:
        logger.critical("%s cannot be read: what AWS was told of this end is not recorded", path, exc_info=True)
        return ""


def _make_private(folder: Path) -> None:
    """Make the folder, or close one that others may look into: its lines become entries of the trail.

    A folder of somebody else's, such as a volume that a group may write, stays as it is: an end that is kept there is better
    than one that is not.
    """
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) & ~PRIVATE_FOLDER:
        try:
            folder.chmod(PRIVATE_FOLDER)
        except PermissionError:
            logger.warning("%s is another's, and others may look into it", folder)


def _happened(said: object, *, now: datetime) -> datetime:
    """Return when AWS was told, as far as the line still says so; now for what cannot be, which the trail would refuse."""
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        return now
    return moment if timezone.is_aware(moment) and EARLIEST <= moment <= now else now


def _file(code: str) -> Path:
    path: Path = settings.SPOOL_DIR / f"{code}.jsonl"
    return path
