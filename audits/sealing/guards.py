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

NAME = re.compile(r"\d{12}")


class GuardTrouble(Exception):
    """The guard cannot be used now; the message says what it said."""


class Unreachable(GuardTrouble):
    """It does not answer, or not as it should; later it may."""


class Refuses(GuardTrouble):
    """It lets the sealer do nothing, until somebody gives it its rights."""


class Unfit(GuardTrouble):
    """It does not keep what is written there."""


class Taken(Exception):
    """Somebody has written a note of this number."""


class Guard(Protocol):
    """Raises GuardTrouble from each verb. What is written stays as it was first written."""

    @property
    def place(self) -> str:
        """Return what pages call it."""

    @property
    def remark(self) -> str:
        """Return what somebody did there that changes nothing and should be known; empty where nobody did."""

    def origins(self) -> Iterable[str]:
        """Return the logs of which there is a note."""

    def since(self, origin: str, number: int) -> Mapping[int, str]:
        """Return number -> note, from this number on. A note may be read only when it is asked for."""

    def write(self, origin: str, number: int, note: str) -> None:
        """Write a note that is not there yet. Raises Taken."""


class DirectoryGuard:
    """A folder, best on another machine's disk: a file a note, linked into its place whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def place(self) -> str:
        return str(self._folder)

    @property
    def remark(self) -> str:
        return ""

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
