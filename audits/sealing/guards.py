"""The guard: a place outside the database where each checkpoint is written, once and for ever, before it counts.

Notes are numbered, and a number is taken by who writes it first. So two sealers, or one on a database that was restored, never
both go on from the same checkpoint.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol
from urllib.parse import quote, unquote

from django.conf import settings

NAME = re.compile(r"\d{12}")


class Unreachable(Exception):
    """The guard did not answer, or would not; the message says what it said."""


class Taken(Exception):
    """Somebody has written a note of this number."""


class Guard(Protocol):
    """Raises Unreachable from each verb. What is written stays as it was first written."""

    @property
    def place(self) -> str:
        """Return what pages call it."""

    def origins(self) -> Iterable[str]:
        """Return the logs of which there is a note."""

    def since(self, origin: str, number: int) -> Mapping[int, str]:
        """Return number -> note, from this number on."""

    def write(self, origin: str, number: int, note: str) -> None:
        """Write a note that is not there yet. Raises Taken."""


class DirectoryGuard:
    """A folder, best on another machine's disk: a file a note, linked into its place whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def place(self) -> str:
        return str(self._folder)

    def origins(self) -> Iterable[str]:
        try:
            return [unquote(each.name) for each in self._folder.iterdir() if each.is_dir()]
        except OSError as error:
            raise Unreachable(str(error)) from error

    def since(self, origin: str, number: int) -> Mapping[int, str]:
        try:
            self._folder.stat()
            folder = self._folder_of(origin)
            files = sorted(folder.iterdir()) if folder.exists() else []
            numbered = {int(file.name): file for file in files if NAME.fullmatch(file.name)}
            return {each: file.read_text() for each, file in numbered.items() if each >= number}
        except (OSError, UnicodeDecodeError) as error:
            raise Unreachable(str(error)) from error

    def write(self, origin: str, number: int, note: str) -> None:
        folder = self._folder_of(origin)
        try:
            # The guard's own folder is made by who sets it up: what is not mounted is not there.
            folder.mkdir(mode=0o755, exist_ok=True)
            unfinished = folder / f".{number:012}.{os.getpid()}"
            with unfinished.open("w") as file:
                file.write(note)
                file.flush()
                os.fsync(file.fileno())
            try:
                unfinished.chmod(0o444)
                (folder / f"{number:012}").hardlink_to(unfinished)
            finally:
                unfinished.unlink()
            _sync(folder)
        except FileExistsError as error:
            raise Taken from error
        except OSError as error:
            raise Unreachable(str(error)) from error

    def _folder_of(self, origin: str) -> Path:
        return self._folder / quote(origin, safe="")


def _sync(folder: Path) -> None:
    """Have the file's name on the disk too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def configured() -> Guard:
    """Return the guard that SEAL_GUARD names. Raises ValueError where it names none."""
    if not settings.SEAL_GUARD:
        raise ValueError("SEAL_GUARD is missing: name a folder, best on another machine's disk.")
    return DirectoryGuard(Path(settings.SEAL_GUARD))
