"""The worker is killed at each call to AWS: before AWS has seen it, and after AWS did it but before the answer."""

import pytest
from django.utils import timezone

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation
from tests.crashes.stage import END, FENCE, GRANT, TIDY, Stage, status_of
from tests.story import acts
from tests.waiting import until

Calls = tuple[str, ...]
# Reads on which nothing of a grant or an end depends: the worker's own session, and what is evaluated beside the step.
UNTRIED = frozenset({"AssumeRole", "GetAccountAuthorizationDetails"})
GATE = ("PutRolePolicy", "GetRolePolicy")
LOOK = ("GetGroup", "ListUserTags", "GetUserPolicy")
GRANT_CALLS: Calls = ("GetUser", *GATE, "PutUserPolicy", "TagUser", "AddUserToGroup", *LOOK)
END_CALLS: Calls = (
    *("GetUser", "PutUserPolicy", *GATE, "RemoveUserFromGroup", "GetGroup", "UntagUser", "DescribeSessions"),
    *LOOK,
)


def _points(calls: Calls) -> list[object]:
    """Return each call as its action and which of these it is, before AWS did it and after."""
    numbered = [(action, calls[: at + 1].count(action)) for at, action in enumerate(calls)]
    return [
        pytest.param(action, nth, after, id=f"{'after' if after else 'before'}-{action}-{nth}")
        for action, nth in numbered
        for after in (False, True)
    ]


def made(stage: Stage) -> Calls:
    return tuple(action for action in stage.proxy.actions if action not in UNTRIED)


def test_the_calls_are_the_ones_that_are_tried_here(stage: Stage) -> None:
    elevation = stage.approved()
    stage.broker.send(GRANT, elevation.pk)
    until(lambda: status_of(elevation) == ElevationStatus.ACTIVE)
    assert made(stage) == GRANT_CALLS
    stage.proxy.forget()
    Elevation.objects.filter(pk=elevation.pk).update(ends_at=timezone.now())
    stage.broker.send(END, elevation.pk)
    until(lambda: status_of(elevation) == ElevationStatus.ENDED)
    assert made(stage) == END_CALLS


@pytest.mark.parametrize(("action", "nth", "after"), _points(GRANT_CALLS))
def test_a_grant_survives_its_worker(stage: Stage, action: str, nth: int, after: bool) -> None:  # noqa: FBT001  A parameter of the test.
    elevation = stage.approved()
    hold = stage.proxy.hold(action, nth=nth, after=after)
    stage.broker.send(GRANT, elevation.pk)
    hold.wait()
    stage.kill_worker()
    stage.mended(elevation, ElevationStatus.ACTIVE)
    stage.assert_in(elevation)


@pytest.mark.parametrize(("action", "nth", "after"), _points(END_CALLS))
def test_an_end_survives_its_worker(stage: Stage, action: str, nth: int, after: bool) -> None:  # noqa: FBT001
    elevation = stage.over()
    hold = stage.proxy.hold(action, nth=nth, after=after)
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
