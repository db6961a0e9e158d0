"""The daily inspection: a month, a day with its rows, and signing them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from access_requests.api import bodies
from access_requests.api.auth import ApiRequest, Bearer
from access_requests.api.kept import carry_out
from access_requests.services.inspections import inspecting
from audits.inspections import inspection_errors, listing
from audits.inspections.listing import DayState, ShownDay, ShownRow
from audits.inspections.signing import Mark
from audits.models import Inspection
from portal.rest.replies import shown
from portal.rest.values import Day
from portal.users.models import User
from portal.verbs.actor import Actor

router = Router(tags=["Inspections"])
READ, SIGN = Bearer("audit:read"), Bearer("decisions:write")
MONTH = r"^20\d{2}-(0[1-9]|1[0-2])$"


class MonthQuery(BaseModel):
    month: str = Field(pattern=MONTH, examples=["2026-11"])


class ShownMonthDay(BaseModel):
    day: date
    state: DayState = Field(description="Of all its parts: `signed` only when each is.")
    due_on: date | None = Field(description="By the plan; null where nobody inspects.")
    day_off: bool = Field(description="A weekend, a public holiday or one of the company's days off.")
    holiday: str
    rows: int
    signed: int
    deviating: int = Field(description="Rows with a deviation.")
    supplements: int


class ShownMonth(BaseModel):
    items: list[ShownMonthDay]


class ShownInspectionRow(BaseModel):
    number: int
    log_in: str
    began_at: datetime
    kind: str = Field(description="The class, as it was signed, or as it is.")
    who: str
    account: str
    role: str
    elevation: str
    requester: str
    approvers: list[str]
    report: str = Field(description="The work report's state; empty where there is none.")
    findings: list[str]
    deviations: list[str] = Field(description="What a signature has to explain in its comment.")
    may_sign: list[str] = Field(description="Inspectors who neither asked for it, nor approved it, nor used it.")
    seen: str = Field(description="Stands for all this; a signature names it.")
    comment: str
    signed_by: str
    signed_at: datetime | None


class ShownPart(BaseModel):
    part: int = Field(description="0 is the day itself; later ones are what came late.")
    due_on: date
    opened_at: datetime
    read_until: datetime
    unread: list[str] = Field(description="Accounts that cannot be read.")
    refused: int
    signed_at: datetime | None
    checkpoint: dict[str, str | int] | None = Field(description="The trail's newest at the signature: log, size, root.")
    rows: list[ShownInspectionRow]


class ShownInspection(BaseModel):
    day: date
    parts: list[ShownPart] = Field(description="Empty while its log-ins are not read whole.")


@router.get("", auth=READ, response=ShownMonth, summary="Show how each day of a month is inspected")
def list_inspections(request: ApiRequest, query: Query[MonthQuery]) -> HttpResponse:
    _check_may_see(request)
    year, month = (int(part) for part in query.month.split("-"))
    days = listing.month(year, month, now=timezone.now())
    return shown(ShownMonth(items=[_day(each) for each in days]))


@router.get("/{day}", auth=READ, response=ShownInspection, summary="Show a day with its rows")
def show_inspection(request: ApiRequest, day: Path[Day]) -> HttpResponse:
    _check_may_see(request)
    return shown(_inspection(day, request.auth.who))


@router.post("/{day}/sign", auth=SIGN, response=ShownInspection, summary="Sign rows of a day, all or none")
def sign_inspection(request: ApiRequest, day: Path[Day], body: bodies.SignBody) -> HttpResponse:
    def signed(actor: Actor, now: datetime) -> ShownInspection:
        marks = [Mark(**each.model_dump()) for each in body.rows]
        inspecting.sign(day=day, marks=marks, actor=actor, now=now)
        return _inspection(day, request.auth.who)

    return carry_out(request, signed, body=body)


def _check_may_see(request: ApiRequest) -> None:
    if not listing.may_see(request.auth.who):
        raise inspection_errors.NotAnInspector


def _day(each: ShownDay) -> ShownMonthDay:
    return ShownMonthDay(
        day=each.day,
        state=each.state,
        due_on=each.due_on,
        day_off=each.is_off,
        holiday=each.holiday,
        rows=each.of_all,
        signed=each.signed,
        deviating=each.deviating,
        supplements=sum(part.part > 0 for part in each.parts),
    )


def _inspection(day: date, viewer: User) -> ShownInspection:
    rows = listing.rows_of(day, viewer=viewer)
    parts = Inspection.objects.filter(day=day).order_by("part")
    return ShownInspection(day=day, parts=[_part(part, rows.get(part.part, ())) for part in parts])


def _part(part: Inspection, rows: Sequence[ShownRow]) -> ShownPart:
    names = ShownPart.model_fields.keys() - {"rows"}
    return ShownPart(**{name: getattr(part, name) for name in names}, rows=[_row(each) for each in rows])


def _row(each: ShownRow) -> ShownInspectionRow:
    row, use = each.row, each.use
    unsigned_report = use.report.status if use.report else ""
    said: dict[str, Any] = {
        **{name: getattr(row, name) for name in ("number", "log_in", "began_at", "comment", "signed_by", "signed_at")},
        **{name: getattr(use, name) for name in ("who", "account", "role")},
        **{name: list(getattr(each, name)) for name in ("approvers", "findings", "deviations")},
        "kind": row.kind if each.is_signed else use.kind,
        "report": row.report if each.is_signed else unsigned_report,
        "elevation": each.elevation,
        "requester": each.requester,
    }
    return ShownInspectionRow(**said, may_sign=list(each.signers), seen=use.digest)
