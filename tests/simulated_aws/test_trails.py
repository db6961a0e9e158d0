"""Trails: which files and digests they leave in their bucket, and when."""

import gzip
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from portal.simulated_aws import control
from portal.simulated_aws.company import ACCOUNTS
from tests.simulated_aws.refusals import refused
from tests.simulated_aws.trails import BUCKET, NAME, POLICY, Trailed, administrator, with_trail
from tests.stand_ins.aws import REGION, Aws

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRODUCTION = ACCOUNTS["production"]


@pytest.fixture
def trailed(aws: Aws) -> Trailed:
    return with_trail(aws, since=NOON)


def _look(trailed: Trailed, at: datetime, *, name: str = "ReadOnlyAccess") -> None:
    """Have somebody do something in the account that its trail tells of, in Tokyo."""
    trailed.aws.set_clock(at=at)
    trailed.aws.switch("member01", role=f"Prod_{name.removesuffix('Access')}Role")


def _fault(aws: Aws, kind: str, **more: Any) -> None:
    control.set_fault(endpoint=aws.endpoint_url, token=aws.control_token, kind=kind, **more)


def _metadata(trailed: Trailed, key: str) -> dict[str, str]:
    found: dict[str, str] = trailed.s3.get_object(Bucket=BUCKET, Key=key)["Metadata"]
    return found


def test_events_come_to_the_bucket_in_files_of_five_minutes_by_account_region_and_day(trailed: Trailed) -> None:
    _look(trailed, NOON + timedelta(minutes=1))
    _look(trailed, NOON + timedelta(minutes=3))
    trailed.aws.set_clock(at=NOON + timedelta(minutes=4))
    assert trailed.files() == []
    trailed.aws.set_clock(at=NOON + timedelta(minutes=5))
    (key,) = trailed.files()
    form = (
        rf"AWSLogs/{PRODUCTION}/CloudTrail/{REGION}/2026/11/23/{PRODUCTION}_CloudTrail_{REGION}_20261123T1205Z_\w{{16}}\.json\.gz"
    )
    assert re.fullmatch(form, key)
    names = [record["eventName"] for record in trailed.read(key)["Records"]]
    assert names == ["StartLogging", "AssumeRole", "AssumeRole"]
    told = trailed.cloudtrail.lookup_events(MaxResults=1)["Events"][0]
    assert json.loads(told["CloudTrailEvent"]) == trailed.read(key)["Records"][-1]
    assert trailed.s3.head_object(Bucket=BUCKET, Key=key)["LastModified"] == NOON + timedelta(minutes=5)


def test_events_of_iam_are_in_the_files_of_its_one_region(trailed: Trailed) -> None:
    trailed.admin.client("iam").create_user(UserName="planted")
    trailed.aws.set_clock(at=NOON + timedelta(minutes=5))
    assert [record["eventName"] for record in trailed.records("us-east-1")] == ["CreateUser"]


def test_digests_name_the_files_of_their_hour_and_the_digest_before_and_are_signed(trailed: Trailed) -> None:
    _look(trailed, NOON + timedelta(minutes=1))
    trailed.aws.set_clock(at=NOON + 2 * HOUR)
    first, second = trailed.files("CloudTrail-Digest")
    name = f"{PRODUCTION}_CloudTrail-Digest_{REGION}_{NAME}_{REGION}_20261123T130000Z.json.gz"
    assert first == f"AWSLogs/{PRODUCTION}/CloudTrail-Digest/{REGION}/2026/11/23/{name}"
    said, after = trailed.read(first), trailed.read(second)
    (listed,) = said["logFiles"]
    body = gzip.decompress(trailed.s3.get_object(Bucket=BUCKET, Key=listed["s3Object"])["Body"].read())
    assert listed["hashValue"] == hashlib.sha256(body).hexdigest()
    assert (said["previousDigestSignature"], after["previousDigestS3Object"]) == (None, first)
    assert after["previousDigestSignature"] == _metadata(trailed, first)["signature"]
    assert (after["logFiles"], after["newestEventTime"]) == ([], None)
    (key,) = trailed.cloudtrail.list_public_keys(StartTime=NOON, EndTime=NOON + HOUR)["PublicKeyList"]
    assert key["Fingerprint"] == said["digestPublicKeyFingerprint"]
    for place, digest in ((first, said), (second, after)):
        text = gzip.decompress(trailed.s3.get_object(Bucket=BUCKET, Key=place)["Body"].read())
        before = digest["previousDigestSignature"] or "null"
        signed = f"{digest['digestEndTime']}\n{BUCKET}/{place}\n{hashlib.sha256(text).hexdigest()}\n{before}"
        signature = bytes.fromhex(_metadata(trailed, place)["signature"])
        public: Any = load_der_public_key(key["Value"])
        public.verify(signature, signed.encode(), PKCS1v15(), SHA256())


