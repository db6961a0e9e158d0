"""A daily inspection as its entries tell it, from the trail alone."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from audits.acts import Act
from audits.inspections.rules import Use
from audits.models import Inspection, InspectionRow, TrailEntry
from portal.storable import AsTyped

PREFIX = "inspection:"
OF_PART = (Act.INSPECTION_OPENED, Act.INSPECTION_SIGNED)
ACTS = (*OF_PART, Act.INSPECTION_ROW_SIGNED)
PART = ("day", "part", "due_on", "read_until", "unread", "refused", "signed_at", "checkpoint")
OF_USE = ("log_in", "began_at", "kind", "reason", "account", "role", "who", "person", "elevation", "request", "requester")
ROW = ("number", *OF_USE, "approvers", "report", "findings", "deviations", "comment", "signed_by", "signed_at")
# What a signature does not change.
FIXED = ("day", "part", "due_on", "read_until", "unread", "refused")


def said(entry: TrailEntry) -> Any:
    return json.loads(json.dumps(entry.data, cls=AsTyped))


def part(entry: TrailEntry) -> dict[str, Any]:
    """Return the columns of a part, without the moment at which it was opened, of an entry that tells of it."""
    told = said(entry)["inspection"]
    days = {name: date.fromisoformat(told[name]) for name in ("day", "due_on")}
    times = {name: _moment(told[name]) for name in ("read_until", "signed_at")}
    return {**{name: told[name] for name in PART}, **days, **times, "entry_id": entry.pk}


def row(told: Mapping[str, Any], entry: TrailEntry) -> dict[str, Any]:
    """Return the columns of a row, as an entry has it."""
    times = {name: _moment(told[name]) for name in ("began_at", "signed_at")}
    return {**{name: told[name] for name in ROW}, **times, "entry_id": entry.pk}


def described(
    number: int, use: Use, *, comment: str = "", signed_by: str = "", signed_at: datetime | None = None
) -> dict[str, Any]:
    """Return a row as its entry says it."""
    fixed = asdict(use)
    return {
        "number": number,
        "log_in_entry": use.log_in_entry,
        **{name: fixed[name] for name in OF_USE},
        "approvers": list(use.approvers),
        "report": use.report.status if use.report else "",
        "findings": list(use.findings),
        "deviations": [str(each) for each in use.deviations],
        "comment": comment,
        "signed_by": signed_by,
        "signed_at": signed_at,
    }


def faults() -> Iterator[dict[str, str]]:
    """Yield where rows beside the trail are not what it tells, or where it tells of inspections that have no row."""
    there = {one.code: one for one in Inspection.objects.prefetch_related("rows")}
    parts: dict[str, dict[str, Any]] = {}
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for entry in TrailEntry.objects.filter(act__in=ACTS).order_by("pk").iterator():
        code = entry.subject.removeprefix(PREFIX)
        if entry.act == Act.INSPECTION_OPENED:
            rows[code] = {each["number"]: row(each, entry) for each in said(entry)["rows"]}
        if entry.act in OF_PART:
            opened = {"opened_at": entry.at} if entry.act == Act.INSPECTION_OPENED else {}
            parts[code] = {**parts.get(code, {}), **part(entry), **opened}
        elif code in rows:
            rows[code][said(entry)["row"]["number"]] = row(said(entry)["row"], entry)
    for code in sorted(parts.keys() | there.keys()):
        if code not in there or _differs(there[code], parts.get(code, {"day": None})):
            yield _fault(code, "it is missing, or not as the trail tells it")
        elif not _same_rows(list(there[code].rows.all()), rows.get(code, {})):
            yield _fault(code, "its rows are not what the trail tells")


def _same_rows(kept: list[InspectionRow], told: Mapping[int, Mapping[str, Any]]) -> bool:
    by_number = {each.number: each for each in kept}
    return by_number.keys() == told.keys() and not any(_differs(by_number[number], state) for number, state in told.items())


def _differs(kept: object, state: Mapping[str, Any]) -> bool:
    return any(getattr(kept, name) != value for name, value in state.items())


def _fault(code: str, what: str) -> dict[str, str]:
    return {"place": f"daily inspection {code}", "what": what}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
