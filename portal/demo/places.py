"""What is where below DEMO_DIR, and the lock that keeps a second demo out of it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


class Unusable(Exception):
    """Somebody must change something before the demo can run; the message says what."""


@dataclass(frozen=True, kw_only=True)
class Places:
    root: Path
    checkout: Path

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def info(self) -> Path:
        return self.root / "info.json"

    @property
    def facts(self) -> Path:
        """What of info.json is known before the processes run."""
        return self.keys / "facts.json"

    @property
    def database(self) -> Path:
        return self.root / "portal.sqlite3"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.database}"

    @property
    def unfinished(self) -> Path:
        """Is there while the demo's past is being made."""
        return self.root / "past-unfinished"

    @property
    def aws_trail(self) -> Path:
        """What the simulated AWS's CloudTrail remembers, which is more than the rest of it does."""
        return self.root / "aws_trail.sqlite3"

    @property
    def beat_schedule(self) -> Path:
        return self.root / "beat-schedule"

    @property
    def seal_key(self) -> Path:
        return self.keys / "seal_key.pem"

    @property
    def receiver_port(self) -> Path:
        return self.keys / "receiver_port"

    @property
    def guard(self) -> Path:
        """Where the checkpoints of the sealed trail are written once and for ever."""
        return self.root / "guard"

    def log(self, name: str) -> Path:
        return self.root / "log" / f"{name}.log"

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Make the folders and hold the lock; logs begin anew. Raises Unusable when a demo runs here already."""
        try:
            for folder in (self.root, self.keys, self.guard, self.root / "log"):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.root / "lock").open("w")
        except OSError as error:
            raise Unusable(f"DEMO_DIR cannot be used: {error}") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise Unusable(f"another one runs in {self.root}; stop that one, or give this one a DEMO_DIR.") from error
            for log in self.log("any").parent.iterdir():
                log.unlink()
            yield


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads; whoever reads it meanwhile sees the old one or the new one."""
    unfinished = path.with_name(f"{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.replace(path)
