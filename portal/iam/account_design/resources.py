"""Resources of a template, and the template of several."""

import re
from collections.abc import Mapping
from typing import Any

from portal.iam.fences import Document
from portal.iam.rails.packing import document

Resources = dict[str, dict[str, Any]]
Template = dict[str, Any]
# What is deleted with its stack would take its guard along; what is replaced would leave a gap.
_KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def logical_id(*parts: str) -> str:
    return "".join(re.sub(r"[^A-Za-z0-9]", "", part) for part in parts)


def template(description: str, resources: Resources, **sections: Any) -> Template:
    """Return a template; `sections` come before its resources."""
    return {"AWSTemplateFormatVersion": "2010-09-09", "Description": description, **sections, "Resources": resources}


def managed_policy(name: str, path: str, policy: Document) -> Resources:
    properties = {"ManagedPolicyName": name, "Path": path, "PolicyDocument": policy}
    return {logical_id(name): {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}}


def role(
    name: str,
    *,
    trust: Document,
    path: str = "/",
    managed: list[Any] | None = None,
    boundary: Any = None,
    seconds: int | None = None,
) -> Resources:
    properties = {
        "RoleName": name,
        **({"Path": path} if path != "/" else {}),
        "AssumeRolePolicyDocument": trust,
        **({"MaxSessionDuration": seconds} if seconds else {}),
        **({"ManagedPolicyArns": managed} if managed else {}),
        **({"PermissionsBoundary": boundary} if boundary else {}),
    }
    return {logical_id(name): {"Type": "AWS::IAM::Role", "Properties": properties}}


def role_policy(of: str, name: str, policy: Document) -> Resources:
    properties = {"RoleName": {"Ref": logical_id(of)}, "PolicyName": name, "PolicyDocument": policy}
    return {logical_id(of, name): {"Type": "AWS::IAM::RolePolicy", "Properties": properties}}


def group_policy(of: str, name: str, policy: Document) -> Resources:
    properties = {"GroupName": {"Ref": logical_id(of)}, "PolicyName": name, "PolicyDocument": policy}
    return {logical_id(of, name): {"Type": "AWS::IAM::GroupPolicy", "Properties": properties}}


def kept(kind: str, properties: Mapping[str, Any], **attributes: Any) -> dict[str, Any]:
    """Return a resource that outlives its stack, and what takes its place."""
    return {"Type": kind, **_KEPT, **attributes, "Properties": dict(properties)}


def trusting(principal: Mapping[str, Any], *, condition: Mapping[str, Any] | None = None) -> Document:
    statement = {"Effect": "Allow", "Principal": dict(principal), "Action": "sts:AssumeRole"}
    return document({**statement, **({"Condition": dict(condition)} if condition else {})})
