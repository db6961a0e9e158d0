"""Findings, for programs: what was found wrong, and what people do about it by a token of their own."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils import timezone
from ninja import Path, Query, Router
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, WithJsonSchema

from audits import findings_showing as showing
from audits.api.entries import check_may_read
from audits.findings import handling, listing
from audits.findings.due import today
from audits.findings.listing import OVERDUE, WAITING, Filters
from audits.kinds import KINDS
from audits.models import Finding, FindingStatus, Severity
from portal.rest.caller import ApiRequest
from portal.rest.once import carry_out
from portal.rest.paging import Page, PageQuery, page
from portal.rest.replies import shown
from portal.rest.values import Day, Name
from portal.verbs.actor import Actor
from portal.verbs.rejections import NotFound

router = Router(tags=["Findings"])
# What changes something has a scope of its own.
verbs = Router(tags=["Findings"])
KEY = "By the fields that tell its cause apart, which its kind names."


def one_of(*words: str) -> Any:
    word = Annotated[StrictStr, Field(pattern=f"^({'|'.join(words)})$")]
    return Annotated[word | None, WithJsonSchema({"type": "string", "enum": list(words)})]


class FindingQuery(PageQuery):
    status: one_of(*FindingStatus.values, WAITING, OVERDUE) = Field(  # type: ignore[valid-type]
        None, description="`waiting` is open and waits for a second administrator, `overdue` open and past its day."
    )
    kind: one_of(*KINDS) = None  # type: ignore[valid-type]
    severity: one_of(*(level.word for level in Severity)) = None  # type: ignore[valid-type]
    owner: Name = Field("", description="A username.")
    names: Name = Field("", description="What it names, whole: a person, a group, an account, a code.")

    def filters(self) -> Filters:
        return Filters(**{name: getattr(self, name) or "" for name in ("status", "kind", "severity", "owner", "names")})


class ShownFinding(BaseModel):
    id: str
    kind: str
    key: dict[str, str] = Field(description=KEY)
    sentence: str = Field(description="What was found, in the caller's language.")
    severity: str
    status: str
    caused_by: list[str] = Field(description="Usernames of people who may have caused it, and so cannot accept it.")
    first_seen_at: datetime
    last_seen_at: datetime
    opened_at: datetime = Field(description="When it was opened last.")
    times_opened: int
    closed_at: datetime | None
    owner: str
    due_on: date | None
    accepted_until: date | None = Field(description="The last day; after it the finding is open again.")
    accepted_by: str
    asked_by: str = Field(description="Who asked to have it accepted.")
    asked_until: date | None
    asked_because: str
    last_entry: int = Field(description="The last entry of the trail that is of it: `seen`, for whoever decides.")


class HistoryLine(BaseModel):
    entry: int
    at: datetime
    act: str
    who: str
    sentence: str
    comment: str | None = None
    evidence: list[int] | None = None
    remark: str | None = None


class FindingDetail(ShownFinding):
    advice: str
    evidence: list[int] = Field(description="Entries of the trail by which it was seen.")
    history: list[HistoryLine] = Field(description="Its own entries, oldest first.")

    @classmethod
    def of(cls, row: Finding) -> "FindingDetail":
        (item,) = showing.in_full([row])
        return cls(**item.fields, **item.details)


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CommentBody(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"comment": "Is this the one of May?"}]})
    comment: StrictStr


class AssignBody(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"owner": "admin01", "due_on": "2026-12-23"}]})
    owner: Name = Field(description="A username of an administrator or auditor; empty for nobody.")
    due_on: Day | None = None


class AskAcceptanceBody(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2026-12-23", "reason": "It goes with the new system"}]})
    until: Day
    reason: StrictStr


class AnswerBody(CommentBody):
    model_config = ConfigDict(json_schema_extra={"examples": [{"comment": "Agreed", "seen": 58}]})
    seen: StrictInt = Field(description="`last_entry` of the finding as it was shown to the person.")


@router.get("/findings", response=Page[ShownFinding], summary="List findings, the worst first")
def list_findings(request: ApiRequest, query: Query[FindingQuery]) -> HttpResponse:
    check_may_read(request)
    rows = listing.found(query.filters(), today=today(timezone.now()))
    return shown(page(request, rows, query, _in_brief, order=listing.WORST_FIRST))


@router.get("/findings/{code}", response=FindingDetail, summary="Show a finding, with its evidence and its history")
def show_finding(request: ApiRequest, code: Path[Name]) -> HttpResponse:
    check_may_read(request)
    row = Finding.objects.filter(code=code).first()
    if row is None:
        raise NotFound
    return shown(FindingDetail.of(row))


@verbs.post("/findings/{code}/comment", response=FindingDetail, summary="Say something about a finding")
def comment_finding(request: ApiRequest, code: Path[Name], body: CommentBody) -> HttpResponse:
    return _carry_out(request, code, handling.comment, body)


@verbs.post("/findings/{code}/assign", response=FindingDetail, summary="Say who sees to a finding, and until when")
def assign_finding(request: ApiRequest, code: Path[Name], body: AssignBody) -> HttpResponse:
    return _carry_out(request, code, handling.assign, body)


@verbs.post("/findings/{code}/ask-acceptance", response=FindingDetail, summary="Ask another administrator to accept a finding")
def ask_finding_acceptance(request: ApiRequest, code: Path[Name], body: AskAcceptanceBody) -> HttpResponse:
    return _carry_out(request, code, handling.ask_acceptance, body)


@verbs.post("/findings/{code}/accept", response=FindingDetail, summary="Accept a finding, as another administrator asked")
def accept_finding(request: ApiRequest, code: Path[Name], body: AnswerBody) -> HttpResponse:
    return _carry_out(request, code, handling.accept, body)


@verbs.post("/findings/{code}/refuse-acceptance", response=FindingDetail, summary="Refuse to accept a finding")
def refuse_finding_acceptance(request: ApiRequest, code: Path[Name], body: AnswerBody) -> HttpResponse:
    return _carry_out(request, code, handling.refuse_acceptance, body)


@verbs.post("/findings/{code}/end-acceptance", response=FindingDetail, summary="Open an accepted finding again")
def end_finding_acceptance(request: ApiRequest, code: Path[Name], body: CommentBody) -> HttpResponse:
    return _carry_out(request, code, handling.end_acceptance, body)


@verbs.post("/findings/{code}/close", response=FindingDetail, summary="Close a finding that is put right")
def close_finding(request: ApiRequest, code: Path[Name], body: CommentBody) -> HttpResponse:
    return _carry_out(request, code, handling.close, body)


def _in_brief(rows: Sequence[Finding]) -> list[ShownFinding]:
    return [ShownFinding(**each.fields) for each in showing.in_brief(rows)]


def _carry_out(request: ApiRequest, code: str, verb: Callable[..., Finding], body: Body) -> HttpResponse:
    def done(actor: Actor, now: datetime) -> FindingDetail:
        return FindingDetail.of(partial(verb, **body.model_dump())(code=code, actor=actor, now=now))

    return carry_out(request, done, body=body)
