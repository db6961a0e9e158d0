"""Making a file: a worker takes an export, writes it part by part, and says how far it is. Another takes over if it dies."""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation

from audits import mentions, searching, showing, trail
from audits.acts import Act
from audits.extracts import rows
from audits.models import Extract, ExtractPart, ExtractState
from audits.searching import OLDEST_FIRST, Filters, Found
from portal.keyset import beyond
from portal.verbs.actor import WORKER
from portal.verbs.run import run

PART = 500
# More than anybody reads; whoever needs all of the trail takes the sealed export (`export_audit`).
MOST_ROWS = 1_000_000
TOO_MANY = "too_many_rows"
# Each part is a sign of life. After so long without one, another worker begins again.
LONGEST_SILENCE = timedelta(minutes=2)


class Overtaken(Exception):
    """Another worker makes it."""


def make(extract_id: int) -> None:
    """Make the file, unless it is made, or being made."""
    claim = uuid.uuid4().hex
    if not _take(extract_id, claim):
        return
    extract = Extract.objects.get(pk=extract_id)
    while mentions.catch_up():
        pass
    found = searching.found(Filters.of(extract.filters, last=extract.last))
    extract.total = found.rows.count()
    if extract.total > MOST_ROWS:
        run(lambda: fail(extract, TOO_MANY))
        return
    try:
        _write(extract, found)
    except Overtaken:
        return


def fail(extract: Extract, problem: str) -> None:
    """Say that there is no file, and why."""
    now = timezone.now()
    mine = Extract.objects.filter(pk=extract.pk, claim=extract.claim, state=ExtractState.RUNNING)
    if mine.update(state=ExtractState.FAILED, problem=problem):
        ExtractPart.objects.filter(extract=extract).delete()
        trail.record_act(now=now, act=Act.EXPORT_FAILED, actor=WORKER, subject=extract.code, data={"problem": problem})


def _take(extract_id: int, claim: str) -> bool:
    """Take the export for this worker; of two that ask at once, and of a message that came twice, one loses here."""
    now = timezone.now()
    free = Q(state=ExtractState.WAITING) | Q(state=ExtractState.RUNNING, alive_at__lt=now - LONGEST_SILENCE)
    taken = Extract.objects.filter(free, pk=extract_id).update(
        state=ExtractState.RUNNING, claim=claim, alive_at=now, attempts=F("attempts") + 1, rows=0, size=0
    )
    if taken:
        ExtractPart.objects.filter(extract_id=extract_id).delete()
    return bool(taken)


def _write(extract: Extract, found: Found) -> None:
    digest = hashlib.sha256()
    with translation.override(extract.language), timezone.override(extract.zone):
        parts = rows.parts(extract.format, (showing.shown(found.entries(each)) for each in _batches(found)))
        for number, (count, content) in enumerate(parts):
            digest.update(content)
            extract.rows, extract.size = extract.rows + count, extract.size + len(content)
            with transaction.atomic():
                _say(extract, alive_at=timezone.now())
                ExtractPart.objects.create(extract=extract, number=number, content=content)
    extract.sha256 = digest.hexdigest()
    run(lambda: _finish(extract))


def _finish(extract: Extract) -> None:
    now = timezone.now()
    _say(
        extract,
        state=ExtractState.DONE,
        sha256=extract.sha256,
        kept_until=now + timedelta(hours=settings.TRAIL_EXPORTS_KEPT_HOURS),
    )
    data = {"rows": extract.rows, "bytes": extract.size, "sha256": extract.sha256}
    trail.record_act(now=now, act=Act.EXPORT_MADE, actor=WORKER, subject=extract.code, data=data)


def _say(extract: Extract, **more: Any) -> None:
    """Write how far it is. Raises Overtaken where the export is not this worker's any more."""
    mine = Extract.objects.filter(pk=extract.pk, claim=extract.claim, state=ExtractState.RUNNING)
    if not mine.update(rows=extract.rows, size=extract.size, total=extract.total, **more):
        raise Overtaken


def _batches(found: Found) -> Iterator[Sequence[Any]]:
    order = found.order(OLDEST_FIRST)
    batch = list(found.rows.order_by(*order)[:PART])
    while batch:
        yield batch
        batch = list(found.rows.filter(beyond(batch[-1], order)).order_by(*order)[:PART])
