"""C2SP tlog-tiles: the tree's hashes, 256 to a tile, and the leaves, 256 to a bundle."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from audits.merkle import tree

WIDTH, HEIGHT = 256, 8
ENTRIES = "entries"
# (level, number) -> the hashes of the tile as far as it is filled.
ReadTile = Callable[[int, int], Sequence[bytes]]


def path(level: int | str, number: int, width: int = WIDTH) -> str:
    """Return where a tile lies: tile/0/x001/x234/067, and behind it .p/ and its width while it is not full."""
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{level}/{'/'.join(groups)}{partial}"


def in_tree(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield (level, number, width) of each tile of a tree of this size."""
    level, filled = 0, size
    while filled:
        for number in range(-(-filled // WIDTH)):
            yield level, number, min(WIDTH, filled - number * WIDTH)
        level, filled = level + 1, filled // WIDTH


def node_from(read: ReadTile) -> tree.Node:
    """Return a reader of subtrees' hashes, out of tiles that `read` gives."""

    def node(level: int, index: int) -> bytes:
        of_tile, above = divmod(level, HEIGHT)
        number, first = divmod(index << above, WIDTH)
        return tree.root_of(read(of_tile, number)[first : first + (1 << above)])

    return node


def split(hashes: bytes) -> list[bytes]:
    return [hashes[at : at + tree.HASH] for at in range(0, len(hashes), tree.HASH)]


def bundle(leaves: Sequence[bytes]) -> bytes:
    return b"".join(len(leaf).to_bytes(2) + leaf for leaf in leaves)


@dataclass(frozen=True, kw_only=True)
class FullTile:
    level: int
    number: int
    hashes: Sequence[bytes]
    root: bytes


@dataclass(kw_only=True)
class Edge:
    """The right edge of a growing tree: of each level the hashes of the tile that is not full yet. `size` leaves are in it."""

    size: int = 0
    levels: list[list[bytes]] = field(default_factory=list)

    def add(self, leaf_hash: bytes) -> list[FullTile]:
        """Append a leaf; return the tiles that it filled, the lowest first."""
        self.size += 1
        full: list[FullTile] = []
        level, hashed = 0, leaf_hash
        while True:
            if level == len(self.levels):
                self.levels.append([])
            partial = self.levels[level]
            partial.append(hashed)
            if len(partial) < WIDTH:
                return full
            hashed = tree.root_of(partial)
            number = (self.size >> HEIGHT * (level + 1)) - 1
            full.append(FullTile(level=level, number=number, hashes=partial, root=hashed))
            self.levels[level] = []
            level += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        below: list[bytes] = []
        for partial in self.levels:
            hashes = [*partial, *below]
            below = [tree.root_of(hashes)] if hashes else []
        return below[0] if below else tree.EMPTY
