"""Buckets, their policies, and trails: each is some calls to make, and one to take away."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.simulated_aws.cloudformation.kinds.kind import Made, Properties, Work

_HOME_OF_BUCKETS = "us-east-1"
_IS_THERE = "TrailAlreadyExistsException"
# Properties of a trail, and the parameters of the same meaning.
_OF_TRAIL = {
    **{name: name for name in ("S3BucketName", "S3KeyPrefix", "IsMultiRegionTrail", "IsOrganizationTrail")},
    **{name: name for name in ("IncludeGlobalServiceEvents", "EnableLogFileValidation")},
    "KMSKeyId": "KmsKeyId",
}
_TEXTS = {"KmsKeyId", "S3BucketName", "S3KeyPrefix"}


@dataclass(frozen=True, slots=True)
class _Named:
    """A kind that is another thing under another name, and of which all else can be changed."""

    name: str
    required: frozenset[str] = frozenset()
    optional: None = None

    def replaces(self, before: Properties, after: Properties) -> bool:
        return before.get(self.name) != after.get(self.name)

    def created(self, properties: Properties) -> Properties:
        return {self.name: properties[self.name]} if self.name in properties else {}


class _Bucket(_Named):
    """Of its properties versions and Object Lock are carried out; the others say nothing that can be seen here."""

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        _account, region = work.stack.place
        given = properties.get(self.name) or f"{work.stack.name}-{name}-{secrets.token_hex(6)}".lower()
        place = {"LocationConstraint": region} if region != _HOME_OF_BUCKETS else None
        lock = properties.get("ObjectLockEnabled")
        work.call(
            "CreateBucket", service="s3", Bucket=given, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=lock or None
        )
        return Made(id=given, attributes={"Arn": f"arn:aws:s3:::{given}"})

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        versions, lock = "VersioningConfiguration", "ObjectLockConfiguration"
        if before.get(versions) != after.get(versions):
            given = after.get(versions) or {"Status": "Suspended"}
            work.call("PutBucketVersioning", service="s3", Bucket=made.id, VersioningConfiguration=given)
        if before.get(lock) != after.get(lock) and lock in after:
            work.call("PutObjectLockConfiguration", service="s3", Bucket=made.id, ObjectLockConfiguration=_numbered(after[lock]))

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        work.call("DeleteBucket", service="s3", Bucket=made.id)


class _Policy(_Named):
    def create(self, work: Work, name: str, properties: Properties) -> Made:
        return Made(id=f"{work.stack.name}-{name}")

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        if before.get("PolicyDocument") != after["PolicyDocument"]:
            work.call("PutBucketPolicy", service="s3", Bucket=after[self.name], Policy=json.dumps(after["PolicyDocument"]))

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        work.call("DeleteBucketPolicy", service="s3", Bucket=properties[self.name])


class _Trail(_Named):
    """A trail outlives this AWS's process where events do, as no stack does: the one that declares it anew finds it there."""

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        given = properties.get(self.name, name)
        known = [each["TrailARN"] for each in work.call("ListTrails", service="cloudtrail")["Trails"] if each["Name"] == given]
        made = {"TrailARN": known[0]} if known else self._made(work, given, properties)
        return Made(id=given, attributes={"Arn": made["TrailARN"]})

    def created(self, properties: Properties) -> Properties:
        return {name: value for name, value in properties.items() if name != "IsLogging"}

    def settle(self, work: Work, made: Made, before: Properties, after: Properties) -> None:
        arn = made.attributes["Arn"]
        if self.created(before) != self.created(after):
            work.call("UpdateTrail", service="cloudtrail", Name=arn, **_trail(after))
        is_logging = work.call("GetTrailStatus", service="cloudtrail", Name=arn)["IsLogging"]
        if is_logging != _is_true(after["IsLogging"]):
            work.call("StopLogging" if is_logging else "StartLogging", service="cloudtrail", Name=arn)

    def delete(self, work: Work, made: Made, properties: Properties) -> None:
        work.call("DeleteTrail", service="cloudtrail", Name=made.attributes["Arn"])

    def _made(self, work: Work, name: str, properties: Properties) -> dict[str, Any]:
        return work.call("CreateTrail", service="cloudtrail", Name=name, **_trail(properties))


def _trail(properties: Properties) -> dict[str, Any]:
    """Return what CreateTrail takes; templates may have what is true or false as text."""
    given = {parameter: properties[name] for name, parameter in _OF_TRAIL.items() if name in properties}
    return {name: value if name in _TEXTS else _is_true(value) for name, value in given.items()}


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _numbered(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return it with its days as the number that a template may have as text."""
    retention = dict(configuration["Rule"]["DefaultRetention"])
    retention |= {name: int(retention[name]) for name in ("Days", "Years") if name in retention}
    return {**configuration, "Rule": {"DefaultRetention": retention}}


KINDS: Mapping[str, Any] = {
    "AWS::S3::Bucket": _Bucket("BucketName"),
    "AWS::S3::BucketPolicy": _Policy("Bucket", frozenset({"Bucket", "PolicyDocument"})),
    "AWS::CloudTrail::Trail": _Trail("TrailName", frozenset({"IsLogging", "S3BucketName"})),
}
