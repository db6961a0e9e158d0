"""What people type about themselves, and to find others."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access_requests.selectors import people
from portal.pages.fields import missing
from portal.pages.forms import VerbForm
from portal.users.models import time_zones


class DeviceCodeForm(VerbForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        help_text=_("Eight letters, such as BCDF-GHJK. Small letters will do, and the dash may be left out."),
        error_messages=missing(),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class FirstPasswordForm(VerbForm):
    password = forms.CharField(
        label=_("Password"),
        max_length=4096,
        strip=False,
        error_messages=missing(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password (again)"),
        max_length=4096,
        strip=False,
        error_messages=missing(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise ValidationError(_("This is not the same password."), code="differs")
        return again


class PeopleFilterForm(forms.Form):
    """What a list of people is narrowed to. What cannot be read narrows nothing and is said."""

    words = forms.CharField(label=_("Name"), required=False, max_length=150)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            (people.ENABLED, pgettext_lazy("person", "enabled")),
            (people.DISABLED, pgettext_lazy("person", "disabled")),
        ],
    )
    duty = forms.ChoiceField(
        label=_("Duties"),
        required=False,
        choices=[
            ("", _("All")),
            (people.ADMINISTRATOR, _("administrator")),
            (people.AUDITOR, _("auditor")),
            (people.APPROVER, _("approver")),
        ],
    )
    in_aws = forms.ChoiceField(
        label=_("In AWS"),
        required=False,
        choices=[
            ("", _("All")),
            (people.BOUND, pgettext_lazy("filter", "bound")),
            (people.UNBOUND, _("not bound")),
            (people.IN_PRODUCTION, _("with access")),
        ],
    )

    @property
    def narrows(self) -> bool:
        return any(self.cleaned_data.values())

    def filters(self) -> people.Filters:
        return people.Filters(**{name: self.cleaned_data.get(name, "") for name in self.fields})


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser asks")), *settings.LANGUAGES]
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        zone = self.fields["time_zone"]
        if isinstance(zone, forms.ChoiceField):
            default = _("The portal's: %(zone)s") % {"zone": settings.DEFAULT_PERSON_TIME_ZONE}
            zone.choices = [("", default), *((name, name) for name in sorted(time_zones()))]
