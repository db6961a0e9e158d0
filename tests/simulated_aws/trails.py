"""A bucket and a trail for tests, and what lies in the bucket."""

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE, role_arn
from tests.stand_ins.aws import REGION, Aws, Switched

BUCKET = "trail-of-the-company"
NAME = "company"


@dataclass(frozen=True, slots=True)
class Administrator:
    """A user of an account with all rights, whose key outlives any session when the clock is moved."""

    aws: Aws
    account: str
    key_id: str
    secret: str

    def client(self, service: str, region: str = REGION) -> Any:
        return self.aws.client(service, key_id=self.key_id, secret=self.secret, region=region)


def administrator(aws: Aws, account: str) -> Administrator:
    """Make such a user."""
    given = aws.admin_client("sts").assume_role(RoleArn=role_arn(account, ADMIN_ROLE), RoleSessionName="trails")["Credentials"]
    iam = Switched(aws, given).client("iam")
    iam.create_user(UserName="trails")
    iam.attach_user_policy(UserName="trails", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    key = iam.create_access_key(UserName="trails")["AccessKey"]
    return Administrator(aws, account, key["AccessKeyId"], key["SecretAccessKey"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Trailed:
    """An account with a trail in all its Regions. `s3` and `cloudtrail` are of that account."""

    aws: Aws
    admin: Administrator
    s3: Any
    cloudtrail: Any
    arn: str

    @property
    def account_id(self) -> str:
        return ACCOUNTS[self.admin.account]

    def files(self, kind: str = "CloudTrail", region: str = REGION) -> list[str]:
        prefix = f"AWSLogs/{self.account_id}/{kind}/{region}/"
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=prefix)
        return [each["Key"] for page in pages for each in page.get("Contents", ())]

    def read(self, key: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(gzip.decompress(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()))
        return found

    def records(self, region: str = REGION) -> list[dict[str, Any]]:
        return [record for key in self.files(region=region) for record in self.read(key)["Records"]]


def with_trail(aws: Aws, account: str = "production", *, since: datetime, **settings: Any) -> Trailed:
    """Make a bucket and a trail in the account, and have it log from that moment on, at which the clock stands."""
    aws.set_clock(at=since - timedelta(minutes=1))
    made = make_bucket(aws, account=account)
    whole = {"IsMultiRegionTrail": True, "EnableLogFileValidation": True, **settings}
    arn = made.cloudtrail.create_trail(Name=NAME, S3BucketName=BUCKET, **whole)["TrailARN"]
    aws.set_clock(at=since)
    made.cloudtrail.start_logging(Name=NAME)
    return replace(made, arn=arn)


def make_bucket(aws: Aws, arn: str = "", *, account: str = "production") -> Trailed:
    """Make the bucket alone, for a trail that there is already or will be."""
    admin = administrator(aws, account)
    s3 = admin.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(POLICY))
    return Trailed(aws=aws, admin=admin, s3=s3, cloudtrail=admin.client("cloudtrail"), arn=arn)


POLICY: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudtrail.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/AWSLogs/*",
        }
    ],
}
