"""What the guard rails are to refuse and to leave alone, as tables: two evaluators and real calls are held to them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

THERE = "arn:aws:iam::444444444444"
ELSEWHERE = "arn:aws:iam::999999999999"
WORK_BOUNDARY = f"{THERE}:policy/sekisho/SekishoWorkRoleBoundary"
BOUNDED = {"iam:PermissionsBoundary": WORK_BOUNDARY}
PLACE = "ap-northeast-1:444444444444"
Context = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A call, whether it is to be allowed, and who makes it, where that is not the session that the table is about."""

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict)
    allowed: bool = False
    who: str = ""
    mfa: bool = True

    def __str__(self) -> str:
        who = [f"{self.who} {'with' if self.mfa else 'without'} MFA:"] if self.who else []
        return " ".join([*who, self.action, self.resource.rpartition(":")[2], *self.context.values()])


def _each(actions: str, resource: str = "*", **rest: Any) -> Iterator[Ask]:
    for action in actions.split():
        yield Ask(action=action, resource=resource, **rest)


def _passed(resource: str, service: str, *, allowed: bool = False) -> Ask:
    return Ask(action="iam:PassRole", resource=resource, context={"iam:PassedToService": service}, allowed=allowed)


# What a session with Allow * * within the boundary of work roles could outlive its end by, or hide.
WAYS_OUT = (
    *_each("sts:AssumeRole", f"{ELSEWHERE}:role/Backdoor"),
    *_each("sts:AssumeRole iam:UpdateAssumeRolePolicy", f"{THERE}:role/OrganizationAccountAccessRole"),
    *_each("sts:AssumeRoot sts:AssumeRoleWithSAML sts:AssumeRoleWithWebIdentity sts:GetFederationToken sts:GetSessionToken"),
    *_each("sts:GetWebIdentityToken sts:GetDelegatedAccessToken sts:GetServiceBearerToken sts:SetContext sts:TagSession"),
    *_each("signin:CreateBearerToken signin:AuthorizeOAuth2Access signin:CreateOAuth2Token"),
    *_each("account-access:CreateEntitlement sso:CreateAccountAssignment sso:PutInlinePolicyToPermissionSet"),
    *_each("identitystore:CreateUser identitystore:CreateGroupMembership sso-directory:CreateUser sso-oauth:CreateTokenWithIAM"),
    *_each("identity-sync:CreateSyncProfile rolesanywhere:CreateTrustAnchor rolesanywhere:CreateProfile"),
    *_each("organizations:CreateAccount organizations:AttachPolicy account:PutAlternateContact"),
    # The role's own boundary on a new role bounds what that may do, and not who gets in.
    *_each("iam:CreateRole", f"{THERE}:role/Backdoor"),
    *_each("iam:CreateRole iam:PutRolePolicy iam:AttachRolePolicy", f"{THERE}:role/Backdoor", context=BOUNDED),
    *_each("iam:UpdateAssumeRolePolicy iam:UpdateRole iam:DeleteRole iam:PassRole", f"{THERE}:role/Backdoor", context=BOUNDED),
    *_each("iam:PutRolePolicy iam:DeleteRolePolicy iam:DetachRolePolicy", f"{THERE}:role/Prod_LeaderRole", context=BOUNDED),
    *_each("iam:UpdateAssumeRolePolicy iam:DeleteRolePolicy", f"{THERE}:role/sekisho/SekishoGateRole"),
    *_each("iam:PutRolePermissionsBoundary iam:DeleteRolePermissionsBoundary", f"{THERE}:role/x", context=BOUNDED),
    *_each("iam:CreateUser iam:PutUserPermissionsBoundary", f"{THERE}:user/x", context=BOUNDED),
    *_each("iam:CreateUser iam:CreateAccessKey iam:UpdateAccessKey iam:CreateLoginProfile", f"{THERE}:user/x"),
    *_each("iam:UpdateLoginProfile iam:EnableMFADevice iam:AttachUserPolicy iam:PutUserPolicy", f"{THERE}:user/x"),
    *_each("iam:CreateServiceSpecificCredential iam:UploadSSHPublicKey iam:UploadSigningCertificate", f"{THERE}:user/x"),
    *_each("iam:DeleteUserPermissionsBoundary iam:DeleteUserPolicy", f"{THERE}:user/x"),
    *_each("iam:CreateGroup iam:AttachGroupPolicy iam:PutGroupPolicy iam:AddUserToGroup", f"{THERE}:group/x"),
    *_each("iam:CreateSAMLProvider iam:UpdateSAMLProvider", f"{THERE}:saml-provider/x"),
    *_each("iam:CreateOpenIDConnectProvider iam:AddClientIDToOpenIDConnectProvider", f"{THERE}:oidc-provider/x"),
    *_each("iam:UpdateOpenIDConnectProviderThumbprint", f"{THERE}:oidc-provider/x"),
    *_each("iam:CreateDelegationRequest iam:AcceptDelegationRequest iam:SendDelegationToken"),
    *_each("iam:CreatePolicyVersion iam:SetDefaultPolicyVersion iam:DeletePolicyVersion iam:DeletePolicy", WORK_BOUNDARY),
    *_each("iam:CreatePolicy iam:CreatePolicyVersion", f"{THERE}:policy/app/x"),
    *_each("iam:AddRoleToInstanceProfile iam:CreateInstanceProfile", f"{THERE}:instance-profile/x"),
    _passed(f"{THERE}:role/OrganizationAccountAccessRole", "lambda.amazonaws.com"),
    _passed(f"{THERE}:role/sekisho/SekishoGateRole", "lambda.amazonaws.com"),
    _passed(f"{THERE}:role/sekisho/CloudFormation-Role", "lambda.amazonaws.com"),
    _passed(f"{THERE}:role/app/web", "cloudformation.amazonaws.com"),
    # Credentials that other services give.
    *_each("eks:CreateAccessEntry eks:UpdateAccessEntry eks:AssociateAccessPolicy ssm:CreateActivation"),
    *_each("iot:CreateRoleAlias iot:UpdateRoleAlias iot:CreateKeysAndCertificate iot:CreateCertificateFromCsr"),
    *_each("iot:RegisterCertificate iot:RegisterCACertificate iot:RegisterThing iot:CreateProvisioningClaim"),
    *_each("cognito-identity:SetIdentityPoolRoles cognito-identity:UpdateIdentityPool"),
    *_each("cognito-identity:GetOpenIdTokenForDeveloperIdentity lightsail:CreateBucketAccessKey transfer:ImportSshPublicKey"),
    *_each("grafana:CreateWorkspaceApiKey grafana:CreateWorkspaceServiceAccountToken"),
    # Others let in without any.
    *_each("lambda:AddPermission", context={"lambda:Principal": "999999999999"}),
    *_each("lambda:AddPermission", context={"lambda:Principal": "*"}),
    *_each("lambda:AddPermission"),
    *_each(
        "lambda:CreateFunctionUrlConfig lambda:UpdateFunctionUrlConfig lambda:AddPermission",
        context={"lambda:FunctionUrlAuthType": "NONE", "lambda:Principal": "apigateway.amazonaws.com"},
    ),
    *_each("kms:PutKeyPolicy kms:CreateGrant"),
    *_each("kms:CreateGrant", context={"kms:GrantIsForAWSResource": "false"}),
    *_each("ec2:ModifyImageAttribute ec2:ModifySnapshotAttribute rds:ModifyDBSnapshotAttribute ram:CreateResourceShare"),
    *_each("rds:ModifyDBClusterSnapshotAttribute ram:AssociateResourceShare"),
    # What tells of it.
    *_each("cloudtrail:StopLogging cloudtrail:DeleteTrail cloudtrail:UpdateTrail cloudtrail:PutEventSelectors"),
    *_each("config:StopConfigurationRecorder config:DeleteDeliveryChannel config:PutConfigurationRecorder"),
    *_each("guardduty:DeleteDetector guardduty:CreateFilter securityhub:DisableSecurityHub securityhub:BatchUpdateFindings"),
    *_each("access-analyzer:DeleteAnalyzer access-analyzer:CreateArchiveRule ec2:DeleteFlowLogs"),
    *_each("events:PutRule events:RemoveTargets events:DisableRule", f"arn:aws:events:{PLACE}:rule/sekisho-ends"),
    *_each("sns:DeleteTopic sns:SetTopicAttributes", f"arn:aws:sns:{PLACE}:sekisho-news"),
    *_each("cloudformation:DeleteStack cloudformation:UpdateStack", f"arn:aws:cloudformation:{PLACE}:stack/sekisho-gates/1"),
    *_each("ssm:UpdateDocument ssm:DeleteDocument", f"arn:aws:ssm:{PLACE}:document/sekisho-grant"),
    *_each("cloudformation:DeactivateType cloudformation:SetTypeConfiguration"),
)  # fmt: skip
WORK = (
    *_each("ec2:StopInstances ec2:RunInstances ec2:CreateTags ec2:AuthorizeSecurityGroupIngress", allowed=True),
    *_each("ssm:StartSession ssm:SendCommand ssm:GetParameter ecs:ExecuteCommand ecs:UpdateService", allowed=True),
    *_each("ssm:UpdateDocument", f"arn:aws:ssm:{PLACE}:document/restart-web", allowed=True),
    *_each("events:PutRule", f"arn:aws:events:{PLACE}:rule/nightly", allowed=True),
    *_each("cloudformation:UpdateStack cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet",
           f"arn:aws:cloudformation:{PLACE}:stack/web/1", allowed=True),
    *_each("lambda:UpdateFunctionCode lambda:InvokeFunction lambda:CreateFunction", allowed=True),
    *_each("lambda:AddPermission", context={"lambda:Principal": "events.amazonaws.com"}, allowed=True),
    *_each("lambda:CreateFunctionUrlConfig", context={"lambda:FunctionUrlAuthType": "AWS_IAM"}, allowed=True),
    *_each("rds:RebootDBInstance rds:ModifyDBInstance rds:CreateDBSnapshot dynamodb:UpdateItem", allowed=True),
    *_each("s3:PutObject s3:GetObject s3:DeleteObject s3:PutBucketPolicy", allowed=True),
    *_each("logs:StartQuery cloudwatch:PutMetricAlarm cloudtrail:LookupEvents config:DescribeConfigRules", allowed=True),
    *_each("kms:Decrypt kms:GenerateDataKey", allowed=True),
    *_each("kms:CreateGrant", context={"kms:GrantIsForAWSResource": "true"}, allowed=True),
    *_each("iot:Publish iot:DescribeCertificate cognito-idp:AdminResetUserPassword eks:DescribeCluster", allowed=True),
    *_each("iam:GetRole iam:ListRolePolicies", f"{THERE}:role/Prod_LeaderRole", allowed=True),
    *_each("iam:CreateServiceLinkedRole", f"{THERE}:role/aws-service-role/ecs.amazonaws.com/x", allowed=True),
    *_each("iam:ListUsers sts:GetCallerIdentity sts:DecodeAuthorizationMessage account:ListRegions", allowed=True),
    _passed(f"{THERE}:role/app/web", "ec2.amazonaws.com", allowed=True),
    _passed(f"{THERE}:role/app/web", "ecs-tasks.amazonaws.com", allowed=True),
    _passed(f"{THERE}:role/sekisho/CloudFormation-Role", "cloudformation.amazonaws.com", allowed=True),
)  # fmt: skip
# A role that somebody else has passed already acts for whoever may tell it what to do. No boundary of the session's reaches it.
ALREADY_PASSED = (
    *_each("apprunner:UpdateService bedrock-agentcore:InvokeCodeInterpreter cloudformation:UpdateStack", allowed=True),
    *_each("cloudformation:ExecuteChangeSet codebuild:StartBuild codebuild:StartBuildBatch glue:UpdateDevEndpoint", allowed=True),
    *_each("ec2:ModifyInstanceAttribute ec2:CreateLaunchTemplateVersion ec2-instance-connect:SendSSHPublicKey", allowed=True),
    *_each("lambda:UpdateFunctionCode sagemaker:CreatePresignedNotebookInstanceUrl", allowed=True),
    *_each("sagemaker:UpdateNotebookInstance ssm:StartSession ssm:SendCommand", allowed=True),
)  # fmt: skip


