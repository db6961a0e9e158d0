"""The red team's acts as real calls: what an action needs to be called with, by the names of its parameters."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from portal.simulated_aws import resources
from tests.worlds.red_team import Act
from tests.worlds.red_team_cast import EVERYTHING

STRANGER = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::777777777777:root"}, "Action": "sts:AssumeRole"}],
}
_TEMPLATE = json.dumps({"Resources": {"Data": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "planted"}}}})
# What a call may come to that was let through: there is no such thing, or already one.
_LET_THROUGH = {
    *("ChangeSetNotFound", "DeleteConflict", "EntityAlreadyExists", "InvalidAuthenticationCode", "InvalidDocument"),
    *("LimitExceeded", "NoSuchEntity"),
}
# Services whose calls can be made of an act alone; one about an object needs a bucket that the stacks do not make.
CALLED = frozenset({"cloudformation", "iam", "identitystore", "ssm", "sts"})
_REFUSED = {"AccessDenied", "AccessDeniedException"}
_SETS: Mapping[str, Any] = {
    "PolicyDocument": json.dumps(EVERYTHING),
    "AssumeRolePolicyDocument": json.dumps(STRANGER),
    "PolicyName": "More",
    "VersionId": "v1",
    "RoleSessionName": "member01",
    "UserName": "member02",
    "RoleName": "web",
    "Password": "Not-theirs-1",
    "AccessKeyId": "AKIAPORTALWORKER0000",
    "Status": "Inactive",
    "SerialNumber": "arn:aws:iam::111111111111:mfa/member01",
    "AuthenticationCode1": "000000",
    "AuthenticationCode2": "000000",
    "Url": "https://login.example.com",
    "SAMLMetadataDocument": "m" * 1_000,
    "StackName": "web",
    "StackSetName": "web",
    "Regions": ["ap-northeast-1"],
    "ChangeSetName": "web",
    "Content": "{}",
    "Description": "of the web",
    "IdentityStoreId": "d-1234567890",
    "UserId": "11111111-2222-3333-4444-555555555555",
    "Target": "i-0123456789abcdef0",
    "TargetPrincipal": "555555555555",
    "TaskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"},
    "Audience": ["https://elsewhere.example.com"],
    "SigningAlgorithm": "ES384",
    "Tags": [{"Key": "sekisho-x", "Value": "x"}],
    "TagKeys": ["sekisho-x"],
}
_NAMES = {
    "policy": "PolicyName",
    "saml-provider": "Name",
    "user": "UserName",
    "role": "RoleName",
    "group": "GroupName",
    "instance-profile": "InstanceProfileName",
    "mfa": "VirtualMFADeviceName",
    "document": "Name",
    "instance": "Target",
    "stack": "StackName",
}


def real_acts(acts: Sequence[Act]) -> list[Act]:
    """Return the calls to make for these; none where one of them is for a service that is not carried out.

    A role is passed by whoever uses it: here to a stack, which is created in it.
    """
    passed = next((act for act in acts if act.action == "iam:PassRole"), None)
    calls = [act for act in acts if act is not passed]
    if passed and [act.action for act in calls] != ["cloudformation:CreateStack"]:
        return []
    if not all(act.action.partition(":")[0] in CALLED and resources.is_listed(*act.action.split(":")) for act in calls):
        return []
    return [dataclasses.replace(act, policy=passed.resource) for act in calls] if passed else calls


def is_let_through(client: Any, act: Act, *, caller: str) -> bool:
    """Make the call, and return whether AWS let it through. A session is named as its caller is."""
    method = xform_name(act.action.partition(":")[2])
    named = {"RoleSessionName": caller} if act.action == "sts:AssumeRole" else {}
    try:
        getattr(client, method)(**{**_parameters(client, method, act), **named})
    except ClientError as error:
        code = error.response["Error"]["Code"]
        is_missing = code == "ValidationError" and "does not exist" in error.response["Error"]["Message"]
        if code not in (*_LET_THROUGH, *_REFUSED) and not is_missing:
            raise
        return code not in _REFUSED
    return True


def _parameters(client: Any, method: str, act: Act) -> dict[str, Any]:
    """Return what the operation requires, and what of the act it has a parameter for."""
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    about = _about(act)
    needed = {name: about.get(name, _SETS.get(name)) for name in model.required_members}
    missing = [name for name, value in needed.items() if value is None]
    assert not missing, f"{act} needs {missing}"
    return {**needed, **{name: value for name, value in about.items() if name in model.members}}


def _about(act: Act) -> dict[str, Any]:
    """Return by their parameters what the act is about, whichever of them the operation has."""
    kind, _, rest = act.resource.rpartition(":")[2].partition("/")
    name, action = rest.rpartition("/")[2], act.action.partition(":")[2]
    arn = {"policy": "PolicyArn", "saml-provider": "SAMLProviderArn", "role": "RoleArn"}
    about: dict[str, Any] = {_NAMES[kind]: rest.split("/")[0] if kind == "stack" else name} if kind in _NAMES else {}
    about |= {arn[kind]: act.resource} if kind in arn else {}
    if action.startswith("Create") and "/" in rest:
        about["Path"] = f"/{rest.rpartition('/')[0]}/"
    if action.startswith(("Attach", "Detach")):
        about["PolicyArn"] = act.policy or "arn:aws:iam::aws:policy/AdministratorAccess"
    if action.endswith(("Stack", "ChangeSet")):
        about["TemplateBody"] = _TEMPLATE
    if action == "CreateStack" and act.policy:
        about |= {"RoleARN": act.policy, "StackName": f"in-{act.policy.rpartition('/')[2]}"}
    if action == "UpdateAssumeRolePolicy":
        about["PolicyDocument"] = _SETS["AssumeRolePolicyDocument"]
    if "iam:PermissionsBoundary" in act.keys:
        about["PermissionsBoundary"] = act.keys["iam:PermissionsBoundary"]
    return about
