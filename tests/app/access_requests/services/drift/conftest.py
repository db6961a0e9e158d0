"""Production with its gates written, and a worker that compares it with the portal."""

from dataclasses import dataclass

import pytest

from access_requests.models import Drift, Elevation, Reconciliation, WorkGroup
from access_requests.services.drift import running
from access_requests.services.elevations import gates
from tests.worlds.gated import Gated
from tests.worlds.jump import MEMBER_GROUP, Jump, granted
from tests.worlds.story import elevated


@dataclass(frozen=True, kw_only=True)
class World:
    gated: Gated
    jump: Jump

    def compare(self, *, later: float = 61) -> set[str]:
        """Compare, by default when nothing is merely late any more; return "kind thing name" of what is open then."""
        self.jump.clock.forward(seconds=later)
        self.gated.aws.set_clock(at=self.jump.clock.now)
        assert running.run() is not None
        return self.open()

    def open(self) -> set[str]:
        rows = Drift.objects.filter(status__in=["open", "undoing"])
        return {f"{row.kind} {row.thing} {row.name}".strip() for row in rows}

    def latest(self) -> Reconciliation:
        return Reconciliation.objects.latest("pk")

    def add(self, name: str = "member02") -> None:
        """Put somebody into the work group, in the console."""
        self.jump.iam.add_user_to_group(GroupName=MEMBER_GROUP, UserName=name)

    def undo_by_itself(self, group: str = MEMBER_GROUP) -> None:
        WorkGroup.objects.filter(name=group).update(drift="undo")

    def grant(self, **changes: object) -> Elevation:
        """Return member01's access to production, given."""
        return granted(elevated(self.jump.cast.member01, self.jump.cast.leader01, now=self.jump.clock.now, **changes))


@pytest.fixture
def world(gated: Gated) -> World:
    for role_id in list(gates.due(now=gated.jump.clock.now)):
        gates.refresh(role_id)
    gated.jump.clock.forward(seconds=120)
    # What is done in AWS is done by the workers' clock.
    gated.aws.set_clock(at=gated.jump.clock.now)
    return World(gated=gated, jump=gated.jump)
