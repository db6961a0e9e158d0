"""What a plan would change in a stack, before anything is done."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.simulated_aws.cloudformation import functions
from portal.simulated_aws.cloudformation.kinds.registry import KINDS
from portal.simulated_aws.cloudformation.plans import Plan
from portal.simulated_aws.stacks import Resource, Stack

Change = Mapping[str, Any]
NOTHING = "The submitted information didn't contain changes. Submit different information to create a change set."
NO_UPDATES = "No updates are to be performed."


def changes(stack: Stack, plan: Plan) -> tuple[Change, ...]:
    """Return what would be added, modified and removed. What is still to be made stands there under its logical name."""
    kept = dict(stack.resources)
    found = []
    scope = plan.scope(stack, kept, missing=lambda name: f"<{name}>")
    wanted = plan.wanted(scope)
    for declared in wanted:
        properties = functions.resolved(dict(declared.properties), scope)
        change = _change(kept.get(declared.logical_id), declared.kind, declared.logical_id, properties)
        if change and change["Replacement"] != "False":
            kept.pop(declared.logical_id, None)  # Whoever names it changes as well.
        found += [change] if change else []
    names = {declared.logical_id for declared in wanted}
    removed = (resource for name, resource in stack.resources.items() if name not in names)
    return tuple(map(_whole, (*found, *(_shown("Remove", resource) for resource in removed))))


def is_empty(stack: Stack, plan: Plan) -> bool:
    """Say whether there is nothing to be done: no resource, no output, no tag is another one."""
    if changes(stack, plan) or dict(plan.tags) != stack.tags:
        return False
    if (plan.role_arn or stack.role_arn) != stack.role_arn:
        return False
    return plan.outputs(plan.scope(stack, stack.resources)) == stack.outputs and not any(_policies(stack, plan))


def _policies(stack: Stack, plan: Plan) -> Iterator[bool]:
    """Yield whether each resource's policies for deletion and replacement are other ones: AWS takes that for a change too."""
    for name, resource in stack.resources.items():
        declared = plan.template.resources[name]
        yield (declared.deletion_policy, declared.replace_policy) != (resource.deletion_policy, resource.replace_policy)


def _change(before: Resource | None, kind: str, logical_id: str, after: Mapping[str, Any]) -> dict[str, Any] | None:
    if before is None:
        return {"Action": "Add", "LogicalResourceId": logical_id, "ResourceType": kind, "Replacement": "Add"}
    if kind == before.kind and dict(before.properties) == after:
        return None
    replaces = kind != before.kind or KINDS[kind].replaces(before.properties, after)
    return {**_shown("Modify", before), "Replacement": str(replaces)}


def _shown(action: str, resource: Resource) -> dict[str, Any]:
    return {
        "Action": action,
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.kind,
    }


def _whole(change: Mapping[str, Any]) -> Change:
    modified = change["Action"] == "Modify"
    shown = {name: value for name, value in change.items() if name != "Replacement" or modified}
    return {"Type": "Resource", "ResourceChange": {**shown, "Scope": ["Properties"] if modified else [], "Details": []}}
