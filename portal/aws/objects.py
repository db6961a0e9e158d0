"""Objects in a bucket with Object Lock: created once, kept for as long as was said, and looked at by their versions.

A deleted object is a marker before versions that are still there, and one that was written again has two of them. So what counts
is listed by versions, and the first one of a key is what was written first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError

from portal.aws.calls import AwsClient
from portal.aws.errors import BackendBusy, BackendRefused
from portal.aws.sessions import s3_of

# S3's words for a key that has a current version, and for one that somebody else is writing at this moment.
EXISTS = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})
NO_LOCK = "ObjectLockConfigurationNotFoundError"
ENABLED = "Enabled"


class Exists(Exception):
    """Somebody has written this key, or is writing it."""


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of a key, or a marker that hides those before it."""

    key: str
    id: str
    is_marker: bool


@dataclass(frozen=True, kw_only=True)
class Stored:
    """`mode` is empty where nothing keeps the version from being deleted, or where the caller may not know."""

    body: bytes
    mode: str


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """Each verb raises BackendError. Without a role the process's own credentials serve."""

    name: str
    region: str
    role_arn: str = ""

    def has_versions(self) -> bool:
        return self._call("get_bucket_versioning").get("Status") == ENABLED

    def has_object_lock(self) -> bool:
        try:
            found = self._call("get_object_lock_configuration")["ObjectLockConfiguration"]
        except BackendRefused as error:
            if error.problem == NO_LOCK:
                return False
            raise
        return bool(found.get("ObjectLockEnabled") == ENABLED)

    def region_of_bucket(self) -> str:
        """Return where the bucket is. Clients find their way to another Region by themselves, for a call more each time."""
        return str(self._call("head_bucket").get("BucketRegion", ""))

    def folders(self, prefix: str) -> Iterator[str]:
        """Yield the prefixes up to the next slash, of whatever was ever written behind this one."""
        for page in self._pages(Prefix=prefix, Delimiter="/"):
            yield from (str(folder["Prefix"]) for folder in page.get("CommonPrefixes", ()))

    def versions(self, prefix: str, *, after: str = "") -> Iterator[Version]:
        """Yield by key what there is behind a key. Of one key versions come before markers, and of each the newest first."""
        for page in self._pages(Prefix=prefix, **({"KeyMarker": after} if after else {})):
            for kind in ("Versions", "DeleteMarkers"):
                for one in page.get(kind, ()):
                    yield Version(key=one["Key"], id=one["VersionId"], is_marker=kind == "DeleteMarkers")

    def read(self, key: str, version: str, *, most: int) -> Stored:
        """Return the beginning of a version, `most` bytes of it."""
        answer = self._call("get_object", Key=key, VersionId=version)
        try:
            body = answer["Body"].read(most)
        except (BotoCoreError, OSError) as error:
            raise BackendBusy(type(error).__name__, str(error)) from error
        finally:
            answer["Body"].close()
        return Stored(body=body, mode=str(answer.get("ObjectLockMode", "")))

    def create(self, key: str, body: bytes, *, mode: str, until: datetime) -> str:
        """Write a key that has no current version, and return the version's id. Raises Exists.

        After a time-out it is written again, which finds the first attempt's: also then Exists is raised.
        """
        lock = {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until}
        try:
            return str(self._call("put_object", Key=key, Body=body, IfNoneMatch="*", **lock)["VersionId"])
        except BackendRefused as error:
            if error.problem in EXISTS:
                raise Exists from error
            raise

    def put(self, key: str, body: bytes, *, kind: str) -> None:
        """Write a key, whatever it has."""
        self._call("put_object", Key=key, Body=body, ContentType=kind)

    def _pages(self, **params: Any) -> Iterator[dict[str, Any]]:
        """Yield the pages of a listing by versions: a thousand of them each."""
        while True:
            page = self._call("list_object_versions", **params)
            yield page
            if not page.get("IsTruncated"):
                return
            params |= {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page.get("NextVersionIdMarker")}
            params = {name: value for name, value in params.items() if value is not None}

    def _call(self, method: str, **params: Any) -> dict[str, Any]:
        return AwsClient.without_lease(s3_of(self.role_arn, self.region)).call(method, Bucket=self.name, **params)
