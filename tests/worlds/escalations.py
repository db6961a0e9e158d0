"""Published ways to more rights in AWS, and what each boundary makes of them: a table that two evaluators are held to.

The ways are facts of pathfinding.cloud: an id, and the permissions that it needs.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from portal.iam import boundaries
from portal.iam.evaluation import Call
from portal.iam.fences import Document
from portal.iam.principals import Policy, Principal

ACCOUNT = "444444444444"
IAM = f"arn:aws:iam::{ACCOUNT}"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
_WAYS = """
    apprunner-001: iam:PassRole apprunner:CreateService
    apprunner-002: apprunner:UpdateService
    bedrock-001: iam:PassRole bedrock-agentcore:CreateCodeInterpreter bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter
    bedrock-002: bedrock-agentcore:StartCodeInterpreterSession bedrock-agentcore:InvokeCodeInterpreter
    cloudformation-001: iam:PassRole cloudformation:CreateStack
    cloudformation-002: cloudformation:UpdateStack
    cloudformation-003: iam:PassRole cloudformation:CreateStackSet cloudformation:CreateStackInstances
    cloudformation-004: iam:PassRole cloudformation:UpdateStackSet
    cloudformation-005: cloudformation:CreateChangeSet cloudformation:ExecuteChangeSet
    codebuild-001: iam:PassRole codebuild:CreateProject codebuild:StartBuild
    codebuild-002: codebuild:StartBuild
    codebuild-003: codebuild:StartBuildBatch
    codebuild-004: iam:PassRole codebuild:CreateProject codebuild:StartBuildBatch
    datapipeline-001: iam:PassRole datapipeline:CreatePipeline datapipeline:PutPipelineDefinition datapipeline:ActivatePipeline
    ec2-001: iam:PassRole ec2:RunInstances
    ec2-002: ec2:ModifyInstanceAttribute ec2:StopInstances ec2:StartInstances
    ec2-003: iam:PassRole ec2:RequestSpotInstances
    ec2-004: ec2:CreateLaunchTemplateVersion ec2:ModifyLaunchTemplate
    ec2instanceconnect-003: ec2-instance-connect:SendSSHPublicKey ec2:DescribeInstances
    ecs-001: iam:PassRole ecs:CreateCluster ecs:RegisterTaskDefinition ecs:CreateService
    ecs-002: iam:PassRole ecs:CreateCluster ecs:RegisterTaskDefinition ecs:RunTask
    ecs-003: iam:PassRole ecs:RegisterTaskDefinition ecs:CreateService
    ecs-004: iam:PassRole ecs:RegisterTaskDefinition ecs:RunTask
    ecs-005: iam:PassRole ecs:RegisterTaskDefinition ecs:StartTask
    glue-001: iam:PassRole glue:CreateDevEndpoint
    glue-002: glue:UpdateDevEndpoint
    glue-003: iam:PassRole glue:CreateJob glue:StartJobRun
    glue-004: iam:PassRole glue:CreateJob glue:CreateTrigger
    glue-005: iam:PassRole glue:UpdateJob glue:StartJobRun
    glue-006: iam:PassRole glue:UpdateJob glue:CreateTrigger
    iam-001: iam:CreatePolicyVersion
    iam-002: iam:CreateAccessKey
    iam-003: iam:CreateAccessKey iam:DeleteAccessKey
    iam-004: iam:CreateLoginProfile
    iam-005: iam:PutRolePolicy
    iam-006: iam:UpdateLoginProfile
    iam-007: iam:PutUserPolicy
    iam-008: iam:AttachUserPolicy
    iam-009: iam:AttachRolePolicy
    iam-010: iam:AttachGroupPolicy
    iam-011: iam:PutGroupPolicy
    iam-012: iam:UpdateAssumeRolePolicy
    iam-013: iam:AddUserToGroup
    iam-014: iam:AttachRolePolicy sts:AssumeRole
    iam-015: iam:AttachUserPolicy iam:CreateAccessKey
    iam-016: iam:CreatePolicyVersion sts:AssumeRole
    iam-017: iam:PutRolePolicy sts:AssumeRole
    iam-018: iam:PutUserPolicy iam:CreateAccessKey
    iam-019: iam:AttachRolePolicy iam:UpdateAssumeRolePolicy
    iam-020: iam:CreatePolicyVersion iam:UpdateAssumeRolePolicy
    iam-021: iam:PutRolePolicy iam:UpdateAssumeRolePolicy
    lambda-001: iam:PassRole lambda:CreateFunction lambda:InvokeFunction
    lambda-002: iam:PassRole lambda:CreateFunction lambda:CreateEventSourceMapping
    lambda-003: lambda:UpdateFunctionCode
    lambda-004: lambda:UpdateFunctionCode lambda:InvokeFunction
    lambda-005: lambda:UpdateFunctionCode lambda:AddPermission
    lambda-006: iam:PassRole lambda:CreateFunction lambda:AddPermission
    sagemaker-001: iam:PassRole sagemaker:CreateNotebookInstance
    sagemaker-002: iam:PassRole sagemaker:CreateTrainingJob
    sagemaker-003: iam:PassRole sagemaker:CreateProcessingJob
    sagemaker-004: sagemaker:CreatePresignedNotebookInstanceUrl
    sagemaker-005: sagemaker:CreateNotebookInstanceLifecycleConfig sagemaker:StopNotebookInstance sagemaker:UpdateNotebookInstance sagemaker:StartNotebookInstance
    ssm-001: ssm:StartSession
    ssm-002: ssm:SendCommand
    sts-001: sts:AssumeRole
