"""Where one person can switch, now: as AWS was last evaluated, and what the catalogue and the person's access say beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from access_requests.evaluation import ALLOWED, DENIED, UNKNOWN
from access_requests.lifecycle import IN_AWS, ElevationStatus
from access_requests.models import Elevation, StandingGroup, TargetRole
from access_requests.selectors import matrix
from access_requests.web.drift.matrix_table import production_first
from access_requests.web.timeline.evaluated import RoleEvaluation, current
from portal.users.models import User


@dataclass(frozen=True, kw_only=True)
class Evaluated:
    """`via` are the groups by which AWS allows it, `until` when that ends by itself; empty and none where nothing is known."""

    evaluation: RoleEvaluation
    at: datetime
    via: Sequence[str] = ()
    until: datetime | None = None
    elevation: str = ""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """A role: what was evaluated, and by which standing groups and which access the person is to reach it."""

    role: TargetRole
    standing: Sequence[str]
    elevations: Sequence[Elevation]
    evaluated: Evaluated | None

    @property
    def decision(self) -> str:
        return self.evaluated.evaluation.decision if self.evaluated else UNKNOWN

    @property
    def is_unexplained(self) -> bool:
        """Whether AWS allows what neither the catalogue nor any access gives."""
        return self.decision == ALLOWED and not self.standing and not self.elevations

    @property
    def is_missing(self) -> bool:
        """Whether AWS denies what the catalogue gives, or an access that was there when it was evaluated."""
        if self.evaluated is None or self.decision != DENIED:
            return False
        at = self.evaluated.at
        return bool(self.standing) or any(
            row.status == ElevationStatus.ACTIVE and row.granted_at is not None and row.granted_at <= at
            for row in self.elevations
        )


@dataclass(frozen=True, kw_only=True)
class Reaches:
    """`at` is when AWS was last evaluated for the person; None where it never was."""

    roles: Sequence[Reach]
    at: datetime | None


def reaches(person: User) -> Reaches:
    """Return one for each target role of the catalogue, account by account, in a constant number of queries."""
    seen = matrix.of_person(person.username)
    roles = sorted(TargetRole.objects.select_related("account"), key=production_first)
    elevations = Elevation.objects.filter(_matters(seen), person=person).select_related("work_group")
    mine = list(elevations.prefetch_related("work_group__target_roles__account"))
    standing = list(StandingGroup.objects.filter(people=person).order_by("name").prefetch_related("target_roles"))
    return Reaches(roles=[_reach(role, seen, standing, mine) for role in roles], at=seen.at if seen else None)


def _matters(seen: matrix.Person | None) -> Q:
    """What AWS may have, and what was evaluated at its end after the comparison."""
    still = Q(status__in=IN_AWS)
    return still | Q(ended_at__gte=seen.at) if seen else still


def _reach(
    role: TargetRole, seen: matrix.Person | None, standing: Sequence[StandingGroup], elevations: Sequence[Elevation]
) -> Reach:
    leading = [row for row in elevations if role in row.work_group.target_roles.all()]
    return Reach(
        role=role,
        standing=[group.name for group in standing if role in group.target_roles.all()],
        elevations=[row for row in leading if row.status in IN_AWS],
        evaluated=max([*_compared(role, seen), *_evaluated(role, leading)], key=lambda one: one.at, default=None),
    )


def _compared(role: TargetRole, seen: matrix.Person | None) -> Iterable[Evaluated]:
    """Yield what the last comparison evaluated, if it knew the person and the role."""
    reach = seen.roles.get(str(role)) if seen else None
    if seen is not None and reach is not None:
        evaluation = RoleEvaluation(of=reach.role, decision=reach.decision, by=reach.by, gate=reach.gate, why=reach.why)
        yield Evaluated(evaluation=evaluation, at=seen.at, via=reach.via, until=reach.until, elevation=reach.elevation)


def _evaluated(role: TargetRole, elevations: Iterable[Elevation]) -> Iterable[Evaluated]:
    """Yield what was evaluated after a step of an access, which may be newer."""
    for row in elevations:
        whole = current(row)
        if whole is not None:
            yield from (_of_access(row, one, whole.at) for one in whole.roles if one.of == str(role))


def _of_access(row: Elevation, evaluation: RoleEvaluation, at: datetime) -> Evaluated:
    if evaluation.decision != ALLOWED or row.status != ElevationStatus.ACTIVE:
        return Evaluated(evaluation=evaluation, at=at)
    return Evaluated(evaluation=evaluation, at=at, via=[row.work_group.name], until=row.ends_at, elevation=row.code)
