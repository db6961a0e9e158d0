"""What answers say of requests and of what led to them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from access_requests.grants.contract import Principal
from access_requests.lifecycle import ElevationStatus, RequestStatus
from access_requests.models import AccessRequest, Decision, Elevation, Verdict
from access_requests.selectors import waiting
from access_requests.services.record import bindings, snapshot
from audits import personal
from audits.acts import Act
from audits.api.entries import HAPPENED, LATE, RECORDED
from audits.models import Late, TrailEntry
from portal.users.models import User


class Person(BaseModel):
    username: str
    name: str

    @classmethod
    def of(cls, person: User) -> "Person":
        return cls(username=person.username, name=person.get_full_name())


class RequestSummary(BaseModel):
    """`starts_at` and `ends_at` are what was asked for until approval fixes them."""

    id: str = Field(examples=["R-7K3M9QX2"])
    state: RequestStatus
    requester: Person
    work_groups: list[str]
    reason: str
    change_ticket: str
    starts_at: datetime | None
    ends_at: datetime | None
    duration_minutes: int | None
    submitted_at: datetime
    decide_until: datetime
    settled_at: datetime | None
    extends: str | None = Field(description="The elevation whose end this moves.")
    revises: str | None = Field(description="The request that was sent back, of which this is another version.")

    @classmethod
    def of(cls, row: AccessRequest) -> "RequestSummary":
        return cls(**_summary(row))


class ShownDecision(BaseModel):
    approver: Person
    verdict: Verdict
    level: int
    comment: str
    door: str
    decided_at: datetime

    @classmethod
    def of(cls, row: Decision) -> "ShownDecision":
        return cls(
            approver=Person.of(row.approver),
            verdict=Verdict(row.verdict),
            level=row.level_number,
            comment=row.comment,
            door=row.door,
            decided_at=row.decided_at,
        )


class MadeElevation(BaseModel):
    id: str = Field(examples=["E-4D8WZ1NC"])
    work_group: str
    state: ElevationStatus
    starts_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, row: Elevation) -> "MadeElevation":
        return cls(
            id=row.code,
            work_group=row.work_group.name,
            state=ElevationStatus(row.status),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
        )


class WaitsFor(BaseModel):
    """So many more of these people must say yes by then."""

    people: list[Person]
    missing: int
    until: datetime

    @classmethod
    def of(cls, found: waiting.Waiting) -> "WaitsFor":
        return cls(people=[Person.of(person) for person in found.people], missing=found.missing, until=found.until)


class RequestDetail(RequestSummary):
    """A request whole, and `seen`, the digest of what is decided on: send it back with a decision."""

    impact: str
    plan: str
    way_back: str
    door: str
    client: str
    iam_user_name: str | None
    identity_center_user_name: str | None
    target_roles: list[str] = Field(description="ARNs of the roles that the work groups open.")
    waits_for: WaitsFor | None = Field(description="Null once it is decided.")
    decisions: list[ShownDecision]
    elevations: list[MadeElevation]
    seen: str

    @classmethod
    def of(cls, row: AccessRequest) -> "RequestDetail":
        """Show a row that selectors.requests.in_full loaded."""
        iam_user = bindings.of(row.requester, Principal.IAM_USER)
        elsewhere = bindings.of(row.requester, Principal.IDENTITY_CENTER_USER)
        found = waiting.of_request(row)
        return cls(
            **_summary(row),
            impact=row.impact,
            plan=row.plan,
            way_back=row.way_back,
            door=row.door,
            client=row.client,
            iam_user_name=iam_user.user_name if iam_user else None,
            identity_center_user_name=elsewhere.user_name if elsewhere else None,
            target_roles=sorted({role.shown for group in row.work_groups.all() for role in group.target_roles.all()}),
            waits_for=WaitsFor.of(found) if found is not None else None,
            decisions=[ShownDecision.of(each) for each in row.decisions.all()],
            elevations=[MadeElevation.of(each) for each in row.elevations.all()],
            seen=snapshot.current_digest(row),
        )


class TimelineEntry(BaseModel):
    at: datetime = Field(description=HAPPENED)
    recorded_at: datetime | None = Field(description=RECORDED)
    late: str = Field(description=LATE, examples=["", Late.SPOOLED])
    act: str = Field(examples=[Act.REQUEST_APPROVED])
    actor: str = Field(examples=["client:chatbot"])
    on_behalf_of: str
    subject: str
    comment: str
    details: dict[str, Any] = Field(description="What belongs to the act, such as AWS calls with their outcomes.")

    @classmethod
    def of_all(cls, rows: Iterable[TrailEntry]) -> "list[TimelineEntry]":
        return [cls.of(row) for row in personal.shown(rows)]

    @classmethod
    def of(cls, row: TrailEntry) -> "TimelineEntry":
        return cls(
            at=row.at,
            recorded_at=row.recorded_at,
            late=row.late,
            act=row.act,
            actor=row.actor,
            on_behalf_of=row.on_behalf_of,
            subject=row.subject,
            comment=row.data.get("decision", row.data).get("comment", ""),
            details={name: value for name, value in row.data.items() if name not in ("request", "elevation")},
        )


def _summary(row: AccessRequest) -> dict[str, Any]:
    return {
        "id": row.code,
        "state": row.status,
        "requester": Person.of(row.requester),
        "work_groups": sorted(group.name for group in row.work_groups.all()),
        "reason": row.reason,
        "change_ticket": row.change_ticket,
        "starts_at": row.starts_at or row.asked_starts_at,
        "ends_at": row.ends_at or row.asked_ends_at,
        "duration_minutes": row.duration_minutes,
        "submitted_at": row.submitted_at,
        "decide_until": row.decide_until,
        "settled_at": row.settled_at,
        "extends": row.extends.code if row.extends else None,
        "revises": row.revises.code if row.revises else None,
    }
