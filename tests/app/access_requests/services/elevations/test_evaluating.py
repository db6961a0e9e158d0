"""An evaluation that breaks stops nobody: it is unknown, and everything else goes on."""

import pytest

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation
from access_requests.services.elevations import evaluating
from portal.iam.switch import evaluate_switch
from tests.worlds.gated import Gated
from tests.worlds.jump import granted
from tests.worlds.story import elevated


def test_policies_that_break_the_evaluator_hold_up_no_grant_and_no_other_evaluation(
    gated: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks_for_member01(jump: object, user: object, *args: object, **more: object) -> object:
        if getattr(user, "name", "") == "member01":
            raise RuntimeError("an odd policy")
        return evaluate_switch(jump, user, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(evaluating, "evaluate_switch", breaks_for_member01)
    cast, now = gated.jump.cast, gated.jump.clock.now
    odd, other = (granted(elevated(person, cast.leader01, now=now)) for person in (cast.member01, cast.member02))
    evaluating.evaluate_due()
    said = {row.person.username: row.evaluation for row in Elevation.objects.select_related("person")}
    assert {odd.status, other.status} == {ElevationStatus.ACTIVE}
    assert said["member02"] is not None
    assert said["member02"]["decision"] == "allowed"
    assert said["member01"] is not None
    assert (said["member01"]["decision"], said["member01"]["roles"][0]["why"]) == ("unknown", ["unreadable_answer"])
