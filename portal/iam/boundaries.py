"""What roles and people may do at the most, whatever policies they get: five permissions boundaries.

    work          gated roles of staging and production: no IAM; roles of applications passed to declared services, and
                  CloudFormation's own role to CloudFormation
    development   people's roles in development: IAM for what applications run as, each new role within `app`
    deploy        CloudFormation's own role: as development, without passing itself
    app           every role that the last two make: no IAM
    person        people of the Jump account: the declared roles, and what they do for themselves

Each of the first four ends with what the rails deny in their form of a boundary.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from portal.iam.fences import Document
from portal.iam.rails import placing
from portal.iam.rails.packing import document
from portal.iam.rails.rail import Place, Statement

PATH = "/sekisho/"
WORK, DEVELOPMENT = "SekishoWorkRoleBoundary", "SekishoDevelopmentBoundary"
DEPLOY, APP = "SekishoDeployBoundary", "SekishoAppBoundary"
PERSON = "SekishoPersonBoundary"
DEPLOY_ROLE = "CloudFormation-Role"
RUNNERS = ("ec2.amazonaws.com", "ecs-tasks.amazonaws.com", "lambda.amazonaws.com")

_IDENTITY_SERVICES = (
    *("account-access:*", "account:*", "iam:*", "identity-sync:*", "identitystore:*", "organizations:*", "rolesanywhere:*"),
    *("signin:*", "sso-directory:*", "sso-oauth:*", "sso:*", "sts:*"),
)
_READS = (
    *("account:ListRegions", "iam:CreateServiceLinkedRole", "iam:Generate*", "iam:Get*", "iam:List*", "iam:Simulate*"),
    *("organizations:DescribeOrganization", "sts:DecodeAuthorizationMessage", "sts:GetCallerIdentity"),
)
# AWS knows whose boundary these are about; of the others it does not say, and a condition on it would never hold.
_ON_BOUNDED_ROLES = (
    *("iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy"),
    *("iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"),
)
_ON_ROLES = ("iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole*")
_ON_POLICIES = ("iam:*InstanceProfile", "iam:*Policy", "iam:*PolicyVersion")
_WITH_MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def work(account: str) -> Document:
    return document(*_working(), _pass_app(account), _pass_deploy(account), *_denied(account))


def development(account: str) -> Document:
    return document(*_working(), _pass_app(account), _pass_deploy(account), *_making(account), *_denied(account))


def deploy(account: str) -> Document:
    return document(*_working(), _pass_app(account), *_making(account), *_denied(account))


def app(account: str) -> Document:
    return document(*_working(), _pass_app(account), *_denied(account))


BY_NAME: Mapping[str, Callable[[str], Document]] = {WORK: work, DEVELOPMENT: development, DEPLOY: deploy, APP: app}


def person(account: str, *, roles: Sequence[str]) -> Document:
    """Return what an inline policy of the portal's could give at the most, were the portal's key stolen."""
    approvals = ("ssm:DescribeAutomationExecutions", "ssm:GetAutomationExecution", "ssm:SendAutomationSignal")
    switch = _allow("Switch", ("sts:AssumeRole",), roles) if roles else None
    return document(*([switch] if switch else []), *own_credentials(account), _allow("Approve", approvals))


def own_credentials(account: str) -> tuple[Statement, ...]:
    """Allow what people do for themselves.

    Their first MFA device is handed out by an administrator: one who may enrol it without MFA is also the thief of a key.
    """
    own = (f"arn:aws:iam::{account}:user/${{aws:username}}",)
    reads = ("iam:GetUser", "iam:ListGroupsForUser", "iam:ListUserTags", "iam:ChangePassword", "iam:ListMFADevices")
    return (
        _allow("OwnPassword", reads, own),
        _allow("OwnDevices", ("iam:EnableMFADevice", "iam:ResyncMFADevice"), own, _WITH_MFA),
        _allow("NewDevice", ("iam:CreateVirtualMFADevice",), (f"arn:aws:iam::{account}:mfa/*",), _WITH_MFA),
    )


def arn(account: str, name: str) -> str:
    return f"arn:aws:iam::{account}:policy{PATH}{name}"


def _working() -> tuple[Statement, ...]:
    everything = {"Sid": "Work", "Effect": "Allow", "NotAction": list(_IDENTITY_SERVICES), "Resource": "*"}
    return everything, _allow("Read", _READS)


def _pass_app(account: str) -> Statement:
    condition = {"StringEquals": {"iam:PassedToService": list(RUNNERS)}}
    return _allow("PassApp", ("iam:PassRole",), (f"arn:aws:iam::{account}:role/app/*",), condition)


def _pass_deploy(account: str) -> Statement:
    condition = {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}
    return _allow("PassDeploy", ("iam:PassRole",), (f"arn:aws:iam::{account}:role{PATH}{DEPLOY_ROLE}",), condition)


def _making(account: str) -> tuple[Statement, ...]:
    """Allow IAM for what applications run as, below /app/ alone, and each new role within `app`."""
    iam = f"arn:aws:iam::{account}"
    bounded = {"StringEquals": {"iam:PermissionsBoundary": arn(account, APP)}}
    if account == "*":
        bounded = {"ArnLike": bounded["StringEquals"]}
    return (
        _allow("MakeRoles", _ON_BOUNDED_ROLES, (f"{iam}:role/app/*",), bounded),
        _allow("KeepRoles", _ON_ROLES, (f"{iam}:role/app/*",)),
        _allow("MakePolicies", _ON_POLICIES, (f"{iam}:instance-profile/app/*", f"{iam}:policy/app/*")),
        _allow("LinkedRoles", ("iam:DeleteServiceLinkedRole",), (f"{iam}:role/aws-service-role/*",)),
    )


def _denied(account: str) -> list[Statement]:
    return placing.of_boundary(Place(account=account))


def _allow(sid: str, actions: Sequence[str], resources: Sequence[str] = ("*",), condition: Any = None) -> Statement:
    statement: Statement = {"Sid": sid, "Effect": "Allow", "Action": _one_or_more(actions), "Resource": _one_or_more(resources)}
    return {**statement, "Condition": condition} if condition else statement


def _one_or_more(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
