"""Log-ins to production, for auditors' programs: who was in by CloudTrail, by whose leave, and what was done."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from audits.api.entries import check_may_read
from audits.api.findings import one_of
from audits.log_ins import selectors, showing
from audits.log_ins.selectors import NEWEST_FIRST, Filters
from audits.models import LogIn, LogInClass, LogInWay
from portal.rest.caller import ApiRequest
from portal.rest.paging import Page, PageQuery, page
from portal.rest.replies import shown
from portal.rest.values import Name, SomeMoment
from portal.verbs.rejections import NotFound

router = Router(tags=["Log-ins"])


class LogInQuery(PageQuery):
    since: SomeMoment = Field(None, description="At or after.")
    until: SomeMoment = Field(None, description="Before.")
    kind: one_of(*LogInClass.values) = Field(  # type: ignore[valid-type]
        None, description="The class. Without it, all but the portal's own and those that are part of others."
    )
    way: one_of(*LogInWay.values) = None  # type: ignore[valid-type]
    person: Name = Field("", description="A username.")
    account: Name = Field("", description="AWS's number of the account.")
    elevation: Name = Field("", description="The id of the access by whose leave it was.")

    def filters(self) -> Filters:
        named = {name: getattr(self, name) or "" for name in ("way", "person", "account", "elevation")}
        return Filters(kind=self.kind or "", since=self.since, until=self.until, **named)


class ShownLogIn(BaseModel):
    id: str
    kind: str = Field(description="The class: the first that holds, in the order of docs/audit/log-ins.md.")
    reason: str = Field(description="Why the class is not known.")
    account: str
    role: str
    session: str
    person: str = Field(description="Empty of a stranger.")
    principal: str = Field(description="Who AWS says it was.")
    way: str
    mfa: bool | None = Field(description="Null where AWS does not say.")
    began_at: datetime
    until: datetime | None = Field(description="When its credentials end.")
    last_call_at: datetime | None = Field(description="Of calls that AWS answered.")
    refused: bool
    elevation: str
    exemption: dict[str, str] | None
    address: str = Field(description="Empty where it was erased.")
    user_agent: str
    changed_at: datetime
    last_entry: int = Field(description="The last entry of the trail that tells of it; 0 of the portal's own.")


class ShownCall(BaseModel):
    name: str
    error: str = Field(description="AWS's error code; empty where AWS did it.")
    count: int
    first_at: datetime
    last_at: datetime


class ShownRemains(BaseModel):
    kind: str
    name: str
    call: str
    at: datetime


class LogInDetail(ShownLogIn):
    done: list[ShownCall]
    remains: list[ShownRemains] = Field(description="What may remain after the end.")


class ShownNotRead(BaseModel):
    account: str
    region: str
    until: datetime | None
    problem: str


class ShownProved(BaseModel):
    account: str
    trail: str = Field(description="Its ARN.")
    until: datetime = Field(description="Up to when its digests, and the files that they name, were verified, in each Region.")
    problem: str


class ShownCoverage(BaseModel):
    until: datetime | None = Field(description="Nothing is complete before this has passed its end by a day.")
    missing: list[ShownNotRead]
    proved: list[ShownProved] = Field(description="The trails whose files are verified by their digests.")


@router.get("/log-ins", response=Page[ShownLogIn], summary="List log-ins to production, the newest first")
def list_log_ins(request: ApiRequest, query: Query[LogInQuery]) -> HttpResponse:
    check_may_read(request)
    return shown(page(request, selectors.found(query.filters()), query, _in_brief, order=NEWEST_FIRST))


@router.get("/coverage", response=ShownCoverage, summary="Show how far CloudTrail was read, and what was not")
def show_coverage(request: ApiRequest) -> HttpResponse:
    check_may_read(request)
    found = selectors.coverage(now=timezone.now())
    missing = [
        ShownNotRead(account=one.account, region=one.region, until=one.until, problem=one.problem) for one in found.missing
    ]
    proved = [_made(each, ShownProved) for each in found.proved]
    return shown(ShownCoverage(until=found.until, missing=missing, proved=proved))


@router.get("/log-ins/{code}", response=LogInDetail, summary="Show a log-in, what was done and what may remain")
def show_log_in(request: ApiRequest, code: Path[Name]) -> HttpResponse:
    check_may_read(request)
    row = LogIn.objects.filter(code=code).first()
    if row is None:
        raise NotFound
    (item,) = showing.in_brief([row])
    done: list[Any] = [_made(each, ShownCall) for each in item.done]
    return shown(LogInDetail(**item.fields, done=done, remains=[_made(each, ShownRemains) for each in item.left]))


def _made(one: object, shape: type[BaseModel]) -> Any:
    return shape(**{name: getattr(one, name) for name in shape.model_fields})


def _in_brief(rows: Sequence[LogIn]) -> list[ShownLogIn]:
    return [ShownLogIn(**each.fields) for each in showing.in_brief(rows)]
