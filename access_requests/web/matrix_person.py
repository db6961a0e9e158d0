"""Where one person can switch, now: as evaluated, by which group, until when, and what decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access_requests.lifecycle import ElevationStatus
from access_requests.models import Elevation, StandingGroup, TargetRole
from access_requests.web.judged import RoleJudged, current
from access_requests.web.matrix_table import production_first
from portal.users.models import User


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """`judged` with the time of it; none where it was not evaluated yet."""

    judged: RoleJudged
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Reach:
    """A role, the groups by which the person is to reach it, and what was evaluated."""

    role: TargetRole
    standing: Sequence[str]
    elevations: Sequence[Elevation]
    evaluated: Evaluated | None

    @property
    def decision(self) -> str:
        return self.evaluated.judged.decision if self.evaluated else "unknown"

    @property
    def decided(self) -> str:
        return self.evaluated.judged.decided if self.evaluated else ""

    @property
    def until(self) -> datetime | None:
        """When it ends by itself; none where a standing group gives it, or nothing does."""
        return None if self.standing else max((row.ends_at for row in self.elevations), default=None)


def reaches(person: User) -> list[Reach]:
    """Return one for each target role of the catalogue, account by account, in a constant number of queries."""
    roles = sorted(TargetRole.objects.select_related("account"), key=production_first)
    elevations = Elevation.objects.filter(person=person, status=ElevationStatus.ACTIVE).select_related("work_group")
    active = list(elevations.prefetch_related("work_group__target_roles__account"))
    standing = list(StandingGroup.objects.filter(people=person).order_by("name").prefetch_related("target_roles"))
    return [_reach(role, standing, active) for role in roles]


def _reach(role: TargetRole, standing: Sequence[StandingGroup], active: Sequence[Elevation]) -> Reach:
    leading = [row for row in active if role in row.work_group.target_roles.all()]
    return Reach(
        role=role,
        standing=[group.name for group in standing if role in group.target_roles.all()],
        elevations=leading,
        evaluated=max(_evaluated(leading, role), key=lambda one: one.at, default=None),
    )


def _evaluated(elevations: Sequence[Elevation], role: TargetRole) -> list[Evaluated]:
    judged = [current(row) for row in elevations]
    return [Evaluated(judged=one, at=whole.at) for whole in judged if whole for one in whole.roles if one.of == str(role)]
