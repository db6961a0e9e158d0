"""Where events are taken. A place has them when `take` returns; it may get the same again.

NotTaken   the place did not take them: they are sent again, later
"""

import fcntl
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from portal.aws.errors import BackendError
from portal.aws.objects import Bucket

JSON_LINES = "application/x-ndjson"
READ = 65_536


class NotTaken(Exception):
    """Says why, in a word or in what the place answered."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Events of the entries from `first` to `last`, one a line."""

    first: int
    last: int
    lines: bytes


class Place(Protocol):
    @property
    def name(self) -> str:
        """What pages and the position call it: nothing that opens it."""

    def take(self, batch: Batch) -> None:
        """Raises NotTaken."""


@dataclass(frozen=True)
class StandardOutput:
    name = "stdout"

    def take(self, batch: Batch) -> None:
        sys.stdout.buffer.write(batch.lines)
        sys.stdout.buffer.flush()


@dataclass(frozen=True)
class File:
    """A file that grows, opened anew for each batch: whoever rotates it moves it away."""

    path: Path

    @property
    def name(self) -> str:
        return f"file:{self.path}"

    def take(self, batch: Batch) -> None:
        try:
            with self.path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                _cut_half_line(file.fileno())
                file.write(batch.lines)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise NotTaken(f"{type(error).__name__}: {error.strerror}") from error


def _cut_half_line(file: int) -> None:
    """Take off what a sender left that was killed within a line: the whole of it comes again."""
    end = size = os.fstat(file).st_size
    while end:
        begin = max(end - READ, 0)
        at = os.pread(file, end - begin, begin).rfind(b"\n")
        if at >= 0:
            end = begin + at + 1
            break
        end = begin
    if end < size:
        os.ftruncate(file, end)


@dataclass(frozen=True)
class Address:
    """An address that is called. `post` keeps it from leading anywhere but to the public internet; it raises NotTaken."""

    name: str
    post: Callable[[bytes, Mapping[str, str]], None]

    def take(self, batch: Batch) -> None:
        headers = {"Content-Type": JSON_LINES, "Sekisho-First-Entry": str(batch.first), "Sekisho-Last-Entry": str(batch.last)}
        self.post(batch.lines, headers)


@dataclass(frozen=True)
class InBucket:
    """Each batch a key, which sorts as its entries do."""

    bucket: Bucket
    prefix: str

    @property
    def name(self) -> str:
        return f"s3://{self.bucket.name}/{self.prefix}"

    def take(self, batch: Batch) -> None:
        try:
            self.bucket.put(f"{self.prefix}{batch.first:012}-{batch.last:012}.jsonl", batch.lines, kind=JSON_LINES)
        except BackendError as error:
            raise NotTaken(str(error)) from error
