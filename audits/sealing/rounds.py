"""One round of sealing. No fork is ever signed: what is signed goes on from the newest checkpoint that the guard has.

    the guard's newest is ours, or becomes ours where our entries give it
    the edge of our tree, computed again from the entries, has the root of our newest checkpoint
    new leaves, their root, the signature
    the guard takes the note under the next number, or another sealer was first
    tiles and checkpoint in one transaction

Killed anywhere, the next round finds the guard ahead by one checkpoint at most, and adopts that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from audits.merkle import notes
from audits.merkle.notes import Key, Unreadable, Unsigned
from audits.merkle.tiles import Edge, FullTile
from audits.models import Checkpoint, Log, Sealer, SealState, Tile
from audits.sealing import beginning, growing, keys
from audits.sealing.growing import Hole
from audits.sealing.guards import Guard, GuardTrouble, Refuses, Taken, Unfit
from audits.sealing.keys import KeyRefused, Signer, WrongSignature

# So many entries are sealed by one checkpoint, so that a round stays short.
MOST = 5000
# What an administrator may answer by having a new log begun. An entry that is missing would be missing there too.
ENDS_LOG = frozenset({SealState.RESTORED, SealState.CHANGED, SealState.GUARD_LOST})

# What of the guard, the key and the trail stops a round, and in which state.
TROUBLE: Mapping[type[Exception], SealState] = {
    Refuses: SealState.GUARD_REFUSED,
    Unfit: SealState.GUARD_UNFIT,
    GuardTrouble: SealState.GUARD_UNREACHABLE,
    KeyRefused: SealState.KEY_REFUSED,
    WrongSignature: SealState.KEY_WRONG,
    Hole: SealState.HOLE,
}


class Stopped(Exception):
    """Nothing is signed in this state; `detail` is for administrators."""

    def __init__(self, state: SealState, detail: str = "") -> None:
        self.state, self.detail = state, detail
        super().__init__(f"{state.value}: {detail}")


class LeaseGone(Exception):
    """Another sealer took over: what this one computed is not committed."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """What sealing needs and the database does not have, and what an administrator said by starting it so."""

    guard: Guard
    signer: Signer
    # The portal's address, without scheme: of the first log.
    base: str
    # The key before, while it is being changed.
    before: Signer | None = None
    # Who has the lease; empty where nobody has to be kept out.
    holder: str = ""
    adopts_key: bool = False
    fills_guard: bool = False


def seal(means: Means) -> SealState:
    """Seal what there is, at most 5,000 entries. Raises Stopped, LeaseGone."""
    try:
        return _seal(means)
    except tuple(TROUBLE) as error:
        raise Stopped(TROUBLE.get(type(error), SealState.GUARD_UNREACHABLE), str(error)) from error


def newest(log: Log) -> Checkpoint | None:
    return log.checkpoints.order_by("-number").first()


def _seal(means: Means) -> SealState:
    try:
        log = _current(means)
        _agree_with_guard(log, means)
        _settle_key(log, means)
        return _go_on(log, means)
    except Stopped as stopped:
        if stopped.state not in ENDS_LOG or beginning.begin_next(means.guard, means.signer, means.base) is None:
            raise
        return SealState.BEHIND


def _current(means: Means) -> Log:
    log = beginning.latest()
    last = beginning.latest_origin(means.guard, means.base)
    if log is None and not last:
        return beginning.begin_first(means.signer, means.base)
    if log is None or log.origin != last:
        raise Stopped(SealState.RESTORED, f"{means.guard.place} has checkpoints of {last}, which this database never began.")
    return log


def _agree_with_guard(log: Log, means: Means) -> None:
    """Adopt what the guard has and we have not, where our entries give it. Raises Stopped where they do not."""
    ours = newest(log)
    theirs = means.guard.since(log.origin, ours.number if ours else 1)
    ahead = [number for number in sorted(theirs) if ours is None or number > ours.number]
    if ours is not None:
        known = theirs.get(ours.number)
        if known is None and means.fills_guard and not ahead:
            _fill(log, means.guard)
        elif known is None:
            raise Stopped(SealState.GUARD_LOST, f"{means.guard.place} has no checkpoint {ours.number} of {log.origin}.")
        elif known != ours.note:
            raise Stopped(SealState.RESTORED, f"Checkpoint {ours.number} of {log.origin} is another one in {means.guard.place}.")
    for number in ahead:
        _adopt(log, number, theirs[number], means)


def _fill(log: Log, guard: Guard) -> None:
    """Write all our checkpoints into a guard that has not the newest of them."""
    there = guard.since(log.origin, 1)
    for number, note in log.checkpoints.order_by("number").values_list("number", "note"):
        if there.get(number, note) != note:
            raise Stopped(SealState.RESTORED, f"Checkpoint {number} of {log.origin} is another one in {guard.place}.")
        if number not in there:
            guard.write(log.origin, number, note)


def _adopt(log: Log, number: int, note: str, means: Means) -> None:
    where = f"Checkpoint {number} of {log.origin} in {means.guard.place}"
    ours = newest(log)
    said = _opened(log, note, where)
    if said.origin != log.origin or number != (ours.number if ours else 0) + 1:
        raise Stopped(SealState.RESTORED, f"{where} is out of place.")
    there = growing.length(log)
    if said.size > there:
        raise Stopped(SealState.RESTORED, f"{where} is over {said.size} leaves; the trail has {there}.")
    edge = _edge(log, ours)
    full = growing.grow(log, edge, said.size)
    if edge.root() != said.root:
        raise Stopped(SealState.RESTORED, f"{where} is over other entries than the first {said.size} leaves of this trail.")
    _commit(Checkpoint(log=log, number=number, size=said.size, note=note), full, means)


def _opened(log: Log, note: str, where: str) -> notes.Checkpoint:
    try:
        said, key = notes.opened(note, [term.key for term in keys.terms(log)])
    except (Unreadable, Unsigned) as error:
        raise Stopped(SealState.RESTORED, f"{where}: {error}.") from error
    if key != keys.key_at(log, said.size):
        raise Stopped(SealState.RESTORED, f"{where} is signed by a key that was not the log's then.")
    return said


def _settle_key(log: Log, means: Means) -> None:
    """Have the key that was given become the log's, where it follows the one before or an administrator says so."""
    current = Key.read(keys.newest(log).vkey).public
    if means.signer.public == current:
        return
    is_followed = means.before is not None and means.before.public == current
    if not is_followed and not means.adopts_key:
        raise Stopped(SealState.KEY_UNKNOWN, f"The key of {log.origin} is {keys.newest(log).vkey}.")
    ours = newest(log)
    beginning.change_key(log, means.signer, size=ours.size if ours else 0, by_old_key=is_followed)


