"""Events as rows, each once, and which log-in they belong to. In whatever order they come, the same rows come of them."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Max, Q, QuerySet

from audits.cloudtrail import sessions
from audits.cloudtrail.classes import NEVER_DENIED
from audits.cloudtrail.entering import Entered
from audits.cloudtrail.event import Event, Part
from audits.cloudtrail.sessions import CONSOLE, NEAR, Group
from audits.log_ins.contradicting import TakenBack
from audits.log_ins.pieces import Found, Id, Kept, kept, of_row, row_of, session
from audits.models import LogIn, LogInClass, SeenEvent
from portal.codes import ALPHABET

CODE_LENGTH = 12


@dataclass(kw_only=True)
class Draft:
    """A log-in as its events tell it now. `fresh` are those that came now; `is_joined`, that all of them are another's."""

    row: LogIn
    entered: Entered
    began_at: datetime
    refused: bool
    last_call_at: datetime | None
    fresh: list[Found] = field(default_factory=list)
    is_joined: bool = False


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Events that are new, and the log-ins that they are of. `owners` is whose each is; of none, a change by somebody else."""

    fresh: Sequence[Found]
    drafts: Sequence[Draft]
    owners: Mapping[Id, LogIn]


def drafted(found: Iterable[Found], gone: Sequence[TakenBack] = ()) -> Batch:
    """Return what is new, and the log-ins as they are with it. In the caller's transaction.

    `gone` are events that are rows no more. Some six statements for each 500 events; and some for each log-in whose events turn
    out to be another's.
    """
    fresh = _new(found)
    threads, lost = _threads(fresh, gone), _lost(gone)
    rows = {piece.log_in for pieces in threads.values() for piece in pieces if piece.log_in}
    known = LogIn.objects.in_bulk(rows.union(*lost.values()))
    drafts, owners = list[Draft](), dict[Id, LogIn]()
    for thread, pieces in threads.items():
        made = _Thread(name=thread, pieces=pieces, known=known, lost=lost[thread])
        drafts += made.drafts()
        owners |= made.owners()
    return Batch(fresh=fresh, drafts=drafts, owners=owners)


def save_events(batch: Batch) -> None:
    """Write the events that are new. Their log-ins have rows by then."""
    rows = [row_of(one, batch.owners.get((one.event.account, one.event.id))) for one in batch.fresh]
    SeenEvent.objects.bulk_create(rows, batch_size=500)


def _new(found: Iterable[Found]) -> list[Found]:
    """Return the events that there is no row of yet, each once, without what is of no session. One query for each 500."""
    wanted = {(one.event.account, one.event.id): one for one in found if one.event.part != Part.SERVICE}
    known = _known(wanted)
    return [one for key, one in wanted.items() if key not in known]


def known(found: Iterable[Found]) -> Mapping[Id, str]:
    """Return the hash of each of these events that there is a row of. One query for each 500."""
    return _known({(one.event.account, one.event.id) for one in found if one.event.part != Part.SERVICE})


def _lost(gone: Sequence[TakenBack]) -> Mapping[str, set[int]]:
    """Return thread -> the log-ins that lost an event."""
    found: dict[str, set[int]] = defaultdict(set)
    for one in gone:
        found[one.thread].update({one.log_in} if one.log_in else ())
    return found


def _known(wanted: Collection[Id]) -> Mapping[Id, str]:
    """Return account and id -> hash of the events that there is a row of. One query for each 500."""
    ids, known = sorted({event_id for _account, event_id in wanted}), dict[Id, str]()
    for first in range(0, len(ids), 500):
        rows = SeenEvent.objects.filter(event_id__in=ids[first : first + 500])
        known |= {(account, event_id): sha256 for account, event_id, sha256 in rows.values_list("account", "event_id", "sha256")}
    return known


def _threads(fresh: Sequence[Found], gone: Sequence[TakenBack]) -> Mapping[str, list[Kept]]:
    """Return thread -> what of it lies near what came now, or is gone, with that. Two queries for each 500 threads."""
    near: dict[str, list[Kept]] = defaultdict(list, {one.thread: [] for one in gone if one.log_in})
    for one in fresh:
        if one.thread:
            near[one.thread].append(kept(one))
    if not near:
        return near
    moments = [piece.began for pieces in near.values() for piece in pieces] + [one.began for one in gone]
    names = sorted(near)
    around = (min(moments) - 2 * NEAR, max(moments) + 2 * NEAR)
    for first in range(0, len(names), 500):
        rows = SeenEvent.objects.filter(thread__in=names[first : first + 500], began_at__range=around)
        for row in rows.filter(part=Part.ENTRY):
            near[row.thread].append(of_row(row))
        calls = rows.exclude(part=Part.ENTRY).values_list("thread", "began_at", "log_in_id").distinct()
        for thread, began, log_in in calls:
            near[thread].append(session(began, log_in))
    return near


class _Thread:
    """The log-ins of one thread near what came now, and the row of each."""

    def __init__(self, *, name: str, pieces: Sequence[Kept], known: Mapping[int, LogIn], lost: AbstractSet[int]) -> None:
        self.name = name
        mine = [_kept_in(piece, lost) for piece in pieces]
        self.entries = {piece.id: piece for piece in mine if piece.is_entry}
        self.calls: dict[datetime, list[Kept]] = defaultdict(list)
        for piece in mine:
            if not piece.is_entry:
                self.calls[piece.began].append(piece)
        self.before = {piece.log_in for piece in mine if piece.log_in} | lost
        self.known = known
        self.members = [(self._entries_of(group), self._calls_of(group)) for group in sessions.grouped(mine)]
        for pk in lost:
            known[pk].last_call_at = _last_call(known[pk])
            # What said how it began is another event: until one tells, nobody saw that.
            known[pk].entered = Entered.of(known[pk].entered).unseen.kept
        self.rows = self._chosen()
        self._move()

    def drafts(self) -> list[Draft]:
        made = [_draft(row, *members) for row, members in zip(self.rows, self.members, strict=True)]
        lost = self.before - {row.pk for row in self.rows}
        return [*made, *(_joined(self.known[pk]) for pk in sorted(lost))]

    def owners(self) -> dict[Id, LogIn]:
        """Return whose each new event is."""
        members = zip(self.rows, self.members, strict=True)
        return {piece.id: row for row, (entries, calls) in members for piece in (*entries, *calls) if piece.found}

    def _entries_of(self, group: Group) -> list[Kept]:
        return [piece for key, piece in self.entries.items() if key in group.entries]

    def _calls_of(self, group: Group) -> list[Kept]:
        return [piece for moment in group.sessions for piece in self.calls[moment]]

    def _chosen(self) -> list[LogIn]:
        """Return the row of each group. Who let somebody in keeps its row; then the console's events, and calls last.

        A group for which none is left is a new log-in: something of it came now.
        """
        chosen, taken = dict[int, int](), set[int]()
        for kept_by in (_anchors, _entries, _calls):
            for number, members in enumerate(self.members):
                free = sorted({piece.log_in for piece in kept_by(*members) if piece.log_in} - taken)
                if number not in chosen and free:
                    chosen[number] = free[0]
                    taken.add(free[0])
        return [
            self.known[chosen[number]] if number in chosen else LogIn(thread=self.name) for number, _ in enumerate(self.members)
        ]

    def _move(self) -> None:
        """Give each log-in the events that were another's so far, and count anew when the last call was."""
        lost = [
            (row, entries, calls, moved)
            for row, (entries, calls) in zip(self.rows, self.members, strict=True)
            if (moved := [piece for piece in (*entries, *calls) if piece.log_in and piece.log_in != row.pk])
        ]
        for row, entries, calls, moved in lost:
            if not row.pk:
                _place(row, entries, calls)
            ids = [piece.id[1] for piece in moved if piece.is_entry]
            moments = [piece.began for piece in moved if not piece.is_entry]
            mine = Q(part=Part.ENTRY, event_id__in=ids) | (~Q(part=Part.ENTRY) & Q(began_at__in=moments))
            SeenEvent.objects.filter(mine, thread=self.name).update(log_in=row)
        if lost:
            for row in (row for row in self.rows if row.pk):
                row.last_call_at = _last_call(row)


