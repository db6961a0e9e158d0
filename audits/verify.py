"""Check an export of Sekisho's audit trail, or the story of a request, without the portal: Python and `cryptography` alone.

    python verify.py DIR [--keys FILE] [--json]              an export
    python verify.py --story FILE --keys FILE [--json]       a story: whole, or open as of size n
    python verify.py --sample workpaper.jsonl [--json]       the sample of an evidence pack, drawn anew

FILE with keys: keys.json of an export that you trust, or a verifier key a line. Exit 0: it holds. 1: it does not. 2: unusable.
The format is described in docs/audit/format.md. Nothing here is shared with what wrote the export.
"""

import argparse
import base64
import hmac
import json
import re
import sys
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

WIDTH, LONGEST = 256, 65_535
# From the last "id" of a line on nothing nests, and a quote within a text would have a backslash before it.
TAIL = re.compile(
    rb',"id":(\d+),"on_behalf_of":"[^"\\]*(?:\\.[^"\\]*)*","previous":(\d+|null),"recorded_at":(?:"[^"]*"|null),"schema":\d+,'
    rb'"subject":"([^"\\]*(?:\\.[^"\\]*)*)","v":1}\Z'
)
BESIDE = re.compile(rb'"data":{"beside":"([0-9a-f]{64})","bytes":(\d+)}\Z')
# What ends the story of a subject; later looks at AWS may follow.
LAST = {"elevation.ended", "elevation.cancelled"}
LAST |= {f"request.{end}" for end in ("approved", "rejected", "sent_back", "withdrawn", "lapsed")}
LENGTHS = [length.to_bytes(2, "big") for length in range(LONGEST + 1)]
Faults = list[dict[str, str]]


class Unusable(Exception):
    """It cannot be checked at all: something is not there, or not what it is called."""


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\0" + leaf).digest()