def _go_on(log: Log, means: Means) -> SealState:
    ours, there = newest(log), growing.length(log)
    size = ours.size if ours else 0
    if there < size:
        raise Stopped(SealState.RESTORED, f"{size} leaves are sealed, and the trail has {there}.")
    edge = _edge(log, ours)
    if there == size:
        return SealState.SEALED
    signer, last = _signer_from(log, size + 1, means)
    until = min(there, size + MOST, last)
    full = growing.grow(log, edge, until)
    key = Key(name=log.origin, public=signer.public)
    note = _signed(notes.Checkpoint(origin=log.origin, size=until, root=edge.root()), key, signer)
    number = (ours.number if ours else 0) + 1
    try:
        means.guard.write(log.origin, number, note)
    except Taken:
        # Another sealer was first; the next round adopts what it wrote, or stops.
        return SealState.BEHIND
    _commit(Checkpoint(log=log, number=number, size=until, note=note), full, means)
    return SealState.SEALED if until == there else SealState.BEHIND


def _signed(checkpoint: notes.Checkpoint, key: Key, signer: Signer) -> str:
    """Return the note, verified before anybody else sees it: what signs may be somewhere else. Raises WrongSignature."""
    note = notes.signed(checkpoint, key=key, sign=signer.sign)
    try:
        notes.opened(note, [key])
    except Unsigned as error:
        raise WrongSignature(f"{key.vkey}: {error}.") from error
    return note


def _signer_from(log: Log, size: int, means: Means) -> tuple[Signer, int]:
    """Return what signs a tree of this size, and the largest tree that it signs."""
    term = next(each for each in reversed(keys.terms(log)) if each.first <= size)
    last = growing.length(log) if term.until is None else term.until - 1
    for signer in (means.signer, means.before):
        if signer is not None and signer.public == term.key.public:
            return signer, last
    raise Stopped(SealState.KEY_UNKNOWN, f"A tree of {size} of {log.origin} is signed by {term.key.vkey}.")


def _edge(log: Log, ours: Checkpoint | None) -> Edge:
    """Return the edge of what is sealed. Raises Stopped where the entries at the edge do not give it any more."""
    if ours is None:
        return Edge()
    edge = growing.edge_at(log, ours.size)
    if edge.root() != notes.Checkpoint.read(ours.note).root:
        raise Stopped(SealState.CHANGED, f"The entries up to {ours.size} do not give the root of checkpoint {ours.number}.")
    return edge


def _commit(checkpoint: Checkpoint, full: Sequence[FullTile], means: Means) -> None:
    with transaction.atomic():
        if means.holder and not Sealer.objects.select_for_update().filter(pk=1, holder=means.holder).exists():
            raise LeaseGone
        Tile.objects.bulk_create(growing.stored(checkpoint.log, full))
        checkpoint.save(force_insert=True)
