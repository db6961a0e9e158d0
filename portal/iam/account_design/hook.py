"""Guard's rules as a hook of CloudFormation: what is deployed out of bounds is told of, and refused once the hook enforces."""

from typing import Any

from portal.iam import boundaries
from portal.iam.account_design import resources
from portal.iam.account_design.design import Account
from portal.iam.account_design.resources import Resources, logical_id
from portal.iam.rails.packing import document

ROLE = "SekishoGuardHookRole"
RULES = "sekisho/applications.guard"
PARAMETERS: dict[str, Any] = {
    "RulesBucket": {
        "Type": "String",
        "Default": "",
        "AllowedPattern": "(sekisho-guard-[a-z0-9.-]+)?",
        "Description": f"The bucket of this account that has the rules as {RULES}; empty makes no hook",
    },
    "HookMode": {
        "Type": "String",
        "Default": "WARN",
        "AllowedValues": ["WARN", "FAIL"],
        "Description": "WARN tells what would be refused, FAIL refuses it",
    },
}
CONDITIONS: dict[str, Any] = {"MakesHook": {"Fn::Not": [{"Fn::Equals": [{"Ref": "RulesBucket"}, ""]}]}}
_BUCKET = {"Fn::Sub": "arn:${AWS::Partition}:s3:::${RulesBucket}"}
_OBJECT = {"Fn::Sub": f"arn:${{AWS::Partition}}:s3:::${{RulesBucket}}/{RULES}"}


def of_account(account: Account) -> Resources:
    """Return the hook, and the role in which it reads its rules. Templates are evaluated with all that they refer to resolved."""
    trust = resources.trusting(
        {"Service": "hooks.cloudformation.amazonaws.com"}, condition={"StringEquals": {"aws:SourceAccount": account.id}}
    )
    reading = document(
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": _OBJECT},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": _BUCKET},
    )
    hook = {
        "Alias": "Sekisho::Guard::Applications",
        "ExecutionRole": {"Fn::GetAtt": [logical_id(ROLE), "Arn"]},
        "FailureMode": {"Ref": "HookMode"},
        "HookStatus": "ENABLED",
        "RuleLocation": {"Uri": {"Fn::Sub": f"s3://${{RulesBucket}}/{RULES}"}},
        "TargetOperations": ["RESOURCE", "CLOUD_CONTROL"],
        "TargetFilters": {"Actions": ["CREATE", "UPDATE"], "TargetNames": ["AWS::IAM::Role"]},
    }
    made = {
        **resources.role(ROLE, trust=trust, path=boundaries.PATH),
        **resources.role_policy(ROLE, "Rules", reading),
        "GuardHook": {"Type": "AWS::CloudFormation::GuardHook", "Properties": hook},
    }
    return {
        name: {"Type": each["Type"], "Condition": "MakesHook", "Properties": each["Properties"]} for name, each in made.items()
    }
