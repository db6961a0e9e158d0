"""One entry's leaf, and the proof that it lies in the log."""

from dataclasses import dataclass

from audits.exporting import reading
from audits.exporting.reading import NothingSealed, Sealed
from audits.merkle import proofs, tree
from audits.models import Checkpoint, Log, TrailEntry
from audits.sealing import beginning, growing


@dataclass(frozen=True, kw_only=True)
class Proven:
    """A leaf as text, and its tlog-proof against a checkpoint; both None where the entry is not sealed yet."""

    leaf: str
    proof: str | None = None
    checkpoint: Checkpoint | None = None


def proven(entry: TrailEntry) -> Proven:
    """Return the entry's leaf in the newest log, and its proof against the newest checkpoint once that covers it."""
    try:
        sealed = reading.newest()
    except NothingSealed:
        # A log that is not begun yet will have it so.
        return Proven(leaf=_leaf(beginning.latest() or Log(), entry))
    index = entry.pk - 1 + sealed.log.ahead
    return prove(sealed, entry, sealed.node()) if index < sealed.size else Proven(leaf=_leaf(sealed.log, entry))


def prove(sealed: Sealed, entry: TrailEntry, node: tree.Node) -> Proven:
    index = entry.pk - 1 + sealed.log.ahead
    hashes = tree.inclusion(index, sealed.size, node)
    proof = proofs.proof(index=index, hashes=hashes, checkpoint=sealed.checkpoint.note)
    return Proven(leaf=_leaf(sealed.log, entry), proof=proof, checkpoint=sealed.checkpoint)


def _leaf(log: Log, entry: TrailEntry) -> str:
    index = entry.pk - 1 + log.ahead
    (numbered,) = growing.numbered(log, index, index + 1)
    return numbered.leaf.text.decode()
