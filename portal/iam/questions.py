"""What people want to know of a role before they let somebody in, as calls to AWS: data alone.

A question is asked by its calls, each about any thing of a shape, and means no more than these. The shape of a call for which AWS
knows no resources is *. Source: the Service Authorization Reference (actions, and the resource types that they need).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One call; `thing` is the shape of what it is about, with {partition} and {account} for those of the role."""

    action: str
    thing: str

    @property
    def is_about_bucket(self) -> bool:
        """Whether the shape has no slash in its last part, where that of an object has one."""
        return self.thing == BUCKET


ANYTHING = "*"
OBJECT, BUCKET = "arn:{partition}:s3:::*/*", "arn:{partition}:s3:::*"
TABLE = "arn:{partition}:dynamodb:*:{account}:table/*"
DATABASE, CLUSTER = "arn:{partition}:rds:*:{account}:db:*", "arn:{partition}:rds:*:{account}:cluster:*"
ROLE, USER, GROUP, POLICY = (f"arn:{{partition}}:iam::{{account}}:{kind}/*" for kind in ("role", "user", "group", "policy"))
ROLE_ANYWHERE = "arn:{partition}:iam::*:role/*"
KEY = "arn:{partition}:kms:*:{account}:key/*"
INSTANCE, VOLUME, SECURITY_GROUP, ROUTE_TABLE, VPC, SUBNET = (
    f"arn:{{partition}}:ec2:*:{{account}}:{kind}/*"
    for kind in ("instance", "volume", "security-group", "route-table", "vpc", "subnet")
)
SNAPSHOT, IMAGE = "arn:{partition}:ec2:*::snapshot/*", "arn:{partition}:ec2:*::image/*"
FUNCTION = "arn:{partition}:lambda:*:{account}:function:*"
LOGS = "arn:{partition}:logs:*:{account}:log-group:*"
TRAIL = "arn:{partition}:cloudtrail:*:{account}:trail/*"


def _calls(service: str, thing: str, *names: str) -> tuple[Asked, ...]:
    return tuple(Asked(action=f"{service}:{name}", thing=thing) for name in names)


