"""Groups x accounts x roles as a table, with what the catalogue has beside what AWS really allows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from access_requests import wording
from access_requests.evaluation import NO_GATE_ROLE, NO_ROLE
from access_requests.grants.fences import Entrance
from access_requests.grants.registry import backend_of
from access_requests.lifecycle import ElevationStatus
from access_requests.models import (
    DRIFT_OF_SWITCH,
    AccountKind,
    AwsAccount,
    Drift,
    DriftKind,
    Elevation,
    StandingGroup,
    TargetRole,
    WorkGroup,
)
from access_requests.selectors import drift as drift_selectors
from access_requests.selectors import matrix as selectors
from access_requests.selectors import switching
from access_requests.web.drift.matrix_cell import ALWAYS, BY_SIGN_IN, NO, NO_GROUP, NOT_YET, ON_APPROVAL, Cell

OF_GROUP = frozenset({DriftKind.UNEXPLAINED_MEMBER, DriftKind.MEMBER_MISSING, DriftKind.GROUP_GONE, DriftKind.GROUP_POLICY})
OF_ROLE = frozenset(
    {
        DriftKind.GATE_MISSING,
        DriftKind.GATE_EDITED,
        DriftKind.ROLE_GONE,
        DriftKind.ROLE_POLICY,
        DriftKind.ROLE_POLICY_MISSING,
        DriftKind.TRUST_OPEN,
    }
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A group; `drifts` are about itself."""

    name: str
    is_work_group: bool
    cells: Sequence[Cell]
    drifts: Sequence[Drift]

    def __str__(self) -> str:
        return self.name

    @property
    def leads_nowhere(self) -> bool:
        return not self.drifts and all(cell.is_blank for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class Head:
    """A role; `is_opened` by a work group, so that a session gate belongs at it. `drifts` are about itself."""

    role: TargetRole
    is_opened: bool
    drifts: Sequence[Drift]

    @property
    def name(self) -> str:
        """Return what the role is called, which Identity Center calls by its permission set."""
        return switching.permission_set(self.role) or self.role.name


@dataclass(frozen=True, kw_only=True)
class Column:
    """The roles of one account. `unread` says why it was not read when AWS was evaluated; empty where it was."""

    account: AwsAccount
    heads: Sequence[Head]
    unread: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """`at` is when AWS was evaluated; None before it ever was. `people` are those whom that was done for.

    `accounts` are those that have roles; `account` is the key of the one that is shown, empty for all.
    """

    account: str
    accounts: Sequence[AwsAccount]
    columns: Sequence[Column]
    rows: Sequence[Row]
    at: datetime | None
    people: Sequence[selectors.Person]

    @property
    def leading(self) -> Sequence[Row]:
        return [row for row in self.rows if not row.leads_nowhere]

    @property
    def folded(self) -> Sequence[Row]:
        return [row for row in self.rows if row.leads_nowhere]

    @property
    def opened(self) -> Sequence[Head]:
        """The roles to which work groups lead."""
        return [head for column in self.columns for head in column.heads if head.is_opened]

    @property
    def unread(self) -> Mapping[str, Sequence[AwsAccount]]:
        """Return why -> the accounts that were not read."""
        found: dict[str, list[AwsAccount]] = defaultdict(list)
        for column in self.columns:
            if column.unread:
                found[column.unread].append(column.account)
        return dict(found)

    @property
    def disagreements(self) -> int:
        return sum(cell.disagrees for row in self.rows for cell in row.cells)


@dataclass(frozen=True, kw_only=True)
class Known:
    """What cells are made of, each read once. `drifts` are none where the viewer may not see them."""

    roles: Sequence[TargetRole]
    evaluated: selectors.Matrix | None
    inside: Mapping[int, Sequence[Elevation]]
    drifts: Sequence[Drift] = field(default_factory=list)

    def about(self, kinds: Collection[str], **fields: str) -> list[Drift]:
        wanted = fields.items()
        return [row for row in self.drifts if row.kind in kinds and all(getattr(row, name) == value for name, value in wanted)]

    def of_group(self, name: str) -> selectors.Group | None:
        groups = self.evaluated.groups if self.evaluated else ()
        return next((group for group in groups if group.name == name), None)

    def was_there(self, role: TargetRole) -> bool:
        """Whether the role was in the catalogue when AWS was evaluated."""
        return self.evaluated is not None and any(one.key == str(role) for one in self.evaluated.roles)


def table(*, account: str, with_drift: bool) -> Table:
    """Return all of it, or what concerns the account of this key if there is one, in a constant number of queries."""
    roles = sorted(TargetRole.objects.select_related("account", "gate"), key=production_first)
    accounts = list({role.account_id: role.account for role in roles}.values())
    one = [role for role in roles if role.account.key == account]
    known = Known(
        roles=one or roles,
        evaluated=selectors.latest(),
        inside=_inside(),
        drifts=list(drift_selectors.still_open().order_by(drift_selectors.NEWEST_FIRST)) if with_drift else [],
    )
    standing = StandingGroup.objects.order_by("name").prefetch_related("target_roles")
    working = WorkGroup.objects.filter(retired_at=None).order_by("name").prefetch_related("target_roles")
    rows = [_row(group, ALWAYS, (), known) for group in standing]
    rows += [_row(group, ON_APPROVAL, known.inside.get(group.pk, ()), known) for group in working]
    opened = {cell.role.pk for row in rows for cell in row.cells if cell.catalogue == ON_APPROVAL}
    return Table(
        account=account if one else "",
        accounts=accounts,
        columns=_columns(known, opened),
        rows=rows,
        at=known.evaluated.at if known.evaluated else None,
        people=known.evaluated.people if known.evaluated else (),
    )


def production_first(role: TargetRole) -> tuple[bool, str, str]:
    return role.account.kind != AccountKind.PRODUCTION, role.account.account_id, role.name


def _row(group: StandingGroup | WorkGroup, word: str, inside: Sequence[Elevation], known: Known) -> Row:
    reached = {role.pk for role in group.target_roles.all()}
    entrance = Entrance.SWITCH if isinstance(group, StandingGroup) else backend_of(group.backend).entrance
    switched = entrance.switched(known.roles)
    cells = []
    for role in known.roles:
        catalogue, here = (word, inside) if role.pk in reached else (NO, ())
        if role in switched:
            cells.append(_cell(group.name, role, known, catalogue=catalogue, inside=here))
        else:
            cells.append(Cell(role=role, catalogue=catalogue, inside=here, missing=BY_SIGN_IN))
    drifts = known.about(OF_GROUP, thing=group.name)
    return Row(name=group.name, is_work_group=word == ON_APPROVAL, cells=cells, drifts=drifts)


def _cell(group: str, role: TargetRole, known: Known, *, catalogue: str, inside: Sequence[Elevation]) -> Cell:
    there = known.of_group(group)
    evaluated = there.roles.get(str(role)) if there else None
    missing = NOT_YET
    if there is not None and known.was_there(role):
        missing = NO_ROLE if there.roles else NO_GROUP
    drift = next(iter(known.about(DRIFT_OF_SWITCH, thing=group, name=str(role))), None)
    return Cell(role=role, catalogue=catalogue, inside=inside, evaluated=evaluated, missing=missing, drift=drift)


def _columns(known: Known, opened: Collection[int]) -> list[Column]:
    unread = {}
    for account in known.evaluated.accounts if known.evaluated else ():
        unread[account.key] = "" if account.is_read else wording.untold([account.problem or NO_GATE_ROLE])
    return [
        Column(account=account, heads=_heads(roles, known, opened), unread=unread.get(account.key, ""))
        for account, roles in groupby(known.roles, key=lambda role: role.account)
    ]


def _heads(roles: Iterable[TargetRole], known: Known, opened: Collection[int]) -> list[Head]:
    return [
        Head(
            role=role,
            is_opened=role.pk in opened,
            drifts=known.about(OF_ROLE, account=role.account.key, thing=role.name),
        )
        for role in roles
    ]


def _inside() -> Mapping[int, Sequence[Elevation]]:
    """Return who is in, by work group."""
    found: dict[int, list[Elevation]] = defaultdict(list)
    for row in Elevation.objects.filter(status=ElevationStatus.ACTIVE).select_related("person").order_by("ends_at"):
        found[row.work_group_id].append(row)
    return found