def parent(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def root_of(hashes: list[bytes]) -> bytes:
    """Return RFC 6962's root over these: level by level, a last one without a neighbour going up as it is."""
    while len(hashes) > 1:
        pairs = [sha256(b"\1" + left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=False)]
        hashes = pairs + hashes[len(pairs) * 2 :]
    return hashes[0] if hashes else sha256(b"").digest()


def rows_of(hashes: list[bytes]) -> list[list[bytes]]:
    """Return the hashes of each level of tiles: those of leaves, the roots of full tiles of them, and so on."""
    rows = [hashes]
    while len(rows[-1]) >= WIDTH:
        rows.append([root_of(rows[-1][at : at + WIDTH]) for at in range(0, len(rows[-1]) - WIDTH + 1, WIDTH)])
    return rows


def root_at(rows: list[list[bytes]], size: int) -> bytes:
    """Return the root of the tree when it had this size."""
    below: list[bytes] = []
    for level, row in enumerate(rows):
        hashes = row[size >> 8 * (level + 1) << 8 : size >> 8 * level] + below
        below = [root_of(hashes)] if hashes else []
    return root_of(below)


def reached(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes | None:
    """Return the root that an inclusion proof leads to; None for a proof of another length."""
    last, steps = size - 1, list(path)
    while last:
        if index & 1 or index < last:
            if not steps:
                return None
            leaf = parent(steps.pop(0), leaf) if index & 1 else parent(leaf, steps.pop(0))
        index, last = index >> 1, last >> 1
    return None if steps else leaf


def decoded(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    # Bits behind the last byte could say anything: only one text stands for these bytes.
    if base64.b64encode(data).decode() != text:
        raise Unusable(f"{text[:60]!r} is no base64")
    return data


class Key:
    """A verifier key, and the sizes of trees that it signs."""

    def __init__(self, vkey: str, first: int = 0, until: int | None = None) -> None:
        self.vkey, self.first, self.until = vkey.strip(), first, until
        self.name, _, rest = self.vkey.partition("+")
        raw = decoded(rest.partition("+")[2])
        if not self.name or raw[:1] != b"\1" or len(raw) != 33:  # noqa: PLR2004  Its kind, and 32 bytes.
            raise Unusable(f"{vkey!r} is no Ed25519 verifier key")
        # The id is computed, not believed.
        self.public, self.id = raw[1:], sha256(self.name.encode() + b"\n" + raw).digest()[:4]
        self.fingerprint = f"{self.name} SHA-256:{sha256(self.public).hexdigest()}"


def keys_of(text: str) -> list[Key]:
    """Read keys.json, or a verifier key a line. Raises Unusable."""
    if text.lstrip().startswith("["):
        return [Key(each["vkey"], each["from"], each["until"]) for each in json.loads(text)]
    return [Key(line) for line in text.splitlines() if line.strip()]


class Note:
    """A signed checkpoint."""

    def __init__(self, text: str) -> None:
        body, _, self.signatures = text.rpartition("\n\n")
        lines = [*body.split("\n"), "", ""]
        if not re.fullmatch("0|[1-9][0-9]*", lines[1]):
            raise Unusable("a checkpoint cannot be read")
        self.body, self.origin, self.size, self.root = f"{body}\n".encode(), lines[0], int(lines[1]), decoded(lines[2])

    def wrong(self, keys: list[Key]) -> str:
        """Return why no key that may sign this size has signed it; empty where one has."""
        for line in self.signatures.splitlines():
            dash, name, encoded = [*line.split(" "), "", ""][:3]
            signature = decoded(encoded)
            for key in keys:
                if (dash, name, signature[:4], name) == ("—", key.name, key.id, self.origin):
                    if self.size < key.first or (key.until is not None and self.size >= key.until):
                        return f"it is signed by a key that does not sign a tree of {self.size}"
                    try:
                        Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], self.body)
                    except InvalidSignature:
                        return "its signature does not hold"
                    return ""
        return "none of the keys has signed it"


class Folder:
    """An export on disk. A database is asked for the same; it has no manifest, and computes tiles that are not full."""

    is_whole = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def data(self, name: str) -> bytes | None:
        return (self.folder / name).read_bytes() if (self.folder / name).is_file() else None

    def text(self, name: str) -> str:
        if (data := self.data(name)) is None:
            raise Unusable(f"{name} is missing")
        return data.decode()

    def names(self, folder: str = "") -> list[str]:
        return sorted(file.relative_to(self.folder).as_posix() for file in (self.folder / folder).rglob("*") if file.is_file())

    def lines(self) -> Iterator[bytes]:
        with (self.folder / "entries.jsonl").open("rb") as file:
            yield from file


def tile(level: int | str, number: int, width: int) -> str:
    groups = f"{number:,}".split(",")
    groups = [*(f"x{group:0>3}" for group in groups[:-1]), f"{groups[-1]:0>3}"]
    return f"tile/{level}/{'/'.join(groups)}" + ("" if width == WIDTH else f".p/{width}")


class Export:
    """The check of an export: what does not hold, each with its place."""

    def __init__(self, source: Any, pinned: list[Key] | None) -> None:
        self.source, self.faults, own = source, Faults(), keys_of(source.text("keys.json"))
        self.note, self.keys = Note(source.text("checkpoint")), own if pinned is None else pinned
        manifest: dict[str, Any] = {"first": 0, "size": self.note.size}
        if source.is_whole:
            manifest = json.loads(source.text("manifest.json"))
        self.first: int = manifest["first"]
        known = [key.vkey for key in self.keys]
        for key in own:
            self.expect(key.vkey in known, "keys.json", f"{key.fingerprint} is none of your keys")
        self.expect(manifest["size"] == self.note.size, "manifest.json", f"the checkpoint is over {self.note.size} leaves")
        if source.is_whole:
            self.check_files(manifest["files"])
        rows = rows_of(self.hashes())
        self.check_tiles(rows)
        self.check_checkpoints(
            {"checkpoint": self.note} | {name: Note(source.text(name)) for name in source.names("checkpoints")}, rows
        )
        self.check_personal()
        counts = {"size": self.note.size, "first": self.first, "entries": len(rows[0]) - self.first}
        keys = [key.fingerprint for key in own]
        self.facts: dict[str, Any] = {"origin": self.note.origin, **counts, "keys": keys, "pinned": pinned is not None}

    def fault(self, place: str, what: str) -> None:
        self.faults.append({"place": place, "what": what})

    def expect(self, holds: bool, place: str, what: str) -> None:  # noqa: FBT001
        if not holds:
            self.fault(place, what)

    def check_files(self, listed: dict[str, str]) -> None:
        """See that the files are those of the manifest; what the log itself proves is not hashed for it once more."""
        there = set(self.source.names()) - {"manifest.json"}
        for name in sorted(there | set(listed)):
            self.expect(name in listed, name, "it is not in the manifest")
            self.expect(name in there, name, "it is missing")
            if name in there & set(listed) and not name.startswith(("tile/", "beside/", "checkpoint", "entries.jsonl")):
                digest = sha256(self.source.data(name) or b"").hexdigest()
                self.expect(digest == listed[name], name, "it is not as the manifest has it")

    def hashes(self) -> list[bytes]:
        """Return the hash of each leaf: those before `first` out of bundles, the others out of lines, which bundles repeat."""
        early = list(self.early()) if self.first else []
        hashes, last, lines = [leaf_hash(leaf) for leaf in early], dict[bytes, bytes](), self.source.lines()
        self.check_leaves(early, 0, last)
        while held := list(islice(lines, WIDTH - len(hashes) % WIDTH)):
            # The last alone can be without its newline.
            ends_well = held if held[-1].endswith(b"\n") else held[:-1]
            whole = [line[:-1] for line in ends_well[: self.note.size - len(hashes)]]
            self.check_leaves(whole, len(hashes), last)
            hashes += [sha256(b"\0" + leaf).digest() for leaf in whole]
            if whole and (len(hashes) % WIDTH == 0 or len(hashes) == self.note.size):
                self.check_bundle(whole, len(hashes))
            if len(whole) < len(held):
                self.fault(f"entries.jsonl, leaf {len(hashes)}", "it is beyond what was signed, or cut in the middle")
                return hashes
        ends = f"the entries end here, and {self.note.size} were signed"
        self.expect(len(hashes) == self.note.size, f"entries.jsonl, leaf {len(hashes)}", ends)
        return hashes

    def early(self) -> Iterator[bytes]:
        """Yield the leaves before the first line, out of bundles."""
        for number in range(-(-self.first // WIDTH)):
            data, at = self.source.data(tile("entries", number, min(WIDTH, self.note.size - number * WIDTH))) or b"", 0
            for _ in range(min(WIDTH, self.first - number * WIDTH)):
                length = int.from_bytes(data[at : at + 2], "big")
                yield data[at + 2 : at + 2 + length]
                at += 2 + length

    def check_leaves(self, leaves: list[bytes], first: int, last: dict[bytes, bytes]) -> None:
        """See that each leaf is the one of its index, and names its subject's last one."""
        own = b"%d" % first
        for index, leaf in enumerate(leaves, first):
            tail, mine, own = TAIL.match(leaf, leaf.rfind(b',"id":')), own, b"%d" % (index + 1)
            if tail is None or len(leaf) > LONGEST:
                self.fault(f"leaf {index}", "it is not in the format of leaves")
                continue
            number, named, subject = tail.groups()
            before = last.get(subject, b"null")
            last[subject] = mine
            if number != own:
                self.fault(f"leaf {index}", f"its id is {number.decode()}, and {index + 1} belongs in this place")
            if named != before:
                self.fault(f"leaf {index}", f"it names {named.decode()} as its subject's last leaf, which was {before.decode()}")
            # Only data that is one number, or ends with one, has a digit before its last brace.
            if 0x30 <= leaf[tail.start() - 2] <= 0x39 and (beside := BESIDE.search(leaf, 0, tail.start())):  # noqa: PLR2004
                self.check_beside(index, beside[1].decode(), int(beside[2]))

    def check_beside(self, index: int, digest: str, length: int) -> None:
        data = self.source.data(f"beside/{digest}") or b""
        holds = (len(data), sha256(data).hexdigest()) == (length, digest)
        self.expect(holds, f"leaf {index}", f"beside/{digest} is missing, or is another text")

    def check_bundle(self, held: list[bytes], until: int) -> None:
        name = tile("entries", (until - 1) // WIDTH, (until - 1) % WIDTH + 1)
        data = self.source.data(name)
        told = b"".join([part for leaf in held for part in (LENGTHS[len(leaf) & LONGEST], leaf)])
        self.expect(data is not None or not self.source.is_whole, name, "it is missing")
        says = f"it is not what the lines of leaves {until - len(held)} to {until - 1} say"
        self.expect(data is None or data.endswith(told), name, says)

    def check_tiles(self, rows: list[list[bytes]]) -> None:
        """See that each tile is what the level below gives, down to the leaves."""
        for level, row in enumerate(rows):
            for number in range(-(-len(row) // WIDTH)):
                computed = row[number * WIDTH : (number + 1) * WIDTH]
                name = tile(level, number, len(computed))
                data = self.source.data(name)
                self.expect(data is not None or not (self.source.is_whole or len(computed) == WIDTH), name, "it is missing")
                if data is not None and data != b"".join(computed):
                    self.tell_difference(name, level, number * WIDTH, computed, data)

    def tell_difference(self, name: str, level: int, first: int, computed: list[bytes], data: bytes) -> None:
        for at, hashed in enumerate(computed):
            if level:
                self.expect(hashed == data[at * 32 : at * 32 + 32], name, f"its hash {at} is not what lies below it")
            else:
                self.expect(hashed == data[at * 32 : at * 32 + 32], f"leaf {first + at}", f"it is another one than {name} says")
        self.expect(len(data) <= 32 * len(computed), name, "it has more hashes than there are")

    def check_checkpoints(self, notes: dict[str, Note], rows: list[list[bytes]]) -> None:
        """See that each is signed, and over the first leaves of its size; the first that is not says where it was changed."""
        held, changed = 0, False
        for name, note in sorted(notes.items(), key=lambda each: (each[1].size, each[0])):
            is_ours = note.origin == self.note.origin and note.size <= self.note.size
            self.expect(is_ours, name, "it is of another log, or beyond the newest checkpoint")
            if wrong := note.wrong(self.keys):
                self.fault(name, wrong)
            if not is_ours or note.size > len(rows[0]):
                continue
            if root_at(rows, note.size) == note.root:
                held = note.size
            else:
                self.fault(name, f"the first {note.size} leaves do not give the root that was signed")
                self.expect(changed, f"leaves {held} to {note.size - 1}", "one of these was changed after it was signed")
                changed = True

    def check_personal(self) -> None:
        """See that each text that is still there is the one that its commitment was made of."""
        for number, line in enumerate((self.source.data("personal.jsonl") or b"").splitlines(), 1):
            said = json.loads(line)
            made = hmac.new(bytes.fromhex(said["salt"]), said["text"].encode(), "sha256").hexdigest()
            self.expect(made == said["commitment"], f"personal.jsonl, line {number}", "its text is not what was committed to")


class Story:
    """The check of a story: proofs against one checkpoint, and whether it is whole."""

    def __init__(self, text: str, keys: list[Key]) -> None:
        self.faults, self.leaves, notes = Faults(), list[dict[str, Any]](), set[str]()
        for number, line in enumerate(text.splitlines(), 1):
            said = json.loads(line)
            self.leaves.append({**json.loads(said["leaf"]), "line": number})
            notes.add(self.check_proof(number, said["leaf"], said["proof"], keys))
        if len(notes) != 1:
            raise Unusable("the story is empty, or not against one checkpoint")
        note = Note(notes.pop())
        self.check_chains()
        is_open = self.unfinished()
        counts = {"size": note.size, "entries": len(self.leaves), "whole": not is_open, "open": is_open}
        fingerprints = [key.fingerprint for key in keys]
        self.facts: dict[str, Any] = {"origin": note.origin, **counts, "keys": fingerprints, "pinned": True}

    def fault(self, place: str, what: str) -> None:
        self.faults.append({"place": place, "what": what})

    def check_proof(self, number: int, leaf: str, proof: str, keys: list[Key]) -> str:
        """Check one line, and return its checkpoint."""
        head, _, checkpoint = proof.partition("\n\n")
        kind, *lines = [line for line in head.split("\n") if not line.startswith("extra ")]
        if kind != "c2sp.org/tlog-proof@v1" or not lines or not re.fullmatch("index (0|[1-9][0-9]*)", lines[0]):
            raise Unusable(f"line {number} has no proof")
        index, note, path = int(lines[0][6:]), Note(checkpoint), [decoded(line) for line in lines[1:]]
        if wrong := note.wrong(keys):
            self.fault(f"line {number}, checkpoint", wrong)
        if index >= note.size or reached(leaf_hash(leaf.encode()), index, note.size, path) != note.root:
            self.fault(f"line {number}", "its proof does not lead to the root that was signed")
        if self.leaves[-1]["id"] != index + 1:
            self.fault(f"line {number}", f"its id is {self.leaves[-1]['id']}, and the proof is of leaf {index}")
        return checkpoint

    def check_chains(self) -> None:
        last: dict[str, int] = {}
        for leaf in sorted(self.leaves, key=lambda each: int(each["id"])):
            if leaf["previous"] != last.get(leaf["subject"]):
                before = f"leaf {leaf['previous']} of {leaf['subject']} is before it, and not in the story"
                self.fault(f"line {leaf['line']}, leaf {leaf['id'] - 1}", before)
            last[leaf["subject"]] = leaf["id"] - 1

    def unfinished(self) -> list[str]:
        """Return what is missing until the story is whole, in words."""
        there, missing = {leaf["subject"] for leaf in self.leaves}, list[str]()
        for subject in sorted(there - {leaf["subject"] for leaf in self.leaves if leaf["act"] in LAST}):
            missing.append(f"{subject} has not ended")
        for leaf in self.leaves:
            names: list[str] = [leaf["data"]["by"]] if leaf["act"] == "elevation.extended" else []
            if leaf["act"] == "request.approved":
                names = leaf["data"].get("elevations") or [f"an elevation, which {leaf['subject']} leaves out,"]
            missing += [f"{name} is named by {leaf['subject']} and is not there" for name in names if name not in there]
        return missing


class Sample:
    """The check of a workpaper: its first line has seed and sample, each other one an id with its stratum and its key."""

    def __init__(self, lines: Iterator[str]) -> None:
        head, self.faults = json.loads(next(lines)), Faults()
        rows, keys = [json.loads(line) for line in lines], dict[str, str]()
        for number, row in enumerate(rows, start=2):
            keys[row["id"]] = sha256(f"{head['seed']}|{row['id']}".encode()).hexdigest()
            if keys[row["id"]] != row["key"]:
                self.faults.append({"place": f"line {number}", "what": f"the key of {row['id']} is {keys[row['id']]}"})
        if len(keys) != len(rows):
            self.faults.append({"place": "workpaper", "what": "an id is there twice"})
        sizes = [(each["stratum"], sum(row["stratum"] == each["stratum"] for row in rows)) for each in head["strata"]]
        left, drawn = dict(self.shares(sizes, head["count"], head["least"])), list[str]()
        for row in sorted(rows, key=lambda row: keys[row["id"]]):
            if left.get(row["stratum"]):
                left[row["stratum"]] -= 1
                drawn.append(row["id"])
        if drawn != head["sample"]:
            self.faults.append({"place": "sample", "what": f"drawn anew it is {' '.join(drawn)}"})
        self.facts: dict[str, Any] = {"seed": head["seed"], "population": len(rows), "sample": drawn}

    def shares(self, sizes: list[tuple[str, int]], count: int, least: int) -> list[tuple[str, int]]:
        """Return how many are drawn of each stratum: the least of each while they last, the rest by largest remainder."""
        given, left = list[int](), min(count, sum(size for _, size in sizes))
        for _, size in sizes:
            given.append(min(size, least, left))
            left -= given[-1]
        rooms = [size - mine for (_, size), mine in zip(sizes, given, strict=True)]
        total = sum(rooms) or 1
        order = sorted(range(len(sizes)), key=lambda at: -(left * rooms[at] % total))
        rest = left - sum(left * room // total for room in rooms)
        shared = [mine + left * room // total for mine, room in zip(given, rooms, strict=True)]
        return [(name, shared[at] + (at in order[:rest])) for at, (name, _) in enumerate(sizes)]


def told_of_sample(report: Sample) -> str:
    facts = report.facts
    lines = [f"{fault['place']}: {fault['what']}" for fault in report.faults] + [f"drawn: {code}" for code in facts["sample"]]
    count = f"{len(facts['sample'])} of {facts['population']}, by the seed {facts['seed']}"
    return "\n".join([*lines, f"{'DOES NOT HOLD' if report.faults else 'HOLDS'}: {count}"])


def told(report: Export | Story | Sample) -> str:
    if isinstance(report, Sample):
        return told_of_sample(report)
    facts = report.facts
    lines = [f"{fault['place']}: {fault['what']}" for fault in report.faults] + [f"key: {key}" for key in facts["keys"]]
    if not facts["pinned"]:
        lines.append("The keys are the export's own: compare them with those that you were given before, or use --keys.")
    if isinstance(report, Story):
        lines += [*facts["open"], "whole" if facts["whole"] else f"open as of size {facts['size']}"]
    count = f"{facts['entries']} entries of {facts['origin']}, against a checkpoint over {facts['size']} leaves"
    return "\n".join([*lines, f"{'DOES NOT HOLD' if report.faults else 'HOLDS'}: {count}"])


def report_of(options: argparse.Namespace, pinned: list[Key] | None) -> Export | Story | Sample:
    if options.folder:
        return Export(Folder(options.folder), pinned)
    if options.sample:
        return Sample(iter(options.sample.read_text(encoding="utf-8").splitlines()))
    return Story(options.story.read_text(encoding="utf-8"), pinned or [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR")
    parser.add_argument("--story", type=Path, metavar="FILE")
    parser.add_argument("--sample", type=Path, metavar="FILE")
    parser.add_argument("--keys", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    named = [each for each in (options.folder, options.story, options.sample) if each is not None]
    if len(named) != 1 or (options.story and not options.keys):
        parser.error("name an export, or a story and the keys, or a workpaper")
    try:
        pinned = keys_of(options.keys.read_text(encoding="utf-8")) if options.keys else None
        report = report_of(options, pinned)
    except (StopIteration, Unusable, KeyError, TypeError, ValueError, OSError) as error:
        print(json.dumps({"holds": None, "unusable": str(error)}) if options.json else f"UNUSABLE: {error}")
        return 2
    print(json.dumps({"holds": not report.faults, "faults": report.faults, **report.facts}) if options.json else told(report))
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
