"""What roles that people switch to may do, by level and kind of account."""

from portal.iam import boundaries
from portal.iam.fences import Document
from portal.iam.rails.packing import document
from portal.iam.rails.rail import Statement

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess"
OPERATIONS = (
    *("cloudwatch:PutMetricAlarm", "cloudwatch:SetAlarmState", "logs:StartQuery"),
    *("ec2:RebootInstances", "ec2:StartInstances", "ec2:StopInstances", "ecs:RunTask", "ecs:UpdateService"),
    *("lambda:InvokeFunction", "rds:RebootDBInstance", "ssm:SendCommand", "ssm:StartSession"),
)
_IN_DEVELOPMENT = (
    *("iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion"),
    *("iam:SetDefaultPolicyVersion", "iam:CreateRole", "iam:DeleteRole", "iam:UpdateRole*", "iam:PutRolePolicy"),
    *("iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:DeleteRolePolicy", "iam:CreateInstanceProfile"),
    *("iam:AddRoleToInstanceProfile", "iam:UpdateAssumeRolePolicy"),
)


def managed(level: str, kind: str) -> str:
    """Return AWS's own policy for a level: leads have power in environments, everybody else reads."""
    return POWER_USER if level == "leader" and kind in ("development", "staging", "production") else READ_ONLY


def inline(level: str, kind: str, *, account_id: str) -> dict[str, Document]:
    """Return the role's own policies by their names."""
    if level == "read_only" or kind not in ("development", "staging", "production"):
        return {}
    limits = {"Iam": iam_limits(kind, account_id=account_id)}
    return {**limits, "Operate": document(_allow(OPERATIONS))} if level == "member" else limits


def iam_limits(kind: str, *, account_id: str) -> Document:
    """Allow to look at IAM, to pass the roles of applications to what runs them, and to deploy by CloudFormation's own role."""
    role = f"arn:aws:iam::{account_id}:role"
    deployer = {"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}}
    statements = [
        _allow(("iam:Get*", "iam:List*")),
        _allow(("iam:PassRole",), f"{role}/app/*", {"StringEquals": {"iam:PassedToService": list(boundaries.RUNNERS)}}),
        _allow(("iam:PassRole",), f"{role}{boundaries.PATH}{boundaries.DEPLOY_ROLE}", deployer),
    ]
    if kind == "development":
        statements.append(_allow(_IN_DEVELOPMENT))
    return document(*statements)


def _allow(actions: tuple[str, ...], resource: str = "*", condition: object = None) -> Statement:
    statement: Statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement
