"""What AWS is to have, from the database alone: read after AWS was looked at, so that all that changed meanwhile is recent."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from access_requests.grants import ttl_tag
from access_requests.grants.registry import backend_of, with_own_members
from access_requests.lifecycle import IN_AWS, INSIDE, STANDING, UNSETTLED, ElevationStatus
from access_requests.models import (
    AwsAccount,
    DriftAnswer,
    Elevation,
    IamUserBinding,
    IdentityCenterBinding,
    PersonLease,
    RoleGate,
    StandingGroup,
    TargetRole,
    WorkGroup,
)
from access_requests.services.drift import watched
from access_requests.services.drift.watched import Bound, Known, Place
from access_requests.services.elevations import aws_step, gates
from access_requests.services.record import bindings
from portal.iam.principals import Document
from portal.iam.session_gate import Line

# Reads of AWS lag less than this.
RECENT = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Window:
    """An elevation that is not over, or that ended so recently that a read may still show it. Roles are "account/Role"."""

    pk: int
    code: str
    person_id: int
    user_id: str
    user_name: str
    group: str
    roles: frozenset[str]
    status: str
    # As tag and fence are to say it now: an extension counts once it is written.
    ends_at: datetime
    # The tag's value that says so; None where there can be no tag.
    ttl: str | None
    touched_at: datetime | None
    # Whether a step about this elevation is under way or due.
    moving: bool
    behind: bool

    @property
    def explains(self) -> bool:
        """Whether the window explains that AWS shows the membership."""
        return self.status in IN_AWS

    @property
    def is_inside(self) -> bool:
        return self.status in INSIDE


@dataclass(frozen=True, kw_only=True)
class Identity:
    """An IAM user as it was bound to a person."""

    user_id: str
    user_name: str
    bound_at: datetime
    elevation_id: int | None = None
    work_group_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group of the catalogue; `work_group_id` is None for a standing one.

    `role_arns` is None while it is not known which roles in AWS all of them are.
    """

    name: str
    work_group_id: int | None
    roles: frozenset[str]
    role_arns: frozenset[str] | None = frozenset()
    tag_key: str = ""
    # Whether its members are IAM users who carry a TTL tag and entry fences.
    is_fenced: bool = True


@dataclass(frozen=True, kw_only=True)
class ExpectedRole:
    """A target role; `lines` is None where it has no session gate, `policies` where nobody declared them.

    `arn` is None until it is known which role in AWS it is, and `role_id` where the portal has no role to ask by.
    """

    pk: int
    key: str
    account: str
    name: str
    arn: str | None
    work_group_id: int | None
    policies: tuple[str, ...] | None
    lines: tuple[Line, ...] | None
    role_id: str | None = None
    gate_read_at: datetime | None = None
    gate_moving: bool = False


@dataclass(frozen=True, kw_only=True)
class Expected:
    at: datetime
    jump: str
    jump_id: str
    windows: tuple[Window, ...]
    identities: tuple[Identity, ...]
    groups: tuple[Group, ...]
    # Work groups that are no IAM groups: their backends are asked for the members of each.
    own_groups: tuple[Group, ...] = ()
    # UserId -> name, of everybody who is bound to one.
    user_names: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[ExpectedRole, ...]
    # By the account's key.
    places: Mapping[str, Place] = field(default_factory=dict)
    bound: tuple[Bound, ...] = ()
    # What stood in AWS when it was first looked at, or was accepted since: the document of a policy, else None.
    known: Mapping[Known, Document | None] = field(default_factory=dict)

    @property
    def work_groups(self) -> list[Group]:
        """The work groups whose members carry a TTL tag and entry fences."""
        groups = (*self.groups, *self.own_groups)
        return [group for group in groups if group.work_group_id is not None and group.is_fenced]

    def last_written(self, windows: Iterable[Window]) -> datetime | None:
        """Return when the portal last wrote about one of these; now where a step is under way."""
        moments = [self.at if window.moving else window.touched_at for window in windows]
        return max((moment for moment in moments if moment is not None), default=None)


def expect(*, now: datetime) -> Expected:
    """Return all of it, in a constant number of queries but for the gates: four for each role that has one."""
    elevations = list(_elevations(now))
    windows = _windows(elevations, now)
    rows = WorkGroup.objects.filter(retired_at=None)
    jump, jump_id = AwsAccount.objects.values_list("key", "account_id").get(kind="jump")
    return Expected(
        at=now,
        jump=jump,
        jump_id=jump_id,
        windows=windows,
        identities=tuple(_identities(elevations)),
        groups=(*_work_groups(rows.exclude(backend__in=with_own_members())), *_standing_groups()),
        own_groups=tuple(_work_groups(rows.filter(backend__in=with_own_members()))),
        user_names=_user_names(),
        roles=tuple(_roles(now)),
        places=watched.places(),
        bound=tuple(watched.bound({(window.person_id, window.group) for window in windows})),
        known=watched.known(),
    )


def _user_names() -> dict[str, str]:
    bound = (IamUserBinding.objects, IdentityCenterBinding.objects)
    return {user_id: name for rows in bound for user_id, name in rows.values_list("user_id", "user_name")}


