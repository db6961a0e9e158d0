"""AWS's own validator, the aws command, against the simulated trails: what is whole, and what somebody has changed."""

import gzip
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.simulated_aws import control
from portal.simulated_aws.company import ACCOUNTS
from tests.simulated_aws.trails import BUCKET, Trailed, with_trail
from tests.stand_ins.aws import REGION, Aws

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.exhaustive


@pytest.fixture
def trailed(aws: Aws) -> Trailed:
    """Return a trail of five hours, one of whose digests was made later."""
    made = with_trail(aws, since=NOON)
    for hours in range(3):
        aws.set_clock(at=NOON + hours * HOUR + timedelta(minutes=7))
        aws.switch("member01", role="Prod_ReadOnlyRole")
    control.set_fault(endpoint=aws.endpoint_url, token=aws.control_token, kind="file_unlisted", action="AssumeRole", times=2)
    aws.switch("member01", role="Prod_ReadOnlyRole")
    aws.set_clock(at=NOON + 5 * HOUR)
    return made


def _validated(trailed: Trailed, tmp_path: Path, *more: str) -> tuple[int, str]:
    """Return how the command ended, and what it said."""
    period = ["--start-time", f"{NOON:%Y-%m-%dT%H:%M:%SZ}", "--end-time", f"{NOON + 5 * HOUR:%Y-%m-%dT%H:%M:%SZ}"]
    command = ["-m", "awscli", "cloudtrail", "validate-logs", "--trail-arn", trailed.arn, *period, "--verbose", *more]
    place = {
        "AWS_ENDPOINT_URL": trailed.aws.endpoint_url,
        "AWS_ACCESS_KEY_ID": trailed.admin.key_id,
        "AWS_SECRET_ACCESS_KEY": trailed.admin.secret,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }
    ended = subprocess.run(
        [sys.executable, *command], env={**os.environ, **place}, capture_output=True, text=True, timeout=120, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_honest_trail_is_valid(trailed: Trailed, tmp_path: Path) -> None:
    code, said = _validated(trailed, tmp_path)
    assert code == 0, said
    assert "5/5 digest files valid" in said
    assert "1/1 backfill digest files valid" in said
    assert "INVALID" not in said


def test_organisations_trail_in_a_locked_bucket_is_valid_for_each_account(aws: Aws, tmp_path: Path) -> None:
    made = with_trail(aws, "log-archive", since=NOON, IsOrganizationTrail=True)
    retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": retention}
    made.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    made.s3.put_object_lock_configuration(Bucket=BUCKET, ObjectLockConfiguration=lock)
    aws.switch("member01", role="Prod_ReadOnlyRole")
    aws.set_clock(at=NOON + 5 * HOUR)
    for account in ("jump", "production"):
        code, said = _validated(made, tmp_path, "--account-id", ACCOUNTS[account])
        assert (code, "5/5 digest files valid" in said, "1/1 log files valid" in said) == (0, True, True), said


def test_file_that_was_edited_is_found(trailed: Trailed, tmp_path: Path) -> None:
    key = next(key for key in trailed.files() if "T1210Z" in key)
    other = gzip.compress(b'{"Records":[]}')
    trailed.s3.put_object(Bucket=BUCKET, Key=key, Body=other)
    code, said = _validated(trailed, tmp_path)
    assert (code, f"{key}\tINVALID: hash value doesn't match" in said) == (1, True), said


def test_digest_that_was_edited_or_taken_away_is_found(trailed: Trailed, tmp_path: Path) -> None:
    edited, gone, *_ = trailed.files("CloudTrail-Digest")
    found = trailed.s3.get_object(Bucket=BUCKET, Key=edited)
    body = gzip.compress(gzip.decompress(found["Body"].read()).replace(b"T1210Z", b"T1211Z"))
    trailed.s3.put_object(Bucket=BUCKET, Key=edited, Body=body, Metadata=found["Metadata"])
    trailed.s3.delete_object(Bucket=BUCKET, Key=gone)
    code, said = _validated(trailed, tmp_path)
    assert code == 1, said
    assert f"{edited}\tINVALID: signature verification failed" in said
    assert f"{gone}\tINVALID: not found" in said
