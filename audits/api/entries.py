"""The trail, for auditors' programs."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from audits import personal
from audits.models import Late, TrailEntry
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
    subject: Name = Field("", description="Such as the id of a request or an elevation.")
    act: Name = ""
    actor: Name = ""


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

    @classmethod
    def of(cls, row: TrailEntry) -> "ShownEntry":
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


def check_may_read(request: ApiRequest) -> None:
    """Raises NotAnAuditor; administrators read the trail as auditors do."""
    if not request.auth.who.reads_everything:
        raise NotAnAuditor


@router.get("/entries", response=Page[ShownEntry], summary="List the audit trail, oldest first")
def list_entries(request: ApiRequest, query: Query[EntryQuery]) -> HttpResponse:
    check_may_read(request)
    wanted = {"at__gte": query.since, "at__lt": query.until, "subject": query.subject, "act": query.act, "actor": query.actor}
    rows = TrailEntry.objects.filter(**{lookup: value for lookup, value in wanted.items() if value})
    entries = page(request, rows, query, _shown, order="id", named_by="id")
    return shown(entries)


def _shown(rows: Iterable[TrailEntry]) -> list[ShownEntry]:
    return [ShownEntry.of(row) for row in personal.shown(rows)]