def _kept_in(piece: Kept, lost: AbstractSet[int]) -> Kept:
    """Return the piece as one of the log-in whose event it takes the place of, where that was of this thread."""
    before = piece.found.instead_of if piece.found else None
    return replace(piece, log_in=before) if before in lost else piece


def _anchors(entries: Sequence[Kept], _calls: Sequence[Kept]) -> list[Kept]:
    return [piece for piece in entries if piece.name != CONSOLE]


def _entries(entries: Sequence[Kept], _calls: Sequence[Kept]) -> Sequence[Kept]:
    return entries


def _calls(_entries: Sequence[Kept], calls: Sequence[Kept]) -> Sequence[Kept]:
    return calls


def _draft(row: LogIn, entries: Sequence[Kept], calls: Sequence[Kept]) -> Draft:
    lasts = [piece.at for piece in calls if piece.found and is_success(piece)]
    return Draft(
        row=row,
        entered=_entered(row, entries, calls),
        began_at=_began(entries, calls),
        # A call that succeeded shows a session, whatever AWS said of how it began.
        refused=bool(entries) and all(piece.error for piece in entries) and not lasts and row.last_call_at is None,
        last_call_at=max([*lasts, *([row.last_call_at] if row.last_call_at else [])], default=None),
        fresh=[piece.found for piece in (*entries, *calls) if piece.found],
    )


