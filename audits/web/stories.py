"""Stories, oldest first and in sentences: of a request, or all that mentions a person, a ticket, a group or an account."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audits import mentions, searching, selectors
from audits.exporting import stories
from audits.models import FARTHEST, MentionKind
from audits.sealing import status
from audits.searching import OLDEST_FIRST, Filters
from audits.web import links
from audits.web.items import items
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest
from portal.pages.paging import NUMBER, page_of

TITLES = {
    MentionKind.PERSON: gettext_lazy("The story of the person %(name)s"),
    MentionKind.IAM_USER: gettext_lazy("The story of the IAM user %(name)s"),
    MentionKind.GROUP: gettext_lazy("The story of the group %(name)s"),
    MentionKind.ACCOUNT: gettext_lazy("The story of the AWS account %(name)s"),
    MentionKind.TICKET: gettext_lazy("The story of the change %(name)s"),
}


@require_safe
@for_readers
def of_request(request: PageRequest, code: str) -> HttpResponse:
    """Show what happened to the request, to the accesses that it gave, and to what extended these; and how it is proven."""
    last = selectors.last_id()
    entries = stories.entries(code, last=FARTHEST) if stories.CODE.fullmatch(code) else []
    if not entries:
        raise Http404
    context = _sealed() | {"title": _("The story of %(code)s") % {"code": code}, "code": code, "last": max(last, entries[-1].pk)}
    sealed_until = context["sealed_until"]
    context |= {
        "items": items(entries, sealed_until=sealed_until),
        "unfinished": stories.unfinished(entries),
        "is_sealed": entries[0].pk <= sealed_until,
        "unsealed": sum(entry.pk > sealed_until for entry in entries),
    }
    return render(request, "audits/story.html", context)


@require_safe
@for_readers
def of_mentioned(request: PageRequest, kind: str, name: str) -> HttpResponse:
    """Show every entry that mentions it, page by page."""
    title = next((str(said) for each, said in TITLES.items() if each.value == kind), None)
    # A name of nothing would narrow to nothing, and show all of the trail.
    if title is None or not mentions.folded(name):
        raise Http404
    found = searching.found(Filters(mentioned={MentionKind(kind): name}))
    order = found.order(OLDEST_FIRST)
    page = page_of(found.rows, order=order, among=found.rows, query=request.GET, named_by=found.number, spelled=NUMBER)
    context = _sealed() | {
        "title": title % {"name": name},
        "page": page,
        "behind": found.behind,
        "trail_url": links.trail(**{kind: name}),
    }
    context["items"] = items(found.entries(page.rows), sealed_until=context["sealed_until"])
    return render(request, "audits/story_of_mentioned.html", context)


def _sealed() -> dict[str, Any]:
    seal = status.current(now=timezone.now())
    return {"status": seal, "sealed_until": seal.until.pk if seal.until else 0}
