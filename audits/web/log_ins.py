"""Log-ins to production, as CloudTrail shows them, with their classes; and what has not been read."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from audits import selectors as of_trail
from audits.acts import Act
from audits.log_ins import knowing, selectors, showing
from audits.log_ins.selectors import NEWEST_FIRST, Filters
from audits.models import LogIn, LogInClass, LogInWay, SeenEvent
from audits.sealing import status
from audits.web import items, links
from portal.pages.guards import for_readers
from portal.pages.local_times import LocalTimeField
from portal.pages.narrowing import count_of
from portal.pages.page import PageRequest
from portal.pages.paging import page_of

# Of the events that prove a log-in, those that let somebody in come first.
MOST_EVENTS = 50


class LogInFilterForm(forms.Form):
    person = forms.CharField(label=gettext_lazy("Person"), required=False, max_length=150)
    account = forms.ChoiceField(label=gettext_lazy("AWS account"), required=False)
    kind = forms.ChoiceField(label=pgettext_lazy("log-in", "Class"), required=False)
    way = forms.ChoiceField(label=pgettext_lazy("log-in", "Way in"), required=False)
    since = LocalTimeField(label=pgettext_lazy("period", "From"), alone="00:00", required=False)
    until = LocalTimeField(label=pgettext_lazy("period", "Until"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        places = sorted(knowing.known().places, key=lambda place: place.key)
        self._offer("account", [(place.account, f"{place.key} ({place.account})") for place in places])
        self._offer("kind", [(each.value, capfirst(str(each.label))) for each in LogInClass])
        self._offer("way", [(each.value, capfirst(str(each.label))) for each in LogInWay])

    @property
    def narrows(self) -> bool:
        return any(self.cleaned_data.values())

    def filters(self) -> Filters:
        """Return what was typed. What cannot be read narrows nothing, and is said."""
        return Filters(**{name: value for name, value in self.cleaned_data.items() if value})

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", _("All")), *choices]


@require_safe
@for_readers
def log_in_list(request: PageRequest) -> HttpResponse:
    now, form = timezone.now(), LogInFilterForm(request.GET)
    form.is_valid()
    rows = selectors.found(form.filters())
    page = page_of(rows, order=NEWEST_FIRST, among=LogIn.objects.all(), query=request.GET)
    context = {
        "title": _("Log-ins to production"),
        "form": form,
        "page": page,
        "shown": showing.in_brief(page.rows),
        "count": count_of(rows),
        "narrowed": form.narrows,
        "coverage": selectors.coverage(now=now),
    }
    return render(request, "audits/log_ins.html", context)


@require_safe
@for_readers
def log_in_page(request: PageRequest, code: str) -> HttpResponse:
    row, now = get_object_or_404(LogIn, code=code), timezone.now()
    (item,) = showing.in_brief([row])
    seal = status.current(now=now)
    history = of_trail.of_subjects([code], acts=(Act.LOG_IN_SEEN, Act.LOG_IN_CHANGED))[code]
    context = {
        "title": _("Log-in to %(account)s by %(who)s") % {"account": item.account, "who": item.who},
        "item": item,
        "log_in": row,
        "events": SeenEvent.objects.filter(log_in=row).order_by("-part", "at", "pk")[:MOST_EVENTS],
        "history": items.items(history, sealed_until=seal.until.pk if seal.until else 0),
        "more_url": links.trail(about=code),
        "coverage": selectors.coverage(now=now, accounts=[row.account]),
        "status": seal,
    }
    return render(request, "audits/log_in.html", context)
