"""The log as an export has it, read out of the database: its leaves, and by name what the other files hold."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property

from django.db.models import Max, Q
from django.db.models.functions import TruncDate

from audits import personal
from audits.merkle import tiles, tree
from audits.merkle.leaves import Leaf
from audits.merkle.tiles import Edge
from audits.models import Anchor, Checkpoint, Log, Tile, TrailEntry
from audits.sealing import beginning, growing, keys, rounds


class NothingSealed(Exception):
    """There is no checkpoint that covers what was asked for."""


class Sealed:
    """The newest log up to one of its checkpoints. `audits.verify` checks it as it does an export on disk.

    `is_whole` is False: there is no manifest, no bundles, and tiles that are not full are computed. Texts beside leaves are kept
    from when their leaf was read.
    """

    is_whole = False

    def __init__(self, checkpoint: Checkpoint) -> None:
        self.log: Log = checkpoint.log
        self.checkpoint = checkpoint
        self.size = checkpoint.size
        self._beside: dict[str, bytes] = {}

    def leaves(self, first: int = 0) -> Iterator[Leaf]:
        for each in growing.numbered(self.log, first, self.size):
            if each.leaf.beside is not None:
                self._beside[each.leaf.beside_name] = each.leaf.beside
            yield each.leaf

    def lines(self) -> Iterator[bytes]:
        for leaf in self.leaves():
            yield leaf.text + b"\n"

    def text(self, name: str) -> str:
        if name == "keys.json":
            terms = [{"vkey": term.key.vkey, "from": term.first, "until": term.until} for term in keys.terms(self.log)]
            return json.dumps(terms, indent=1)
        return self.checkpoint.note if name == "checkpoint" else self.checkpoints[name]

    def data(self, name: str) -> bytes | None:
        if name == "personal.jsonl":
            return b"".join(personal.lines(through=self.size - self.log.ahead))
        return self._tiles.get(name) or self._beside.get(name)

    def names(self, folder: str = "") -> list[str]:
        return sorted(self.checkpoints) if folder == "checkpoints" else []

    @cached_property
    def checkpoints(self) -> dict[str, str]:
        """Return by name the last checkpoint of each day (UTC), those that lie at another anchor too, and the newest.

        And those over a tile that is not full: of its leaves nothing else says which one was changed.
        """
        rows = Checkpoint.objects.filter(log=self.log, size__lte=self.size)
        days = rows.annotate(day=TruncDate("sealed_at")).values("day").annotate(last=Max("number")).order_by()
        numbers = Q(number__in=[self.checkpoint.number, *(day["last"] for day in days)])
        over_edge = Q(size__gt=self.size >> tiles.HEIGHT << tiles.HEIGHT)
        chosen = rows.filter(numbers | over_edge | Q(anchors__isnull=False)).distinct()
        return {f"checkpoints/{size}": note for size, note in chosen.values_list("size", "note")}

    @property
    def stamps(self) -> Iterator[tuple[str, bytes]]:
        """Yield by name the time stamps of checkpoints, as their services gave them."""
        anchors = Anchor.objects.filter(checkpoint__log=self.log, checkpoint__size__lte=self.size)
        sizes: Counter[int] = Counter()
        for size, receipt in anchors.order_by("checkpoint__size", "place").values_list("checkpoint__size", "receipt"):
            sizes[size] += 1
            yield f"stamps/{size}-{sizes[size]}.tsr", bytes(receipt)

    @cached_property
    def edge(self) -> Edge:
        return growing.edge_at(self.log, self.size)

    @cached_property
    def _tiles(self) -> dict[str, bytes]:
        full = Tile.objects.filter(log=self.log).values_list("level", "number", "hashes").iterator()
        return {
            tiles.path(level, number): bytes(hashes)
            for level, number, hashes in full
            if (number + 1) << tiles.HEIGHT * (level + 1) <= self.size
        }

    def node(self) -> tree.Node:
        """Return a reader of the tree's hashes for proofs: a query for each full tile that is met."""
        known: dict[tuple[int, int], Sequence[bytes]] = {}

        def read(level: int, number: int) -> Sequence[bytes]:
            if (number + 1) << tiles.HEIGHT * (level + 1) > self.size:
                return self.edge.levels[level]
            if (level, number) not in known:
                row = Tile.objects.get(log=self.log, level=level, number=number)
                known[level, number] = tiles.split(bytes(row.hashes))
            return known[level, number]

        return tiles.node_from(read)


def newest() -> Sealed:
    """Return the newest log up to its newest checkpoint. Raises NothingSealed."""
    log = beginning.latest()
    checkpoint = rounds.newest(log) if log else None
    if checkpoint is None:
        raise NothingSealed
    return Sealed(checkpoint)


def until(moment: datetime) -> Sealed:
    """Return the log up to the first checkpoint that has all that was recorded before this moment, or the newest."""
    whole = newest()
    size = recorded_before(moment) + whole.log.ahead
    covering = Checkpoint.objects.filter(log=whole.log, size__gte=size, size__gt=0).order_by("number").first()
    return Sealed(covering) if covering else whole


def recorded_before(moment: datetime) -> int:
    """Return how many entries were recorded before this moment. Some twenty queries: what is recorded later has a larger id."""
    low, high = 0, TrailEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    while low < high:
        middle = (low + high + 1) // 2
        entry = TrailEntry.objects.get(pk=middle)
        low, high = (middle, high) if (entry.recorded_at or entry.at) < moment else (low, middle - 1)
    return low