def test_stopped_trail_ends_with_a_short_digest_and_begins_a_new_chain(trailed: Trailed) -> None:
    _look(trailed, NOON + timedelta(minutes=10))
    trailed.cloudtrail.stop_logging(Name=NAME)
    status = trailed.cloudtrail.get_trail_status(Name=NAME)
    assert (status["IsLogging"], status["StopLoggingTime"]) == (False, NOON + timedelta(minutes=10))
    _look(trailed, NOON + timedelta(minutes=30))
    trailed.aws.set_clock(at=NOON + 3 * HOUR)
    trailed.cloudtrail.start_logging(Name=NAME)
    trailed.aws.set_clock(at=NOON + 4 * HOUR)
    names = [record["eventName"] for record in trailed.records()]
    assert [names.count(name) for name in ("AssumeRole", "StopLogging", "StartLogging")] == [1, 1, 2]
    last, fresh = (trailed.read(key) for key in trailed.files("CloudTrail-Digest"))
    assert (last["digestEndTime"], len(last["logFiles"])) == ("2026-11-23T12:20:00Z", 2)
    assert (fresh["digestStartTime"], fresh["previousDigestS3Object"]) == ("2026-11-23T15:00:00Z", None)


def test_trail_that_was_deleted_leaves_its_files_and_is_no_more(trailed: Trailed) -> None:
    _look(trailed, NOON + timedelta(minutes=1))
    trailed.cloudtrail.delete_trail(Name=NAME)
    assert trailed.cloudtrail.describe_trails()["trailList"] == []
    with refused("TrailNotFoundException", status=400):
        trailed.cloudtrail.get_trail_status(Name=NAME)
    trailed.aws.set_clock(at=NOON + HOUR)
    assert "DeleteTrail" in [record["eventName"] for record in trailed.records()]


def test_trail_is_described_in_every_region_and_changed_in_its_own(trailed: Trailed) -> None:
    abroad = trailed.admin.client("cloudtrail", "us-east-1")
    (shown,) = abroad.describe_trails()["trailList"]
    assert (shown["HomeRegion"], shown["LogFileValidationEnabled"], shown["TrailARN"]) == (REGION, True, trailed.arn)
    assert abroad.describe_trails(includeShadowTrails=False)["trailList"] == []
    with refused("InvalidHomeRegionException", status=400):
        abroad.stop_logging(Name=trailed.arn)
    (selector,) = abroad.get_event_selectors(TrailName=trailed.arn)["EventSelectors"]
    assert (selector["ReadWriteType"], selector["IncludeManagementEvents"]) == ("All", True)
    trailed.cloudtrail.update_trail(Name=NAME, EnableLogFileValidation=False)
    trailed.aws.set_clock(at=NOON + 2 * HOUR)
    (last,) = trailed.files("CloudTrail-Digest")
    assert trailed.read(last)["digestEndTime"] == "2026-11-23T12:10:00Z"


def test_trail_needs_a_bucket_that_lets_it_write(aws: Aws) -> None:
    admin = administrator(aws, "production")
    s3, cloudtrail = admin.client("s3"), admin.client("cloudtrail")
    with refused("S3BucketDoesNotExistException", status=400):
        cloudtrail.create_trail(Name=NAME, S3BucketName=BUCKET)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    with refused("InsufficientS3BucketPolicyException", status=400):
        cloudtrail.create_trail(Name=NAME, S3BucketName=BUCKET)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(POLICY))
    cloudtrail.create_trail(Name=NAME, S3BucketName=BUCKET)
    with refused("TrailAlreadyExistsException", status=400):
        cloudtrail.create_trail(Name=NAME, S3BucketName=BUCKET)
    with refused("NotOrganizationMasterAccountException", status=400):
        cloudtrail.create_trail(Name="all", S3BucketName=BUCKET, IsOrganizationTrail=True)
    with refused("AccessDeniedException", status=400, match="cloudtrail:StopLogging"):
        aws.person("member01").client("cloudtrail").stop_logging(Name=NAME)


# What goes wrong


