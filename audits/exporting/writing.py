"""Writing an export: files that `audits.verify`, which lies among them, checks without the portal."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from audits import personal, verify
from audits.exporting import reading
from audits.exporting.reading import Sealed
from audits.merkle import tiles
from audits.merkle.leaves import Leaf
from audits.merkle.tiles import Edge, FullTile


class Taken(Exception):
    """There is something in the folder already."""


class Leaves(Protocol):
    """What is exported of a log: its leaves, and its full tiles by name."""

    def leaves(self) -> Iterator[Leaf]: ...

    def data(self, name: str) -> bytes | None: ...


class Export:
    """A folder that is being written. Leaves go in one by one; what is over them is written as it is known."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digests: dict[str, str] = {}

    def write(self, name: str, data: bytes) -> None:
        file = self._folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        self._digests[name] = hashlib.sha256(data).hexdigest()

    def write_lines(self, name: str, lines: Iterable[bytes]) -> None:
        digest = hashlib.sha256()
        with (self._folder / name).open("wb") as file:
            for line in lines:
                file.write(line)
                digest.update(line)
        self._digests[name] = digest.hexdigest()

    def write_leaves(self, sealed: Leaves, *, first: int) -> None:
        """Write every leaf of the tree into bundles and tiles, and those from `first` on into lines."""
        edge, held, digest = Edge(), list[bytes](), hashlib.sha256()
        with (self._folder / "entries.jsonl").open("wb") as lines:
            for index, leaf in enumerate(sealed.leaves()):
                self._write_beside(leaf)
                if index >= first:
                    line = leaf.text + b"\n"
                    lines.write(line)
                    digest.update(line)
                held.append(leaf.text)
                self._write_tiles(sealed, edge.add(leaf.hash))
                if len(held) == tiles.WIDTH:
                    self.write(tiles.path(tiles.ENTRIES, index // tiles.WIDTH), tiles.bundle(held))
                    held = []
        if held:
            self.write(tiles.path(tiles.ENTRIES, edge.size // tiles.WIDTH, len(held)), tiles.bundle(held))
        self._write_edge(edge)
        self._digests["entries.jsonl"] = digest.hexdigest()

    def write_manifest(self, *, first: int, size: int, query: Mapping[str, object]) -> None:
        said = {"files": dict(sorted(self._digests.items())), "first": first, "size": size, "query": query}
        (self._folder / "manifest.json").write_text(json.dumps(said, indent=1))

    def _write_beside(self, leaf: Leaf) -> None:
        if leaf.beside is not None:
            self.write(leaf.beside_name, leaf.beside)

    def _write_tiles(self, sealed: Leaves, full: list[FullTile]) -> None:
        """Write tiles as they were stored when they were sealed: one that says another thing than its leaves names the leaf."""
        for tile in full:
            name = tiles.path(tile.level, tile.number)
            if (data := sealed.data(name)) is not None:
                self.write(name, data)

    def _write_edge(self, edge: Edge) -> None:
        for level, partial in enumerate(edge.levels):
            if partial:
                number = edge.size >> tiles.HEIGHT * (level + 1)
                self.write(tiles.path(level, number, len(partial)), b"".join(partial))


def export(folder: Path, *, since: datetime | None = None, until: datetime | None = None) -> Sealed:
    """Write the log into an empty folder, or one that is not there yet. Raises Taken, NothingSealed.

    Of a part, `since` and `until` are times of recording; the tree is whole all the same, so that every leaf can be proven.
    """
    sealed = reading.until(until) if until else reading.newest()
    export_sealed(folder, sealed, since=since, until=until)
    return sealed


def export_sealed(folder: Path, sealed: Sealed, *, since: datetime | None = None, until: datetime | None = None) -> None:
    """Write the log up to a checkpoint, as `export` does."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Taken
    first = min(reading.recorded_before(since) + sealed.log.ahead, sealed.size) if since else 0
    written = Export(folder)
    written.write_leaves(sealed, first=first)
    written.write("checkpoint", sealed.checkpoint.note.encode())
    written.write("keys.json", sealed.text("keys.json").encode())
    for name, note in sealed.checkpoints.items():
        written.write(name, note.encode())
    for name, receipt in sealed.stamps:
        written.write(name, receipt)
    written.write_lines("personal.jsonl", personal.lines(through=sealed.size - sealed.log.ahead))
    written.write("verify.py", Path(verify.__file__).read_bytes())
    query = {"since": since.isoformat() if since else None, "until": until.isoformat() if until else None}
    written.write_manifest(first=first, size=sealed.size, query=query)