"""  # noqa: E501  A way a line.
WAYS: Mapping[str, tuple[str, ...]] = {
    name: tuple(actions.split()) for name, _, actions in (line.strip().partition(": ") for line in _WAYS.strip().splitlines())
}
# Whom a role is passed to, by the beginning of the way's id.
_SERVICES = {
    "apprunner": "tasks.apprunner.amazonaws.com",
    "bedrock": "bedrock-agentcore.amazonaws.com",
    "cloudformation": "cloudformation.amazonaws.com",
    "codebuild": "codebuild.amazonaws.com",
    "datapipeline": "datapipeline.amazonaws.com",
    "ec2": "ec2.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
    "glue": "glue.amazonaws.com",
    "lambda": "lambda.amazonaws.com",
    "sagemaker": "sagemaker.amazonaws.com",
}
_ABOUT_USERS = ("AccessKey", "LoginProfile", "UserPolicy")
_ABOUT_GROUPS = ("GroupPolicy", "AddUserToGroup")
REFUSED, BOUNDED, LISTED = "refused", "bounded", "listed"


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What a way is tried on: a role and a policy, and the keys that AWS knows of them."""

    role: str
    policy: str
    keys: Mapping[str, str] = field(default_factory=dict)


# Somebody who has more; a role of an application, which carries its boundary; CloudFormation's own role, which carries another.
ADMINISTRATION = Aim(role=f"{IAM}:role/OrganizationAccountAccessRole", policy=f"{IAM}:policy/sekisho/SekishoWorkRoleBoundary")
APPLICATION = Aim(
    role=f"{IAM}:role/app/web",
    policy=f"{IAM}:policy/app/web",
    keys={"iam:PermissionsBoundary": boundaries.arn(ACCOUNT, boundaries.APP)},
)
DEPLOYMENT = Aim(role=f"{IAM}:role/sekisho/CloudFormation-Role", policy=f"{IAM}:policy/sekisho/SekishoDeployBoundary")

Allowed = Callable[[Principal, Call], bool]


def outcome(way: str, boundary: Document, allowed: Allowed) -> str:
    """Return what `Allow * *` within the boundary makes of the way.

    *listed*: it works on anything, since it uses a role that somebody has passed before. *bounded*: it works on roles of
    applications and on CloudFormation's alone, and what results carries their boundary. *refused*: it does not work.
    """
    if _works(way, boundary, ADMINISTRATION, allowed):
        return LISTED
    return BOUNDED if any(_works(way, boundary, aim, allowed) for aim in (APPLICATION, DEPLOYMENT)) else REFUSED


def principal(boundary: Document) -> Principal:
    return Principal(
        arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/Any/session",
        account_id=ACCOUNT,
        role_arn=f"{IAM}:role/Any",
        policies=(Policy(name="everything", document=EVERYTHING),),
        boundary=Policy(name="boundary", document=boundary),
    )


def _works(way: str, boundary: Document, aim: Aim, allowed: Allowed) -> bool:
    who = principal(boundary)
    answers = [allowed(who, call) for call in _calls(way, aim)]
    return all(answers)


def _calls(way: str, aim: Aim) -> Iterator[Call]:
    for action in WAYS[way]:
        resource = _resource(action, aim)
        keys: dict[str, str] = dict(aim.keys) if action.startswith("iam:") and resource == aim.role else {}
        if action == "iam:PassRole":
            keys = {"iam:PassedToService": _SERVICES[way.partition("-")[0]]}
        if action == "lambda:AddPermission":
            # A service of AWS, which is what the boundary leaves.
            keys = {"lambda:Principal": "events.amazonaws.com"}
        yield Call(action=action, resource=resource, context=keys)


def _resource(action: str, aim: Aim) -> str:
    if action.startswith(("iam:", "sts:")):
        if action == "iam:CreatePolicyVersion":
            return aim.policy
        if action.endswith(_ABOUT_USERS):
            return f"{IAM}:user/administrator"
        if action.endswith(_ABOUT_GROUPS):
            return f"{IAM}:group/administrators"
        return aim.role
    return "*"


def page(allowed: Allowed) -> str:
    """Return the page of the documentation."""
    names = (boundaries.WORK, boundaries.DEVELOPMENT, boundaries.DEPLOY, boundaries.APP)
    rows = []
    for way, actions in WAYS.items():
        outcomes = [outcome(way, boundaries.BY_NAME[name](ACCOUNT), allowed) for name in names]
        rows.append(f"| {way} | {', '.join(f'`{action}`' for action in actions)} | {' | '.join(outcomes)} |")
    return "\n".join([_HEAD, f"| way | needs | {' | '.join(names)} |", "|---|---|---|---|---|---|", *rows]) + "\n"


_HEAD = """# Ways to more rights, and what the boundaries make of them

Made by `python -m tests.structure.escalations_page`; a test compares, and has a second evaluator say the same of every call. The
ways are those that [pathfinding.cloud](https://pathfinding.cloud) had published when this was written. Each is tried with
`Allow * *` within the [boundary](guard-rails.md#boundaries):

- *refused*: it does not work, on whatever it is tried;
- *bounded*: it works on roles below `/app/`, which carry `SekishoAppBoundary`, or by `CloudFormation-Role`, which carries
  `SekishoDeployBoundary`, and on no other role;
- *listed*: nothing about it can be denied without denying ordinary work. It uses a role that somebody has passed before, so it is
  worth what that role is: bound each role that a machine, a function or a stack has.
"""
