"""What must be there before what."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from portal.simulated_aws.errors import ValidationError

Needs = Mapping[str, frozenset[str]]


def ordered(needs: Needs) -> list[str]:
    """Return the names so that each comes after those it needs. Raises ValidationError where they go round in a circle."""
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle = sorted(set(error.args[1]))
        raise ValidationError(f"Circular dependency between resources: [{', '.join(circle)}]") from error


def check(needs: Needs) -> None:
    """Raise ValidationError where they go round in a circle."""
    ordered(needs)
