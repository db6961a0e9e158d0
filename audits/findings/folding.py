"""A finding as its entries tell it, from the trail alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from audits import mentions, selectors
from audits.acts import Act
from audits.findings.identity import code_of
from audits.models import Finding, Severity, TrailEntry

ACTS = tuple(act for act in Act if act.startswith("finding."))
TIMES = ("first_seen_at", "last_seen_at", "opened_at", "closed_at")
DATES = ("due_on", "accepted_until", "asked_until")
TEXTS = ("code", "kind", "status", "owner", "accepted_by", "asked_by", "asked_because")
OTHERS = ("caused_by", "key", "times_opened", "evidence_to")
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Told:
    """A finding with all its entries, oldest first. What the last of them says of it is what it is."""

    entries: Sequence[TrailEntry] = field(repr=False)

    @cached_property
    def state(self) -> Mapping[str, Any]:
        return state_of(self.entries[-1])

    @property
    def evidence(self) -> list[int]:
        """The ids of all entries by which it was seen."""
        return sorted({number for entry in self.entries for number in entry.data.get("evidence", ())})


def told(code: str) -> Told | None:
    """Return a finding as the trail tells it; None where it tells of none. One query."""
    entries = selectors.of_subjects([code], acts=ACTS)[code]
    return Told(entries=entries) if entries else None


def state_of(entry: TrailEntry) -> dict[str, Any]:
    """Return what an entry says of its finding, as the row beside the trail has it."""
    said = entry.data["finding"]
    return {
        **{name: said[name] for name in (*TEXTS, *OTHERS)},
        **{name: datetime.fromisoformat(said[name]) if said[name] else None for name in TIMES},
        **{name: date.fromisoformat(said[name]) if said[name] else None for name in DATES},
        "severity": Severity[said["severity"].upper()].value,
        "entry_id": entry.pk,
    }


def names_of(state: Mapping[str, Any]) -> set[str]:
    """Return what a finding names, as searches compare it."""
    named = {state["code"], *state["key"].values(), *state["caused_by"]}
    return {folded for name in named if (folded := mentions.folded(name))}


def faults() -> Iterator[dict[str, str]]:
    """Yield where rows beside the trail are not what it tells, or where it tells of findings that have no row."""
    after = 0
    while rows := list(Finding.objects.filter(pk__gt=after).order_by("pk").prefetch_related("names")[:BATCH]):
        after = rows[-1].pk
        last = {entry.subject: entry for entry in _last_entries([row.code for row in rows])}
        yield from ({"place": f"finding {row.code}", "what": what} for row in rows if (what := _wrong(row, last.get(row.code))))
    known = Finding.objects.values("code")
    opened = TrailEntry.objects.filter(act=Act.FINDING_OPENED).exclude(subject__in=known)
    for subject in opened.values_list("subject", flat=True).distinct().order_by("subject").iterator():
        yield {"place": f"finding {subject}", "what": "it is missing: lists of findings leave it out"}


def _last_entries(codes: Sequence[str]) -> list[TrailEntry]:
    last: dict[str, TrailEntry] = {}
    of_findings: QuerySet[TrailEntry] = TrailEntry.objects.filter(subject__in=codes, act__in=ACTS)
    for entry in of_findings.order_by("pk"):
        last[entry.subject] = entry
    return list(last.values())


def _wrong(row: Finding, last: TrailEntry | None) -> str:
    """Return what is wrong with a row, in words; nothing where it is what the trail tells."""
    if last is None:
        return "the trail does not tell of it"
    state = state_of(last)
    if any(getattr(row, name) != value for name, value in state.items()):
        return "it is not as the trail tells it"
    if code_of(row.kind, row.key) != row.code:
        return "its code is not that of what it is about"
    if {name.value for name in row.names.all()} != names_of(state):
        return "it cannot be found by what it names"
    return ""
