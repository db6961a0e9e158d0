"""What a list of drift is narrowed to."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from access_requests.models import DriftKind
from access_requests.selectors.drift import Filters
from portal.pages.fields import suggesting


class DriftFilterForm(forms.Form):
    """What a list of drift is narrowed to. What cannot be read narrows nothing and is said."""

    words = forms.CharField(label=_("Words"), required=False, max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    work_group = forms.CharField(label=_("Work group"), required=False, max_length=116, widget=suggesting("work-groups"))
    all = forms.BooleanField(label=_("Settled ones too"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kind = self.fields["kind"]
        if isinstance(kind, forms.ChoiceField):
            kind.choices = [("", _("All")), *((choice.value, capfirst(choice.label)) for choice in DriftKind)]

    @property
    def narrows(self) -> bool:
        return any(self.cleaned_data.values())

    def filters(self) -> Filters:
        typed = self.cleaned_data
        words = {name: typed.get(name, "") for name in ("kind", "work_group", "words")}
        return Filters(settled_too=bool(typed.get("all")), **words)
