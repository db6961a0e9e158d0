"""A guard and a key in the simulated AWS, for a sealer with the policy of the documentation and nothing else."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from audits.sealing import configured
from audits.sealing.bucket import BucketGuard
from portal.aws import sessions
from portal.simulated_aws import control
from tests.stand_ins.aws import ADMIN_KEY, REGION, Aws
from tests.worlds.sealed import Trail

BUCKET, USER = "sekisho-seal-example", "sekisho-sealer"
POLICY = Path(__file__).resolve().parents[2] / "portal" / "aws" / "policies" / "sealer.json"
DAYS = 400


@dataclass(kw_only=True)
class SealerInAws:
    """The trail of a test with its guard and key in AWS; `admin` makes a client of who may do everything there."""

    aws: Aws
    trail: Trail
    key_arn: str

    def admin(self, service: str) -> Any:
        return self.aws.client(service, key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)

    @property
    def guard(self) -> BucketGuard:
        assert isinstance(self.trail.means.guard, BucketGuard)
        return self.trail.means.guard

    def allow(self, *, without: Collection[str] = ()) -> None:
        """Give the sealer its policy, or that without some of its actions."""
        document = json.loads(POLICY.read_text())
        for statement in document["Statement"]:
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            # A statement without an action is none.
            statement["Action"] = [action for action in actions if action not in without] or ["s3:NoSuchAction"]
        iam = self.aws.admin_client("iam")
        iam.put_user_policy(UserName=USER, PolicyName="seal", PolicyDocument=json.dumps(document))

    def fail(self, kind: str, action: str, *, times: int | None = None) -> None:
        """Have AWS fail for this action, as `portal.simulated_aws.faults` says."""
        control.set_fault(endpoint=self.aws.endpoint_url, token=self.aws.control_token, kind=kind, action=action, times=times)

    def mend(self) -> None:
        control.clear_faults(endpoint=self.aws.endpoint_url, token=self.aws.control_token)

    def configure(self) -> None:
        """Have the trail sealed by what the settings name now."""
        means = replace(self.trail.means, guard=configured.guard(), signer=configured.signer(), before=configured.before())
        self.trail.means = means


@pytest.fixture
def sealer_in_aws(sealed_trail: Trail, aws: Aws, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[SealerInAws]:
    iam, kms, s3 = (aws.client(name, key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret) for name in ("iam", "kms", "s3"))
    place = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True)
    key = new_kms_key(kms)
    kms.create_alias(AliasName="alias/sekisho-seal", TargetKeyId=key)
    iam.create_user(UserName=USER)
    credentials = iam.create_access_key(UserName=USER)["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials["SecretAccessKey"])
    settings.AWS_ENDPOINT_URL, settings.AWS_JUMP_ROLE_ARN = aws.endpoint_url, None
    settings.AWS_CALL_ATTEMPTS = 1
    settings.SEAL_GUARD, settings.SEAL_GUARD_REGION, settings.SEAL_GUARD_RETENTION_DAYS = f"s3://{BUCKET}/trail", REGION, DAYS
    settings.SEAL_KMS_KEY = key
    sessions.forget()
    made = SealerInAws(aws=aws, trail=sealed_trail, key_arn=key)
    made.allow()
    made.configure()
    yield made
    sessions.forget()


def new_kms_key(kms: Any) -> str:
    arn: str = kms.create_key(KeySpec="ECC_NIST_EDWARDS25519", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    return arn
