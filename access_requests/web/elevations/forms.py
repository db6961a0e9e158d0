"""What is typed about access that is given."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.pages.fields import LocalTimeField, missing, suggesting, text_field
from portal.pages.forms import VerbForm


class ExtendForm(VerbForm):
    ends_at = LocalTimeField(label=_("New end"), error_messages=missing())
    reason = text_field(_("Reason"), rows=2, required=True, help_text=_("Why the time is not enough."))


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
    person = forms.CharField(label=_("Person"), required=False, max_length=150)
    work_group = forms.CharField(label=_("Work group"), required=False, max_length=116, widget=suggesting("work-groups"))

    def filters(self) -> dict[str, str]:
        """Return what could be read, as arguments of the query of elevations."""
        typed = {"person__username": self.cleaned_data.get("person"), "work_group__name": self.cleaned_data.get("work_group")}
        return {field: value for field, value in typed.items() if value}