def _entered(row: LogIn, entries: Sequence[Kept], calls: Sequence[Kept]) -> Entered:
    """Return what the events say together; where nobody saw how it began, what a call says of its session."""
    said = [(piece.name, "/".join(piece.id), piece.entered) for piece in entries if piece.entered]
    if said:
        return sessions.merged(said)
    return next((piece.entered for piece in calls if piece.entered), None) or Entered.of(row.entered)


def _began(entries: Sequence[Kept], calls: Sequence[Kept]) -> datetime:
    return min(piece.at for piece in entries) if entries else min(piece.began for piece in calls)


def _joined(row: LogIn) -> Draft:
    return Draft(
        row=row, entered=Entered.of(row.entered), began_at=row.began_at, refused=False, last_call_at=None, is_joined=True
    )


def _place(row: LogIn, entries: Sequence[Kept], calls: Sequence[Kept]) -> None:
    """Give a new log-in its row before it is judged: events that were another's move to it."""
    entered = _entered(row, entries, calls)
    row.code = code_of(*min(piece.found.key for piece in (*entries, *calls) if piece.found))
    row.account, row.way, row.entered = entered.account, entered.way, entered.kept
    row.began_at = row.changed_at = _began(entries, calls)
    row.kind, row.reason = LogInClass.UNKNOWN, "not_judged"
    row.save()


def _last_call(row: LogIn) -> datetime | None:
    """Return when the last of a log-in's calls succeeded, as its rows tell."""
    found: datetime | None = succeeded(row.events.all()).aggregate(last=Max("at"))["last"]
    return found


def succeeded(rows: QuerySet[SeenEvent]) -> QuerySet[SeenEvent]:
    """Return the calls that succeeded, without those that AWS denies to nobody."""
    return rows.exclude(part=Part.ENTRY).filter(error="").exclude(name__in=NEVER_DENIED)


def is_success(one: Event | Kept) -> bool:
    return not one.error and one.name not in NEVER_DENIED


def code_of(account: str, event_id: str) -> str:
    """Return the code of the log-in that this event told of first: the same whenever it is read anew."""
    number = int.from_bytes(hashlib.sha256(f"{account} {event_id}".encode()).digest(), "big")
    return "L-" + "".join(ALPHABET[(number >> 5 * place) % len(ALPHABET)] for place in range(CODE_LENGTH))