def role_key(role: TargetRole) -> str:
    return f"{role.account.key}/{role.name}"


def _elevations(now: datetime) -> Iterable[Elevation]:
    rows = Elevation.objects.filter(Q(status__in=UNSETTLED) | Q(ended_at__gte=now - RECENT)).order_by("pk")
    return rows.select_related("work_group").prefetch_related("work_group__target_roles__account")


def _windows(elevations: Iterable[Elevation], now: datetime) -> tuple[Window, ...]:
    held = set(PersonLease.objects.filter(until__gt=now).exclude(holder="").values_list("person_id", flat=True))
    return tuple(_window(row, now, held) for row in elevations if row.status != ElevationStatus.SCHEDULED)


def _window(row: Elevation, now: datetime, held: Collection[int]) -> Window:
    user_name, user_id = bindings.user_of(row)
    behind = row.status == ElevationStatus.ACTIVE and row.written_ends_at != row.ends_at
    under_way = row.status in (ElevationStatus.GRANTING, ElevationStatus.REVOKING) or row.person_id in held
    # A step that has failed this often is not merely late.
    due = row.status == ElevationStatus.ACTIVE and (row.ends_at <= now or (behind and row.attempts < aws_step.CALL_A_HUMAN))
    moments = (row.granting_at, row.granted_at, row.seen_at, row.stopped_at, row.ended_at)
    ends_at = row.written_ends_at or row.ends_at
    return Window(
        pk=row.pk,
        code=row.code,
        person_id=row.person_id,
        user_id=user_id,
        user_name=user_name,
        group=row.work_group.name,
        roles=frozenset(map(role_key, row.work_group.target_roles.all())),
        status=row.status,
        ends_at=ends_at,
        ttl=backend_of(row.work_group.backend).ttl(ends_at),
        touched_at=max((moment for moment in moments if moment is not None), default=None),
        moving=under_way or due,
        behind=behind,
    )


def _identities(elevations: Iterable[Elevation]) -> Iterable[Identity]:
    """Yield one a UserId: as it was when access was approved, where somebody has any, else as it is bound."""
    bindings = {row.user_id: row for row in IamUserBinding.objects.filter(person__is_active=True)}
    approved = {row.iam_user_id: row for row in reversed(list(elevations)) if row.status in STANDING and row.iam_user_id}
    for user_id, row in approved.items():
        bound_at = bindings[user_id].bound_at if user_id in bindings else row.starts_at - RECENT
        name, group = row.iam_user_name, row.work_group_id
        yield Identity(user_id=user_id, user_name=name, bound_at=bound_at, elevation_id=row.pk, work_group_id=group)
    for user_id, bound in bindings.items():
        if user_id not in approved:
            yield Identity(user_id=user_id, user_name=bound.user_name, bound_at=bound.bound_at)


def _work_groups(rows: QuerySet[WorkGroup]) -> Iterable[Group]:
    for row in rows.order_by("name").prefetch_related("target_roles__account"):
        roles = list(row.target_roles.all())
        yield Group(
            name=row.name,
            work_group_id=row.pk,
            roles=frozenset(map(role_key, roles)),
            role_arns=_arns(roles),
            tag_key=ttl_tag.key(row.name),
            is_fenced=backend_of(row.backend).fences.on_users,
        )


def _arns(roles: Collection[TargetRole]) -> frozenset[str] | None:
    return frozenset(role.arn for role in roles if role.arn) if all(role.is_known for role in roles) else None


def _standing_groups() -> Iterable[Group]:
    for row in StandingGroup.objects.order_by("name").prefetch_related("target_roles__account"):
        yield Group(name=row.name, work_group_id=None, roles=frozenset(map(role_key, row.target_roles.all())))


def _roles(now: datetime) -> Iterable[ExpectedRole]:
    groups = Prefetch("work_groups", WorkGroup.objects.filter(retired_at=None).order_by("name"))
    rows = TargetRole.objects.select_related("account").prefetch_related(groups).order_by("account__key", "name")
    written: Mapping[int, RoleGate] = {gate.role_id: gate for gate in RoleGate.objects.all()}
    for row in rows:
        reaching = sorted(row.work_groups.all(), key=lambda group: group.drift != DriftAnswer.UNDO)
        gate, is_gated = written.get(row.pk), bool(reaching and row.has_gate)
        yield ExpectedRole(
            pk=row.pk,
            key=role_key(row),
            account=row.account.key,
            name=row.name,
            arn=row.arn,
            role_id=row.role_id,
            work_group_id=reaching[0].pk if reaching else None,
            policies=None if row.policies is None else tuple(row.policies),
            lines=tuple(gates.lines(row, now=now)) if is_gated else None,
            gate_read_at=gate.read_at if gate else None,
            gate_moving=_gate_moves(gate, now),
        )


def _gate_moves(gate: RoleGate | None, now: datetime) -> bool:
    """Whether a worker writes the gate or is about to. After a failure none does: then the gate really lacks its lines."""
    if gate is None:
        return True
    return (gate.until is not None and gate.until > now) or (gate.asked > gate.written and gate.again_at is None)
