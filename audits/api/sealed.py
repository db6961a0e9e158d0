"""What is sealed, for auditors' programs: signed heads of the log, and stories that can be checked without the portal."""

import json
from datetime import datetime

from django.http import HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from audits.api.entries import check_may_read
from audits.exporting import stories
from audits.exporting.reading import NothingSealed
from audits.models import Checkpoint
from portal.rest.caller import ApiRequest
from portal.rest.paging import Page, PageQuery, page
from portal.rest.replies import shown
from portal.verbs.rejections import NotFound

router = Router(tags=["Audit"])


class ShownCheckpoint(BaseModel):
    """A signed head of the log."""

    id: int = Field(description="Its place among all checkpoints.")
    origin: str = Field(description="The log that it is of: the portal's address when that began.")
    size: int = Field(description="How many leaves are under it.")
    note: str = Field(description="The checkpoint as C2SP's signed note, verbatim.")
    sealed_at: datetime

    @classmethod
    def of(cls, row: Checkpoint) -> "ShownCheckpoint":
        return cls(id=row.pk, origin=row.log.origin, size=row.size, note=row.note, sealed_at=row.sealed_at)


@router.get("/checkpoints", response=Page[ShownCheckpoint], summary="List the signed heads of the audit trail, oldest first")
def list_checkpoints(request: ApiRequest, query: Query[PageQuery]) -> HttpResponse:
    check_may_read(request)
    rows = Checkpoint.objects.select_related("log")
    return shown(
        page(request, rows, query, lambda found: [ShownCheckpoint.of(row) for row in found], order=["id"], named_by="id")
    )


class StoryLine(BaseModel):
    """An entry and its proof; a line each is the file that `verify.py --story` checks."""

    leaf: str = Field(description="The entry as the log has it, in canonical JSON.")
    proof: str = Field(description="C2SP's tlog-proof that the leaf is in the log; all of a story are against one checkpoint.")


@router.get("/stories/{code}", response=Page[StoryLine], summary="Get what happened to a request, each entry with its proof")
def show_story(request: ApiRequest, code: Path[str]) -> HttpResponse:
    """Answer all of it, oldest first: the request, the accesses that it gave, and what extended these."""
    check_may_read(request)
    try:
        told = stories.lines(code)
    except NothingSealed as nothing:
        raise NotFound from nothing
    if not told:
        raise NotFound
    return shown(Page(items=[StoryLine(**json.loads(line)) for line in told], next=None))
