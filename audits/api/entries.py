"""The trail, for auditors' programs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from audits import searching, showing
from audits.models import Late, MentionKind, TrailEntry
from audits.searching import OLDEST_FIRST, Filters
from portal.rest.caller import ApiRequest
from portal.rest.paging import Page, PageQuery, page
from portal.rest.replies import shown
from portal.rest.values import Name, SomeMoment
from portal.verbs.rejections import NotAnAuditor

HAPPENED = "When it happened, by the clock of who wrote it."
RECORDED = "When it was recorded, by the database's clock; null in entries of versions that kept one time."
LATE = "Why it was recorded long after it happened; empty in an entry that was not."

# Who calls is found out by the authenticator that the API brings: programs are not known here.
router = Router(tags=["Audit"])


class EntryQuery(PageQuery):
    since: SomeMoment = Field(None, description="At or after.")
    until: SomeMoment = Field(None, description="Before.")
    act: Name = ""
    person: Name = Field("", description="A username: who acted, or was acted for or upon.")
    iam_user: Name = ""
    group: Name = Field("", description="A work group or a standing group.")
    account: Name = Field("", description="An AWS account, by its number or as the catalogue calls it.")
    ticket: Name = Field("", description="A change ticket.")
    about: Name = Field("", description="The id of a request or an access: its own entries, and those that name it.")
    subject: Name = Field("", description="Such as the id of a request or an elevation: its own entries alone.")
    actor: Name = Field("", description="Who acted, exactly as entries name them.")

    def filters(self) -> Filters:
        mentioned = {kind: getattr(self, kind.value) for kind in MentionKind}
        return Filters(mentioned=mentioned, act=self.act, since=self.since, until=self.until)


class ShownEntry(BaseModel):
    id: int
    at: datetime = Field(description=HAPPENED)
    recorded_at: datetime | None = Field(description=RECORDED)
    late: str = Field(description=LATE, examples=["", Late.SPOOLED])
    act: str
    actor: str
    on_behalf_of: str
    subject: str
    schema_version: int
    data: dict[str, Any]
    sentence: str = Field(description="What it says, in the caller's language.")


def check_may_read(request: ApiRequest) -> None:
    """Raises NotAnAuditor; administrators read the trail as auditors do."""
    if not request.auth.who.reads_everything:
        raise NotAnAuditor


@router.get("/entries", response=Page[ShownEntry], summary="List the audit trail, oldest first")
def list_entries(request: ApiRequest, query: Query[EntryQuery]) -> HttpResponse:
    """Answer entries in the order in which they happened."""
    check_may_read(request)
    found = searching.found(query.filters())
    exactly = {name: value for name in ("subject", "actor") if (value := getattr(query, name))}
    rows = found.rows.filter(**{found.field(name): value for name, value in exactly.items()})
    order = found.order(OLDEST_FIRST)
    return shown(page(request, rows, query, lambda each: _shown(found.entries(each)), order=order, named_by=found.number))


def _shown(entries: Sequence[TrailEntry]) -> list[ShownEntry]:
    return [ShownEntry(**each.fields, sentence=each.sentence) for each in showing.shown(entries)]
