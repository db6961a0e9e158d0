"""Making a pack: a worker takes it, does the steps that are left, and says how far it is. Another goes on where one died."""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone, translation

from audits import trail
from audits.acts import Act
from audits.models import ExtractState, Pack, PackFile
from audits.packs import steps, storing, zipping
from portal.verbs.actor import WORKER
from portal.verbs.run import run

# A step of a large company takes minutes. Its end is the next sign of life.
LONGEST_SILENCE = timedelta(minutes=30)


class Overtaken(Exception):
    """Another worker makes it."""


def make(pack_id: int) -> None:
    """Make the pack, unless it is made, or being made."""
    claim = uuid.uuid4().hex
    if not _take(pack_id, claim):
        return
    pack = Pack.objects.get(pk=pack_id)
    try:
        with tempfile.TemporaryDirectory(prefix="sekisho-pack-") as place, _as_ordered(pack):
            _make(pack, Path(place))
    except Overtaken:
        return


def fail(pack: Pack, problem: str) -> None:
    """Say that there is no pack, and why."""
    mine = Pack.objects.filter(pk=pack.pk, claim=pack.claim, state=ExtractState.RUNNING)
    if mine.update(state=ExtractState.FAILED, problem=problem):
        PackFile.objects.filter(pack=pack).delete()
        data = {"problem": problem}
        trail.record_act(now=timezone.now(), act=Act.PACK_FAILED, actor=WORKER, subject=pack.code, data=data)


def _take(pack_id: int, claim: str) -> bool:
    """Take the pack for this worker; of two that ask at once, and of a message that came twice, one loses here."""
    now = timezone.now()
    free = Q(state=ExtractState.WAITING) | Q(state=ExtractState.RUNNING, alive_at__lt=now - LONGEST_SILENCE)
    taken = Pack.objects.filter(free, pk=pack_id).update(
        state=ExtractState.RUNNING, claim=claim, alive_at=now, attempts=F("attempts") + 1
    )
    return bool(taken)


def _make(pack: Pack, place: Path) -> None:
    folder, names = place / "pack", list(steps.STEPS)
    folder.mkdir()
    storing.restore(pack, folder)
    for name in names[names.index(pack.step) + 1 if pack.step else 0 :]:
        steps.STEPS[name](pack, folder)
        run(lambda step=name: _settle(pack, step, folder))  # type: ignore[misc]
    made = place / zipping.NAME
    digests = zipping.write(pack, folder, made)
    run(lambda: _finish(pack, made, zipping.counted(digests)))


def _settle(pack: Pack, step: str, folder: Path) -> None:
    """Keep what a step made, and that it is done. Of the draw the trail is told here, once."""
    pack.step = step
    _say(pack, step=step, said=pack.said, rows=pack.rows)
    storing.keep(pack, step, folder)
    if step == "gather":
        steps.tell_draw(pack)


def _finish(pack: Pack, made: Path, files: int) -> None:
    now = timezone.now()
    pack.bytes, pack.sha256 = made.stat().st_size, zipping.digest(made)
    kept_until = now + timedelta(days=settings.EVIDENCE_PACKS_KEPT_DAYS)
    _say(pack, state=ExtractState.DONE, bytes=pack.bytes, sha256=pack.sha256, kept_until=kept_until)
    storing.replace(pack, made)
    data = {"files": files, "bytes": pack.bytes, "sha256": pack.sha256}
    trail.record_act(now=now, act=Act.PACK_MADE, actor=WORKER, subject=pack.code, data=data)


def _say(pack: Pack, **more: Any) -> None:
    """Write how far it is. Raises Overtaken where the pack is not this worker's any more."""
    mine = Pack.objects.filter(pk=pack.pk, claim=pack.claim, state=ExtractState.RUNNING)
    if not mine.update(alive_at=timezone.now(), **more):
        raise Overtaken


@contextmanager
def _as_ordered(pack: Pack) -> Iterator[None]:
    with translation.override(pack.language), timezone.override(pack.zone):
        yield