def test_late_event_is_told_and_delivered_late(trailed: Trailed) -> None:
    _fault(trailed.aws, "late", action="AssumeRole", seconds=2 * 86_400, times=None)
    _look(trailed, NOON + timedelta(minutes=1))
    control.clear_faults(endpoint=trailed.aws.endpoint_url, token=trailed.aws.control_token)
    trailed.aws.set_clock(at=NOON + timedelta(days=2))
    named = [{"AttributeKey": "ResourceName", "AttributeValue": f"arn:aws:iam::{PRODUCTION}:role/Prod_ReadOnlyRole"}]
    assert trailed.cloudtrail.lookup_events(LookupAttributes=named)["Events"] == []
    trailed.aws.set_clock(at=NOON + timedelta(days=2, minutes=5))
    assert len(trailed.cloudtrail.lookup_events(LookupAttributes=named)["Events"]) == 1
    (key,) = [key for key in trailed.files() if "/2026/11/25/" in key]
    assert trailed.read(key)["Records"][0]["eventTime"] == "2026-11-23T12:01:00Z"


def test_doubled_event_is_told_twice_under_one_id_and_a_missing_one_never(trailed: Trailed) -> None:
    for kind in ("doubled", "missing"):
        _fault(trailed.aws, kind, action="AssumeRole", times=2)
        _look(trailed, NOON + timedelta(minutes=1))
    trailed.aws.set_clock(at=NOON + timedelta(minutes=5))
    told = [record["eventID"] for record in trailed.records() if record["eventName"] == "AssumeRole"]
    assert (len(told), len(set(told))) == (2, 1)


@pytest.mark.parametrize(
    ("kind", "is_there", "is_listed"), [("file_missing", False, True), ("file_unlisted", True, False), ("stopped", False, False)]
)
def test_file_may_be_missing_unlisted_or_never_made(trailed: Trailed, kind: str, *, is_there: bool, is_listed: bool) -> None:
    _fault(trailed.aws, kind, action="AssumeRole", times=None)
    is_stopped = "LatestDeliveryError" in trailed.cloudtrail.get_trail_status(Name=NAME)
    _look(trailed, NOON + timedelta(minutes=31))
    trailed.aws.set_clock(at=NOON + HOUR)
    (digest,) = trailed.files("CloudTrail-Digest")
    assert any("T1235Z" in key for key in trailed.files()) is is_there
    assert any("T1235Z" in each["s3Object"] for each in trailed.read(digest)["logFiles"]) is is_listed
    assert is_stopped is (kind == "stopped")


def test_what_a_digest_left_out_is_listed_by_one_made_later(trailed: Trailed) -> None:
    _fault(trailed.aws, "file_unlisted", action="AssumeRole", times=None)
    _look(trailed, NOON + timedelta(minutes=31))
    trailed.aws.set_clock(at=NOON + 3 * HOUR)
    (late,) = [key for key in trailed.files("CloudTrail-Digest") if key.endswith("_20261123T130000Z_backfill.json.gz")]
    assert _metadata(trailed, late)["backfill-generation-timestamp"] == "2026-11-23T15:00:00Z"
    (listed,) = trailed.read(late)["logFiles"]
    assert "T1235Z" in listed["s3Object"]


def test_lookups_are_limited_where_the_world_says_so(trailed: Trailed) -> None:
    world = {"accounts": [], "lookups_per_second": 2}
    control.add(endpoint=trailed.aws.endpoint_url, token=trailed.aws.control_token, world=world)
    with refused("ThrottlingException", status=400, match="Rate exceeded"):
        for _ in range(50):
            trailed.cloudtrail.lookup_events(MaxResults=1)
    assert trailed.admin.client("cloudtrail", "us-east-1").lookup_events(MaxResults=1)["Events"]


def test_weeks_of_digests_are_made_in_pieces_and_are_one_chain(trailed: Trailed) -> None:
    trailed.aws.set_clock(at=NOON + 170 * HOUR)
    keys = trailed.files("CloudTrail-Digest")
    assert len(keys) == 170
    assert [trailed.read(key)["previousDigestS3Object"] for key in keys[1:]] == keys[:-1]


def test_lookups_reach_back_for_ninety_days(trailed: Trailed) -> None:
    _look(trailed, NOON + timedelta(minutes=1))
    named = [{"AttributeKey": "EventName", "AttributeValue": "StartLogging"}]
    for days, count in ((89, 1), (91, 0)):
        trailed.aws.set_clock(at=NOON + timedelta(days=days))
        assert len(trailed.cloudtrail.lookup_events(LookupAttributes=named)["Events"]) == count
