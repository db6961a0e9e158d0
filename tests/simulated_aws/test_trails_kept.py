"""What CloudTrail remembers over a restart of the simulated AWS, which forgets all else."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal.simulated_aws import control
from tests.simulated_aws.trails import BUCKET, make_bucket, with_trail
from tests.stand_ins.aws import Aws

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KINDS = ("CloudTrail", "CloudTrail-Digest")


@contextmanager
def _running(keep: Path) -> Iterator[Aws]:
    port_file, token = keep.with_name("port"), secrets.token_urlsafe()
    port_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "portal.simulated_aws", "--port-file", str(port_file), "--keep", str(keep)]
    process = subprocess.Popen(command, env={**os.environ, "SIMULATED_AWS_CONTROL_TOKEN": token})
    try:
        deadline = time.monotonic() + 30
        while not port_file.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        aws = Aws(f"http://127.0.0.1:{port_file.read_text()}", token)
        aws.rebuild()
        yield aws
        aws.close()
    finally:
        process.terminate()
        process.wait(10)


def test_events_trails_files_and_signatures_are_the_same_after_a_restart(tmp_path: Path) -> None:
    later = NOON + timedelta(hours=2)
    with _running(tmp_path / "aws.sqlite3") as aws:
        first = with_trail(aws, since=NOON)
        aws.switch("member01", role="Prod_ReadOnlyRole")
        aws.set_clock(at=later)
        files = {key: first.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for kind in KINDS for key in first.files(kind)}
        seen = first.cloudtrail.lookup_events(EndTime=NOON)["Events"]
    with _running(tmp_path / "aws.sqlite3") as aws:
        aws.set_clock(at=later)
        again = make_bucket(aws, first.arn)
        assert again.cloudtrail.get_trail_status(Name=first.arn)["IsLogging"] is True
        assert again.cloudtrail.lookup_events(EndTime=NOON)["Events"] == seen
        found = {key: again.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for kind in KINDS for key in again.files(kind)}
        assert (len(files), found) == (3, files)
        control.reset(endpoint=aws.endpoint_url, token=aws.control_token)
        aws.rebuild()
        assert make_bucket(aws, first.arn).cloudtrail.describe_trails()["trailList"] == []
