"""Which resources a call is about: the ARNs that its permission is asked for.

As in the Service Authorization Reference of each service; where it names several kinds, each must be allowed. An action
that is not listed here is not simulated.
"""

from collections.abc import Iterable, Mapping

from portal.simulated_aws import resource_arns
from portal.simulated_aws.asked import Asked
from portal.simulated_aws.resource_arns import Entity, Found


def of(asked: Asked) -> tuple[str, ...]:
    """Return the ARNs; "*" for an action that is about no resource."""
    found = _RESOURCES[asked.service][asked.action](asked)
    return found if isinstance(found, tuple) else (found,)


def services() -> Iterable[str]:
    return _RESOURCES


def is_listed(service: str, action: str) -> bool:
    return action in _RESOURCES.get(service, ())


def entity(asked: Asked) -> Entity | None:
    """Return the user or the role that an IAM call is about, if it is there."""
    kind = _RESOURCES["iam"].get(asked.action) if asked.service == "iam" else None
    if kind is resource_arns.user:
        return resource_arns.existing(lambda: asked.iam.get_user(resource_arns.user_name(asked)))
    if kind is resource_arns.role:
        return resource_arns.existing(lambda: asked.iam.get_role(asked.parameters["RoleName"]))
    return None


def is_about_user(asked: Asked) -> bool:
    return asked.service == "iam" and _RESOURCES["iam"].get(asked.action) is resource_arns.user


