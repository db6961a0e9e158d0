"""Taking resources away, each before what it needs, but for those that are to be kept."""

from collections.abc import Sequence

from portal.simulated_aws import clock
from portal.simulated_aws.cloudformation import ordering
from portal.simulated_aws.cloudformation.errors import Failed
from portal.simulated_aws.cloudformation.kinds.kind import Made, Work
from portal.simulated_aws.cloudformation.kinds.registry import KINDS
from portal.simulated_aws.stacks import Resource, Stack

KEEPING = ("Retain", "RetainExceptOnCreate")


def remove(work: Work, resource: Resource, *, keeps: bool) -> bool:
    """Delete the resource, unless it is to be kept, and say whether the stack is rid of it."""
    if keeps:
        tell(work.stack, resource, "DELETE_SKIPPED", None)
        return True
    tell(work.stack, resource, "DELETE_IN_PROGRESS", None)
    try:
        KINDS[resource.kind].delete(work, made(resource), resource.properties)
    except Failed as failure:
        tell(work.stack, resource, "DELETE_FAILED", str(failure))
        return False
    tell(work.stack, resource, "DELETE_COMPLETE", None)
    return True


def remove_all(work: Work) -> bool:
    """Delete every resource of the stack, and say whether it is rid of all."""
    outcomes, resources = [], work.stack.resources
    for resource in last_first(list(resources.values())):
        is_gone = remove(work, resource, keeps=resource.deletion_policy in KEEPING)
        outcomes.append(is_gone)
        if is_gone:
            del resources[resource.logical_id]
    return all(outcomes)


def tell(stack: Stack, resource: Resource, status: str, reason: str | None) -> None:
    """Give the resource a status, and have an event say so."""
    resource.status, resource.at = status, clock.now()
    stack.add(
        logical_id=resource.logical_id,
        physical_id=resource.physical_id,
        kind=resource.kind,
        status=status,
        reason=reason,
        at=resource.at,
    )


def made(resource: Resource) -> Made:
    return Made(id=resource.physical_id, attributes=resource.attributes, note=resource.note)


def last_first(resources: Sequence[Resource]) -> list[Resource]:
    """Return the resources so that each comes before what it needs."""
    names = {resource.logical_id for resource in resources}
    order = ordering.ordered({resource.logical_id: resource.depends_on & names for resource in resources})
    return sorted(resources, key=lambda resource: order.index(resource.logical_id), reverse=True)
