"""Which events are of one log-in: the same groups, in whatever order events come, and however often."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from audits.cloudtrail.entering import Entered, Way

# A session's beginning, as each of its events tells it, may differ by so much; so may clocks.
NEAR = timedelta(seconds=60)
# The event that the console adds to the switch.
CONSOLE = "SwitchRole"
# How a log-in is told apart within its thread: by the tie of its events, by the console's event, or by when a session began.
Key = tuple[str, str]


class Piece(Protocol):
    """An event of one thread, as it is grouped: that lets somebody in, or of a session that began then."""

    @property
    def id(self) -> Hashable: ...
    @property
    def name(self) -> str: ...
    @property
    def began(self) -> datetime: ...
    @property
    def tie(self) -> str: ...
    @property
    def is_entry(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The events of one log-in: those that let somebody in, and when the sessions of its calls began, as these say."""

    entries: frozenset[Hashable]
    sessions: frozenset[datetime]


def grouped(pieces: Collection[Piece]) -> list[Group]:
    """Return the log-ins of one thread, by time.

    Events with one tie are one log-in. What the console adds, and calls, belong to the log-in that began nearest to them, by no
    more than NEAR; of equally near ones to the earlier. What has none is a log-in by itself: somebody was in, and nobody saw how.
    """
    entries: dict[Key, set[Hashable]] = defaultdict(set)
    sessions: dict[Key, set[datetime]] = defaultdict(set)
    began: dict[Key, datetime] = {}
    for piece in pieces:
        if piece.is_entry and piece.name != CONSOLE:
            key = ("tie", piece.tie or f"id {piece.id}")
            entries[key].add(piece.id)
            began[key] = min(began.get(key, piece.began), piece.began)
    anchors = dict(began)
    for piece in (piece for piece in pieces if piece.is_entry and piece.name == CONSOLE):
        key = _nearest(piece.began, anchors) or ("console", str(piece.id))
        entries[key].add(piece.id)
        began.setdefault(key, piece.began)
    seen = dict(began)
    for moment in {piece.began for piece in pieces if not piece.is_entry}:
        key = _nearest(moment, anchors) or _nearest(moment, seen) or ("session", moment.isoformat())
        sessions[key].add(moment)
        began.setdefault(key, moment)
    order = sorted(began, key=lambda key: (began[key], key))
    return [Group(entries=frozenset(entries[key]), sessions=frozenset(sessions[key])) for key in order]


def merged(entries: Iterable[tuple[str, str, Entered]]) -> Entered:
    """Return what the events of one log-in say together; each comes with its name and id. Raises ValueError where there are none.

    The event of the account that somebody comes from says most, and comes first; of others the one with the lower id.
    """
    ordered = sorted(entries, key=lambda one: (one[0] == CONSOLE, not one[2].principal, one[1]))
    if not ordered:
        raise ValueError("nothing says how somebody came in")
    whole = ordered[0][2]
    for _name, _id, said in ordered[1:]:
        whole = whole.filled(said)
    is_by_console = whole.way == Way.CLI and any(name == CONSOLE for name, _id, _said in ordered)
    return replace(whole, way=Way.CONSOLE) if is_by_console else whole


def _nearest(moment: datetime, starts: dict[Key, datetime]) -> Key | None:
    near = [(abs(at - moment), at, key) for key, at in starts.items() if abs(at - moment) <= NEAR]
    return min(near)[2] if near else None
