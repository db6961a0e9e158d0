"""The explicit denies that hold for everybody everywhere, but for the exceptions that `company` declares.

Each is a managed policy, attached to the Jump groups and to the roles that they switch to.
"""

from collections.abc import Sequence
from typing import Any

from portal.simulated_aws.world import Document, ManagedPolicy

RAILS_PATH = "/sekisho/rails/"
Statement = dict[str, Any]


def document(*statements: Statement) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: str | Sequence[str], resources: str | Sequence[str] = "*", **rest: Any) -> Statement:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **rest}


def deny(actions: str | Sequence[str], resources: str | Sequence[str] = "*", **rest: Any) -> Statement:
    return {"Effect": "Deny", "Action": actions, "Resource": resources, **rest}


# aws-portal alone has blocked nothing since 2023; of `account`, the console itself needs the rest.
DENY_BILLING = ManagedPolicy(
    name="DenyBilling",
    path=RAILS_PATH,
    document=document(
        deny(
            [
                *("aws-portal:*", "billing:*", "payments:*", "tax:*", "consolidatedbilling:*", "invoicing:*"),
                *("freetier:*", "cur:*", "ce:*", "budgets:*", "purchase-orders:*", "mapcredits:*"),
                *("cost-optimization-hub:*", "sustainability:GetCarbonFootprintSummary"),
                *("account:GetAccountInformation", "account:GetContactInformation", "account:GetAlternateContact"),
                "account:Put*",
            ]
        )
    ),
)
DENY_S3_DOWNLOAD = ManagedPolicy(
    name="DenyS3Download",
    path=RAILS_PATH,
    # Without the second, a version's id goes round the first.
    document=document(deny(["s3:GetObject", "s3:GetObjectVersion"])),
)
DENY_S3_DELETE = ManagedPolicy(
    name="DenyS3Delete",
    path=RAILS_PATH,
    document=document(
        deny(
            [
                *("s3:Delete*", "s3:PutLifecycleConfiguration", "s3:PutBucketVersioning"),
                "s3:BypassGovernanceRetention",
            ]
        ),
        deny(
            [
                *("cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail"),
                *("config:Delete*", "config:Stop*"),
            ]
        ),
    ),
)
DENY_NETWORK = ManagedPolicy(
    name="DenyNetworkCreation",
    path=RAILS_PATH,
    document=document(
        deny(
            [
                *("ec2:CreateVpc*", "ec2:ModifyVpc*", "ec2:CreateInternetGateway", "ec2:AttachInternetGateway"),
                *("ec2:CreateNatGateway", "ec2:CreateEgressOnlyInternetGateway", "ec2:AcceptVpcPeeringConnection"),
                *("ec2:CreateTransitGateway*", "ec2:CreateVpnGateway", "ec2:AttachVpnGateway"),
                *("ec2:CreateVpnConnection*", "ec2:CreateCustomerGateway", "ec2:CreateClientVpn*"),
                *("ec2:CreateCarrierGateway", "ec2:CreateRoute", "ec2:ReplaceRoute"),
            ]
        )
    ),
)
# Own password and MFA devices stay out of it, and so do service-linked roles: whose they are is the Allow's business.
DENY_IAM = ManagedPolicy(
    name="DenyIamChanges",
    path=RAILS_PATH,
    document=document(
        deny(
            [
                *("iam:AddUserToGroup", "iam:RemoveUserFromGroup", "iam:Attach*", "iam:Detach*", "iam:Put*"),
                *("iam:CreateUser", "iam:CreateGroup", "iam:CreateRole", "iam:CreatePolicy*", "iam:CreateAccessKey"),
                *("iam:CreateLoginProfile", "iam:CreateOpenIDConnectProvider", "iam:CreateSAMLProvider"),
                *("iam:CreateInstanceProfile", "iam:AddRoleToInstanceProfile"),
                *("iam:DeleteUser*", "iam:DeleteGroup*", "iam:DeleteRole*", "iam:DeletePolicy*"),
                *("iam:DeleteAccessKey", "iam:DeleteLoginProfile", "iam:DeleteOpenIDConnectProvider"),
                *("iam:DeleteSAMLProvider", "iam:DeactivateMFADevice", "iam:SetDefaultPolicyVersion"),
                *("iam:Tag*", "iam:Untag*", "iam:Update*", "iam:Upload*"),
            ]
        )
    ),
)
EVERYWHERE = (DENY_BILLING, DENY_S3_DOWNLOAD, DENY_S3_DELETE, DENY_NETWORK, DENY_IAM)
