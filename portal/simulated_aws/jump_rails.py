"""The Jump account's own rails: who is somebody there stays that somebody, and only the portal lets people into work groups."""

from collections.abc import Sequence

from portal.simulated_aws.guard_rails import RAILS_PATH, allow, deny, document
from portal.simulated_aws.world import Document, ManagedPolicy

PERSON_BOUNDARY = "SekishoPersonBoundary"

_WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
_WITHOUT_MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}

_ON_WORK_GROUPS = (
    *("iam:AddUserToGroup", "iam:RemoveUserFromGroup", "iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:DeleteGroup"),
)
_ON_USERS = (
    *("iam:CreateUser", "iam:UpdateUser", "iam:DeleteUser", "iam:TagUser", "iam:UntagUser"),
    *("iam:PutUserPolicy", "iam:DeleteUserPolicy", "iam:AttachUserPolicy", "iam:DetachUserPolicy"),
    *("iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"),
)
_CREDENTIALS = (
    *("iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey", "iam:CreateLoginProfile"),
    *("iam:UpdateLoginProfile", "iam:DeleteLoginProfile", "iam:EnableMFADevice", "iam:DeactivateMFADevice"),
    *("iam:ResyncMFADevice", "iam:CreateServiceSpecificCredential", "iam:ResetServiceSpecificCredential"),
    *("iam:UploadSSHPublicKey", "iam:UploadSigningCertificate"),
)
_WAYS_ROUND = (
    *("iam:CreateRole", "iam:DeleteRole", "iam:UpdateRole*", "iam:UpdateAssumeRolePolicy", "iam:PutRole*"),
    *("iam:DeleteRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:AttachRolePolicy", "iam:DetachRolePolicy"),
    *("iam:CreateSAMLProvider", "iam:UpdateSAMLProvider", "iam:CreateOpenIDConnectProvider"),
    *("iam:UpdateOpenIDConnectProviderThumbprint", "iam:AddClientIDToOpenIDConnectProvider"),
    *("iam:*DelegationRequest", "iam:SendDelegationToken"),
)
_ON_POLICIES = ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy*")


def own_credentials(account_id: str) -> Document:
    """Allow what people do for themselves.

    Their first MFA device is handed out by an administrator: one who may enrol it without MFA is also the thief of a key.
    """
    own = _own(account_id)
    return document(
        allow(["iam:GetUser", "iam:ListGroupsForUser", "iam:ListUserTags", "iam:ChangePassword", "iam:ListMFADevices"], own),
        allow(["iam:EnableMFADevice", "iam:ResyncMFADevice"], own, Condition=_WITH_MFA),
        allow("iam:CreateVirtualMFADevice", f"arn:aws:iam::{account_id}:mfa/*", Condition=_WITH_MFA),
    )


def person_boundary(account_id: str, *, roles: Sequence[str]) -> ManagedPolicy:
    """Return what an inline policy of the portal's could give at the most, were the portal's key stolen."""
    approvals = ["ssm:DescribeAutomationExecutions", "ssm:GetAutomationExecution", "ssm:SendAutomationSignal"]
    return ManagedPolicy(
        name=PERSON_BOUNDARY,
        path="/sekisho/",
        document=document(allow("sts:AssumeRole", roles), *own_credentials(account_id)["Statement"], allow(approvals)),
    )


def _own(account_id: str) -> str:
    return f"arn:aws:iam::{account_id}:user/${{aws:username}}"


def no_forgery(*, account_id: str, work_groups: str, administrators: str, except_principals: Sequence[str]) -> ManagedPolicy:
    """Return the Jump account's own rail: nobody but the exceptions takes over a user, a work group or the portal.

    `work_groups` and `administrators` are paths and names of groups, the latter of those who may write in IAM.
    """
    others = {"ArnNotLike": {"aws:PrincipalArn": list(except_principals)}}
    iam = f"arn:aws:iam::{account_id}"
    return ManagedPolicy(
        name="DenyPortalForgery",
        path=RAILS_PATH,
        document=document(
            deny(_ON_WORK_GROUPS, f"{iam}:group{work_groups}", Condition=others),
            # Rails are policies of groups: whoever takes them off, or leaves by whatever name, has none.
            deny(["iam:DeleteGroupPolicy", "iam:DetachGroupPolicy", "iam:UpdateGroup"], f"{iam}:group/*", Condition=others),
            deny("iam:RemoveUserFromGroup", f"{iam}:group{administrators}", Condition=others),
            # A renamed user keeps policies, keys and devices, and acts in another's name.
            deny(_ON_USERS, f"{iam}:user/*", Condition=others),
            {"Effect": "Deny", "Action": list(_CREDENTIALS), "NotResource": _own(account_id), "Condition": others},
            # Else a stolen key enrols a device of its thief's.
            deny(_CREDENTIALS, _own(account_id), Condition={**others, **_WITHOUT_MFA}),
            # A role of one's own has no rails, and the portal's may do what they deny to others.
            deny(_WAYS_ROUND, Condition=others),
            deny("iam:PassRole", f"{iam}:role/sekisho/*", Condition=others),
            deny(_ON_POLICIES, f"{iam}:policy/sekisho/*", Condition=others),
        ),
    )
