"""The files of a trail and their digests: read once, verified from where they were left; what is edited or removed is found."""

import gzip
import json
from datetime import timedelta

import pytest

from audits.acts import Act
from audits.findings import following
from audits.kinds import FindingKind
from audits.log_ins import digesting
from audits.log_ins.digesting import Chain
from audits.log_ins.extent import OF_DIGESTS
from audits.models import Finding, LogIn, LogInClass, Matched, Reading, TrailEntry, TrailKey
from portal.simulated_aws import control
from portal.simulated_aws.company import ACCOUNTS
from tests.app.audits.log_ins.test_reading import Look, forward, look  # noqa: F401  A fixture.
from tests.worlds.gated import Gated, admin_in

BUCKET = "sekisho-logs-of-the-test"


@pytest.fixture
def trail(gated: Gated, look: Look) -> str:  # noqa: F811  The fixture.
    """Return the ARN of production's own trail, whose files lie in its own bucket."""
    following.follow(now=gated.jump.clock.now)
    return make_trail(gated)


def make_trail(gated: Gated, account: str = "production") -> str:
    bucket = BUCKET if account == "production" else f"{BUCKET}-{account}"
    s3, cloudtrail = admin_in(gated.aws, account, "s3"), admin_in(gated.aws, account, "cloudtrail")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "ap-northeast-1"})
    allow = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    statements = [
        {**allow, "Action": "s3:GetBucketAcl", "Resource": f"arn:aws:s3:::{bucket}"},
        {**allow, "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"},
    ]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    made = cloudtrail.create_trail(Name="own", S3BucketName=bucket, IsMultiRegionTrail=True, EnableLogFileValidation=True)
    cloudtrail.start_logging(Name=made["TrailARN"])
    return str(made["TrailARN"])


def look_at_files(gated: Gated, look: Look) -> None:  # noqa: F811
    Matched.objects.update(trails_at=None)
    look()
    for _time in range(2):
        following.follow(now=gated.jump.clock.now)


def test_files_are_read_and_verified(gated: Gated, trail: str, look: Look) -> None:  # noqa: F811
    look()
    gated.aws.switch("leader01", role="Prod_ReadOnlyRole")
    forward(gated, hours=3)
    look_at_files(gated, look)
    of_files = Reading.objects.get(source=trail, region="ap-northeast-1")
    assert (of_files.problem, of_files.key.startswith("AWSLogs/")) == ("", True)
    assert LogIn.objects.filter(kind=LogInClass.STANDING, person="leader01").count() == 1
    chain = Reading.objects.get(source=OF_DIGESTS + trail, region="ap-northeast-1")
    assert (chain.problem, bool(chain.key)) == ("", True)
    assert TrailKey.objects.exists()
    assert not TrailEntry.objects.filter(act__in=[Act.CLOUDTRAIL_FAULT, Act.CLOUDTRAIL_GAP]).exists()


def test_edited_file_is_a_finding(gated: Gated, trail: str, look: Look) -> None:  # noqa: F811
    look()
    gated.aws.switch("leader01", role="Prod_ReadOnlyRole")
    forward(gated, hours=3)
    s3 = admin_in(gated.aws, "production", "s3")
    folder = f"AWSLogs/{ACCOUNTS['production']}/CloudTrail/ap-northeast-1/"
    key = s3.list_objects_v2(Bucket=BUCKET, Prefix=folder)["Contents"][0]["Key"]
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"another")
    look_at_files(gated, look)
    faults = Finding.objects.filter(kind=FindingKind.CLOUDTRAIL_FAULT)
    assert f"edited: {key}" in {fault.key["remark"] for fault in faults}


def test_stopped_trail_is_a_finding_that_closes_when_it_writes_again(gated: Gated, trail: str, look: Look) -> None:  # noqa: F811
    look_at_files(gated, look)
    cloudtrail = admin_in(gated.aws, "production", "cloudtrail")
    forward(gated, minutes=1)
    cloudtrail.stop_logging(Name=trail)
    forward(gated, minutes=1)
    look_at_files(gated, look)
    finding = Finding.objects.get(kind=FindingKind.CLOUDTRAIL_STOPPED)
    assert (finding.status, finding.key) == ("open", {"account": ACCOUNTS["production"], "trail": trail})
    forward(gated, minutes=1)
    cloudtrail.start_logging(Name=trail)
    forward(gated, minutes=1)
    look_at_files(gated, look)
    finding.refresh_from_db()
    assert finding.status == "closed"


def test_region_without_a_trail_is_a_finding_until_one_records_it(gated: Gated, look: Look) -> None:  # noqa: F811
    following.follow(now=gated.jump.clock.now)
    for _look in range(2):
        look_at_files(gated, look)
        forward(gated, minutes=6)
    missing = Finding.objects.filter(kind=FindingKind.CLOUDTRAIL_MISSING)
    assert (missing.filter(status="open").count(), TrailEntry.objects.filter(act=Act.CLOUDTRAIL_MISSING).count()) == (4, 4)
    make_trail(gated)
    look_at_files(gated, look)
    assert {finding.key["account"] for finding in missing.filter(status="open")} == {ACCOUNTS["jump"]}


