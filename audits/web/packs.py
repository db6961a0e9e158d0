"""Evidence packs: ordered for a period, looked at while a worker makes them, downloaded while they are kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from audits.evidence.periods import Length, Period
from audits.evidence.sampling import LONGEST_SEED, MOST, PRESET
from audits.models import Pack
from audits.packs import asking, periods, storing, words
from audits.packs.asking import NoPack
from audits.web.files import streamed
from portal.pages.actor import actor_of, carry_out, carry_out_or_error_page
from portal.pages.forms import VerbForm
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest, with_headers_of
from portal.pages.paging import page_of
from portal.verbs import phrases
from portal.verbs.rejections import Rejection

LIST = "audit-pack-list"
READ_OR_SEND = ["GET", "HEAD", "POST"]
UNUSABLE = 422
LENGTHS: Mapping[Length, Promise] = {
    Length.QUARTER: gettext_lazy("Quarters"),
    Length.HALF: gettext_lazy("Halves"),
    Length.YEAR: gettext_lazy("Fiscal years"),
    Length.MONTH: gettext_lazy("Months"),
}


class PackForm(VerbForm):
    """What a pack is ordered by. A seed of the auditor's own is given here, before anybody is shown the population."""

    period = forms.ChoiceField(label=gettext_lazy("Period"))
    count = forms.IntegerField(
        label=gettext_lazy("Size of the sample"), min_value=1, max_value=MOST, initial=PRESET, required=False
    )
    seed = forms.CharField(
        label=gettext_lazy("Sampling seed of the auditor's own"),
        required=False,
        max_length=LONGEST_SEED,
        help_text=gettext_lazy(
            "Letters, digits and + / = . _ : - such as a number from a public draw. Without one it is the root of the "
            "checkpoint, which nobody chose."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        period, now = self.fields["period"], timezone.now()
        if isinstance(period, forms.ChoiceField):
            offered = periods.offered(now)
            period.choices = [
                (str(LENGTHS[length]), [(one.key, periods.said(one.key)) for one in found]) for length, found in offered.items()
            ]

    def clean_seed(self) -> str:
        seed: str = self.cleaned_data["seed"]
        if seed and asking.SEED.fullmatch(seed) is None:
            raise ValidationError(_("A seed has letters of the alphabet, digits and + / = . _ : - only."))
        return seed

    @property
    def chosen(self) -> Period:
        return periods.named(self.cleaned_data["period"])


@dataclass(frozen=True, kw_only=True)
class ShownPack:
    pack: Pack

    @property
    def period(self) -> str:
        return periods.said(self.pack.period)

    @property
    def problem(self) -> str:
        return words.problem(self.pack.problem)

    @property
    def progress(self) -> str:
        return words.progress(self.pack.step)

    @property
    def deficiencies(self) -> int:
        return int(self.pack.said.get("counts", {}).get("deficiencies", 0))

    @property
    def differences(self) -> Sequence[tuple[str, int]]:
        """Return each kind of difference that there is, and how many."""
        return words.differences(self.pack.said.get("counts", {}))

    @property
    def strata(self) -> Sequence[tuple[str, int, int]]:
        found = self.pack.said.get("strata", ())
        return [(words.stratum(one["stratum"]), one["size"], one["drawn"]) for one in found if one["size"]]

    @property
    def is_over(self) -> bool:
        """Whether the period had ended at the pack's checkpoint."""
        return self.pack.until <= self.pack.sealed_at


@require_safe
@for_readers
def pack_list(request: PageRequest) -> HttpResponse:
    everything = Pack.objects.all()
    page = page_of(everything, order=["-pk"], among=everything, query=request.GET)
    context = {
        "page": page,
        "shown": [ShownPack(pack=each) for each in page.rows],
        "title": _("Evidence packs"),
        "is_moving": any(each.is_open for each in page.rows),
    }
    return render(request, f"audits/{'_' if request.htmx else ''}packs.html", context)


@require_http_methods(READ_OR_SEND)
@for_readers
def pack_new(request: PageRequest) -> HttpResponse:
    """Order a pack as of the newest checkpoint."""
    if request.method != "POST":
        return _new(request, PackForm())
    form = PackForm(request.POST)
    if not form.is_valid():
        return _new(request, form, status=UNUSABLE)
    said = {"seed": form.cleaned_data["seed"], "count": form.cleaned_data["count"] or PRESET}
    language, actor, now = translation.get_language() or "ja", actor_of(request), timezone.now()
    try:
        pack = carry_out(request, lambda: asking.ask(period=form.chosen, **said, language=language, actor=actor, now=now))
    except Rejection as rejection:
        form.refuse(rejection)
        return with_headers_of(rejection, _new(request, form, status=rejection.status))
    messages.success(request, _("You ordered the evidence pack %(code)s. A worker makes it.") % {"code": pack.code})
    return redirect("audit-pack", pack.code)


@require_safe
@for_readers
def pack_page(request: PageRequest, code: str) -> HttpResponse:
    pack = get_object_or_404(Pack, code=code)
    shown = ShownPack(pack=pack)
    context = {"shown": shown, "pack": pack, "title": _("Evidence pack %(code)s") % {"code": code}}
    return render(request, f"audits/{'_' if request.htmx else ''}pack.html", context)


@require_http_methods(READ_OR_SEND)
@for_readers
def pack_download(request: PageRequest, code: str) -> HttpResponseBase:
    """Answer the file, and record that it was taken. Whoever comes without posting is shown the pack."""
    if request.method != "POST":
        return redirect("audit-pack", code)
    now = timezone.now()
    try:
        pack = carry_out_or_error_page(request, lambda: asking.download(code=code, actor=actor_of(request), now=now))
    except NoPack as refusal:
        messages.error(request, phrases.sentence(refusal))
        return redirect(LIST)
    return _streamed(pack)


def _streamed(pack: Pack) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        yield from storing.parts(pack.files.get())

    answer = streamed(parts(), name=pack.name, kind="application/zip")
    answer["Content-Length"] = str(pack.bytes)
    return answer


def _new(request: PageRequest, form: PackForm, *, status: int = 200) -> HttpResponse:
    return render(request, "audits/pack_new.html", {"form": form, "title": _("Order an evidence pack")}, status=status)
