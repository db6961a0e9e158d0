"""A release that shows approvers more is put in place between the two approvals of a request: by each door it goes on."""

import pytest
from django.utils import timezone

from access_requests.models import ApprovalPolicy
from tests.cli.conftest import AtATerminal, command_line, person, portal, terminal
from tests.doors.test_doors_agree import DONE, Doors
from tests.stand_ins.next_release import put_in_place
from tests.worlds.cast import Cast
from tests.worlds.story import approved, submitted

__all__ = ["command_line", "person", "portal", "terminal"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("door", ["browser", "program", "own_token", "slack", "command_line"])
def test_second_approval_is_of_what_the_first_one_saw(
    door: str, cast: Cast, person: AtATerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    ApprovalPolicy.objects.update(decide_by=["browser", "chat", "client"], same_client_may_decide=True)
    request = submitted(cast.member01, now=timezone.now(), work_groups=["ProdLeaderWorkGroup"])
    approved(request, cast.leader01, now=timezone.now())
    put_in_place(monkeypatch)
    assert getattr(Doors(cast, at_a_terminal=person), door)(cast.leader02, "approve", request.code) == DONE
    request.refresh_from_db()
    assert request.status == "approved"
    assert {decision.seen for decision in request.decisions.all()} == {request.digest}
    assert submitted(cast.member02, now=timezone.now()).snapshot["version"] == 2
