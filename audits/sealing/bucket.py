"""A bucket with Object Lock as the guard: each checkpoint a key, of which the first version counts, whatever comes behind it."""

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, unquote

from django.utils import timezone

from audits.sealing.guards import NAME, Refuses, Taken, Unfit, Unreachable
from portal.aws.errors import BackendBusy, BackendError
from portal.aws.objects import Bucket, Exists, Version

SCHEME = "s3://"
# How often the bucket itself is looked at.
LOOK_SECONDS = 60.0
# A checkpoint has some 300 bytes.
LONGEST_NOTE = 65_536
NO_SUCH_BUCKET = frozenset({"NoSuchBucket", "404"})


@dataclass(kw_only=True)
class BucketGuard:
    """`mode` is COMPLIANCE or GOVERNANCE. Costs some four calls a round."""

    bucket: Bucket
    prefix: str
    mode: str
    days: int
    now: Callable[[], datetime] = timezone.now
    clock: Callable[[], float] = time.monotonic
    remark: str = ""
    _looked_at: float | None = None
    # The version that was read last, and its note: with each round it is the same until another is written.
    _last: tuple[str, str] = ("", "")

    @property
    def place(self) -> str:
        return f"{SCHEME}{self.bucket.name}/{self.prefix}"

    def origins(self) -> Iterable[str]:
        with self._trouble():
            self._look()
            folders = list(self.bucket.folders(self.prefix))
        return [unquote(folder.removeprefix(self.prefix).rstrip("/")) for folder in folders]

    def since(self, origin: str, number: int) -> Mapping[int, str]:
        folder = self._folder(origin)
        with self._trouble():
            self._look()
            found = self._by_number(folder, after=f"{folder}{max(number - 1, 0):012}")
            self.remark = self._touched(found)
        return _Notes(self._note, {each: version for each, versions in found.items() if (version := _first(versions))})

    def write(self, origin: str, number: int, note: str) -> None:
        key, until = f"{self._folder(origin)}{number:012}", self.now() + timedelta(days=self.days)
        with self._trouble():
            try:
                written = self.bucket.create(key, note.encode(), mode=self.mode, until=until)
            except Exists as error:
                raise Taken from error
            # Behind a marker S3 creates a key once more: whoever was first is who counts.
            first = _first([version for version in self.bucket.versions(key) if version.key == key])
        if first is None or first.id != written:
            raise Taken

    def _look(self) -> None:
        """Refuse, once a minute, a bucket that lets what is written be changed."""
        if self._looked_at is not None and self.clock() - self._looked_at < LOOK_SECONDS:
            return
        if not self.bucket.has_versions():
            raise Unfit(f"{self.place}: the bucket has no versioning. Give one that has, and Object Lock.")
        if not self.bucket.has_object_lock():
            raise Unfit(f"{self.place}: the bucket has no Object Lock. Give one that was made with it.")
        if (region := self.bucket.region_of_bucket()) != self.bucket.region:
            raise Unfit(
                f"{self.place}: the bucket is in {region}, not in {self.bucket.region}. Set SEAL_GUARD_REGION to {region}."
            )
        self._looked_at = self.clock()

    def _by_number(self, folder: str, *, after: str) -> dict[int, list[Version]]:
        found: dict[int, list[Version]] = {}
        for version in self.bucket.versions(folder, after=after):
            name = version.key.removeprefix(folder)
            if NAME.fullmatch(name):
                found.setdefault(int(name), []).append(version)
        return dict(sorted(found.items()))

    def _touched(self, found: Mapping[int, list[Version]]) -> str:
        """Say what somebody did to checkpoints, whose first versions stand all the same."""
        numbers = ", ".join(str(number) for number, versions in found.items() if len(versions) > 1)
        return f"{self.place}: somebody deleted or overwrote checkpoint {numbers}. Its first version stands." if numbers else ""

    def _note(self, version: Version) -> str:
        if version.id == self._last[0]:
            return self._last[1]
        with self._trouble():
            stored = self.bucket.read(version.key, version.id, most=LONGEST_NOTE)
        if not stored.mode or (self.mode == "COMPLIANCE" and stored.mode != self.mode):
            kept = stored.mode or "no retention"
            raise Unfit(f"{self.place}: {version.key} is kept by {kept}, and would have to be by {self.mode}.")
        self._last = (version.id, stored.body.decode(errors="replace"))
        return self._last[1]

    def _folder(self, origin: str) -> str:
        return f"{self.prefix}{quote(origin, safe='')}/"

    @contextmanager
    def _trouble(self) -> Iterator[None]:
        """Say what AWS answers as a guard says it."""
        try:
            yield
        except BackendBusy as error:
            raise Unreachable(f"{self.place}: {error.cause}: {error.detail}") from error
        except BackendError as error:
            if error.problem in NO_SUCH_BUCKET:
                raise Unfit(f"{self.place}: there is no such bucket.") from error
            raise Refuses(f"{self.place}: {error.cause}: {error.detail}") from error


class _Notes(Mapping[int, str]):
    """Notes by number, each read when it is asked for: of many one or two are."""

    def __init__(self, read: Callable[[Version], str], versions: Mapping[int, Version]) -> None:
        self._read, self._versions = read, versions

    def __getitem__(self, number: int) -> str:
        return self._read(self._versions[number])

    def __iter__(self) -> Iterator[int]:
        return iter(self._versions)

    def __len__(self) -> int:
        return len(self._versions)


def parts(address: str) -> tuple[str, str]:
    """Return the bucket and the prefix, which ends in a slash or is empty. Raises ValueError."""
    found = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", address)
    if found is None:
        raise ValueError(f"SEAL_GUARD names no bucket: {address}. Write s3://bucket or s3://bucket/prefix.")
    prefix = (found[2] or "").strip("/")
    return found[1], f"{prefix}/" if prefix else ""


def _first(versions: Iterable[Version]) -> Version | None:
    """Return the version that was written first; markers are none."""
    return next((version for version in reversed(list(versions)) if not version.is_marker), None)
