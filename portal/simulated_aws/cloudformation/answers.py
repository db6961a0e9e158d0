"""How calls show stacks, their resources, events and change sets."""

from collections.abc import Mapping
from typing import Any

from portal.simulated_aws.cloudformation.kinds import registry
from portal.simulated_aws.cloudformation.templates import Template
from portal.simulated_aws.stacks import ChangeSet, Resource, Stack, StackEvent

Shown = dict[str, Any]


def stack(found: Stack) -> Shown:
    shown = {
        "StackId": found.id,
        "StackName": found.name,
        "Description": found.description,
        "Parameters": parameters(found.shown_values),
        "CreationTime": found.created_at,
        "LastUpdatedTime": found.updated_at,
        "DeletionTime": found.deleted_at,
        "StackStatus": found.status,
        "StackStatusReason": found.reason,
        "DisableRollback": found.keeps_what_failed,
        "EnableTerminationProtection": found.is_protected,
        "NotificationARNs": [],
        "Capabilities": list(found.capabilities),
        "Outputs": list(found.outputs.values()),
        "RoleARN": found.role_arn,
        "Tags": [{"Key": key, "Value": value} for key, value in found.tags.items()],
    }
    return _known(shown)


def summary(found: Stack) -> Shown:
    names = ("StackId", "StackName", "CreationTime", "LastUpdatedTime", "DeletionTime", "StackStatus", "StackStatusReason")
    shown = stack(found)
    return {name: shown[name] for name in names if name in shown}


def resource(found: Resource, of: Stack) -> Shown:
    return {"StackId": of.id, "StackName": of.name, **_resource(found), "Timestamp": found.at}


def resource_summary(found: Resource) -> Shown:
    return {**_resource(found), "LastUpdatedTimestamp": found.at}


def resource_detail(found: Resource, of: Stack) -> Shown:
    return {"StackId": of.id, "StackName": of.name, **_resource(found), "LastUpdatedTimestamp": found.at, "Metadata": "{}"}


def event(found: StackEvent, of: Stack) -> Shown:
    shown = {
        "StackId": of.id,
        "StackName": of.name,
        "EventId": found.id,
        "LogicalResourceId": found.logical_id,
        "PhysicalResourceId": found.physical_id,
        "ResourceType": found.kind,
        "ResourceStatus": found.status,
        "ResourceStatusReason": found.reason,
        "Timestamp": found.at,
    }
    return _known(shown)


def change_set(found: ChangeSet, of: Stack) -> Shown:
    shown = {
        **change_set_summary(found, of),
        "Parameters": parameters(found.plan.values),
        "Tags": [{"Key": key, "Value": value} for key, value in found.plan.tags.items()],
        "Capabilities": list(found.plan.capabilities),
        "NotificationARNs": [],
        "Changes": list(found.changes),
    }
    return _known(shown)


def change_set_summary(found: ChangeSet, of: Stack) -> Shown:
    shown = {
        "StackId": of.id,
        "StackName": of.name,
        "ChangeSetId": found.id,
        "ChangeSetName": found.name,
        "Description": found.description,
        "CreationTime": found.created_at,
        "ExecutionStatus": "AVAILABLE" if found.is_available else "UNAVAILABLE",
        "Status": found.status,
        "StatusReason": found.reason,
    }
    return _known(shown)


def template_summary(template: Template) -> Shown:
    needs = list(template.needs)
    reason = {"CapabilitiesReason": f"The following resource(s) require capabilities: {_kinds_of_iam(template)}"} if needs else {}
    return _known(
        {
            "Parameters": [_declared(name, given) for name, given in template.parameters.items()],
            "Description": template.description,
            "Capabilities": needs,
            **reason,
            "ResourceTypes": sorted({declared.kind for declared in template.resources.values()}),
        }
    )


def validation(template: Template) -> Shown:
    shown = template_summary(template)
    parameters_shown = [
        {name: value for name, value in each.items() if name in ("ParameterKey", "DefaultValue", "NoEcho", "Description")}
        for each in shown["Parameters"]
    ]
    return {**{name: value for name, value in shown.items() if name != "ResourceTypes"}, "Parameters": parameters_shown}


def parameters(values: Mapping[str, str]) -> list[Shown]:
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


def _declared(name: str, given: Mapping[str, Any]) -> Shown:
    shown = {
        "ParameterKey": name,
        "DefaultValue": str(given["Default"]) if "Default" in given else None,
        "ParameterType": given["Type"],
        "NoEcho": str(given.get("NoEcho", False)).lower() == "true",
        "Description": given.get("Description"),
    }
    return _known(shown)


def _resource(found: Resource) -> Shown:
    shown = {
        "LogicalResourceId": found.logical_id,
        "PhysicalResourceId": found.physical_id,
        "ResourceType": found.kind,
        "ResourceStatus": found.status,
        "ResourceStatusReason": found.note,
    }
    return _known(shown)


def _kinds_of_iam(template: Template) -> str:
    kinds = {each.kind for each in template.resources.values() if registry.capability(each.kind, each.properties)}
    return f"[{', '.join(sorted(kinds))}]"


def _known(shown: Shown) -> Shown:
    return {name: value for name, value in shown.items() if value is not None}
