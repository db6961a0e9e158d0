"""What people type about themselves, and to find others."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

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
    words = forms.CharField(label=_("Name"), required=False, max_length=150)


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
