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


def iam_limits(account: str, *, account_id: str) -> Document:
    """Allow to look at IAM, to pass the roles of applications to what runs them, and to deploy by CloudFormation's own role."""
    runners = {"iam:PassedToService": ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com", "ec2.amazonaws.com"]}
    deployer = {"iam:PassedToService": "cloudformation.amazonaws.com"}
    role = f"arn:aws:iam::{account_id}:role"
    statements = [
        allow(["iam:Get*", "iam:List*"]),
        allow("iam:PassRole", f"{role}/app/*", Condition={"StringEquals": runners}),
        allow("iam:PassRole", f"{role}/sekisho/CloudFormation-Role", Condition={"StringEquals": deployer}),
    ]
    if account == "development":
        statements.append(allow(_IAM_IN_DEVELOPMENT))
    return document(*statements)
