"""A template with the values of its parameters: what is to be deployed, and what its names stand for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.simulated_aws.cloudformation import functions, given_parameters, ordering
from portal.simulated_aws.cloudformation.functions import Scope
from portal.simulated_aws.cloudformation.templates import Declared, Template
from portal.simulated_aws.errors import ValidationError
from portal.simulated_aws.stacks import Resource, Stack

SERVICE = "cloudformation.amazonaws.com"
Missing = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`values` are the parameters as they were written. `role_arn` is the service role, None for the caller's own rights."""

    template: Template
    values: Mapping[str, str]
    tags: Mapping[str, str]
    capabilities: tuple[str, ...]
    role_arn: str | None

    def scope(self, stack: Stack, resources: Mapping[str, Resource], *, missing: Missing | None = None) -> Scope:
        """Return what names stand for, given what is there; `missing` says what a resource that is not stands for."""
        absent = missing or _unresolved
        return Scope(
            values={**given_parameters.typed(self.template, self.values), **_pseudo_parameters(stack)},
            conditions=self.template.conditions,
            reference=lambda name: resources[name].physical_id if name in resources else absent(name),
            attribute=lambda name, attribute: (
                _attribute(resources[name], attribute) if name in resources else absent(f"{name}.{attribute}")
            ),
        )

    def wanted(self, scope: Scope) -> list[Declared]:
        """Return the resources whose condition holds, each after what it needs."""
        declared = self.template.resources
        held = {name for name, each in declared.items() if each.condition is None or scope.is_true(each.condition)}
        needs = {name: declared[name].depends_on & held for name in declared if name in held}
        return [declared[name] for name in ordering.ordered(needs)]

    def outputs(self, scope: Scope) -> dict[str, dict[str, str]]:
        found = {}
        for name, output in self.template.outputs.items():
            if "Condition" in output and not scope.is_true(output["Condition"]):
                continue
            described = {"Description": output["Description"]} if "Description" in output else {}
            found[name] = {"OutputKey": name, "OutputValue": str(functions.resolved(output["Value"], scope)), **described}
        return found


def _unresolved(name: str) -> str:
    raise ValidationError(f"Unresolved resource dependencies [{name}]: there is no such resource in this stack")


def _attribute(resource: Resource, attribute: str) -> str:
    if attribute not in resource.attributes:
        where = f"schema for {resource.kind}"
        raise ValidationError(f"Requested attribute {attribute} must be a readonly property in {where}")
    return resource.attributes[attribute]


def _pseudo_parameters(stack: Stack) -> dict[str, Any]:
    account, region = stack.place
    return {
        "AWS::AccountId": account,
        "AWS::NotificationARNs": [],
        "AWS::Partition": "aws",
        "AWS::Region": region,
        "AWS::StackId": stack.id,
        "AWS::StackName": stack.name,
        "AWS::URLSuffix": "amazonaws.com",
    }
