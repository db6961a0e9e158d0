"""Findings as pages, programs and files show them: in words, with their evidence and their history."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from audits import kinds, selectors, showing
from audits.findings import folding, handling
from audits.kinds import KINDS
from audits.models import Finding, FindingStatus, Severity, TrailEntry
from audits.showing import Shown
from portal.users.models import User

FIELDS = (
    *("kind", "key", "status", "caused_by", "first_seen_at", "last_seen_at", "opened_at", "times_opened", "closed_at"),
    *("owner", "due_on", "accepted_until", "accepted_by", "asked_by", "asked_until", "asked_because"),
)


@dataclass(frozen=True, kw_only=True)
class ShownFinding:
    """A finding in the reader's language. `history` is its entries, oldest first, where they were asked for."""

    finding: Finding
    history: Sequence[Shown] = field(default=(), repr=False)

    @property
    def sentence(self) -> str:
        return kinds.said(self.finding.kind, self.finding.key)

    @property
    def kind(self) -> str:
        about = KINDS.get(self.finding.kind)
        return str(about.name) if about is not None else self.finding.kind

    @property
    def advice(self) -> str:
        about = KINDS.get(self.finding.kind)
        return str(about.advice) if about is not None else ""

    @property
    def severity(self) -> Severity:
        return Severity(self.finding.severity)

    @property
    def status(self) -> FindingStatus:
        return FindingStatus(self.finding.status)

    @property
    def waits(self) -> bool:
        """Whether it waits for a second administrator."""
        return self.finding.status == FindingStatus.OPEN and bool(self.finding.asked_by)

    @property
    def evidence(self) -> Sequence[int]:
        """The entries by which it was seen."""
        return folding.Told(entries=[each.entry for each in self.history]).evidence

    @property
    def fields(self) -> Mapping[str, Any]:
        """The finding as programs get it."""
        row = self.finding
        return {
            "id": row.code,
            "sentence": self.sentence,
            "severity": self.severity.word,
            **{name: getattr(row, name) for name in FIELDS},
            "last_entry": row.entry_id,
        }

    @property
    def details(self) -> Mapping[str, Any]:
        """What programs get of its entries as well."""
        return {"advice": self.advice, "evidence": self.evidence, "history": [_of_entry(each) for each in self.history]}

    def is_overdue(self, today: date) -> bool:
        due = self.finding.due_on
        return self.finding.status == FindingStatus.OPEN and due is not None and due < today


def in_brief(rows: Iterable[Finding]) -> list[ShownFinding]:
    return [ShownFinding(finding=row) for row in rows]


def in_full(rows: Sequence[Finding]) -> list[ShownFinding]:
    """Return the findings with their entries. Two queries, however many there are."""
    entries = selectors.of_subjects([row.code for row in rows], acts=folding.ACTS)
    shown = iter(showing.shown([entry for row in rows for entry in entries[row.code]]))
    return [ShownFinding(finding=row, history=[next(shown) for _entry in entries[row.code]]) for row in rows]


def verbs_of(finding: Finding, person: User) -> frozenset[str]:
    """Return the names of the verbs that the person may now. The verbs ask for themselves."""
    return frozenset(_verbs(finding, person))


def _verbs(finding: Finding, person: User) -> Iterator[str]:
    if person.reads_everything:
        yield "comment"
    if not person.is_administrator or finding.status == FindingStatus.CLOSED:
        return
    yield "assign"
    if finding.status == FindingStatus.ACCEPTED:
        yield "end-acceptance"
    elif finding.asked_by:
        yield "refuse-acceptance"
        if handling.may_be_second(finding, person.username):
            yield "accept"
    else:
        yield "ask-acceptance"
    if handling.may_close(finding, person.username):
        yield "close"


def _of_entry(shown: Shown) -> Mapping[str, Any]:
    entry: TrailEntry = shown.entry
    names = ("comment", "evidence", "remark")
    return {
        "entry": entry.pk,
        "at": entry.at,
        "act": entry.act,
        "who": entry.on_behalf_of or entry.actor,
        "sentence": shown.sentence,
        **{name: entry.data[name] for name in names if entry.data.get(name)},
    }