_IAM: Mapping[Found, str] = {
    resource_arns.user: """
        AttachUserPolicy CreateAccessKey CreateLoginProfile DeactivateMFADevice DeleteAccessKey DeleteLoginProfile DeleteUser
        DeleteUserPermissionsBoundary DeleteUserPolicy DetachUserPolicy EnableMFADevice GetLoginProfile GetUser GetUserPolicy
        ListAccessKeys ListAttachedUserPolicies ListGroupsForUser ListMFADevices ListUserPolicies ListUserTags
        PutUserPermissionsBoundary PutUserPolicy TagUser UntagUser UpdateAccessKey UpdateLoginProfile UpdateUser""",
    resource_arns.group: """
        AddUserToGroup AttachGroupPolicy DeleteGroup DeleteGroupPolicy DetachGroupPolicy GetGroup GetGroupPolicy
        ListAttachedGroupPolicies ListGroupPolicies PutGroupPolicy RemoveUserFromGroup UpdateGroup""",
    resource_arns.role: """
        AttachRolePolicy DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DetachRolePolicy GetRole GetRolePolicy
        ListAttachedRolePolicies ListInstanceProfilesForRole ListRolePolicies ListRoleTags PutRolePermissionsBoundary
        PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription""",
    resource_arns.given_by("PolicyArn"): """
        CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion ListEntitiesForPolicy ListPolicyTags
        ListPolicyVersions SetDefaultPolicyVersion TagPolicy UntagPolicy""",
    resource_arns.profile: """
        AddRoleToInstanceProfile DeleteInstanceProfile GetInstanceProfile RemoveRoleFromInstanceProfile TagInstanceProfile
        UntagInstanceProfile""",
    resource_arns.given_by("SAMLProviderArn"): "DeleteSAMLProvider GetSAMLProvider UpdateSAMLProvider",
    resource_arns.given_by("OpenIDConnectProviderArn"): "DeleteOpenIDConnectProvider GetOpenIDConnectProvider",
    resource_arns.given_by("SerialNumber"): "DeleteVirtualMFADevice",
    resource_arns.given_by("PolicySourceArn"): "SimulatePrincipalPolicy",
    resource_arns.new("user", "UserName"): "CreateUser",
    resource_arns.new("group", "GroupName"): "CreateGroup",
    resource_arns.new("role", "RoleName"): "CreateRole",
    resource_arns.new("policy", "PolicyName"): "CreatePolicy",
    resource_arns.new("instance-profile", "InstanceProfileName"): "CreateInstanceProfile",
    resource_arns.new("mfa", "VirtualMFADeviceName"): "CreateVirtualMFADevice",
    resource_arns.new("saml-provider", "Name"): "CreateSAMLProvider",
    resource_arns.listed("user"): "ListUsers",
    resource_arns.listed("group"): "ListGroups",
    resource_arns.listed("role"): "ListRoles",
    resource_arns.listed("instance-profile"): "ListInstanceProfiles",
    resource_arns.everything: """
        CreateAccountAlias CreateOpenIDConnectProvider DeleteAccountAlias DeleteAccountPasswordPolicy GetAccessKeyLastUsed
        GetAccountAuthorizationDetails GetAccountPasswordPolicy GetAccountSummary ListAccountAliases
        ListOpenIDConnectProviders ListPolicies ListSAMLProviders ListVirtualMFADevices SimulateCustomPolicy
        UpdateAccountPasswordPolicy""",
}
_SSM: Mapping[Found, str] = {
    resource_arns.target: "StartSession",
    resource_arns.named("arn:aws:ssm:{region}:{account}:session/{SessionId}"): "TerminateSession",
    resource_arns.document: """
        CreateDocument DeleteDocument DescribeDocument GetDocument ListDocumentMetadataHistory ListDocumentVersions
        UpdateDocument UpdateDocumentDefaultVersion UpdateDocumentMetadata""",
    resource_arns.definition: "StartAutomationExecution StartChangeRequestExecution",
    resource_arns.named("arn:aws:ssm:{region}:{account}:automation-execution/{AutomationExecutionId}"): """
        DescribeAutomationStepExecutions GetAutomationExecution SendAutomationSignal StopAutomationExecution""",
    resource_arns.everything: "DescribeAutomationExecutions DescribeSessions ListDocuments",
}
_IDENTITY_STORE: Mapping[Found, str] = {
    resource_arns.of_store(): "CreateGroup CreateUser",
    resource_arns.of_store("group"): "DeleteGroup DescribeGroup GetGroupId ListGroups",
    resource_arns.of_store("user"): "DeleteUser DescribeUser GetUserId ListUsers",
    resource_arns.of_store("group", "user"): "CreateGroupMembership",
    resource_arns.of_store("group", "membership"): "ListGroupMemberships",
    resource_arns.of_store("user", "membership"): "ListGroupMembershipsForMember",
    resource_arns.of_store("group", "user", "membership"): """
        DeleteGroupMembership DescribeGroupMembership GetGroupMembershipId IsMemberInGroups""",
}
_CLOUDFORMATION: Mapping[Found, str] = {
    resource_arns.stack: """
        CreateChangeSet CreateStack DeleteChangeSet DeleteStack DescribeChangeSet DescribeStackEvents DescribeStackResource
        DescribeStackResources DescribeStacks ExecuteChangeSet GetTemplate GetTemplateSummary ListChangeSets
        ListStackResources UpdateStack UpdateTerminationProtection""",
    resource_arns.named("arn:aws:cloudformation:{region}:{account}:stackset/{StackSetName}:*"): """
        CreateStackInstances CreateStackSet""",
    resource_arns.everything: "ListStacks ValidateTemplate",
}
_EC2, _RDS = "arn:aws:ec2:{region}:{account}", "arn:aws:rds:{region}:{account}"
_LEAVING: Mapping[str, Mapping[str, Found]] = {
    "account-access": {"CreateEntitlement": resource_arns.given_by("applicationArn")},
    "ec2": {
        "ModifySnapshotAttribute": resource_arns.named("arn:aws:ec2:{region}::snapshot/{SnapshotId}"),
        "RunInstances": resource_arns.named(f"{_EC2}:instance/*"),
    },
    "ecs": {"ExecuteCommand": resource_arns.named("arn:aws:ecs:{region}:{account}:task/*")},
    "lambda": dict.fromkeys(
        ("AddPermission", "CreateFunctionUrlConfig"),
        resource_arns.named("arn:aws:lambda:{region}:{account}:function:{FunctionName}"),
    ),
    "rds": {
        "ModifyDBClusterSnapshotAttribute": resource_arns.named(f"{_RDS}:cluster-snapshot:{{DBClusterSnapshotIdentifier}}"),
        "ModifyDBSnapshotAttribute": resource_arns.named(f"{_RDS}:snapshot:{{DBSnapshotIdentifier}}"),
    },
    "rolesanywhere": {"CreateTrustAnchor": resource_arns.everything},
    "signin": {"CreateBearerToken": resource_arns.everything},
}
_KMS: Mapping[Found, str] = {
    resource_arns.signing_key("KeyId"): """
        CreateGrant DescribeKey DisableKey EnableKey GetPublicKey PutKeyPolicy ScheduleKeyDeletion Sign Verify""",
    resource_arns.signing_key("TargetKeyId"): "CreateAlias UpdateAlias",
    resource_arns.everything: "CreateKey",
}
_S3: Mapping[Found, str] = {
    resource_arns.named("arn:aws:s3:::{Bucket}"): """
        CreateBucket DeleteBucket DeleteBucketPolicy GetBucketLocation GetBucketPolicy GetBucketVersioning
        GetObjectLockConfiguration HeadBucket ListObjects ListObjectsV2 ListObjectVersions PutBucketPolicy PutBucketVersioning
        PutObjectLockConfiguration""",
    resource_arns.named("arn:aws:s3:::{Bucket}/{Key}"): "DeleteObject GetObject HeadObject PutObject PutObjectRetention",
}
_CLOUDTRAIL: Mapping[Found, str] = {
    resource_arns.trail("Name"): "CreateTrail DeleteTrail GetTrail GetTrailStatus StartLogging StopLogging UpdateTrail",
    resource_arns.trail("TrailName"): "GetEventSelectors",
    resource_arns.everything: "DescribeTrails ListPublicKeys ListTrails LookupEvents",
}
_RESOURCES: Mapping[str, Mapping[str, Found]] = {
    "iam": {action: found for found, actions in _IAM.items() for action in actions.split()},
    "sts": {
        "AssumeRole": resource_arns.given_by("RoleArn"),
        "AssumeRoot": resource_arns.named("arn:aws:iam::{TargetPrincipal}:root"),
        "GetCallerIdentity": resource_arns.everything,
        "GetSessionToken": resource_arns.everything,
        "GetWebIdentityToken": resource_arns.everything,
    },
    "ssm": {action: found for found, actions in _SSM.items() for action in actions.split()},
    "cloudformation": {action: found for found, actions in _CLOUDFORMATION.items() for action in actions.split()},
    "cloudtrail": {action: found for found, actions in _CLOUDTRAIL.items() for action in actions.split()},
    "identitystore": {action: found for found, actions in _IDENTITY_STORE.items() for action in actions.split()},
    "account": {"ListRegions": resource_arns.everything},
    "organizations": {"DescribeOrganization": resource_arns.everything},
    "kms": {action: found for found, actions in _KMS.items() for action in actions.split()},
    "s3": {action: found for found, actions in _S3.items() for action in actions.split()},
    **_LEAVING,
    "sso-admin": {"DescribeInstance": resource_arns.given_by("InstanceArn"), "ListInstances": resource_arns.everything},
}
