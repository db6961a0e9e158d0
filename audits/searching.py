"""Finding entries of the trail: by what they mention, by act, and by when it happened; the newest first, or the oldest.

By one filter it costs the same whatever the trail's length: the list comes out of one index in its order. By several it is the
list of the rarest kind (`mentioned.MentionKind`), which is checked for the others: where few entries are left, all of it is
read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from audits import mentions
from audits.models import FARTHEST, Mention, MentionKind, TrailEntry

NEWEST_FIRST, OLDEST_FIRST = ("-at", "-entry_id"), ("at", "entry_id")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What a list is narrowed to: what entries mention, their act, and from when until before when it happened.

    `last` is the newest entry that is looked at: what comes later belongs to another list.
    """

    mentioned: Mapping[MentionKind, str] = field(default_factory=dict)
    act: str = ""
    since: datetime | None = None
    until: datetime | None = None
    last: int | None = None

    @classmethod
    def of(cls, said: Mapping[str, str], *, last: int) -> "Filters":
        """Return what `said` had said, of the entries up to `last`."""
        since, until = (datetime.fromisoformat(said[name]) if name in said else None for name in ("since", "until"))
        mentioned = {kind: said[kind.value] for kind in MentionKind if kind.value in said}
        return cls(mentioned=mentioned, act=said.get("act", ""), since=since, until=until, last=last)

    def said(self) -> Mapping[str, str]:
        """Return as text what narrows, by the names of the page's fields."""
        period = {"since": self.since, "until": self.until}
        times = {name: moment.astimezone(UTC).isoformat() for name, moment in period.items() if moment is not None}
        typed = {kind.value: value for kind, value in self.mentioned.items() if value}
        return {**typed, **({"act": self.act} if self.act else {}), **times}

    @property
    def narrows(self) -> bool:
        return bool(self.terms or self.act or self.since or self.until)

    @property
    def terms(self) -> Sequence[tuple[MentionKind, str]]:
        """What entries must mention, as it is compared, the rarest kind first."""
        typed = {kind: mentions.folded(self.mentioned.get(kind, "")) for kind in MentionKind}
        return [(kind, value) for kind, value in typed.items() if value]


@dataclass(frozen=True, kw_only=True)
class Found:
    """Rows that stand for entries, and by which of their fields these are numbered and ordered.

    `behind`: so many of the newest entries are not searched yet, since what they mention is still being noted.
    """

    rows: QuerySet[Any]
    number: str
    behind: int = 0

    def field(self, name: str) -> str:
        """Return by which name rows are narrowed by a field of their entries."""
        return name if self.number == "id" else f"entry__{name}"

    def order(self, fields: Sequence[str]) -> list[str]:
        return [each.replace("entry_id", self.number) for each in fields]

    def entries(self, rows: Sequence[Any]) -> list[TrailEntry]:
        """Return the entries of these rows, in their order. One query at most."""
        if self.number == "id":
            return list(rows)
        known = TrailEntry.objects.in_bulk([row.entry_id for row in rows])
        return [known[row.entry_id] for row in rows]


def found(filters: Filters) -> Found:
    """Return what the filters leave. Four queries, and some more to note what is new where it is looked for."""
    terms = [_by_number(term) for term in filters.terms]
    within = {"at__gte": filters.since, "at__lt": filters.until}
    bounds = {lookup: moment for lookup, moment in within.items() if moment is not None}
    last = FARTHEST if filters.last is None else filters.last + 1
    if not terms:
        rows = TrailEntry.objects.filter(pk__lt=last, **bounds, **({"act": filters.act} if filters.act else {}))
        return Found(rows=rows, number="id")
    behind = mentions.catch_up()
    (kind, value), *others = terms
    mentioning = Mention.objects.filter(kind=kind, value=value, entry_id__lt=last, **bounds)
    for other, name in others:
        mentioning = mentioning.filter(Exists(_beside(kind=other, value=name)))
    if filters.act:
        mentioning = mentioning.filter(entry__act=filters.act)
    return Found(rows=mentioning, number="entry_id", behind=behind)


def _beside(**term: str) -> QuerySet[Mention]:
    return Mention.objects.filter(at=OuterRef("at"), entry_id=OuterRef("entry_id"), **term)


def _by_number(term: tuple[MentionKind, str]) -> tuple[MentionKind, str]:
    """Return an account by its number, which each entry has that names it, where the trail knows the key that was typed."""
    kind, value = term
    if kind != MentionKind.ACCOUNT or mentions.ACCOUNT_ID.fullmatch(value):
        return term
    return kind, mentions.account_ids([value]).get(value, value)
