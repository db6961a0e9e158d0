"""The worker is killed at each call to AWS: before AWS has seen it, and after AWS did it but before the answer."""

import pytest
from django.utils import timezone

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation
from tests.crashes.stage import END, END_CALLS, FENCE, GRANT, GRANT_CALLS, TIDY, Stage, points, status_of
from tests.waiting import until
from tests.worlds.story import acts

Calls = tuple[str, ...]
# Reads on which nothing of a grant or an end depends: the worker's own session, and what is evaluated beside the step.
UNTRIED = frozenset({"AssumeRole", "GetAccountAuthorizationDetails"})
GATE = ("PutRolePolicy", "GetRolePolicy")
GATED_GRANT: Calls = ("GetRole", *GRANT_CALLS[:1], *GATE, *GRANT_CALLS[1:])
GATED_END: Calls = (*END_CALLS[:2], *GATE, *END_CALLS[2:5], "DescribeSessions", *END_CALLS[5:])


def made(stage: Stage) -> Calls:
    return tuple(action for action in stage.proxy.actions if action not in UNTRIED)


def test_the_calls_are_the_ones_that_are_tried_here(gated_stage: Stage) -> None:
    elevation = gated_stage.approved()
    gated_stage.broker.send(GRANT, elevation.pk)
    until(lambda: status_of(elevation) == ElevationStatus.ACTIVE)
    assert made(gated_stage) == GATED_GRANT
    gated_stage.proxy.forget()
    Elevation.objects.filter(pk=elevation.pk).update(ends_at=timezone.now())
    gated_stage.broker.send(END, elevation.pk)
    until(lambda: status_of(elevation) == ElevationStatus.ENDED)
    assert made(gated_stage) == GATED_END


@pytest.mark.parametrize(
    ("action", "nth", "after"),
    points(GATED_GRANT, usual=("after-PutRolePolicy-1", "before-AddUserToGroup-1", "after-AddUserToGroup-1")),
)
def test_a_grant_survives_its_worker(gated_stage: Stage, action: str, nth: int, after: bool) -> None:  # noqa: FBT001  A parameter of the test.
    elevation = gated_stage.approved()
    hold = gated_stage.proxy.hold(action, nth=nth, after=after)
    gated_stage.broker.send(GRANT, elevation.pk)
    hold.wait()
    gated_stage.kill_worker()
    gated_stage.mended(elevation, ElevationStatus.ACTIVE)
    gated_stage.assert_in(elevation)


@pytest.mark.parametrize(
    ("action", "nth", "after"),
    points(GATED_END, usual=("after-PutUserPolicy-1", "after-RemoveUserFromGroup-1", "before-UntagUser-1")),
)
def test_an_end_survives_its_worker(gated_stage: Stage, action: str, nth: int, after: bool) -> None:  # noqa: FBT001
    elevation = gated_stage.over()
    hold = gated_stage.proxy.hold(action, nth=nth, after=after)
    gated_stage.broker.send(END, elevation.pk)
    hold.wait()
    gated_stage.kill_worker()
    gated_stage.mended(elevation, ElevationStatus.ENDED)
    gated_stage.assert_out(elevation)


@pytest.mark.parametrize("after", [pytest.param(False, marks=pytest.mark.exhaustive), True])
def test_tidying_survives_its_worker(gated_stage: Stage, after: bool) -> None:  # noqa: FBT001
    elevation = gated_stage.over()
    gated_stage.mended(elevation, ElevationStatus.ENDED)
    Elevation.objects.filter(pk=elevation.pk).update(fence_due_at=timezone.now())
    hold = gated_stage.proxy.hold("DeleteUserPolicy", after=after)
    gated_stage.broker.send(TIDY, elevation.pk)
    hold.wait()
    assert gated_stage.fences() == ([] if after else [FENCE])
    gated_stage.kill_worker()
    gated_stage.crew.ready()
    gated_stage.swept(lambda: acts(elevation)[-1] == "elevation.fence_removed")
    assert gated_stage.fences() == []
    assert acts(elevation).count("elevation.fence_removed") == 1
