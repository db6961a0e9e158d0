"""Groups x accounts x roles as a table: what the catalogue has, who is in right now, and where AWS allows something else."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from access_requests.lifecycle import DRIFT_OPEN, ElevationStatus
from access_requests.models import AccountKind, AwsAccount, Drift, DriftKind, Elevation, StandingGroup, TargetRole, WorkGroup

ALWAYS, ON_APPROVAL, NO = "always", "on_approval", "no"
SWITCHES = (DriftKind.SWITCH_ALLOWED, DriftKind.SWITCH_DENIED)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """`catalogue` is one of the words above. `inside` are those who have access by this group right now."""

    role: TargetRole
    catalogue: str
    inside: Sequence[Elevation] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """`drifts`: where AWS does not allow what the catalogue has of this group, or more."""

    name: str
    is_work_group: bool
    cells: Sequence[Cell]
    drifts: Sequence[Drift] = ()


@dataclass(frozen=True, kw_only=True)
class Column:
    """The roles of one account."""

    account: AwsAccount
    roles: Sequence[TargetRole]


@dataclass(frozen=True, kw_only=True)
class Table:
    columns: Sequence[Column]
    rows: Sequence[Row]
    # The keys of the roles that a work group opens, at which a session gate belongs.
    opened: Collection[int]
    # By people whom AWS allows, or denies, a switch otherwise than the catalogue.
    drifts: Sequence[Drift] = field(default_factory=list)


def table(*, with_drift: bool) -> Table:
    """Return all of it, in a constant number of queries."""
    roles = sorted(TargetRole.objects.select_related("account", "gate"), key=production_first)
    columns = [
        Column(account=account, roles=list(of_account)) for account, of_account in groupby(roles, key=lambda role: role.account)
    ]
    drifts = list(Drift.objects.filter(status__in=DRIFT_OPEN).order_by("-id")) if with_drift else []
    about = {drift.thing: [other for other in drifts if other.thing == drift.thing] for drift in drifts}
    inside = _inside()
    standing = StandingGroup.objects.order_by("name").prefetch_related("target_roles")
    working = WorkGroup.objects.filter(retired_at=None).order_by("name").prefetch_related("target_roles")
    rows = [_standing(group, roles, about) for group in standing] + [_working(group, roles, inside, about) for group in working]
    opened = {cell.role.pk for row in rows for cell in row.cells if cell.catalogue == ON_APPROVAL}
    return Table(columns=columns, rows=rows, opened=opened, drifts=[drift for drift in drifts if drift.kind in SWITCHES])


def production_first(role: TargetRole) -> tuple[bool, str, str]:
    return role.account.kind != AccountKind.PRODUCTION, role.account.account_id, role.name


def _standing(group: StandingGroup, roles: Sequence[TargetRole], drifts: Mapping[str, Sequence[Drift]]) -> Row:
    reached = {role.pk for role in group.target_roles.all()}
    cells = [Cell(role=role, catalogue=ALWAYS if role.pk in reached else NO) for role in roles]
    return Row(name=group.name, is_work_group=False, cells=cells, drifts=drifts.get(group.name, ()))


def _working(
    group: WorkGroup,
    roles: Sequence[TargetRole],
    inside: Mapping[int, Sequence[Elevation]],
    drifts: Mapping[str, Sequence[Drift]],
) -> Row:
    reached = {role.pk for role in group.target_roles.all()}
    cells = [
        Cell(role=role, catalogue=ON_APPROVAL, inside=inside.get(group.pk, ()))
        if role.pk in reached
        else Cell(role=role, catalogue=NO)
        for role in roles
    ]
    return Row(name=group.name, is_work_group=True, cells=cells, drifts=drifts.get(group.name, ()))


def _inside() -> Mapping[int, Sequence[Elevation]]:
    """Return who is in, by work group."""
    found: dict[int, list[Elevation]] = defaultdict(list)
    for row in Elevation.objects.filter(status=ElevationStatus.ACTIVE).select_related("person").order_by("ends_at"):
        found[row.work_group_id].append(row)
    return found
