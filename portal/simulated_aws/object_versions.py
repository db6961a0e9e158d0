"""ListObjectVersions: by key, of each the newest first; from behind a marker, in pages.

moto begins with the key that is the marker, and takes versions of the same moment for older ones.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from moto.s3.models import FakeBucket, FakeDeleteMarker

_MOST = 1000
_OWNER = {"ID": "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"}


def page(bucket: FakeBucket, query: Mapping[str, str]) -> dict[str, Any]:
    asked = {"Prefix": query.get("prefix", ""), "Delimiter": query.get("delimiter"), "KeyMarker": query.get("key-marker", "")}
    marker, size = query.get("version-id-marker", ""), int(query.get("max-keys", _MOST))
    found: dict[str, Any] = {"Name": bucket.name, **asked, "VersionIdMarker": marker, "MaxKeys": size, "IsTruncated": False}
    listed: list[tuple[str, Any, bool]] = []
    for one in _after(bucket, asked, marker):
        if len(listed) == size:
            name, version, _ = listed[-1]
            found |= {"IsTruncated": True, "NextKeyMarker": name, "NextVersionIdMarker": version.version_id if version else None}
            break
        listed.append(one)
    found["CommonPrefixes"] = [{"Prefix": name} for name, version, _ in listed if version is None]
    shown = [(_shown(version, is_latest=is_latest), version) for _, version, is_latest in listed if version is not None]
    found["DeleteMarkers"] = [one for one, version in shown if isinstance(version, FakeDeleteMarker)]
    found["Versions"] = [one for one, version in shown if not isinstance(version, FakeDeleteMarker)]
    return found


def _after(bucket: FakeBucket, asked: Mapping[str, Any], version_marker: str) -> Iterator[tuple[str, Any, bool]]:
    """Yield each version with its name and whether it is the newest, and each folder once; behind the markers."""
    prefix, delimiter, marker = asked["Prefix"], asked["Delimiter"], asked["KeyMarker"]
    last_folder = ""
    for name in sorted(name for name in bucket.keys if name.startswith(prefix)):
        head, mark, _ = name[len(prefix) :].partition(delimiter) if delimiter else (name, "", "")
        folder = f"{prefix}{head}{mark}" if mark else ""
        if folder:
            if folder not in (last_folder, marker) and folder > marker:
                yield folder, None, False
            last_folder = folder
            continue
        versions = list(reversed(bucket.keys.getlist(name)))
        if marker and name == marker:
            yield from ((name, version, False) for version in _behind(versions, version_marker))
        elif name > marker:
            yield from ((name, version, version is versions[0]) for version in versions)


def _behind(versions: list[Any], version_marker: str) -> list[Any]:
    ids = [version.version_id for version in versions]
    return versions[ids.index(version_marker) + 1 :] if version_marker in ids else []


def _shown(version: Any, *, is_latest: bool) -> dict[str, Any]:
    said = {
        "Key": version.name,
        "VersionId": version.version_id,
        "IsLatest": is_latest,
        "LastModified": version.last_modified_ISO8601,
        "Owner": _OWNER,
    }
    if isinstance(version, FakeDeleteMarker):
        return said
    return {**said, "ETag": version.etag, "Size": version.size, "StorageClass": version.storage_class}
