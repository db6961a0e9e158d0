"""Which call of S3 a request is: method, path and one word of the query say it. Here buckets are named in the path."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

from moto.core.request import Request

# Method, the word of the query that tells calls apart (empty for none of them) -> the call.
_OF_BUCKETS = {
    ("PUT", ""): "CreateBucket",
    ("DELETE", ""): "DeleteBucket",
    ("HEAD", ""): "HeadBucket",
    ("GET", "versioning"): "GetBucketVersioning",
    ("PUT", "versioning"): "PutBucketVersioning",
    ("GET", "object-lock"): "GetObjectLockConfiguration",
    ("PUT", "object-lock"): "PutObjectLockConfiguration",
    ("GET", "versions"): "ListObjectVersions",
    ("GET", ""): "ListObjects",
    ("GET", "list-type"): "ListObjectsV2",
    ("GET", "location"): "GetBucketLocation",
    ("GET", "policy"): "GetBucketPolicy",
    ("PUT", "policy"): "PutBucketPolicy",
    ("DELETE", "policy"): "DeleteBucketPolicy",
}
_OF_OBJECTS = {
    ("PUT", ""): "PutObject",
    ("GET", ""): "GetObject",
    ("HEAD", ""): "HeadObject",
    ("DELETE", ""): "DeleteObject",
    ("PUT", "retention"): "PutObjectRetention",
}
# What only says more of a call.
_PARAMETERS = frozenset(
    {
        *("continuation-token", "delimiter", "encoding-type", "key-marker", "marker", "max-keys", "prefix", "start-after"),
        *("version-id-marker", "versionId", "x-id"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectCall:
    """`action` is empty for what is not simulated."""

    action: str
    bucket: str
    key: str
    query: Mapping[str, str]

    @property
    def parameters(self) -> Mapping[str, str]:
        named = {"Bucket": self.bucket, **({"Key": self.key} if self.key else {})}
        return {**named, **({"VersionId": self.query["versionId"]} if "versionId" in self.query else {})}


def read(request: Request) -> ObjectCall:
    bucket, _, key = unquote(request.raw_path.partition("?")[0]).removeprefix("/").partition("/")
    text = request.query_string.decode() if isinstance(request.query_string, bytes) else str(request.query_string)
    query = {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
    words = sorted(query.keys() - _PARAMETERS)
    known = _OF_OBJECTS if key else _OF_BUCKETS
    action = known.get((request.method, words[0] if words else ""), "") if bucket and len(words) <= 1 else ""
    return ObjectCall(action=action, bucket=bucket, key=key, query=query)
