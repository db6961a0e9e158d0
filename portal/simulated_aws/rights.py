"""What roles in the accounts that people switch into may do, besides what AWS's own policies say."""

from portal.simulated_aws.guard_rails import allow, document
from portal.simulated_aws.world import Document

OPERATIONS = (
    *("cloudwatch:PutMetricAlarm", "cloudwatch:SetAlarmState", "logs:StartQuery"),
    *("ec2:RebootInstances", "ec2:StartInstances", "ec2:StopInstances", "ecs:RunTask", "ecs:UpdateService"),
    *("lambda:InvokeFunction", "rds:RebootDBInstance", "ssm:SendCommand", "ssm:StartSession"),
)
_IAM_IN_DEVELOPMENT = (
    *("iam:CreatePolicy", "iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion"),
    *("iam:SetDefaultPolicyVersion", "iam:CreateRole", "iam:DeleteRole", "iam:UpdateRole*", "iam:PutRolePolicy"),
    *("iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:DeleteRolePolicy", "iam:CreateInstanceProfile"),
    *("iam:AddRoleToInstanceProfile", "iam:UpdateAssumeRolePolicy"),
)


def iam_limits(account: str, *, deploy: str) -> Document:
    """Allow to look at IAM, and to pass the deployment roles to the services that run things."""
    services = {"iam:PassedToService": ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com", "ec2.amazonaws.com"]}
    statements = [
        allow(["iam:Get*", "iam:List*"]),
        allow("iam:PassRole", deploy, Condition={"StringEquals": services}),
    ]
    if account == "development":
        statements.append(allow(_IAM_IN_DEVELOPMENT))
    return document(*statements)
