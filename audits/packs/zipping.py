"""The file that is taken home: what is found wrong first; each file has the checkpoint's time, so the same is the same bytes."""

import json
import re
import zipfile
from collections.abc import Mapping
from datetime import UTC
from hashlib import sha256
from pathlib import Path

from audits.models import Pack

NAME, MANIFEST = "pack.zip", "manifest.json"
# Names that every system unpacks inside its folder.
SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)*")
LONGEST = 200
# What comes first in the list of files; the others follow by name.
FIRST = ("README.txt", "report.", "evidence.xlsx", "csv/", "workpaper", "stories/", "jsonl/")
CHUNK = 1 << 20
UNIX, REGULAR = 3, 0o100644 << 16


class UnsafeName(ValueError):
    """A file would be unpacked somewhere else than in its folder."""


def write(pack: Pack, folder: Path, into: Path) -> dict[str, str]:
    """Write all that is in the folder; return the SHA-256 of each file. Raises UnsafeName, and writes nothing then."""
    names = sorted((safe(file.relative_to(folder).as_posix()) for file in folder.rglob("*") if file.is_file()), key=_order)
    digests = {name: digest(folder / name) for name in names}
    said = json.dumps({"files": digests, "size": pack.size, "root": pack.root, "seed": pack.seed}, indent=1)
    at = pack.sealed_at.astimezone(UTC)
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in [*names, MANIFEST]:
            info = zipfile.ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second // 2 * 2))
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, UNIX, REGULAR
            with archive.open(info, "w", force_zip64=True) as file:
                if name == MANIFEST:
                    file.write(said.encode())
                    continue
                with (folder / name).open("rb") as source:
                    while chunk := source.read(CHUNK):
                        file.write(chunk)
    return digests


def safe(name: str) -> str:
    """Return a name that leads nowhere else. Raises UnsafeName."""
    if len(name) > LONGEST or SAFE.fullmatch(name) is None:
        raise UnsafeName(name)
    return name


def _order(name: str) -> tuple[int, str]:
    return next((at for at, begins in enumerate(FIRST) if name.startswith(begins)), len(FIRST)), name


def digest(file: Path) -> str:
    """Return the SHA-256 of a file of any size."""
    with file.open("rb") as source:
        hashed = sha256()
        while chunk := source.read(CHUNK):
            hashed.update(chunk)
    return hashed.hexdigest()


def counted(digests: Mapping[str, str]) -> int:
    """Return how many files there are, the manifest among them."""
    return len(digests) + 1
