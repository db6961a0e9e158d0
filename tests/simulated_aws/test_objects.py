"""S3 with Object Lock: what is written once stays, whoever asks."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulated_aws.refusals import refused
from tests.stand_ins.aws import ADMIN_KEY, REGION, Aws

BUCKET = "sealed-heads"
PROTECTED = "Access Denied because object protected by object lock"


@pytest.fixture
def s3(aws: Aws) -> Any:
    made = aws.client("s3", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)
    place = {"LocationConstraint": REGION}
    made.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
    made.create_bucket(Bucket="plain", CreateBucketConfiguration=place)
    return made


def retention(aws: Aws, *, mode: str = "COMPLIANCE", days: int = 1) -> Mapping[str, Any]:
    return {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": aws.now() + timedelta(days=days)}


def put(s3: Any, key: str, **said: Any) -> str:
    version: str = s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode(), **said)["VersionId"]
    return version


def test_bucket_with_object_lock_has_versions_and_keeps_them(s3: Any) -> None:
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    assert s3.get_object_lock_configuration(Bucket=BUCKET)["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled"}
    assert s3.head_bucket(Bucket=BUCKET)["BucketRegion"] == REGION
    with refused("InvalidBucketState", status=409):
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    with refused("ObjectLockConfigurationNotFoundError", status=404):
        s3.get_object_lock_configuration(Bucket="plain")


def test_key_is_created_once(s3: Any) -> None:
    put(s3, "a/1", IfNoneMatch="*")
    with refused("PreconditionFailed", status=412):
        put(s3, "a/1", IfNoneMatch="*")
    put(s3, "a/1")
    s3.delete_object(Bucket=BUCKET, Key="a/1")
    # As AWS documents it: behind a delete marker there is no current version to be in the way.
    put(s3, "a/1", IfNoneMatch="*")
    listed = s3.list_object_versions(Bucket=BUCKET, Prefix="a/")
    assert (len(listed["Versions"]), len(listed["DeleteMarkers"])) == (3, 1)


@pytest.mark.parametrize("bypass", [True, False])
@pytest.mark.parametrize("mode", ["COMPLIANCE", "GOVERNANCE"])
def test_version_under_retention_is_deleted_by_nobody_until_its_end(s3: Any, aws: Aws, mode: str, *, bypass: bool) -> None:
    version = put(s3, "a/1", **retention(aws, mode=mode))
    at = {"Bucket": BUCKET, "Key": "a/1", "VersionId": version}
    if mode == "GOVERNANCE" and bypass:
        s3.delete_object(**at, BypassGovernanceRetention=True)
        return
    with refused("AccessDenied", status=403, match=PROTECTED):
        s3.delete_object(**at, BypassGovernanceRetention=bypass)
    shorter = {"Mode": mode, "RetainUntilDate": aws.now() + timedelta(hours=1)}
    with refused("AccessDenied", status=403, match=PROTECTED):
        s3.put_object_retention(**at, Retention=shorter, BypassGovernanceRetention=bypass)
    s3.put_object_retention(**at, Retention={**shorter, "RetainUntilDate": aws.now() + timedelta(days=2)})
    aws.set_clock(offset_seconds=3 * 86_400)
    s3.delete_object(**at)


def test_retention_that_cannot_be_is_refused(s3: Any, aws: Aws) -> None:
    with refused("InvalidArgument", status=400, match="must be in the future"):
        put(s3, "a/1", **retention(aws, days=-1))
    with refused("InvalidArgument", status=400, match="must both be supplied"):
        put(s3, "a/1", ObjectLockMode="COMPLIANCE")
    with refused("InvalidRequest", status=400, match="missing Object Lock"):
        s3.put_object(Bucket="plain", Key="a/1", Body=b"", **retention(aws))


def test_marker_hides_a_version_and_takes_nothing_away(s3: Any, aws: Aws) -> None:
    version = put(s3, "a/1", **retention(aws))
    s3.delete_object(Bucket=BUCKET, Key="a/1")
    with refused("NoSuchKey", status=404):
        s3.get_object(Bucket=BUCKET, Key="a/1")
    found = s3.get_object(Bucket=BUCKET, Key="a/1", VersionId=version)
    assert (found["Body"].read(), found["ObjectLockMode"]) == (b"a/1", "COMPLIANCE")


def test_versions_are_listed_in_pages_and_folders(s3: Any) -> None:
    for key in ("a/1", "a/1", "a/2", "b/1"):
        put(s3, key)
    pages = list(s3.get_paginator("list_object_versions").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 1}))
    assert [[version["Key"] for version in page["Versions"]] for page in pages] == [["a/1"], ["a/1"], ["a/2"], ["b/1"]]
    folders = s3.list_object_versions(Bucket=BUCKET, Delimiter="/")["CommonPrefixes"]
    assert [folder["Prefix"] for folder in folders] == ["a/", "b/"]
    after = s3.list_object_versions(Bucket=BUCKET, Prefix="a/", KeyMarker="a/1")["Versions"]
    assert [version["Key"] for version in after] == ["a/2"]


def test_client_of_another_region_is_led_to_the_buckets(s3: Any, aws: Aws) -> None:
    abroad = aws.client("s3", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret, region="eu-west-1")
    assert abroad.head_bucket(Bucket=BUCKET)["BucketRegion"] == REGION


def test_calls_are_those_of_who_may(s3: Any, aws: Aws) -> None:
    stranger = aws.person("member01").client("s3")
    for call, more in ((stranger.list_object_versions, {}), (stranger.put_object, {"Key": "a/1", "Body": b""})):
        with refused("AccessDenied", status=403, match="is not authorized to perform: s3:"):
            call(Bucket=BUCKET, **more)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.list_object_versions(Bucket="nowhere")
    with refused("NotSimulated", status=501):
        s3.list_buckets()
