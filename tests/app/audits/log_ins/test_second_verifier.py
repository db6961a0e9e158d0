"""Our reader of digests and AWS's own validator, on the same files: what the one finds the other finds too."""

import gzip
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE, role_arn
from tests.app.audits.log_ins.test_files import BUCKET, look_at_files, remarks, trail  # noqa: F401  A fixture.
from tests.app.audits.log_ins.test_reading import Look, forward, look  # noqa: F401  A fixture.
from tests.stand_ins.aws import REGION
from tests.worlds.gated import Gated, admin_in

pytestmark = pytest.mark.exhaustive
INVALID = re.compile(r"s3://[^/]+/(\S+)\tINVALID")


def found_by_aws(gated: Gated, arn: str, tmp_path: Path) -> set[str]:
    """Return the keys that `aws cloudtrail validate-logs` calls invalid."""
    sts = gated.aws.admin_client("sts")
    given = sts.assume_role(RoleArn=role_arn("production", ADMIN_ROLE), RoleSessionName="administrator")["Credentials"]
    now = gated.jump.clock.now
    period = ["--start-time", f"{now - timedelta(hours=9):%Y-%m-%dT%H:%M:%SZ}", "--end-time", f"{now:%Y-%m-%dT%H:%M:%SZ}"]
    place = {
        "AWS_ENDPOINT_URL": gated.aws.endpoint_url,
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }
    command = [sys.executable, "-m", "awscli", "cloudtrail", "validate-logs", "--trail-arn", arn, *period, "--verbose"]
    ended = subprocess.run(command, env={**os.environ, **place}, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode in (0, 1), ended.stderr
    said = ended.stdout + ended.stderr
    assert "digest files valid" in said, said
    return set(INVALID.findall(said))


def test_both_verifiers_find_the_same(gated: Gated, trail: str, look: Look, tmp_path: Path) -> None:  # noqa: F811
    look()
    for _hour in range(3):
        gated.aws.switch("leader01", role="Prod_ReadOnlyRole")
        forward(gated, hours=1, minutes=5)
    forward(gated, hours=3)
    assert found_by_aws(gated, trail, tmp_path) == set()
    s3, account = admin_in(gated.aws, "production", "s3"), ACCOUNTS["production"]
    keys = {
        kind: [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET, Prefix=f"AWSLogs/{account}/{kind}/{REGION}/")["Contents"]]
        for kind in ("CloudTrail", "CloudTrail-Digest")
    }
    edited, removed, digest = keys["CloudTrail"][0], keys["CloudTrail"][1], keys["CloudTrail-Digest"][2]
    s3.put_object(Bucket=BUCKET, Key=edited, Body=gzip.compress(b'{"Records":[]}'))
    s3.delete_object(Bucket=BUCKET, Key=removed)
    s3.delete_object(Bucket=BUCKET, Key=digest)
    look_at_files(gated, look)
    ours = {remark.partition(": ")[2] for remark in remarks()}
    assert ours == found_by_aws(gated, trail, tmp_path) == {edited, removed, digest}
