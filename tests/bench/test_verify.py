"""Verifying an export against a loop that reads and hashes the same file."""

import hashlib
import random
import time
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audits import verify
from audits.exporting.writing import Export
from audits.merkle import leaves, notes
from audits.merkle.leaves import Leaf
from audits.merkle.tiles import Edge
from tests.bench.measuring import REQUESTS, report_speed

ORIGIN = "portal.example.com"
TIMES = 5
TEXT = {
    "door": "browser",
    "proof": {"method": "password"},
    "request": {"reason": "x" * 500, "digest": "ab" * 32, "approvers": ["a"] * 40},
}


class Made:
    """A log of some 1,100 bytes a leaf, as a portal's is, about one subject for each seven of them."""

    def __init__(self, size: int) -> None:
        self.size, self.edge, self._tiles = size, Edge(), dict[str, bytes]()

    def leaves(self) -> Iterator[Leaf]:
        last, some = dict[str, int](), random.Random(1)  # noqa: S311  Only spread.
        for index in range(self.size):
            subject = f"R-{some.randrange(self.size // 7 + 1):08}"
            named = {"act": "request.approved", "actor": "leader01", "at": "2026-11-23T05:04:10.000000Z", "data": TEXT, "v": 1}
            named |= {"id": index + 1, "on_behalf_of": "", "previous": last.get(subject), "schema": 3, "subject": subject}
            leaf = Leaf(text=leaves.canonical({**named, "recorded_at": "2026-11-23T05:04:10.000000Z"}))
            last[subject] = index
            for tile in self.edge.add(leaf.hash):
                self._tiles[verify.tile(tile.level, tile.number, verify.WIDTH)] = b"".join(tile.hashes)
            yield leaf

    def data(self, name: str) -> bytes | None:
        return self._tiles.get(name)


def made(folder: Path, size: int) -> None:
    folder.mkdir()
    log, written, private = Made(size), Export(folder), Ed25519PrivateKey.generate()
    written.write_leaves(log, first=0)
    key = notes.Key(name=ORIGIN, public=private.public_key().public_bytes_raw())
    note = notes.signed(notes.Checkpoint(origin=ORIGIN, size=size, root=log.edge.root()), key=key, sign=private.sign)
    written.write("checkpoint", note.encode())
    written.write("keys.json", f'[{{"vkey": "{key.vkey}", "from": 1, "until": null}}]'.encode())
    written.write_manifest(first=0, size=size, query={})


def hashed(folder: Path) -> None:
    with (folder / "entries.jsonl").open("rb") as lines:
        for line in lines:
            hashlib.sha256(b"\0" + line[:-1]).digest()


def test_verify(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    made(folder, 2 * REQUESTS)
    ours, floor = list[float](), list[float]()
    for _ in range(TIMES):
        began = time.process_time()
        assert verify.Export(verify.Folder(folder), None).faults == []
        between = time.process_time()
        hashed(folder)
        ours.append(between - began)
        floor.append(time.process_time() - between)
    report_speed("verify", min(ours), min(floor), against="a loop that reads and hashes the same file", target=0.3)