QUESTIONS: Mapping[str, tuple[Asked, ...]] = {
    "read_objects": _calls("s3", OBJECT, "GetObject", "GetObjectVersion"),
    "read_records": (
        *_calls("dynamodb", TABLE, "GetItem", "BatchGetItem", "Query", "Scan", "PartiQLSelect"),
        *_calls("rds-data", CLUSTER, "ExecuteStatement"),
        *_calls("rds-db", "arn:{partition}:rds-db:*:{account}:dbuser:*/*", "connect"),
        *_calls("athena", "arn:{partition}:athena:*:{account}:workgroup/*", "GetQueryResults"),
    ),
    "delete_data": (
        *_calls("s3", OBJECT, "DeleteObject", "DeleteObjectVersion"),
        *_calls("s3", BUCKET, "DeleteBucket", "PutLifecycleConfiguration"),
        *_calls("dynamodb", TABLE, "DeleteItem", "DeleteTable"),
        *_calls("rds", DATABASE, "DeleteDBInstance"),
        *_calls("rds", CLUSTER, "DeleteDBCluster"),
        *_calls("ec2", VOLUME, "DeleteVolume"),
        *_calls("ec2", SNAPSHOT, "DeleteSnapshot"),
        *_calls("elasticfilesystem", "arn:{partition}:elasticfilesystem:*:{account}:file-system/*", "DeleteFileSystem"),
        *_calls("backup", "arn:{partition}:backup:*:{account}:recovery-point:*", "DeleteRecoveryPoint"),
    ),
    "read_secrets": (
        *_calls("secretsmanager", "arn:{partition}:secretsmanager:*:{account}:secret:*", "GetSecretValue"),
        *_calls("ssm", "arn:{partition}:ssm:*:{account}:parameter/*", "GetParameter", "GetParameters", "GetParametersByPath"),
    ),
    "use_keys": _calls("kms", KEY, "Decrypt", "GenerateDataKey", "ReEncryptFrom", "Sign"),
    "change_keys": _calls(
        "kms", KEY, "PutKeyPolicy", "CreateGrant", "DisableKey", "ScheduleKeyDeletion", "DeleteImportedKeyMaterial"
    ),
    "change_iam": (
        *_calls("iam", ROLE, "CreateRole", "DeleteRole", "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy"),
        *_calls("iam", ROLE, "DeleteRolePolicy", "UpdateAssumeRolePolicy", "DeleteRolePermissionsBoundary"),
        *_calls("iam", USER, "CreateUser", "CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile", "AttachUserPolicy"),
        *_calls("iam", USER, "PutUserPolicy", "DeleteUserPermissionsBoundary"),
        *_calls("iam", GROUP, "AddUserToGroup", "AttachGroupPolicy", "PutGroupPolicy"),
        *_calls("iam", POLICY, "CreatePolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion"),
    ),
    "act_as_another": (*_calls("sts", ROLE_ANYWHERE, "AssumeRole"), *_calls("iam", ROLE, "PassRole")),
    "run_commands": (
        *_calls("ssm", INSTANCE, "SendCommand", "StartSession"),
        *_calls("ecs", "arn:{partition}:ecs:*:{account}:task/*", "ExecuteCommand"),
        *_calls("ec2-instance-connect", INSTANCE, "SendSSHPublicKey", "SendSerialConsoleSSHPublicKey"),
    ),
    "change_hosts": (
        *_calls("ec2", INSTANCE, "RunInstances", "StopInstances", "RebootInstances", "TerminateInstances"),
        *_calls("ec2", INSTANCE, "ModifyInstanceAttribute"),
        *_calls("lambda", FUNCTION, "UpdateFunctionCode", "UpdateFunctionConfiguration", "DeleteFunction"),
        *_calls("ecs", "arn:{partition}:ecs:*:{account}:service/*", "UpdateService", "DeleteService"),
        *_calls("cloudformation", "arn:{partition}:cloudformation:*:{account}:stack/*", "UpdateStack", "DeleteStack"),
        *_calls("rds", DATABASE, "ModifyDBInstance", "RebootDBInstance"),
    ),
    "change_network": (
        *_calls("ec2", SECURITY_GROUP, "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"),
        *_calls("ec2", SECURITY_GROUP, "RevokeSecurityGroupIngress", "CreateSecurityGroup"),
        *_calls("ec2", ROUTE_TABLE, "CreateRoute", "ReplaceRoute", "DeleteRoute"),
        *_calls("ec2", VPC, "CreateVpc", "DeleteVpc", "CreateVpcPeeringConnection", "AttachInternetGateway", "CreateVpcEndpoint"),
        *_calls("ec2", SUBNET, "CreateSubnet", "CreateNatGateway"),
        *_calls("route53", "arn:{partition}:route53:::hostedzone/*", "ChangeResourceRecordSets"),
    ),
    "open_to_strangers": (
        *_calls("s3", BUCKET, "PutBucketPolicy", "PutBucketPublicAccessBlock", "PutBucketAcl"),
        *_calls("ec2", SNAPSHOT, "ModifySnapshotAttribute"),
        *_calls("ec2", IMAGE, "ModifyImageAttribute"),
        *_calls("lambda", FUNCTION, "AddPermission"),
        *_calls("ram", ANYTHING, "CreateResourceShare"),
    ),
    "spend_money": (
        *_calls("ec2", "arn:{partition}:ec2:*:{account}:reserved-instances/*", "PurchaseReservedInstancesOffering"),
        *_calls("rds", "arn:{partition}:rds:*:{account}:ri:*", "PurchaseReservedDBInstancesOffering"),
        *_calls("savingsplans", ANYTHING, "CreateSavingsPlan"),
        *_calls("aws-marketplace", ANYTHING, "Subscribe"),
        *_calls("budgets", "arn:{partition}:budgets::{account}:budget/*", "ModifyBudget"),
        *_calls("payments", ANYTHING, "MakePayment", "UpdatePaymentPreferences"),
        *_calls("account", "arn:{partition}:account::{account}:account", "CloseAccount"),
    ),
    "hide_tracks": (
        *_calls("cloudtrail", TRAIL, "StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"),
        *_calls("logs", LOGS, "DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy"),
        *_calls("config", ANYTHING, "StopConfigurationRecorder", "DeleteConfigurationRecorder"),
        *_calls("guardduty", "arn:{partition}:guardduty:*:{account}:detector/*", "DeleteDetector", "UpdateDetector"),
    ),
}
