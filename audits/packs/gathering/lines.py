"""Files of JSON Lines: written line by line, counted, and read again the same way."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from portal.storable import AsTyped

FOLDER = "jsonl"


class Lines:
    """A file that is being written. What is in it is what programs get: UTF-8, a line an object, its names in one order."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path = path(folder, name)
        self.path.parent.mkdir(exist_ok=True)
        self._file = self.path.open("w", encoding="utf-8")
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()

    def add(self, said: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(said, cls=AsTyped) + "\n")
        self.count += 1


def path(folder: Path, name: str) -> Path:
    return folder / FOLDER / f"{name}.jsonl"


def write(folder: Path, name: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write a whole file; return how many lines it has."""
    with Lines(folder, name) as lines:
        for row in rows:
            lines.add(row)
    return lines.count


def read(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    with path(folder, name).open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