# The Jump account: admin01 may write in IAM, administrator is sealed away and carries no rails.
JUMP = "arn:aws:iam::111111111111"
PERSON_BOUNDARY = f"{JUMP}:policy/sekisho/SekishoPersonBoundary"
MEMBER = f"{JUMP}:user/member01"
_USERS = """iam:CreateUser iam:UpdateUser iam:DeleteUser iam:TagUser iam:UntagUser iam:PutUserPolicy iam:DeleteUserPolicy
    iam:AttachUserPolicy iam:DetachUserPolicy iam:PutUserPermissionsBoundary iam:DeleteUserPermissionsBoundary"""
_CREDENTIALS = """iam:CreateAccessKey iam:UpdateAccessKey iam:DeleteAccessKey iam:CreateLoginProfile iam:UpdateLoginProfile
    iam:DeleteLoginProfile iam:EnableMFADevice iam:DeactivateMFADevice iam:ResyncMFADevice"""
_WORK_GROUP = f"{JUMP}:group/sekisho/work/ProdMemberWorkGroup"
TAKING_OVER = (
    *_each(_USERS, MEMBER, who="admin01"),
    *_each("iam:UpdateUser iam:AttachUserPolicy iam:DetachUserPolicy iam:DeleteUser", f"{JUMP}:user/admin01", who="admin01"),
    *_each(_CREDENTIALS, MEMBER, who="admin01"),
    *_each("iam:UploadSSHPublicKey iam:CreateServiceSpecificCredential", f"{JUMP}:user/sekisho-portal", who="admin01"),
    *_each("iam:CreateAccessKey iam:EnableMFADevice", f"{JUMP}:user/admin01", who="admin01", mfa=False),
    *_each("iam:AddUserToGroup iam:RemoveUserFromGroup iam:PutGroupPolicy iam:AttachGroupPolicy", _WORK_GROUP, who="admin01"),
    *_each("iam:UpdateGroup iam:DeleteGroup iam:DeleteGroupPolicy iam:DetachGroupPolicy", _WORK_GROUP, who="admin01"),
    *_each("iam:UpdateGroup iam:DeleteGroupPolicy iam:DetachGroupPolicy iam:RemoveUserFromGroup",
           f"{JUMP}:group/JumpAdminGroup", who="admin01"),
    *_each("iam:CreateRole iam:AttachRolePolicy iam:PutRolePolicy", f"{JUMP}:role/Own", who="admin01"),
    *_each("iam:UpdateAssumeRolePolicy iam:DeleteRole iam:UpdateRole", f"{JUMP}:role/SekishoPortalRole", who="admin01"),
    *_each("iam:CreatePolicyVersion iam:SetDefaultPolicyVersion iam:DeletePolicyVersion",
           f"{JUMP}:policy/sekisho/rails/SekishoRails1", who="admin01"),
    *_each("iam:CreatePolicyVersion iam:DeletePolicy", PERSON_BOUNDARY, who="admin01"),
    *_each("iam:CreateSAMLProvider iam:UpdateSAMLProvider", f"{JUMP}:saml-provider/x", who="admin01"),
    *_each("iam:PassRole", f"{JUMP}:role/sekisho/SekishoRunbookRole", who="admin01"),
    # The thief of a key has no device, and the thief of the portal's key writes what the boundary leaves of it.
    *_each("iam:EnableMFADevice iam:ResyncMFADevice iam:DeactivateMFADevice", MEMBER, who="member01", mfa=False),
    *_each("iam:CreateAccessKey", MEMBER, who="member01", mfa=False),
    *_each("iam:CreateVirtualMFADevice", f"{JUMP}:mfa/thief", who="member01", mfa=False),
    *_each("iam:EnableMFADevice iam:CreateAccessKey iam:UpdateUser", f"{JUMP}:user/member02", who="member01"),
    *_each("iam:CreateAccessKey iam:DeactivateMFADevice", MEMBER, who="member01"),
    *_each("iam:CreateAccessKey iam:AttachUserPolicy iam:DeleteUserPermissionsBoundary", MEMBER, who="sekisho-portal"),
    *_each("sts:AssumeRole", "arn:aws:iam::555555555555:role/Billing_AdminRole", who="member01"),
    *_each("sts:AssumeRole", f"{THERE}:role/OrganizationAccountAccessRole", who="member01"),
    *_each("sts:AssumeRole", f"{THERE}:role/sekisho/SekishoGateRole", who="member01"),
)  # fmt: skip
IN_JUMP = (
    *_each("iam:AddUserToGroup iam:RemoveUserFromGroup iam:PutGroupPolicy",
           f"{JUMP}:group/MemberGroup", who="admin01", allowed=True),
    *_each("iam:ListUsers iam:GetAccountAuthorizationDetails", who="admin01", allowed=True),
    *_each("iam:CreateAccessKey iam:EnableMFADevice iam:ChangePassword", f"{JUMP}:user/admin01", who="admin01", allowed=True),
    *_each("iam:CreateAccessKey iam:CreateLoginProfile iam:EnableMFADevice", MEMBER, who="administrator", allowed=True),
    *_each("iam:CreateUser iam:UpdateUser iam:AttachUserPolicy", MEMBER, who="administrator", allowed=True),
    *_each("iam:EnableMFADevice iam:ResyncMFADevice iam:ChangePassword", MEMBER, who="member01", allowed=True),
    *_each("iam:GetUser iam:ChangePassword iam:ListMFADevices", MEMBER, who="member01", mfa=False, allowed=True),
    *_each("sts:AssumeRole", f"{THERE}:role/Prod_ReadOnlyRole", who="member01", allowed=True),
    *_each("iam:PutUserPolicy iam:DeleteUserPolicy", MEMBER, who="sekisho-portal",
           context={"iam:PermissionsBoundary": PERSON_BOUNDARY}, allowed=True),
    *_each("iam:AddUserToGroup iam:RemoveUserFromGroup iam:DeleteGroupPolicy", _WORK_GROUP, who="sekisho-portal", allowed=True),
)  # fmt: skip
