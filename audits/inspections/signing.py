"""Somebody signs entries to production, row by row; with the last row the day is signed."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from audits import trail
from audits.acts import Act
from audits.findings import writing
from audits.inspections import folding, inspection_errors, plan, population
from audits.inspections.rules import Bar, Use, bar
from audits.merkle import notes
from audits.models import Checkpoint, Inspection, InspectionRow
from portal.storable import AsTyped
from portal.verbs.actor import Actor
from portal.verbs.rejections import NotAllowed, NotFound

REFUSES: Mapping[Bar, type[NotAllowed]] = {
    Bar.NOT_INSPECTOR: inspection_errors.NotAnInspector,
    Bar.OWN: inspection_errors.OwnUse,
    Bar.ASKED: inspection_errors.OwnLeave,
    Bar.APPROVED: inspection_errors.OwnLeave,
}


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A signature that is to be. `seen` is the row's digest as it was shown; None stands for what there is now."""

    part: int
    number: int
    comment: str = ""
    seen: str | None = None


def sign(*, day: date, marks: Sequence[Mark], actor: Actor, now: datetime) -> list[Inspection]:
    """Sign these rows of the day, all or none; return its parts as they are then. What is typed was cleaned before.

    Raises InspectionNotProven, NotAnInspector, DayNotRead, NothingToSign, NotFound, RowSigned, OwnUse, OwnLeave, RowChanged,
    DeviationUnexplained.
    """
    inspectors = _inspectors(actor)
    parts = {part.part: part for part in Inspection.objects.select_for_update().filter(day=day).order_by("part")}
    if not parts:
        raise inspection_errors.DayNotRead(day=day)
    if not marks:
        raise inspection_errors.NothingToSign(field="rows")
    # Nobody tells of a finding or a report between the look at the rows and their signature.
    writing.hold()
    rows = {(row.inspection.part, row.number): row for row in _rows(parts)}
    uses = population.of_codes([row.log_in for row in rows.values()])
    for mark in marks:
        row = rows.get((mark.part, mark.number))
        if row is None:
            raise NotFound
        _check(row, uses[row.log_in], mark, actor, inspectors)
        _sign(row, uses[row.log_in], mark, actor, now)
    for number in sorted({mark.part for mark in marks}):
        if not any(row.signed_at is None for (part, _number), row in rows.items() if part == number):
            _close(parts[number], actor, now)
    return [parts[number] for number in sorted(parts)]


def _inspectors(actor: Actor) -> frozenset[str]:
    if actor.by_service:
        raise inspection_errors.InspectionNotProven
    wanted = plan.current()
    if wanted is None or not actor.who.is_active or actor.who.username not in wanted.inspectors:
        raise inspection_errors.NotAnInspector
    return wanted.inspectors


def _rows(parts: Mapping[int, Inspection]) -> list[InspectionRow]:
    rows = InspectionRow.objects.filter(inspection__in=parts.values())
    return list(rows.select_related("inspection").order_by("inspection__part", "number"))


def _check(row: InspectionRow, use: Use, mark: Mark, actor: Actor, inspectors: frozenset[str]) -> None:
    if row.signed_at is not None:
        raise inspection_errors.RowSigned(log_in=row.log_in)
    why = bar(actor.who.username, use, inspectors=inspectors)
    if why is not None:
        raise REFUSES[why](log_in=row.log_in)
    if mark.seen is not None and mark.seen != use.digest:
        raise inspection_errors.RowChanged(log_in=row.log_in)
    if use.deviations and not mark.comment:
        raise inspection_errors.DeviationUnexplained(field="comment", log_in=row.log_in)


def _sign(row: InspectionRow, use: Use, mark: Mark, actor: Actor, now: datetime) -> None:
    """Append the signature with all that was known of the row, and save the row as the entry has it."""
    described = folding.described(row.number, use, comment=mark.comment, signed_by=actor.who.username, signed_at=now)
    said = json.loads(json.dumps({"row": described}, cls=AsTyped))
    subject = f"{folding.PREFIX}{row.inspection.code}"
    entry = trail.record_act(now=now, act=Act.INSPECTION_ROW_SIGNED, actor=actor, subject=subject, data=said)
    for name, value in folding.row(said["row"], entry).items():
        setattr(row, name, value)
    row.save()


def _close(part: Inspection, actor: Actor, now: datetime) -> None:
    """Append that all is signed, with the newest checkpoint of the trail."""
    part.signed_at, part.checkpoint = now, _head()
    said = json.loads(json.dumps({"inspection": {name: getattr(part, name) for name in folding.PART}}, cls=AsTyped))
    entry = trail.record_act(now=now, act=Act.INSPECTION_SIGNED, actor=actor, subject=f"{folding.PREFIX}{part.code}", data=said)
    for name, value in folding.part(entry).items():
        setattr(part, name, value)
    part.save()


def _head() -> dict[str, object] | None:
    """Return the newest signed head; None where nothing is sealed yet."""
    newest = Checkpoint.objects.order_by("-pk").first()
    if newest is None:
        return None
    head = notes.Checkpoint.read(newest.note)
    return {"log": head.origin, "size": head.size, "root": base64.b64encode(head.root).decode()}
