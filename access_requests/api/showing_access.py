"""What answers say of elevations, and of what may be asked for. Who, which group and until when is for everybody."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from access_requests import problems, wording
from access_requests.api.showing import Person
from access_requests.grants.registry import backend_of
from access_requests.lifecycle import ElevationStatus
from access_requests.models import ApprovalLevel, Elevation, TargetRole, WorkGroup
from access_requests.selectors import abilities, elevations, requests, switching
from audits.models import ReportStatus, WorkReport
from audits.reports import listing
from portal.iam.abilities import Verdict
from portal.users.models import User

# Only then there may be a work report.
OVER = frozenset({ElevationStatus.ENDED, ElevationStatus.CANCELLED})


class ShownByAws(BaseModel):
    """What AWS showed when it was last looked at; an entry fence and a session gate map a role to the time in it."""

    seen_at: datetime
    membership: bool
    ttl: str | None
    entry_fence: dict[str, str | None] = Field(description="After this AWS refuses a new switch; null: no fence of the portal's.")
    session_gate: dict[str, str | None] | None = Field(
        description="After this AWS refuses every call of an open session; null: the person is shut out. A role that is missing, "
        "or null for all, has no session gate: sessions live on until they expire."
    )

    @classmethod
    def of(cls, row: Elevation) -> "ShownByAws | None":
        if row.seen is None or row.seen_at is None:
            return None
        return cls(seen_at=row.seen_at, **{name: value for name, value in row.seen.items() if name in cls.model_fields})


class JudgedRole(BaseModel):
    """Whether the person can switch to one role, as the policies of both accounts were evaluated."""

    role: str = Field(examples=["production/Prod_MemberRole"])
    decision: Literal["allowed", "denied", "unknown"]
    by: str = Field(description="The policy and the statement that decided; empty when no policy allows it.")
    gate: Literal["open", "shut", "unknown", "none"] = Field(description="What the role's session gate says.")
    why: list[str] = Field(description="Why it cannot be told, when it is unknown.")


class Judged(BaseModel):
    """The evaluation after the latest step in AWS; `denied` only if every role is."""

    evaluated_at: datetime
    decision: Literal["allowed", "denied", "unknown"]
    roles: list[JudgedRole]

    @classmethod
    def of(cls, row: Elevation) -> "Judged | None":
        judged = row.evaluation_now
        if judged is None:
            return None
        roles = [JudgedRole(**{name: role[name] for name in JudgedRole.model_fields}) for role in judged["roles"]]
        return cls(evaluated_at=judged["at"], decision=judged["decision"], roles=roles)


class SwitchRole(BaseModel):
    role_arn: str
    url: str

    @classmethod
    def of(cls, role: TargetRole, row: Elevation) -> "SwitchRole":
        return cls(role_arn=role.arn or "", url=switching.link(role, row))


class ShownReport(BaseModel):
    """What the person says after the access that they did."""

    state: ReportStatus
    due_on: date = Field(description="The last day on which it is not overdue, in the portal's zone.")
    overdue_blocks: bool = Field(description="Whether the person asks for nothing new while it is overdue.")
    plan: str
    unused: bool
    done: str
    deviation: str
    written_at: datetime | None
    answered_by: str = Field(description="Who confirmed it or asked it back: a username, or empty.")
    answered_at: datetime | None
    answer: str
    may_answer: list[str] = Field(description="Usernames of those who may confirm it or ask it back.")
    last_entry: int = Field(description="The last entry of the trail that is of it: `seen`, for whoever answers.")

    @classmethod
    def of(cls, row: WorkReport) -> "ShownReport":
        names = ("due_on", "overdue_blocks", "plan", "done", "deviation", "written_at", "answered_by", "answered_at", "answer")
        return cls(
            **{name: getattr(row, name) for name in names},
            state=ReportStatus(row.status),
            unused=row.is_unused,
            may_answer=sorted({*row.approvers, *row.last_level} - {row.person}),
            last_entry=row.entry_id,
        )


class ElevationDetails(BaseModel):
    request: str = Field(examples=["R-7K3M9QX2"])
    reason: str
    change_ticket: str
    approved_by: list[Person]
    granted_at: datetime | None
    stopped_at: datetime | None
    stop_reason: str
    ended_at: datetime | None
    problem: str | None = Field(
        description="What AWS refuses or does not answer, and what happens next; once the end has begun, what it was until then."
    )
    aws: ShownByAws | None
    judged: Judged | None = Field(
        description="Whether the person can switch, as evaluated after the latest step; null until it was evaluated."
    )
    report: ShownReport | None = Field(description="The work report; null until the access is over, or where none is wanted.")
    switch_roles: list[SwitchRole] = Field(
        description="Links to the console's switch-role page, while access is active; none where Identity Center lets in."
    )

    @classmethod
    def of(cls, row: Elevation, report: WorkReport | None) -> "ElevationDetails":
        roles = row.work_group.target_roles.all() if row.status == ElevationStatus.ACTIVE else []
        switched = backend_of(row.work_group.backend).entrance.switched(roles)
        return cls(
            request=row.request.code,
            reason=row.request.reason,
            change_ticket=row.request.change_ticket,
            approved_by=[Person.of(decision.approver) for decision in row.request.decisions.all()],
            granted_at=row.granted_at,
            stopped_at=row.stopped_at,
            stop_reason=row.stop_reason,
            ended_at=row.ended_at,
            problem=problems.of(row) or None,
            aws=ShownByAws.of(row),
            judged=Judged.of(row),
            report=ShownReport.of(report) if report else None,
            switch_roles=[SwitchRole.of(role, row) for role in switched if role.arn],
        )


class ShownElevation(BaseModel):
    id: str = Field(examples=["E-4D8WZ1NC"])
    person: Person
    work_group: str
    state: ElevationStatus
    starts_at: datetime
    ends_at: datetime
    seconds_left: int
    details: ElevationDetails | None = Field(description="For those who may see the request; null for others.")

    @classmethod
    def of(cls, row: Elevation, *, details: bool, report: WorkReport | None, now: datetime) -> "ShownElevation":
        return cls(
            id=row.code,
            person=Person.of(row.person),
            work_group=row.work_group.name,
            state=ElevationStatus(row.status),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            seconds_left=elevations.seconds_left(row, now=now),
            details=ElevationDetails.of(row, report) if details else None,
        )


def shown_elevations(rows: Sequence[Elevation], viewer: User, *, now: datetime) -> list[ShownElevation]:
    visible = _visible_requests({row.request_id for row in rows}, viewer)
    over = [row.code for row in rows if row.status in OVER and row.request_id in visible]
    reports = listing.of(over)
    return [ShownElevation.of(row, details=row.request_id in visible, report=reports.get(row.code), now=now) for row in rows]


def _visible_requests(ids: Collection[int], viewer: User) -> set[int]:
    return set(requests.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))


class Role(BaseModel):
    arn: str | None = Field(description="As AWS shows it; null until the portal has read it, and then nobody is let in.")
    name: str
    level: str
    account_id: str
    account: str
    session_gate: bool = Field(description="Whether AWS ends open sessions with the access; else they live on until they expire.")

    @classmethod
    def of(cls, row: TargetRole) -> "Role":
        account = row.account
        return cls(
            arn=row.arn,
            name=row.name,
            level=row.level,
            account_id=account.account_id,
            account=account.name,
            session_gate=row.has_gate,
        )


class Level(BaseModel):
    number: int
    approvals: int
    approvers: list[Person]

    @classmethod
    def of(cls, row: ApprovalLevel) -> "Level":
        people = sorted(row.approvers.all(), key=lambda person: person.username)
        return cls(number=row.number, approvals=row.approvals, approvers=[Person.of(person) for person in people])


class RoleAbilities(BaseModel):
    """What a target role can do, evaluated over its policies as a comparison with AWS last read them. No rule goes by it."""

    role: str = Field(description="The role, as in `target_roles`.")
    read_at: datetime | None = Field(description="Null: the role was never read, and all is unknown.")
    may: list[str] = Field(description="Questions that are answered so, such as read_objects, delete_data, change_iam.")
    may_not: list[str]
    unknown: list[str] = Field(description="What depends on something that nobody knows before a call.")

    @classmethod
    def of(cls, role: TargetRole) -> "RoleAbilities":
        known = abilities.of_role(role)
        said = {verdict.value: [answer.question for answer in known.of(verdict)] for verdict in Verdict}
        return cls(role=role.shown, read_at=known.read_at, **said)


class ShownWorkGroup(BaseModel):
    name: str
    description: str
    target_roles: list[Role]
    abilities: list[RoleAbilities]
    session_minutes: int | None = Field(
        description="How long a session may live on after the end, where Identity Center gives it; null where people switch role."
    )
    shortest_minutes: int = Field(examples=[1])
    longest_minutes: int = Field(examples=[240])
    policy: str = Field(description="Who approves, in words.")
    levels: list[Level]
    decide_by: list[str] = Field(
        description="The doors of a decision: browser, chat, client; and passkey: in the browser, signed."
    )

    @classmethod
    def of(cls, row: WorkGroup) -> "ShownWorkGroup":
        rule = row.policy
        return cls(
            name=row.name,
            description=row.description,
            target_roles=[Role.of(role) for role in row.target_roles.all()],
            abilities=[RoleAbilities.of(role) for role in row.target_roles.all()],
            session_minutes=backend_of(row.backend).fences.outlived_by(row.session_minutes),
            shortest_minutes=rule.shortest_minutes,
            longest_minutes=rule.longest_minutes,
            policy=wording.policy(rule),
            levels=[Level.of(level) for level in rule.levels.all()],
            decide_by=rule.decide_by,
        )
