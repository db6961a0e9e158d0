"""A campaign as its entries tell it, from the trail alone."""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from audits.acts import Act
from audits.models import Review, TrailEntry
from portal.storable import AsTyped

OF_ITEM = (Act.REVIEW_ASSIGNED, Act.REVIEW_KEPT, Act.REVIEW_REMOVAL_DECIDED, Act.REVIEW_REMOVED)
TEXTS = ("number", "kind", "people", "thing", "facts", "command", "reviewer", "state", "reason", "decided_by")
TIMES = ("decided_at", "removed_at")
# What no decision changes; and what an administrator may, as long as there is none.
FIXED = ("kind", "people", "thing", "facts", "command")
REVIEWER = "reviewer"


def said(entry: TrailEntry) -> Any:
    return json.loads(json.dumps(entry.data, cls=AsTyped))


def campaign(entry: TrailEntry) -> dict[str, Any]:
    """Return the columns of a campaign, of the entry that opened it."""
    review = said(entry)["review"]
    days = {name: date.fromisoformat(review[name]) for name in ("due_on", "kept_until")}
    whole = {"code": review["code"], "name": review["name"], **days}
    return {**whole, "opened_by": entry.on_behalf_of or entry.actor, "opened_at": entry.at, "entry_id": entry.pk}


def item(told: Mapping[str, Any], entry: TrailEntry) -> dict[str, Any]:
    """Return the columns of an item, as an entry has it."""
    times = {name: datetime.fromisoformat(told[name]) if told[name] else None for name in TIMES}
    return {**{name: told[name] for name in TEXTS}, **times, "entry_id": entry.pk}


def faults() -> Iterator[dict[str, str]]:
    """Yield where rows beside the trail are not what it tells, or where it tells of campaigns that have no row."""
    rows = {review.code: review for review in Review.objects.prefetch_related("items")}
    told: dict[str, dict[int, dict[str, Any]]] = {}
    for entry in TrailEntry.objects.filter(act__in=(Act.REVIEW_OPENED, *OF_ITEM)).order_by("pk").iterator():
        code = entry.subject.partition(":")[2].partition("/")[0]
        if entry.act == Act.REVIEW_OPENED:
            told[code] = {one["number"]: item(one, entry) for one in said(entry)["items"]}
            if code not in rows or _differs(rows[code], campaign(entry)):
                yield _fault(code, "it is missing, or not as the trail tells it")
        elif code in told:
            one = said(entry)["item"]
            opened = told[code].get(one["number"])
            fixed = FIXED if entry.act == Act.REVIEW_ASSIGNED else (*FIXED, REVIEWER)
            if opened is None or any(opened[name] != one[name] for name in fixed):
                yield _fault(code, f"the entry {entry.pk} tells of an item that it was not opened with")
            told[code][one["number"]] = item(one, entry)
    for code, review in rows.items():
        items = {each.number: each for each in review.items.all()}
        known = told.get(code, {})
        if items.keys() != known.keys() or any(_differs(items[number], state) for number, state in known.items()):
            yield _fault(code, "its items are not what the trail tells")


def _differs(row: object, state: Mapping[str, Any]) -> bool:
    return any(getattr(row, name) != value for name, value in state.items())


def _fault(code: str, what: str) -> dict[str, str]:
    return {"place": f"access review {code}", "what": what}
