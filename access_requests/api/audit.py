"""The trail, for auditors' programs."""

from django.http import HttpResponse
from ninja import Query, Router

from access_requests.api.asking import EntryQuery
from access_requests.api.auth import ApiRequest, Bearer
from access_requests.api.paging import Page, page
from access_requests.api.replies import shown
from access_requests.api.showing import ShownEntry
from audits.models import TrailEntry
from portal.verbs.rejections import NotAnAuditor

router = Router(tags=["Audit"])


@router.get("/entries", auth=Bearer("audit:read"), response=Page[ShownEntry], summary="List the audit trail, oldest first")
def list_entries(request: ApiRequest, query: Query[EntryQuery]) -> HttpResponse:
    if not request.auth.who.is_auditor:
        raise NotAnAuditor
    wanted = {"at__gte": query.since, "at__lt": query.until, "subject": query.subject, "act": query.act, "actor": query.actor}
    rows = TrailEntry.objects.filter(**{lookup: value for lookup, value in wanted.items() if value})
    entries = page(request, rows, query, lambda found: [ShownEntry.of(row) for row in found], order="id", named_by="id")
    return shown(entries)
