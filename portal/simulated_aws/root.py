"""The root user of an account, whom no entity of IAM stands for, and what AssumeRoot lets somebody do in that user's place."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from portal.iam.principals import Policy, Principal

NAME = "root"
TASK_POLICIES = "arn:aws:iam::aws:policy/root-task/"
_EVERYTHING = ("*",)
# As AWS documents what each of its task policies is for.
_TASKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "IAMAuditRootUserCredentials": (
            *("iam:GetAccountSummary", "iam:GetLoginProfile", "iam:GetUser", "iam:ListAccessKeys", "iam:ListMFADevices"),
            *("iam:GetAccessKeyLastUsed", "iam:ListSigningCertificates"),
        ),
        "IAMCreateRootUserPassword": ("iam:CreateLoginProfile", "iam:GetLoginProfile"),
        "IAMDeleteRootUserCredentials": (
            *("iam:DeactivateMFADevice", "iam:DeleteAccessKey", "iam:DeleteLoginProfile", "iam:DeleteSigningCertificate"),
            *("iam:DeleteVirtualMFADevice", "iam:GetLoginProfile", "iam:GetUser", "iam:ListAccessKeys", "iam:ListMFADevices"),
            *("iam:ListSigningCertificates", "iam:UpdateAccessKey"),
        ),
        "S3UnlockBucketPolicy": ("s3:DeleteBucketPolicy", "s3:GetBucketPolicy", "s3:ListAllMyBuckets", "s3:PutBucketPolicy"),
        "SQSUnlockQueuePolicy": ("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueues", "sqs:SetQueueAttributes"),
    }
)


@dataclass(frozen=True, slots=True)
class Root:
    """Stands where moto's users and roles do."""

    account_id: str
    name: str = NAME
    tags: tuple[Mapping[str, str], ...] = ()

    @property
    def id(self) -> str:
        return self.account_id

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account_id}:root"


def principal(root: Root, *, task_policy: str) -> Principal:
    """Return the root user with all rights, or with those of the task alone."""
    actions = _TASKS[task_policy] if task_policy else _EVERYTHING
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}
    return Principal(arn=root.arn, account_id=root.account_id, policies=(Policy(name=NAME, document=document),))


def task(arn: str) -> str | None:
    """Return the name of a task policy, None for what is none."""
    name = arn.removeprefix(TASK_POLICIES)
    return name if arn.startswith(TASK_POLICIES) and name in _TASKS else None
