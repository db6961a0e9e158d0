"""From the trail to the tree: entries as leaves, each with the index of its subject's last one, and the edge of a tree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Max

from audits import selectors
from audits.merkle import leaves, tiles
from audits.merkle.leaves import Leaf
from audits.merkle.tiles import Edge, FullTile
from audits.models import Log, Tile, TrailEntry

# So many entries are read at once.
CHUNK = 2000


class Hole(Exception):
    """The trail has no entry of this id, and one behind it."""

    def __init__(self, entry_id: int) -> None:
        self.entry_id = entry_id
        super().__init__(f"There is no entry {entry_id} in the trail.")


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """A leaf at its index, with the entry that it is of; None for the first leaf of a second log."""

    index: int
    leaf: Leaf
    entry: TrailEntry | None


def length(log: Log) -> int:
    """Return how many leaves there are to be: of all entries that the trail has now."""
    return selectors.last_id() + log.ahead


def numbered(log: Log, first: int, until: int) -> Iterator[Numbered]:
    """Yield the leaves from index `first` to before `until`, in chunks. Raises Hole where an entry is missing.

    Costs a query for each 2,000 entries and one more for each, unless it begins at 0.
    """
    index, previous = first, dict[str, int]()
    if index < min(log.ahead, until):
        yield Numbered(index=index, leaf=Leaf(text=log.first_leaf.encode()), entry=None)
        index += 1
    while index < until:
        entries = _entries(index + 1 - log.ahead, min(index + CHUNK, until) + 1 - log.ahead)
        if first:
            previous |= _last_before(entries, log)
        for entry in entries:
            leaf = leaves.leaf(entry, index=index, previous=previous.get(entry.subject))
            yield Numbered(index=index, leaf=leaf, entry=entry)
            previous[entry.subject] = index
            index += 1


def edge_at(log: Log, size: int) -> Edge:
    """Return the edge of the tree over the first `size` leaves: out of full tiles, and the leaves behind them."""
    edge = Edge(size=size >> tiles.HEIGHT << tiles.HEIGHT)
    edge.levels = [[], *(_roots(log, level - 1, size) for level in range(1, _height(size)))]
    for each in numbered(log, edge.size, size):
        edge.add(each.leaf.hash)
    return edge


def grow(log: Log, edge: Edge, until: int) -> list[FullTile]:
    """Append the leaves up to before `until`; return the tiles that they filled."""
    return [full for each in numbered(log, edge.size, until) for full in edge.add(each.leaf.hash)]


def stored(log: Log, full: Sequence[FullTile]) -> list[Tile]:
    return [Tile(log=log, level=each.level, number=each.number, hashes=b"".join(each.hashes), root=each.root) for each in full]


def _height(size: int) -> int:
    """Return on how many levels the tree has hashes."""
    return -(-size.bit_length() // tiles.HEIGHT)


def _roots(log: Log, level: int, size: int) -> list[bytes]:
    """Return the roots of the full tiles that the edge has one level above this one."""
    last = size >> tiles.HEIGHT * (level + 1)
    first = last >> tiles.HEIGHT << tiles.HEIGHT
    rows = Tile.objects.filter(log=log, level=level, number__gte=first, number__lt=last).order_by("number")
    return [bytes(root) for root in rows.values_list("root", flat=True)]


def _entries(first: int, until: int) -> list[TrailEntry]:
    """Return the entries with these ids. Raises Hole."""
    found = list(TrailEntry.objects.filter(pk__gte=first, pk__lt=until).order_by("pk"))
    for expected, entry in enumerate(found, first):
        if entry.pk != expected:
            raise Hole(expected)
    if len(found) < until - first:
        raise Hole(first + len(found))
    return found


def _last_before(entries: Sequence[TrailEntry], log: Log) -> dict[str, int]:
    """Return subject -> the index of its last leaf before these entries."""
    before = TrailEntry.objects.filter(subject__in={entry.subject for entry in entries}, pk__lt=entries[0].pk)
    last = before.order_by().values_list("subject").annotate(last=Max("pk"))
    return {subject: entry_id - 1 + log.ahead for subject, entry_id in last}
