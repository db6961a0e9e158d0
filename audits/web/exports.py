"""Exports of the trail: asked for, looked at while a worker makes them, downloaded while they are kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from audits import sentences
from audits.extracts import asking, keeping, making, rows
from audits.extracts.asking import NoFile, TooManyExports
from audits.models import Extract, Format, MentionKind
from audits.web.files import streamed
from audits.web.forms import TrailFilterForm
from portal.listed import listed
from portal.pages import moments
from portal.pages.actor import actor_of, carry_out_or_error_page
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest
from portal.pages.paging import page_of
from portal.verbs import phrases

LIST = "audit-export-list"
PROBLEMS: Mapping[str, Promise] = {
    making.TOO_MANY: gettext_lazy("It would have more than a million entries. Narrow it, such as by a shorter period."),
    keeping.BROKEN_OFF: gettext_lazy("Workers broke off three times. Ask for it again; if it fails again, look at their log."),
}


@dataclass(frozen=True, kw_only=True)
class ShownExport:
    extract: Extract

    @property
    def problem(self) -> str:
        return str(PROBLEMS.get(self.extract.problem, self.extract.problem))

    @property
    def narrowed(self) -> str:
        """What it was narrowed to, in words."""
        said = self.extract.filters
        parts = [f"{kind.label}: {said[kind.value]}" for kind in MentionKind if kind.value in said]
        parts += [sentences.of_act(said["act"])] if "act" in said else []
        parts += [_("from %(at)s") % {"at": _moment(said["since"])}] if "since" in said else []
        parts += [_("before %(at)s") % {"at": _moment(said["until"])}] if "until" in said else []
        return listed(parts)


@require_safe
@for_readers
def export_list(request: PageRequest) -> HttpResponse:
    everything = Extract.objects.all()
    page = page_of(everything, order=["-pk"], among=everything, query=request.GET)
    context = {
        "page": page,
        "shown": [ShownExport(extract=each) for each in page.rows],
        "title": _("Exports of the trail"),
        "hours": settings.TRAIL_EXPORTS_KEPT_HOURS,
        "is_moving": any(each.is_open for each in page.rows),
    }
    return render(request, f"audits/{'_' if request.htmx else ''}exports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def export_new(request: PageRequest) -> HttpResponse:
    """Have exactly what the filters leave exported. Whoever comes without posting is shown the trail."""
    if request.method != "POST":
        return redirect("audit-trail")
    form = TrailFilterForm(request.POST)
    chosen = request.POST.get("format", "")
    if not form.is_valid() or chosen not in Format.values:
        messages.error(request, _("This cannot be exported. Narrow the trail again, and export what it shows."))
        return redirect("audit-trail")
    try:
        extract = carry_out_or_error_page(request, lambda: _ask(request, form, chosen))
    except TooManyExports as refusal:
        messages.error(request, phrases.sentence(refusal))
        return redirect(LIST)
    messages.success(request, _("You asked for the export %(code)s. A worker makes it.") % {"code": extract.code})
    return redirect(LIST)


@require_http_methods(["GET", "HEAD", "POST"])
@for_readers
def export_download(request: PageRequest, code: str) -> HttpResponseBase:
    """Answer the file, and record that it was taken. Whoever comes without posting is shown the list."""
    if request.method != "POST":
        return redirect(LIST)
    now = timezone.now()
    try:
        extract = carry_out_or_error_page(request, lambda: asking.download(code=code, actor=actor_of(request), now=now))
    except NoFile as refusal:
        messages.error(request, phrases.sentence(refusal))
        return redirect(LIST)
    return _streamed(extract)


def _ask(request: PageRequest, form: TrailFilterForm, chosen: str) -> Extract:
    return asking.ask(
        filters=form.filters(),
        form=chosen,
        language=translation.get_language() or settings.LANGUAGE_CODE,
        zone=timezone.get_current_timezone_name(),
        actor=actor_of(request),
        now=timezone.now(),
    )


def _streamed(extract: Extract) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        for part in extract.parts.order_by("number").iterator(chunk_size=1):
            yield bytes(part.content)

    answer = streamed(parts(), name=extract.name, kind=rows.KINDS[Format(extract.format)])
    answer["Content-Length"] = str(extract.size)
    return answer


def _moment(text: str) -> str:
    moment = parse_datetime(text)
    return moments.said(moment) if moment else text
