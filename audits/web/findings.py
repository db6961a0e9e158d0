"""Findings: what was found wrong, for auditors and administrators, and what these do about each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from audits import findings_showing as showing
from audits.extracts.rows import KINDS
from audits.findings import handling, listing
from audits.findings.due import today
from audits.models import Finding, Format, TrailEntry
from audits.sealing import status
from audits.showing import shown as shown_entries
from audits.web import finding_files, finding_forms, items, links
from audits.web.files import streamed
from audits.web.finding_forms import FindingFilterForm
from audits.web.trail import Line
from portal.pages.actor import actor_of, carry_out
from portal.pages.forms import VerbForm
from portal.pages.guards import for_readers
from portal.pages.narrowing import Count, count_of
from portal.pages.page import PageRequest
from portal.pages.paging import page_of
from portal.verbs.rejections import NotAllowed, NotFound, Rejection

# Of the entries that are evidence the newest are shown.
MOST = 20
BATCH = 500
VERBS: Mapping[str, tuple[Callable[..., Finding], Promise]] = {
    "comment": (handling.comment, gettext_lazy("Your comment is in the history.")),
    "assign": (handling.assign, gettext_lazy("Owner and due date are written down.")),
    "ask-acceptance": (handling.ask_acceptance, gettext_lazy("You asked for an acceptance. Another administrator decides.")),
    "accept": (handling.accept, gettext_lazy("You accepted the finding. It opens again after the last day.")),
    "refuse-acceptance": (handling.refuse_acceptance, gettext_lazy("The acceptance is refused. The finding stays open.")),
    "end-acceptance": (handling.end_acceptance, gettext_lazy("The finding is open again.")),
    "close": (handling.close, gettext_lazy("The finding is closed. Seen again, it opens again.")),
}


@require_safe
@for_readers
def finding_list(request: PageRequest) -> HttpResponse:
    """What is open; `status` shows others."""
    now, form = timezone.now(), FindingFilterForm(request.GET)
    form.is_valid()
    rows = listing.found(form.filters(), today=today(now))
    page = page_of(rows, order=listing.WORST_FIRST, among=Finding.objects.all(), query=request.GET)
    context = {
        "title": _("Findings"),
        "form": form,
        "page": page,
        "shown": showing.in_brief(page.rows),
        "count": count_of(rows),
        "narrowed": form.narrows,
        "states": _states(request, form.state, listing.counts(today=today(now))),
        "today": today(now),
        "query": request.GET.urlencode(),
    }
    return render(request, "audits/findings.html", context)


@require_safe
@for_readers
def finding_page(request: PageRequest, code: str) -> HttpResponse:
    return _page(request, get_object_or_404(Finding, code=code))


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def finding_verb(request: PageRequest, code: str, verb: str) -> HttpResponse:
    """Do what the form says; a refusal shows the finding as it is now, with what was typed."""
    if verb not in VERBS:
        raise Http404
    if request.method != "POST":
        return redirect("audit-finding", code)
    form, (act, said) = finding_forms.typed_for(verb, request.POST), VERBS[verb]
    if not form.is_valid():
        return _page(request, get_object_or_404(Finding, code=code), typed={verb: form}, status_code=422)
    try:
        carry_out(request, partial(act, code=code, actor=actor_of(request), now=timezone.now(), **form.cleaned_data))
    except NotFound as refusal:
        raise Http404 from refusal
    except Rejection as refusal:
        return _refused(request, code, verb, form, refusal)
    messages.success(request, str(said))
    return redirect("audit-finding", code)


@require_safe
@for_readers
def download(request: PageRequest) -> HttpResponseBase:
    """Answer what the list is narrowed to, all of it, as a file."""
    form, now = FindingFilterForm(request.GET), timezone.now()
    form.is_valid()
    rows = listing.found(form.filters(), today=today(now)).order_by(*listing.WORST_FIRST)
    file_format = Format.JSON_LINES if request.GET.get("format") == Format.JSON_LINES else Format.CSV
    name = f"findings-{timezone.localtime(now):%Y%m%dT%H%M}.{file_format}"
    parts = finding_files.parts(file_format, _batches(rows.iterator(BATCH)))
    return streamed(parts, name=name, kind=KINDS[file_format])


def _batches(rows: Iterator[Finding]) -> Iterator[Sequence[Finding]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _refused(request: PageRequest, code: str, verb: str, form: VerbForm, refusal: Rejection) -> HttpResponse:
    finding = get_object_or_404(Finding, code=code)
    if isinstance(refusal, NotAllowed) and verb not in showing.verbs_of(finding, request.user):
        raise PermissionDenied from refusal
    form.refuse(refusal)
    return _page(request, finding, typed={verb: form}, status_code=refusal.status)


def _page(
    request: PageRequest, finding: Finding, *, typed: Mapping[str, VerbForm] | None = None, status_code: int = 200
) -> HttpResponse:
    (item,) = showing.in_full([finding])
    now = timezone.now()
    seal = status.current(now=now)
    evidence = TrailEntry.objects.filter(pk__in=item.evidence).order_by("-pk")[:MOST]
    may = showing.verbs_of(finding, request.user)
    context: dict[str, Any] = {
        "title": item.sentence,
        "item": item,
        "finding": finding,
        "evidence": [Line(shown=each) for each in shown_entries(evidence)],
        "more_url": links.trail(about=finding.code),
        "history": [items.Item(shown=each, sealed_until=seal.until.pk if seal.until else 0) for each in item.history],
        "forms": {verb.replace("-", "_"): form for verb, form in _forms(finding, may, typed or {}).items()},
        "closing_takes_two": handling.closing_takes_two(finding),
        "is_overdue": item.is_overdue(today(now)),
        "status": seal,
    }
    return render(request, "audits/finding.html", context, status=status_code)


def _forms(finding: Finding, may: frozenset[str], typed: Mapping[str, VerbForm]) -> Mapping[str, VerbForm]:
    return {verb: typed.get(verb) or finding_forms.of_verb(verb, finding) for verb in VERBS if verb in may or verb in typed}


def _states(request: PageRequest, here: str, counts: Mapping[str, Count]) -> list[tuple[str, str, bool, Count | None]]:
    """Return the chips above the list: label, address, whether it is the one that is shown, and how many there are."""
    chips = []
    for state, label in finding_forms.STATES:
        query = request.GET.copy()
        for field in ("before", "after"):
            query.pop(field, None)
        query["status"] = state
        chips.append((str(label), f"?{query.urlencode()}", state == here, counts.get(state)))
    return chips
