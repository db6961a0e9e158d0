"""What is typed about access that is given."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access_requests.models import Elevation
from access_requests.services.requests.submit import MOST_MINUTES
from access_requests.web.elevations import more_time
from portal.pages import moments
from portal.pages.fields import missing, suggesting, text_field
from portal.pages.forms import VerbForm
from portal.verbs import phrases
from portal.verbs.rejections import Rejection, Unusable

FOR, USUAL = "for", "30"


class ExtendForm(VerbForm):
    """More time, from the end on that the page showed: it may have moved meanwhile."""

    more = forms.ChoiceField(label=_("More time"), widget=forms.RadioSelect)
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=1, max_value=MOST_MINUTES)
    old_end = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = text_field(_("Reason"), rows=2, required=True, help_text=_("Why the time is not enough."))

    def __init__(self, *args: Any, elevation: Elevation, now: datetime, **options: Any) -> None:
        super().__init__(*args, **options)
        self.elevation = elevation
        choices = {str(more.added): _choice(more) for more in more_time.usual(elevation, now=now)}
        field = self.fields["more"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*choices.items(), (FOR, pgettext_lazy("length of time", "Other"))]
        field.initial = USUAL if USUAL in choices else next(reversed(choices), FOR)
        self.fields["old_end"].initial = elevation.ends_at.isoformat()
        self.fields["minutes"].widget.attrs.update({"step": 1, "inputmode": "numeric"})

    def clean(self) -> dict[str, Any]:
        """Return the new end beside what was typed. A number that was typed counts before the chip."""
        data: dict[str, Any] = self.cleaned_data
        old_end = self.elevation.ends_at
        if data.get("old_end") not in ("", old_end.isoformat()):
            self.data = {**dict(self.data.items()), "old_end": old_end.isoformat()}
            self.add_error(None, _("The end has moved meanwhile: it is %(end)s now.") % {"end": moments.soon(old_end)})
        if "minutes" in self.errors or "more" in self.errors:
            return data
        if data.get("minutes") is None and data["more"] == FOR:
            self.add_error("minutes", missing()["required"])
        else:
            data["ends_at"] = old_end + timedelta(minutes=data["minutes"] or int(data["more"]))
        return data

    def refuse(self, rejection: Rejection) -> None:
        """Show what is wrong with the new end beside the number that makes it."""
        if isinstance(rejection, Unusable) and rejection.field == "ends_at":
            self.add_error("minutes", phrases.sentence(rejection))
        else:
            super().refuse(rejection)


def _choice(more: more_time.MoreTime) -> str:
    """So many minutes, the end that they make, and how long it is in all."""
    said = {"end": moments.soon(more.new_end), "total": phrases.duration(more.total)}
    return format_html(
        '<span>+{}<span class="meta">{}</span></span>',
        phrases.duration(more.added),
        gettext("until %(end)s, %(total)s in all") % said,
    )


class StopForm(VerbForm):
    """`comment` is the verb's to refuse, which asks first whether this person may stop it at all."""

    comment = text_field(
        _("Reason"),
        rows=2,
        required=True,
        help_text=_("The person sees it, and it stays in the audit trail."),
        missing=_("Stopping needs a reason. Write it here."),
    )


class ElevationFilterForm(forms.Form):
    """What the list of accesses is narrowed to. A day shows what was on it, whether it is over or not."""

    words = forms.CharField(label=_("Person, group, ID, ticket or reason"), required=False, max_length=200)
    day = forms.DateField(
        label=_("On the day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    person = forms.CharField(label=_("Person"), required=False, max_length=150)
    work_group = forms.CharField(label=_("Work group"), required=False, max_length=116, widget=suggesting("work-groups"))

    def filters(self) -> dict[str, str]:
        """Return what could be read, as arguments of the query of elevations."""
        typed = {"person__username": self.cleaned_data.get("person"), "work_group__name": self.cleaned_data.get("work_group")}
        return {field: value for field, value in typed.items() if value}
