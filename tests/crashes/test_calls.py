"""The worker is killed at each call to AWS: before AWS has seen it, and after AWS did it but before the answer."""

import pytest
from django.utils import timezone

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation
from tests.crashes.stage import END, FENCE, GRANT, TIDY, Stage, status_of
from tests.story import acts
from tests.waiting import until

Calls = tuple[str, ...]
LOOK = ("GetGroup", "ListUserTags", "GetUserPolicy")
GRANT_CALLS: Calls = ("GetUser", "PutUserPolicy", "TagUser", "AddUserToGroup", *LOOK)
END_CALLS: Calls = ("GetUser", "PutUserPolicy", "RemoveUserFromGroup", "GetGroup", "UntagUser", *LOOK)


def _points(calls: Calls) -> list[object]:
    return [
        pytest.param(number, after, id=f"{number}-{'after' if after else 'before'}-{action}")
        for number, action in enumerate(calls, start=1)
        for after in (False, True)
    ]


def test_the_calls_are_the_ones_that_are_tried_here(stage: Stage) -> None:
    elevation = stage.approved()
    stage.broker.send(GRANT, elevation.pk)
    until(lambda: status_of(elevation) == ElevationStatus.ACTIVE)
    assert stage.proxy.actions == GRANT_CALLS
    stage.proxy.forget()
    Elevation.objects.filter(pk=elevation.pk).update(ends_at=timezone.now())
    stage.broker.send(END, elevation.pk)
    until(lambda: status_of(elevation) == ElevationStatus.ENDED)
    assert stage.proxy.actions == END_CALLS


@pytest.mark.parametrize(("number", "after"), _points(GRANT_CALLS))
def test_a_grant_survives_its_worker(stage: Stage, number: int, after: bool) -> None:  # noqa: FBT001  A parameter of the test.
    elevation = stage.approved()
    hold = stage.proxy.hold(nth=number, after=after)
    stage.broker.send(GRANT, elevation.pk)
    hold.wait()
    stage.kill_worker()
    stage.mended(elevation, ElevationStatus.ACTIVE)
    stage.assert_in(elevation)


@pytest.mark.parametrize(("number", "after"), _points(END_CALLS))
def test_an_end_survives_its_worker(stage: Stage, number: int, after: bool) -> None:  # noqa: FBT001
    elevation = stage.over()
    hold = stage.proxy.hold(nth=number, after=after)
    stage.broker.send(END, elevation.pk)
    hold.wait()
    stage.kill_worker()
    stage.mended(elevation, ElevationStatus.ENDED)
    stage.assert_out(elevation)


@pytest.mark.parametrize("after", [False, True])
def test_tidying_survives_its_worker(stage: Stage, after: bool) -> None:  # noqa: FBT001
    elevation = stage.over()
    stage.mended(elevation, ElevationStatus.ENDED)
    Elevation.objects.filter(pk=elevation.pk).update(fence_due_at=timezone.now())
    hold = stage.proxy.hold("DeleteUserPolicy", after=after)
    stage.broker.send(TIDY, elevation.pk)
    hold.wait()
    assert stage.fences() == ([] if after else [FENCE])
    stage.kill_worker()
    stage.crew.ready()
    stage.swept(lambda: acts(elevation)[-1] == "elevation.fence_removed")
    assert stage.fences() == []
    assert acts(elevation).count("elevation.fence_removed") == 1
