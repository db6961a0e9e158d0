"""The log archive: a bucket that keeps versions and locks them, its key, and the organisation's trail."""

from typing import Any

from portal.iam.account_design import resources
from portal.iam.account_design.resources import Resources
from portal.iam.rails.packing import document

PARAMETERS: dict[str, Any] = {
    "OrganizationId": {
        "Type": "String",
        "AllowedPattern": "o-[a-z0-9]{10,32}",
        "Description": "The organisation whose trail is kept here",
    },
    "ManagementAccountId": {
        "Type": "String",
        "AllowedPattern": r"\d{12}",
        "Description": "The account that administers the organisation's trail",
    },
    "TrailName": {"Type": "String", "Default": "sekisho-organisation"},
    "ExistingBucket": {
        "Type": "String",
        "Default": "",
        "Description": "The bucket of an archive that is there already, as Control Tower's; empty makes one",
    },
    "MakeTrail": {
        "Type": "String",
        "Default": "yes",
        "AllowedValues": ["yes", "no"],
        "Description": "no, where the organisation has its trail already, as with Control Tower",
    },
    "LockDays": {
        "Type": "Number",
        "Default": 400,
        "MinValue": 1,
        "Description": "How long nobody, root included, can delete what was written",
    },
}
CONDITIONS: dict[str, Any] = {
    "MakesBucket": {"Fn::Equals": [{"Ref": "ExistingBucket"}, ""]},
    "MakesTrail": {"Fn::Equals": [{"Ref": "MakeTrail"}, "yes"]},
}
_BUCKET_ARN = {"Fn::Sub": "arn:${AWS::Partition}:s3:::${LogBucket}"}
_OBJECTS_ARN = {"Fn::Sub": "arn:${AWS::Partition}:s3:::${LogBucket}/*"}
_TRAIL_ARN = {"Fn::Sub": "arn:${AWS::Partition}:cloudtrail:${AWS::Region}:${ManagementAccountId}:trail/${TrailName}"}
# CloudTrail makes no trail for a bucket that does not let it write yet: naming the policy has it made before. DependsOn may not
# name what a condition leaves out.
_BUCKET_WITH_ITS_POLICY = {"Fn::Select": [0, [{"Ref": "LogBucket"}, {"Ref": "LogBucketPolicy"}]]}
_CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}


def of_account() -> Resources:
    return {"LogKey": _key(), "LogBucket": _bucket(), "LogBucketPolicy": _bucket_policy(), "Trail": _trail()}


def _key() -> dict[str, Any]:
    root = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    source = {"StringEquals": {"aws:SourceArn": _TRAIL_ARN}}
    reading = {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}}
    policy = document(
        {"Sid": "Administer", "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"},
        {
            "Sid": "Encrypt",
            "Effect": "Allow",
            "Principal": _CLOUDTRAIL,
            "Action": ["kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": "*",
            "Condition": source,
        },
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": reading,
        },
    )
    properties = {"Description": "Logs of the organisation", "EnableKeyRotation": True, "KeyPolicy": policy}
    return resources.kept("AWS::KMS::Key", properties)


def _readers() -> dict[str, Any]:
    return {"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"}


def _bucket() -> dict[str, Any]:
    retention = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": {"Ref": "LockDays"}}}
    blocked = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["LogKey", "Arn"]}}
    properties = {
        "BucketName": {"Fn::Sub": "sekisho-logs-${AWS::AccountId}-${AWS::Region}"},
        "VersioningConfiguration": {"Status": "Enabled"},
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": retention},
        "BucketEncryption": {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": by_default}]},
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
        "PublicAccessBlockConfiguration": dict.fromkeys(blocked, True),
    }
    return resources.kept("AWS::S3::Bucket", properties, Condition="MakesBucket")


def _bucket_policy() -> dict[str, Any]:
    source = {"StringEquals": {"aws:SourceArn": _TRAIL_ARN}}
    written = {"StringEquals": {"aws:SourceArn": _TRAIL_ARN, "s3:x-amz-acl": "bucket-owner-full-control"}}
    plain = {"Bool": {"aws:SecureTransport": "false"}}
    policy = document(
        {
            "Sid": "TrailLooks",
            "Effect": "Allow",
            "Principal": _CLOUDTRAIL,
            "Action": "s3:GetBucketAcl",
            "Resource": _BUCKET_ARN,
            "Condition": source,
        },
        {
            "Sid": "TrailWrites",
            "Effect": "Allow",
            "Principal": _CLOUDTRAIL,
            "Action": "s3:PutObject",
            "Resource": _OBJECTS_ARN,
            "Condition": written,
        },
        {
            "Sid": "NoPlainText",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [_BUCKET_ARN, _OBJECTS_ARN],
            "Condition": plain,
        },
    )
    properties = {"Bucket": {"Ref": "LogBucket"}, "PolicyDocument": policy}
    return resources.kept("AWS::S3::BucketPolicy", properties, Condition="MakesBucket")


def _trail() -> dict[str, Any]:
    """Return the organisation's trail, made by the account to which its administration is delegated."""
    properties = {
        "TrailName": {"Ref": "TrailName"},
        "S3BucketName": {"Fn::If": ["MakesBucket", _BUCKET_WITH_ITS_POLICY, {"Ref": "ExistingBucket"}]},
        "KMSKeyId": {"Fn::GetAtt": ["LogKey", "Arn"]},
        "IsLogging": True,
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": True,
        "IncludeGlobalServiceEvents": True,
        "EnableLogFileValidation": True,
    }
    return resources.kept("AWS::CloudTrail::Trail", properties, Condition="MakesTrail")
