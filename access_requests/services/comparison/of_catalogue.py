"""Facts of the catalogue."""

from typing import Any

from access_requests.services.catalogue.fields import EVERYONE, Fields
from access_requests.services.catalogue.kinds.account import Account
from access_requests.services.catalogue.kinds.inspection_plan import InspectionPlan
from access_requests.services.catalogue.kinds.policy import Level, Policy
from access_requests.services.catalogue.kinds.role import Role
from access_requests.services.catalogue.kinds.standing_group import StandingGroup
from access_requests.services.catalogue.kinds.work_group import WorkGroup
from access_requests.services.comparison.facts import Fact, Row, Table, following, same, walk
from audits.replay import ThingKind


def _columns(model: str, fields: type[Fields]) -> tuple[Fact, ...]:
    """Return as facts what the catalogue's file says and columns keep: a field that it gains is compared from then on."""
    columns = fields.columns().items()
    return tuple(Fact(name=name, fields=(f"{model}.{column}",), read=walk(column)) for name, column in columns)


def _role(row: Row) -> str:
    return f"{row.account.key}/{row.name}"


def _roles(model: str) -> Fact:
    return Fact(
        name="target_roles",
        fields=(f"{model}.target_roles",),
        read=lambda row: [_role(role) for role in row.target_roles.all()],
    )


def _named(row: Row, people: str) -> list[str]:
    """Return whom the file names, roles among them. A row from before that was kept has the people themselves."""
    return [person.username for person in getattr(row, people).all()] if row.named is None else row.named


def _levels(row: Row) -> list[dict[str, Any]]:
    columns = Level.columns().items()
    return [
        {**{name: getattr(level, column) for name, column in columns}, "approvers": _named(level, "approvers")}
        for level in sorted(row.levels.all(), key=lambda level: level.number)
    ]


def _approvers(row: Row) -> list[list[str]]:
    levels = sorted(row.levels.all(), key=lambda level: level.number)
    return [sorted(person.username for person in level.approvers.all()) for level in levels]


ACCOUNTS = Table(
    kind=ThingKind.ACCOUNT,
    model="access_requests.AwsAccount",
    key=same("AwsAccount", "key")[0],
    facts=_columns("AwsAccount", Account),
)
ROLES = Table(
    kind=ThingKind.ROLE,
    model="access_requests.TargetRole",
    key=Fact(name="key", fields=("TargetRole.account", "TargetRole.name"), read=_role),
    facts=_columns("TargetRole", Role),
    select=("account",),
)
STANDING_GROUPS = Table(
    kind=ThingKind.STANDING_GROUP,
    model="access_requests.StandingGroup",
    key=same("StandingGroup", "name")[0],
    facts=(*_columns("StandingGroup", StandingGroup), _roles("StandingGroup")),
    prefetch=("target_roles__account",),
)
POLICIES = Table(
    kind=ThingKind.POLICY,
    model="access_requests.ApprovalPolicy",
    key=same("ApprovalPolicy", "key")[0],
    facts=(
        *_columns("ApprovalPolicy", Policy),
        *same("ApprovalPolicy", "retired_at"),
        Fact(
            name="levels",
            fields=("ApprovalLevel.policy", "ApprovalLevel.number", "ApprovalLevel.named", "ApprovalLevel.approvals"),
            read=_levels,
        ),
        following("numbers", ["ApprovalLevel.number"], lambda row: sorted(level.number for level in row.levels.all())),
        following("approvers", ["ApprovalLevel.approvers"], _approvers),
    ),
    prefetch=("levels__approvers",),
)
WORK_GROUPS = Table(
    kind=ThingKind.WORK_GROUP,
    model="access_requests.WorkGroup",
    key=same("WorkGroup", "name")[0],
    facts=(
        *_columns("WorkGroup", WorkGroup),
        *same("WorkGroup", "retired_at"),
        Fact(name="policy", fields=("WorkGroup.policy",), read=walk("policy.key")),
        _roles("WorkGroup"),
        Fact(
            name="requesters",
            fields=("WorkGroup.everyone_may_request", "WorkGroup.named"),
            read=lambda row: _named(row, "requesters") if row.named or not row.everyone_may_request else EVERYONE,
        ),
        # How long sessions live on is told where AWS does not end them; the column has the longest where it does.
        Fact(name="session", fields=(), read=walk("session_minutes"), is_compared=False),
        following("session_minutes", ["WorkGroup.session_minutes"], walk("session_minutes")),
        following("people", ["WorkGroup.requesters"], lambda row: [person.username for person in row.requesters.all()]),
    ),
    select=("policy",),
    prefetch=("target_roles__account", "requesters"),
)
INSPECTION_PLANS = Table(
    kind=ThingKind.INSPECTION_PLAN,
    model="access_requests.InspectionPlan",
    key=same("InspectionPlan", "key")[0],
    facts=_columns("InspectionPlan", InspectionPlan),
)
TABLES = (ACCOUNTS, ROLES, STANDING_GROUPS, POLICIES, WORK_GROUPS)
# Of a table that entries told the whole of from its first day.
NEW = (INSPECTION_PLANS,)