def test_account_that_refuses_to_show_its_trails_is_a_finding_told_once(gated: Gated, look: Look) -> None:  # noqa: F811
    following.follow(now=gated.jump.clock.now)
    deny = {"Effect": "Deny", "Action": "cloudtrail:DescribeTrails", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    iam = admin_in(gated.aws, "production")
    iam.put_role_policy(RoleName="SekishoGateRole", PolicyName="Hidden", PolicyDocument=document)
    for _look in range(2):
        look_at_files(gated, look)
        forward(gated, minutes=6)
    (found,) = Finding.objects.filter(kind=FindingKind.CLOUDTRAIL_GAP)
    assert (found.key["account"], found.key["remark"]) == (ACCOUNTS["production"], "DescribeTrails: AccessDeniedException")
    assert TrailEntry.objects.filter(act=Act.CLOUDTRAIL_GAP).count() == 1


def test_forged_digest_that_sorts_last_moves_nothing_and_hides_nothing(gated: Gated, trail: str, look: Look) -> None:  # noqa: F811
    look()
    gated.aws.switch("leader01", role="Prod_ReadOnlyRole")
    forward(gated, hours=3)
    s3 = admin_in(gated.aws, "production", "s3")
    account, now = ACCOUNTS["production"], gated.jump.clock.now
    folder = f"AWSLogs/{account}/CloudTrail-Digest/ap-northeast-1/{now:%Y/%m/%d}/"
    forged = f"{folder}{account}_CloudTrail-Digest_ap-northeast-1_own_ap-northeast-1_{now:%Y%m%dT%H%M%SZ}.json.gz"
    s3.put_object(Bucket=BUCKET, Key=forged, Body=gzip.compress(b"{}"))
    other = f"AWSLogs/{account}/CloudTrail/ap-northeast-1/{now:%Y/%m/%d}/zzz"
    s3.put_object(Bucket=BUCKET, Key=other, Body=b"no name of CloudTrail's")
    for _look in range(2):
        look_at_files(gated, look)
    chain = Reading.objects.get(source=OF_DIGESTS + trail, region="ap-northeast-1")
    assert chain.key not in {"", forged}
    assert chain.until < now
    told = [entry.data["remark"] for entry in TrailEntry.objects.filter(act=Act.CLOUDTRAIL_FAULT)]
    assert told.count(f"not_readable: {forged}") == 1
    assert not any("zzz" in remark for remark in told)
    assert LogIn.objects.filter(kind=LogInClass.STANDING, person="leader01").count() == 1


def test_validation_that_was_switched_off_is_a_finding(gated: Gated, trail: str, look: Look) -> None:  # noqa: F811
    look_at_files(gated, look)
    admin_in(gated.aws, "production", "cloudtrail").update_trail(Name=trail, EnableLogFileValidation=False)
    for _look in range(2):
        look_at_files(gated, look)
    gaps = [finding.key["remark"] for finding in Finding.objects.filter(kind=FindingKind.CLOUDTRAIL_GAP)]
    assert gaps
    assert all("validation is off" in remark for remark in gaps)


def remarks() -> list[str]:
    return [entry.data["remark"] for entry in TrailEntry.objects.filter(act=Act.CLOUDTRAIL_FAULT)]


def test_digest_that_is_made_later_is_verified_though_the_chain_went_on(gated: Gated, trail: str, look: Look) -> None:  # noqa: F811
    look()
    control.set_fault(
        endpoint=gated.aws.endpoint_url, token=gated.aws.control_token, kind="file_unlisted", action="AssumeRole", times=2
    )
    gated.aws.switch("leader01", role="Prod_ReadOnlyRole")
    for _hour in range(3):
        forward(gated, hours=1, minutes=10)
        look_at_files(gated, look)
    chain = Chain.of(Reading.objects.get(source=OF_DIGESTS + trail, region="ap-northeast-1").token)
    (later,) = chain.late
    assert later.endswith("_backfill.json.gz")
    assert (chain.waiting, remarks()) == ({}, [])


def test_file_that_no_digest_names_for_long_enough_is_a_finding(
    gated: Gated,
    trail: str,
    look: Look,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(digesting, "NAMED_LATE", timedelta(hours=1))
    look()
    forward(gated, minutes=10)
    account, now = ACCOUNTS["production"], gated.jump.clock.now
    folder = f"AWSLogs/{account}/CloudTrail/ap-northeast-1/{now:%Y/%m/%d}/"
    key = f"{folder}{account}_CloudTrail_ap-northeast-1_{now:%Y%m%dT%H%MZ}_0123456789abcdef.json.gz"
    admin_in(gated.aws, "production", "s3").put_object(Bucket=BUCKET, Key=key, Body=gzip.compress(b'{"Records":[]}'))
    forward(gated, hours=2)
    look_at_files(gated, look)
    assert remarks() == []
    forward(gated, hours=2)
    look_at_files(gated, look)
    assert remarks() == [f"inserted: {key}"]
