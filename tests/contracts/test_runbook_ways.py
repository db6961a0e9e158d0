"""Grants that AWS carries out by itself, from the request to the end: through Change Manager, and by runbooks alone."""

from typing import Any

import pytest

from access_requests.models import AutomationExecution, Elevation
from tests.runbooked import AUTOMATION_GROUP, CHANGE_GROUP, ROLES, Runbooked, clock, gated, jump, runbooked, simulated_aws
from tests.story import approved, extension_asked, returned, submitted

__all__ = ["clock", "gated", "jump", "runbooked", "simulated_aws"]
SUCCESS = {CHANGE_GROUP: "CompletedWithSuccess", AUTOMATION_GROUP: "Success"}
BOTH = pytest.mark.parametrize("group", [CHANGE_GROUP, AUTOMATION_GROUP])


def elevated(world: Runbooked, group: str, **changes: Any) -> Elevation:
    """Return what member01 asked for and leader01 approved; what AWS was to be told before has been told."""
    jump = world.world.jump
    request = submitted(jump.cast.member01, now=jump.clock.now, work_groups=[group], **changes)
    world.follow()
    approved(request, jump.cast.leader01, now=jump.clock.now)
    return Elevation.objects.get(request=request)


@BOTH
def test_grant_extension_and_end_are_carried_out_by_aws(runbooked: Runbooked, group: str) -> None:
    jump = runbooked.world.jump
    elevation = runbooked.granted(elevated(runbooked, group))
    assert elevation.status == "active", elevation.problem
    assert jump.members(group) == {"member01"}
    assert jump.tags()[f"sekisho:ttl:{group}"] == elevation.ends_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert runbooked.world.until(role=ROLES[group]) == elevation.ends_at
    later = elevation.ends_at.replace(hour=7, minute=0, second=0)
    extension = extension_asked(elevation, jump.cast.member01, ends_at=later, now=jump.clock.now)
    runbooked.follow()
    approved(extension, jump.cast.leader01, now=jump.clock.now)
    runbooked.prolonged(elevation)
    assert jump.tags()[f"sekisho:ttl:{group}"] == "2026-11-23T07:00:00Z"
    returned(elevation, jump.cast.member01, now=jump.clock.now)
    elevation.refresh_from_db()
    runbooked.ended(elevation)
    assert elevation.status == "ended", elevation.problem
    assert (jump.members(group), jump.tags()) == (set(), {})
    done = SUCCESS[group]
    rows = AutomationExecution.objects.order_by("pk").values_list("purpose", "number", "status")
    assert list(rows) == [("grant", 1, done), ("prolong", 1, done), ("remove", 2, "Success")]
